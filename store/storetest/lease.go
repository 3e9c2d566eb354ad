package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"gwm/core"
)

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
