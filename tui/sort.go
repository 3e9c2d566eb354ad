package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"
)

// order is what a list is sorted by.
type order struct {
	key  string // of a column; "" is the order of the view
	desc bool
}

// sortAside is from how many rows on a list is sorted outside Update.
const sortAside = 20_000

// sorts is the sorting of a list that goes on outside Update. One goes on at a
// time: what changes meanwhile is sorted after it.
type sorts[T any] struct {
	busy  bool
	given picks[T] // what is being sorted
	order order
	rev   uint64  // list.beyond then
	held  *sorted // what is shown was taken from it; nil: not sorted aside
}

// sortedMsg takes the result of a sorting, or of a search, over into its list.
type sortedMsg func() tea.Cmd

// resort brings the rows into the order that is wanted: at once, or with the
// command where they are many. Until that is done the list stays as it was, or
// in the order of the view where it showed nothing.
func (l *list[T]) resort() tea.Cmd {
	by := l.compare()
	switch {
	case by == nil:
		l.sorts.held = nil
		l.settle(l.given, l.order)
	case l.given.len() < sortAside:
		l.settle(sortRows(l.given, by), l.order)
	case l.sorts.busy:
	default:
		if l.rows.len() == 0 {
			l.settle(l.given, order{})
		}
		return l.sortAside(by)
	}
	return nil
}

// compare is the comparison of the order that is wanted; nil: the view's.
func (l *list[T]) compare() func(a, b *T) int {
	i := slices.IndexFunc(l.fields, func(f field[T]) bool { return f.Key == l.order.key })
	if i < 0 || l.fields[i].cmp == nil {
		return nil
	}
	by := l.fields[i].cmp
	if l.fields[i].by != nil {
		by = l.fields[i].by()
	}
	if l.order.desc {
		return func(a, b *T) int { return -by(a, b) }
	}
	return by
}

// sortRows finds the order: the rows of a view are not moved.
func sortRows[T any](given picks[T], by func(a, b *T) int) picks[T] {
	given.at = sortIndex(given.of, by)
	return given
}

func sortIndex[T any](rows []*T, by func(a, b *T) int) []int32 {
	at := make([]int32, len(rows))
	for i := range at {
		at[i] = int32(i)
	}
	slices.SortStableFunc(at, func(a, b int32) int { return by(rows[a], rows[b]) })
	return at
}

func (l *list[T]) sortAside(by func(a, b *T) int) tea.Cmd {
	given, wanted, rev, orders := l.given, l.order, l.beyond, l.host.orders
	l.sorts = sorts[T]{busy: true, given: given, order: wanted, rev: rev, held: l.sorts.held}
	return l.host.call(func(context.Context) tea.Msg {
		order := sortedRows(orders, given.of, wanted, rev, func() []int32 { return sortIndex(given.of, by) })
		return sortedMsg(func() tea.Cmd { return l.sortedAside(order) })
	})
}

// sortedAside takes a result over. One in an order that is no longer wanted is
// dropped. One of rows that have changed since is newer than what is shown.
func (l *list[T]) sortedAside(found *sorted) tea.Cmd {
	done := l.sorts
	l.sorts = sorts[T]{held: done.held}
	by := l.compare()
	current := sameRows(done.given.of, l.given.of) && done.rev == l.beyond
	switch {
	case by == nil || l.given.len() < sortAside:
		return nil // settled at once, meanwhile
	case done.order == l.order:
		rows := done.given
		rows.at = found.at
		l.sorts.held = found
		l.settle(rows, done.order)
		if current {
			return l.seek()
		}
	}
	return tea.Batch(l.sortAside(by), l.seek())
}

// settle shows rows, which are in an order.
func (l *list[T]) settle(rows picks[T], in order) {
	fresh := !sameRows(rows.of, l.rows.of)
	l.rows = rows
	l.grid.SetSort(in.key, in.desc)
	if fresh {
		l.find.reset()
	}
	l.choose(fresh)
}
