package tui

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// always is a keeper for sift.
func always(keep func(int32) bool) func() func(int32) bool {
	return func() func(int32) bool { return keep }
}

func TestSiftKeepsTheOrder(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, piece, 3*piece + 1} {
		var thirds, sixths []int32
		for i := range size {
			if i%3 == 1 {
				thirds = append(thirds, int32(i))
			}
			if i%6 == 1 {
				sixths = append(sixths, int32(i))
			}
		}
		got := sift(nil, make([]int32, size), always(func(i int32) bool { return i%3 == 1 }))
		if diff := cmp.Diff(thirds, append([]int32(nil), got...)); diff != "" {
			t.Errorf("of %d rows:\n%s", size, diff)
		}
		got = sift(got, got, always(func(i int32) bool { return i%2 == 1 }))
		if diff := cmp.Diff(sixths, append([]int32(nil), got...)); diff != "" {
			t.Errorf("in place, of %d rows:\n%s", size, diff)
		}
	}
}

func TestSiftPanicsWhereItsCallerCanCatchIt(t *testing.T) {
	t.Parallel()
	defer func() {
		if p := recover(); p != "the test wants it" {
			t.Errorf("recovered %v", p)
		}
	}()
	sift(nil, make([]int32, 3*piece), always(func(i int32) bool {
		if i == 2*piece {
			panic("the test wants it")
		}
		return true
	}))
}

// TestSortedAndFiltered holds picks of picks against what they stand for.
func TestSortedAndFiltered(t *testing.T) {
	t.Parallel()
	of := make([]*int, 10)
	for i := range of {
		of[i] = &i
	}
	down := picks[int]{of: of, at: []int32{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}
	some := down.only([]int32{2, 3, 5, 7})
	var got []int
	for i := range some.len() {
		got = append(got, *some.row(i))
	}
	if diff := cmp.Diff([]int{7, 5, 3, 2}, got); diff != "" {
		t.Error(diff)
	}
	if in, out := some.index(of[3]), some.index(of[4]); in != 2 || out != -1 {
		t.Errorf("found at %d and %d, want 2 and -1", in, out)
	}
	if none := down.only([]int32{}); none.len() != 0 {
		t.Errorf("%d rows are left of none", none.len())
	}
}
