package tui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// act carries out the shared actions of a list.
func (l *list[T]) act(id string) (cmd tea.Cmd, done bool) {
	switch id {
	case actOpen:
		if l.idle(id) {
			return nil, false
		}
		l.enter()
	case actMark, actMarkRange, actMarkAll, actMarkNone:
		return nil, l.mark(id)
	case actWide:
		l.grid.SetWide(!l.grid.Wide())
		told := "the columns that fit are shown"
		if l.grid.Wide() {
			told = "all columns are shown; right and left bring them into sight"
		}
		return tea.Batch(send(keepMsg{}), send(hintMsg(told))), true
	case actTrouble:
		if l.idle(id) {
			return nil, false
		}
		l.z = !l.z
		l.find.reset()
		l.seeks.typed = true
		if kept := l.choose(false); !kept {
			l.grid.Top()
		}
		if cmd := l.seek(); cmd != nil || l.shown.len() > 0 {
			return cmd, true // the line under the table says it
		}
		told := "everything is shown that passes the filter"
		if l.z {
			told = "only what needs attention is shown, and nothing does"
		}
		return send(hintMsg(told)), true
	default:
		return nil, move(l.grid, id)
	}
	return nil, true
}

// mark carries out the shared actions that mark rows; done is false where there
// is no row, or no mark to clear.
func (l *list[T]) mark(id string) (done bool) {
	if id == actMarkNone {
		done = l.grid.Marked() > 0
		l.grid.ClearMarks()
		return done
	}
	if l.shown.len() == 0 {
		return false
	}
	switch id {
	case actMark:
		l.grid.Mark()
	case actMarkRange:
		l.grid.MarkRange()
	default:
		l.grid.InvertMarks()
	}
	return true
}

// mover is what has a cursor or scrolls: a table, a text.
type mover interface {
	Move(rows int)
	Half(screens int)
	Page(screens int)
	Top()
	Bottom()
	Side(steps int)
}

// move carries out the shared actions that move; done is false for others.
func move(m mover, id string) (done bool) {
	switch id {
	case actUp:
		m.Move(-1)
	case actDown:
		m.Move(1)
	case actTop:
		m.Top()
	case actBottom:
		m.Bottom()
	case actHalfUp:
		m.Half(-1)
	case actHalfDown:
		m.Half(1)
	case actPageUp:
		m.Page(-1)
	case actPageDown:
		m.Page(1)
	case actLeft:
		m.Side(-1)
	case actRight:
		m.Side(1)
	default:
		return false
	}
	return true
}

// filter takes the text of the filter line as it is typed; settled follows.
func (l *list[T]) filter(text string) (matched, total int, err error) {
	if l.tidy() {
		l.find.reset() // a filter also finds what is left out without one
	}
	if err := l.find.set(text); err != nil {
		return l.shown.len(), l.rows.len(), err
	}
	l.seeks.typed = true
	if kept := l.choose(false); !kept {
		l.grid.Top()
	}
	return l.shown.len(), l.rows.len(), nil
}

// filtered is the filter that holds.
func (l *list[T]) filtered() (text string, matched, total int) {
	return l.find.text, l.shown.len(), l.rows.len()
}

// columns are those that can be sorted by.
func (l *list[T]) columns() []column {
	var out []column
	for _, f := range l.fields {
		if f.cmp != nil {
			out = append(out, column{Key: f.Key, Title: f.Title})
		}
	}
	return out
}

// sorted is the order that is wanted; the header shows the one that is there.
func (l *list[T]) sorted() (key string, desc bool) { return l.order.key, l.order.desc }

// sort sorts by a column; a key that no column has restores the view's order.
func (l *list[T]) sort(key string, desc bool) tea.Cmd {
	l.order = order{key, desc}
	return tea.Batch(l.resort(), l.seek())
}

// click selects a row, opens it at the second click, and sorts at a title.
func (l *list[T]) click(x, y int, double bool) tea.Cmd {
	y -= l.above
	row, key := l.grid.Hit(x, y)
	switch {
	case key != "":
		for _, f := range l.fields {
			if f.Key == key && f.cmp != nil {
				desc := f.desc
				if l.order.key == key {
					desc = !l.order.desc
				}
				return tea.Batch(l.sort(key, desc), send(keepMsg{}))
			}
		}
	case row >= 0 && l.grid.Click(x, y) && double:
		l.enter()
	}
	return nil
}

func (l *list[T]) wheel(_, _, lines int) tea.Cmd {
	l.grid.Scroll(lines)
	return nil
}

// keep and restore are the settings that a list keeps for its user.
func (l *list[T]) keep() map[string]string {
	return map[string]string{
		"sort": l.order.key, "desc": strconv.FormatBool(l.order.desc), "wide": strconv.FormatBool(l.grid.Wide()),
	}
}

func (l *list[T]) restore(kept map[string]string) {
	for _, f := range l.fields {
		if f.Key == kept["sort"] && f.cmp != nil {
			l.order = order{f.Key, kept["desc"] == "true"}
		}
	}
	l.grid.SetWide(kept["wide"] == "true")
}

// jobSelection is the selection of a list of jobs.
func jobSelection(l *list[core.JobRow]) selection {
	var out selection
	if l.grid.Marked() == 0 {
		if row, ok := l.current(); ok {
			out.Jobs = []core.JobRow{*row}
		}
		return out
	}
	_, hidden := l.grid.Marks()
	marks := l.refs()
	at := make(map[core.Ref]*core.JobRow, len(l.given.of))
	for _, r := range l.given.of {
		at[l.id(r)] = r
	}
	for _, r := range marks.Refs {
		if row := at[r]; row != nil {
			out.Jobs = append(out.Jobs, *row)
		}
	}
	out.Marked, out.Hidden = true, hidden
	return out
}
