package tui

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSiftKeepsTheOrder(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, piece, 3*piece + 1} {
		rows := make([]*int, size)
		var want []int
		for i := range rows {
			rows[i] = &i
			if i%3 == 1 {
				want = append(want, i)
			}
		}
		var got []int
		for _, r := range sift(rows, func(r *int) bool { return *r%3 == 1 }) {
			got = append(got, *r)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of %d rows:\n%s", size, diff)
		}
	}
}

func TestSiftPanicsWhereItsCallerCanCatchIt(t *testing.T) {
	t.Parallel()
	rows := make([]*int, 3*piece)
	for i := range rows {
		rows[i] = &i
	}
	defer func() {
		if p := recover(); p != "the test wants it" {
			t.Errorf("recovered %v", p)
		}
	}()
	sift(rows, func(r *int) bool {
		if *r == 2*piece {
			panic("the test wants it")
		}
		return true
	})
}
