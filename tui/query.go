package tui

import (
	"strings"

	"gwm/core"
)

// query is the filter of a list. It keeps the text that plain words search, one
// per row, as long as a filter holds, so that a key stroke compares and does not
// build; and while words only grow it searches what was found before.
type query[T any] struct {
	text   string
	parsed *core.Filter // nil: everything passes
	texts  []rowText[T]
	found  []*T
	from   string // the text that found answers; "" none
}

// rowText is a row with its text. Rows are shared by revisions, so a row that
// did not change keeps its text.
type rowText[T any] struct {
	row  *T
	text string
}

// worded gives a row the text that was built before.
type worded struct {
	core.Row
	text string
}

func (w *worded) FilterText() string { return w.text }

// set takes a new text. With an error the old one holds.
func (q *query[T]) set(text string) error {
	if strings.TrimSpace(text) == "" {
		*q = query[T]{text: ""}
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
	if q.parsed == nil {
		var out []*T
		for _, r := range rows {
			if also(r) {
				out = append(out, r)
			}
		}
		return out
	}
	if q.from != "" && plain(q.from) && plain(q.text) && strings.HasPrefix(q.text, q.from) {
		q.found = q.narrow(as)
	} else {
		q.found = q.search(rows, as, also)
	}
	q.from = q.text
	return q.found
}

// search goes through all rows.
func (q *query[T]) search(rows []*T, as func(*T) core.Row, also func(*T) bool) []*T {
	if len(q.texts) != len(rows) {
		q.texts = append(q.texts, make([]rowText[T], max(len(rows)-len(q.texts), 0))...)[:len(rows)]
	}
	var out []*T
	var w worded
	for i, r := range rows {
		if also != nil && !also(r) {
			continue
		}
		row := as(r)
		if q.texts[i].row != r {
			q.texts[i] = rowText[T]{r, row.FilterText()}
		}
		w = worded{row, q.texts[i].text}
		if q.parsed.Match(&w) {
			out = append(out, r)
		}
	}
	return out
}

// narrow goes through what was found before.
func (q *query[T]) narrow(as func(*T) core.Row) []*T {
	out := make([]*T, 0, len(q.found))
	for _, r := range q.found {
		if q.parsed.Match(as(r)) {
			out = append(out, r)
		}
	}
	return out
}

// plain tells whether a filter has words only: then a longer one finds a part of
// what the shorter one found.
func plain(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == ' ', r == '.', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}
