// Package storetest holds any core.Store against what core/ports.go promises.
// A backend calls Run from a test of its own.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

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
