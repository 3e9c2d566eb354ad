// Package storetest holds any core.Store against what core/ports.go promises.
// A backend calls Run from a test of its own.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gwm/core"
)

// Run runs the conformance suite. open returns a new, empty store and registers
// what closes it.
func Run(t *testing.T, open func(t *testing.T) core.Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s core.Store)
	}{
		{"reads what was written", testRead},
		{"copies values", testCopies},
		{"carries a batch out whole or not at all", testAtomic},
		{"checks conditions", testConditions},
		{"only conditions write nothing", testOnlyConditions},
		{"revisions only grow", testRevisions},
		{"lists in order", testList},
		{"lists one picture", testPicture},
		{"reads inside of a list", testReadInList},
		{"refuses bad batches", testBadBatches},
		{"obeys a context that ended", testContext},
		{"one of many writers wins", testRace},
		{"signals writes", testWatch},
		{"closes the signal with its context", testWatchEnds},
		{"gives a lease to one", testLease},
		{"guards with the lease", testGuard},
		{"ends a lease with its context", testLeaseContext},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

func put(key, value string) core.Batch {
	return core.Batch{Put: []core.Item{{Key: key, Value: []byte(value)}}}
}

func commit(t *testing.T, s core.Store, b core.Batch) uint64 {
	t.Helper()
	rev, err := s.Commit(t.Context(), b)
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	return rev
}

func read(t *testing.T, s core.Store, key string) (value string, rev uint64) {
	t.Helper()
	it, ok, err := s.Read(t.Context(), key)
	if err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	if !ok {
		return "", 0
	}
	if it.Key != key || it.Rev == 0 {
		t.Errorf("read %s: got key %q, revision %d", key, it.Key, it.Rev)
	}
	return string(it.Value), it.Rev
}

// Keys lists the keys under prefix, forwards after from or backwards before it.
func Keys(t *testing.T, s core.Store, prefix, from string, back bool) []string {
	t.Helper()
	list := s.List
	if back {
		list = s.ListBack
	}
	var keys []string
	if err := list(t.Context(), prefix, from, func(it core.Item) bool {
		keys = append(keys, it.Key)
		return true
	}); err != nil {
		t.Fatalf("list %s: %v", prefix, err)
	}
	return keys
}

func testRead(t *testing.T, s core.Store) {
	if v, rev := read(t, s, "a/1"); v != "" || rev != 0 {
		t.Errorf("a key that was never written reads %q at %d", v, rev)
	}
	rev := commit(t, s, core.Batch{Put: []core.Item{
		{Key: "a/1", Value: []byte("one"), Rev: 99}, {Key: "a/2", Value: nil}, {Key: core.SealedPrefix + "x", Value: []byte("pw")},
	}})
	for key, want := range map[string]string{"a/1": "one", "a/2": "", core.SealedPrefix + "x": "pw"} {
		if v, r := read(t, s, key); v != want || r != rev {
			t.Errorf("%s reads %q at %d, want %q at %d", key, v, r, want, rev)
		}
	}
	commit(t, s, core.Batch{Delete: []string{"a/1", "a/never"}})
	if v, r := read(t, s, "a/1"); v != "" || r != 0 {
		t.Errorf("a deleted key reads %q at %d", v, r)
	}
}

func testCopies(t *testing.T, s core.Store) {
	value := []byte("before")
	commit(t, s, core.Batch{Put: []core.Item{{Key: "k", Value: value}}})
	copy(value, "XXXXXX")
	it, _, err := s.Read(t.Context(), "k")
	if err != nil || string(it.Value) != "before" {
		t.Fatalf("after the caller changed its bytes the store reads %q, %v", it.Value, err)
	}
	copy(it.Value, "YYYYYY")
	if err := s.List(t.Context(), "k", "", func(it core.Item) bool {
		copy(it.Value, "ZZZZZZ")
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if v, _ := read(t, s, "k"); v != "before" {
		t.Errorf("after a reader changed its bytes the store reads %q", v)
	}
}

func testAtomic(t *testing.T, s core.Store) {
	commit(t, s, put("old", "old"))
	_, err := s.Commit(t.Context(), core.Batch{
		If:     []core.Cond{{Key: "absent", Rev: 0}, {Key: "old", Rev: 1 << 40}},
		Put:    []core.Item{{Key: "new", Value: []byte("new")}},
		Delete: []string{"old"},
	})
	if !errors.Is(err, core.ErrConflict) {
		t.Fatalf("got %v, want a conflict", err)
	}
	if got := Keys(t, s, "", "", false); !cmp.Equal(got, []string{"old"}) {
		t.Errorf("a refused batch left %v", got)
	}
}

func testConditions(t *testing.T, s core.Store) {
	first := commit(t, s, core.Batch{If: []core.Cond{{Key: "k"}}, Put: put("k", "1").Put})
	for name, c := range map[string]core.Cond{
		"exists although it must not": {Key: "k"},
		"another revision":            {Key: "k", Rev: first + 1},
		"missing although it must be": {Key: "none", Rev: first},
	} {
		b := put("k", "no")
		b.If = []core.Cond{c}
		if _, err := s.Commit(t.Context(), b); !errors.Is(err, core.ErrConflict) {
			t.Errorf("%s: got %v, want a conflict", name, err)
		}
	}
	b := put("k", "2")
	b.If = []core.Cond{{Key: "k", Rev: first}}
	second := commit(t, s, b)
	if v, rev := read(t, s, "k"); v != "2" || rev != second || second <= first {
		t.Errorf("reads %q at %d, want 2 at %d, above %d", v, rev, second, first)
	}
	commit(t, s, core.Batch{If: []core.Cond{{Key: "k", Rev: second}}, Delete: []string{"k"}})
	if _, err := s.Commit(t.Context(), b); !errors.Is(err, core.ErrConflict) {
		t.Errorf("a condition on a deleted key: got %v, want a conflict", err)
	}
}

func testOnlyConditions(t *testing.T, s core.Store) {
	rev := commit(t, s, put("k", "1"))
	commit(t, s, core.Batch{If: []core.Cond{{Key: "k", Rev: rev}, {Key: "none"}}})
	if _, err := s.Commit(t.Context(), core.Batch{If: []core.Cond{{Key: "k", Rev: rev + 1}}}); !errors.Is(err, core.ErrConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	commit(t, s, core.Batch{})
	if v, r := read(t, s, "k"); v != "1" || r != rev {
		t.Errorf("reads %q at %d, want 1 at %d", v, r, rev)
	}
}

func testRevisions(t *testing.T, s core.Store) {
	var last uint64
	for i := range 5 {
		rev := commit(t, s, put(fmt.Sprintf("k%d", i%2), "v"))
		if rev <= last {
			t.Fatalf("revision %d follows %d", rev, last)
		}
		last = rev
	}
	commit(t, s, core.Batch{Delete: []string{"k0"}})
	if rev := commit(t, s, put("k0", "again")); rev <= last {
		t.Errorf("a key that was deleted comes back with the old revision %d", rev)
	}
}

func testList(t *testing.T, s core.Store) {
	var b core.Batch
	for _, k := range []string{"a", "a/", "a/1", "a/10", "a/2", "a0", "b/1", "a/~"} {
		b.Put = append(b.Put, core.Item{Key: k, Value: []byte(k)})
	}
	commit(t, s, b)
	for _, c := range []struct {
		prefix, from string
		back         bool
		want         []string
	}{
		{"a/", "", false, []string{"a/", "a/1", "a/10", "a/2", "a/~"}},
		{"a/", "a/1", false, []string{"a/10", "a/2", "a/~"}},
		{"a/", "a/11", false, []string{"a/2", "a/~"}},
		{"a/", "A", false, []string{"a/", "a/1", "a/10", "a/2", "a/~"}},
		{"a/", "a/~", false, nil},
		{"a/", "z", false, nil},
		{"c", "", false, nil},
		{"", "", false, []string{"a", "a/", "a/1", "a/10", "a/2", "a/~", "a0", "b/1"}},
		{"a/", "", true, []string{"a/~", "a/2", "a/10", "a/1", "a/"}},
		{"a/", "a/2", true, []string{"a/10", "a/1", "a/"}},
		{"a/", "a/11", true, []string{"a/10", "a/1", "a/"}},
		{"a/", "z", true, []string{"a/~", "a/2", "a/10", "a/1", "a/"}},
		{"a/", "A", true, nil},
		{"a/", "a/", true, nil},
		{"b", "", true, []string{"b/1"}},
		{"", "", true, []string{"b/1", "a0", "a/~", "a/2", "a/10", "a/1", "a/", "a"}},
	} {
		got := Keys(t, s, c.prefix, c.from, c.back)
		if d := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("list %q from %q, back %v: (-want +got)\n%s", c.prefix, c.from, c.back, d)
		}
	}
	seen := 0
	if err := s.List(t.Context(), "a/", "", func(it core.Item) bool {
		if string(it.Value) != it.Key || it.Rev == 0 {
			t.Errorf("%s is listed with value %q at %d", it.Key, it.Value, it.Rev)
		}
		seen++
		return seen < 2
	}); err != nil || seen != 2 {
		t.Errorf("a list that is stopped after 2 items gave %d, %v", seen, err)
	}
}

// testPicture writes while a list is under way, from another goroutine.
func testPicture(t *testing.T, s core.Store) {
	var b core.Batch
	for i := range 50 {
		b.Put = append(b.Put, core.Item{Key: fmt.Sprintf("k/%02d", i), Value: []byte("old")})
	}
	commit(t, s, b)
	n := 0
	if err := s.List(t.Context(), "k/", "", func(it core.Item) bool {
		if n == 0 {
			done := make(chan error, 1)
			go func() {
				_, err := s.Commit(context.WithoutCancel(t.Context()), core.Batch{Put: put("k/30", "new").Put, Delete: []string{"k/40"}})
				done <- err
			}()
			if err := <-done; err != nil {
				t.Errorf("write during a list: %v", err)
			}
		}
		if string(it.Value) != "old" {
			t.Errorf("%s is %q in a list that began before", it.Key, it.Value)
		}
		n++
		return true
	}); err != nil || n != 50 {
		t.Errorf("listed %d items, %v; want 50", n, err)
	}
}

func testReadInList(t *testing.T, s core.Store) {
	commit(t, s, core.Batch{Put: []core.Item{{Key: "a", Value: []byte("b")}, {Key: "b", Value: []byte("deep")}}})
	got := ""
	if err := s.List(t.Context(), "a", "", func(it core.Item) bool {
		got, _ = read(t, s, string(it.Value))
		return true
	}); err != nil || got != "deep" {
		t.Errorf("a read inside of a list gave %q, %v", got, err)
	}
}

func testBadBatches(t *testing.T, s core.Store) {
	for name, b := range map[string]core.Batch{
		"empty key":        put("", "x"),
		"space in a key":   put("a b", "x"),
		"control byte":     put("a\n", "x"),
		"not ASCII":        put("ä", "x"),
		"twice":            {Put: []core.Item{{Key: "k"}, {Key: "k"}}},
		"put and delete":   {Put: []core.Item{{Key: "k"}}, Delete: []string{"k"}},
		"delete empty key": {Delete: []string{""}},
	} {
		if _, err := s.Commit(t.Context(), b); err == nil || errors.Is(err, core.ErrConflict) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
	if got := Keys(t, s, "", "", false); len(got) != 0 {
		t.Errorf("refused batches left %v", got)
	}
}

func testContext(t *testing.T, s core.Store) {
	commit(t, s, put("k", "1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Commit(ctx, put("k", "2")); !errors.Is(err, context.Canceled) {
		t.Errorf("commit: got %v, want canceled", err)
	}
	if _, _, err := s.Read(ctx, "k"); !errors.Is(err, context.Canceled) {
		t.Errorf("read: got %v, want canceled", err)
	}
	if err := s.List(ctx, "", "", func(core.Item) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Errorf("list: got %v, want canceled", err)
	}
	if v, _ := read(t, s, "k"); v != "1" {
		t.Errorf("a commit with a context that had ended wrote %q", v)
	}
}

func testRace(t *testing.T, s core.Store) {
	const writers, rounds = 8, 10
	var wg sync.WaitGroup
	wins := make([]int, rounds)
	var mu sync.Mutex
	for w := range writers {
		wg.Go(func() {
			for r := range rounds {
				key := fmt.Sprintf("round/%d", r)
				_, err := s.Commit(t.Context(), core.Batch{
					If: []core.Cond{{Key: key}}, Put: []core.Item{{Key: key, Value: fmt.Append(nil, w)}, {Key: fmt.Sprintf("own/%d/%d", w, r)}},
				})
				switch {
				case err == nil:
					mu.Lock()
					wins[r]++
					mu.Unlock()
				case !errors.Is(err, core.ErrConflict):
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	wg.Wait()
	for r, n := range wins {
		if n != 1 {
			t.Errorf("round %d has %d winners", r, n)
		}
	}
	if got := len(Keys(t, s, "own/", "", false)); got != rounds {
		t.Errorf("%d batches left traces, want %d", got, rounds)
	}
}

// within fails the test if ch neither holds a value nor is closed in a time that
// no working store needs.
func within(t *testing.T, what string, ch <-chan struct{}) (open bool) {
	t.Helper()
	select {
	case _, open = <-ch:
	case <-time.After(time.Minute):
		t.Fatalf("%s did not happen", what)
	}
	return open
}

func silent(t *testing.T, what string, ch <-chan struct{}) {
	t.Helper()
	select {
	case <-ch:
		t.Errorf("a signal after %s", what)
	default:
	}
}

func testWatch(t *testing.T, s core.Store) {
	a, all := s.Watch(t.Context(), "a/"), s.Watch(t.Context(), "")
	silent(t, "nothing", a)
	commit(t, s, put("b/1", "x"))
	within(t, "the signal for everything", all)
	silent(t, "a write elsewhere", a)
	commit(t, s, put("a/1", "x"))
	commit(t, s, put("a/1", "y"))
	within(t, "the signal for a/", a)
	silent(t, "two writes and one receive", a)
	commit(t, s, core.Batch{Delete: []string{"a/1"}})
	within(t, "the signal for a deletion", a)
	b := put("a/2", "x")
	b.If = []core.Cond{{Key: "a/2", Rev: 7}}
	if _, err := s.Commit(t.Context(), b); !errors.Is(err, core.ErrConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	silent(t, "a refused batch", a)
}

func testWatchEnds(t *testing.T, s core.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	ch := s.Watch(ctx, "a/")
	cancel()
	if within(t, "the end of the watch", ch) {
		t.Error("a signal instead of the end")
	}
	commit(t, s, put("a/1", "x"))
	if _, open := <-s.Watch(ctx, "a/"); open {
		t.Error("a watch whose context had ended before gave a signal")
	}
}

func take(t *testing.T, s core.Store, name string) (core.Lease, bool) {
	t.Helper()
	return takeFor(t.Context(), t, s, name)
}

func takeFor(ctx context.Context, t *testing.T, s core.Store, name string) (core.Lease, bool) {
	t.Helper()
	l, ok, err := s.Lease(ctx, name, time.Minute)
	if err != nil {
		t.Fatalf("lease %s: %v", name, err)
	}
	return l, ok
}

func testLease(t *testing.T, s core.Store) {
	l, ok := take(t, s, "runner")
	if !ok {
		t.Fatal("a free lease was refused")
	}
	if _, ok := take(t, s, "runner"); ok {
		t.Error("a second holder got the lease")
	}
	if other, ok := take(t, s, "poller"); !ok {
		t.Error("another lease was refused")
	} else {
		other.Release()
	}
	silent(t, "nothing: the lease is held", l.Lost())
	l.Release()
	l.Release()
	within(t, "the loss after the release", l.Lost())
	next, ok := take(t, s, "runner")
	if !ok {
		t.Fatal("a released lease was refused")
	}
	l.Release()
	silent(t, "the release by who held it before", next.Lost())
	if _, ok := take(t, s, "runner"); ok {
		t.Error("the old holder's release freed the new holder's lease")
	}
	next.Release()
}

func testGuard(t *testing.T, s core.Store) {
	guarded := func(l core.Lease, value string) error {
		b := put("k", value)
		b.If = []core.Cond{l.Guard()}
		_, err := s.Commit(t.Context(), b)
		return err
	}
	old, _ := take(t, s, "x")
	if err := guarded(old, "old"); err != nil {
		t.Fatalf("write with the lease held: %v", err)
	}
	if err := guarded(old, "old again"); err != nil {
		t.Fatalf("write again with the lease held: %v", err)
	}
	old.Release()
	if err := guarded(old, "late"); !errors.Is(err, core.ErrConflict) {
		t.Errorf("write after the release: %v, want a conflict", err)
	}
	next, _ := take(t, s, "x")
	defer next.Release()
	if err := guarded(old, "late"); !errors.Is(err, core.ErrConflict) {
		t.Errorf("write while another holds the lease: %v, want a conflict", err)
	}
	if v, _ := read(t, s, "k"); v != "old again" {
		t.Errorf("a late writer left %q", v)
	}
}

func testLeaseContext(t *testing.T, s core.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	l, _ := takeFor(ctx, t, s, "x")
	cancel()
	within(t, "the loss after the context ended", l.Lost())
	l.Release() // returns when nobody holds it any more
	b := put("k", "late")
	b.If = []core.Cond{l.Guard()}
	if _, err := s.Commit(t.Context(), b); !errors.Is(err, core.ErrConflict) {
		t.Errorf("write after the context ended: %v, want a conflict", err)
	}
	if _, ok := take(t, s, "x"); !ok {
		t.Error("the lease was not freed by the end of the context")
	}
}
