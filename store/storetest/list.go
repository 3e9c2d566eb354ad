package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gwm/core"
)

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
