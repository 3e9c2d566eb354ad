package tui

import (
	"slices"
	"strings"
	"sync"

	"gwm/core"
)

// query is the filter of a list. While only words are typed and grow, it looks
// through what it found before and not through all rows.
type query[T any] struct {
	text   string
	parsed *core.Filter // nil: everything passes
	found  []*T
	from   string // the text that found answers; "" none
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

// reset forgets what was found: the rows or their order changed.
func (q *query[T]) reset() { q.found, q.from = nil, "" }

// run returns the rows that pass the filter and also (nil: all), in their order.
func (q *query[T]) run(rows []*T, as func(*T) core.Row, also func(*T) bool) []*T {
	if q.parsed == nil && also == nil {
		return rows
	}
	if q.from != "" && words(q.from) && words(q.text) && strings.HasPrefix(q.text, q.from) {
		rows = q.found
	}
	q.found, q.from = sift(rows, func(r *T) bool {
		return (also == nil || also(r)) && (q.parsed == nil || q.parsed.Match(as(r)))
	}), q.text
	return q.found
}

// piece is how many rows are looked through by one goroutine.
const piece = 16 << 10

// sift returns the rows that keep wants, in their order. A long list is looked
// through in pieces at the same time: most of the time goes into waiting for
// memory.
func sift[T any](rows []*T, keep func(*T) bool) []*T {
	kept := make([][]*T, (len(rows)+piece-1)/piece)
	faults := make([]any, len(kept))
	look := func(i int) {
		defer func() { faults[i] = recover() }()
		for _, r := range rows[i*piece : min((i+1)*piece, len(rows))] {
			if keep(r) {
				kept[i] = append(kept[i], r)
			}
		}
	}
	var others sync.WaitGroup
	for i := 1; i < len(kept); i++ {
		others.Go(func() { look(i) })
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
	return slices.Concat(kept...)
}

// words tells whether a filter has plain words only: then a longer one finds a
// part of what the shorter one found.
func words(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == ' ', r == '.', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}
