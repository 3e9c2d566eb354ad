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
	given []*T // what is being sorted
	order order
}

// sortedMsg takes the result over into its list.
type sortedMsg func() tea.Cmd

// resort brings the rows into the order that is wanted: at once, or with the
// command where they are many. Until that is done the list stays as it was, or
// in the order of the view where it showed nothing.
func (l *list[T]) resort() tea.Cmd {
	by := l.compare()
	switch {
	case by == nil:
		l.settle(l.given, l.order)
	case len(l.given) < sortAside:
		l.settle(sortRows(l.given, by), l.order)
	case l.sorts.busy:
	default:
		if len(l.rows) == 0 {
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
	if l.order.desc {
		return func(a, b *T) int { return -by(a, b) }
	}
	return by
}

// sortRows sorts a copy: the rows of a view are not changed.
func sortRows[T any](given []*T, by func(a, b *T) int) []*T {
	rows := slices.Clone(given)
	slices.SortStableFunc(rows, by)
	return rows
}

func (l *list[T]) sortAside(by func(a, b *T) int) tea.Cmd {
	given, wanted := l.given, l.order
	l.sorts = sorts[T]{busy: true, given: given, order: wanted}
	return l.host.call(func(context.Context) tea.Msg {
		rows := sortRows(given, by)
		return sortedMsg(func() tea.Cmd { return l.sortedAside(rows) })
	})
}

// sortedAside takes a result over. One in an order that is no longer wanted is
// dropped. One of rows that have changed since is newer than what is shown.
func (l *list[T]) sortedAside(rows []*T) tea.Cmd {
	done := l.sorts
	l.sorts = sorts[T]{}
	by := l.compare()
	current := len(done.given) == len(l.given) && len(l.given) > 0 && &done.given[0] == &l.given[0]
	switch {
	case by == nil || len(l.given) < sortAside:
		return nil // settled at once, meanwhile
	case done.order == l.order:
		l.settle(rows, done.order)
		if current {
			return nil
		}
	}
	return l.sortAside(by)
}

// settle shows rows, which are in an order.
func (l *list[T]) settle(rows []*T, in order) {
	l.rows = rows
	l.grid.SetSort(in.key, in.desc)
	l.find.reset()
	l.choose()
}
