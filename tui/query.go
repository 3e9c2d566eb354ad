package tui

import (
	"slices"
	"strings"
	"sync"

	"gwm/core"
)

// query is the filter of a list. Where a filter can only find a part of what the
// one before it found, it looks through that and not through all rows.
type query[T any] struct {
	text   string
	parsed *core.Filter // nil: everything passes
	found  []int32      // indexes of rows, in the order of the view; nil: nothing was looked for
	from   *core.Filter // what found answers
}

// set takes a new text. With an error the old one holds.
func (q *query[T]) set(text string) error {
	if strings.TrimSpace(text) == "" {
		*q = query[T]{}
		return nil
	}
	parsed, err := core.ParseFilter(text)
	if err != nil {
		return err
	}
	q.text, q.parsed = text, parsed
	return nil
}

// reset forgets what was found: the rows changed.
func (q *query[T]) reset() { q.found, q.from = nil, nil }

// run returns those of rows that pass the filter and also (nil: all), in their
// order. What the last run returned is overwritten.
func (q *query[T]) run(rows picks[T], as func(*T) core.Row, also func(*T) bool) picks[T] {
	if q.parsed == nil && also == nil {
		return rows
	}
	var texts []string
	if rows.texts != nil {
		texts = rows.texts()
	}
	keeper := func() func(int32) bool {
		var r indexed
		return func(i int32) bool {
			row := rows.of[i]
			if also != nil && !also(row) {
				return false
			}
			if texts == nil {
				return q.parsed.Match(as(row))
			}
			r.Row, r.text = as(row), texts[i]
			return q.parsed.Match(&r)
		}
	}
	if q.found != nil && q.parsed.Narrows(q.from) {
		q.found = sift(q.found, q.found, keeper)
	} else {
		all := slices.Grow(q.found[:0], len(rows.of))[:len(rows.of)]
		q.found = sift(nil, all, keeper)
	}
	q.from = q.parsed
	return rows.only(q.found)
}

// indexed is a row whose text lies beside those of the other rows, so that a word
// is looked for in one pass over memory and not by a jump for each row.
type indexed struct {
	core.Row
	text string
}

// FilterText is what plain words search.
func (r *indexed) FilterText() string { return r.text }

// piece is how many rows are looked through by one goroutine.
const piece = 16 << 10

// sift writes those of have (nil: every number) that are kept into out, which is
// as long and may be the same, in their order. A long list is looked through in
// pieces at the same time, each with a keep of its own.
func sift(have, out []int32, keeper func() (keep func(int32) bool)) []int32 {
	kept := make([]int, (len(out)+piece-1)/piece)
	faults := make([]any, len(kept))
	look := func(p int) {
		defer func() { faults[p] = recover() }()
		keep, at := keeper(), p*piece
		for i := at; i < min((p+1)*piece, len(out)); i++ {
			row := int32(i)
			if have != nil {
				row = have[i]
			}
			if keep(row) {
				out[at] = row
				at++
			}
		}
		kept[p] = at - p*piece
	}
	var others sync.WaitGroup
	for p := 1; p < len(kept); p++ {
		others.Go(func() { look(p) })
	}
	if len(kept) > 0 {
		look(0)
	}
	others.Wait()
	for _, fault := range faults {
		if fault != nil {
			panic(fault) // whoever guards the session catches it there
		}
	}
	end := 0
	for p, n := range kept {
		end += copy(out[end:], out[p*piece:p*piece+n])
	}
	return out[:end]
}
