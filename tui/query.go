package tui

import (
	"strings"

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
	var out []*T
	if q.from != "" && words(q.from) && words(q.text) && strings.HasPrefix(q.text, q.from) {
		rows, out = q.found, q.found[:0]
	}
	for _, r := range rows {
		if (also == nil || also(r)) && (q.parsed == nil || q.parsed.Match(as(r))) {
			out = append(out, r)
		}
	}
	q.found, q.from = out, q.text
	return out
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
