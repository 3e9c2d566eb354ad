package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// seeks is the search of a list that goes on outside Update, for a filter that
// looks beyond the rows. One goes on at a time: what changes meanwhile is looked
// for after it.
type seeks struct {
	busy   bool
	wanted bool // what is shown is not what filter and rows say
	typed  bool // the filter is another one: a cursor whose row it hides goes to the top
}

// seekAside tells whether the rows are looked through outside Update: there are
// many, and the filter asks what each of them does not hold itself.
func (l *list[T]) seekAside() bool {
	return l.far != nil && l.rows.len() >= sortAside && l.far() != nil
}

// seek begins to look for what is wanted. Until it is found the list stays as it
// was.
func (l *list[T]) seek() tea.Cmd {
	if l.seeks.busy || !l.seeks.wanted {
		return nil
	}
	l.seeks.busy, l.seeks.wanted = true, false
	rows, as, also, z := l.rows, l.far(), l.keepsRow(), l.z
	q := &query[T]{parsed: l.find.parsed} // with an index buffer of its own
	return l.host.call(func(context.Context) tea.Msg {
		found := q.run(rows, as, also)
		return sortedMsg(func() tea.Cmd { return l.sought(found, q.parsed, z) })
	})
}

// sought takes a result over. One for another filter is dropped. One of rows that
// have changed since is newer than what is shown.
func (l *list[T]) sought(found picks[T], by *core.Filter, z bool) tea.Cmd {
	l.seeks.busy = false
	if !l.seekAside() || by != l.find.parsed || z != l.z {
		return l.seek()
	}
	kept := l.take(found, !sameRows(found.of, l.shown.of))
	if l.seeks.typed && !kept {
		l.grid.Top()
	}
	l.seeks.typed = false
	return l.seek()
}

// settled begins to look for what the filter says, where that is done outside
// Update.
func (l *list[T]) settled() tea.Cmd { return l.seek() }
