package form

import (
	"fmt"

	"gwm/tui/theme"
)

// layList makes the lines of options, one under the other.
func (m *Model) layList(i int, e *entry, at, room int) {
	t, here := m.theme, i == m.focus
	found := e.found()
	pad := theme.Spaces(at)
	if len(e.options) == 0 {
		m.add(i, pad+t.Dim.Render("there is nothing to choose from"))
		return
	}
	rows := len(found)
	if len(e.options) > searched {
		rows = min(rows, listRows)
		m.add(i, pad+t.Dim.Render(t.Cut(e.searchLine(here, len(found)), room)))
	}
	e.cursor = max(min(e.cursor, len(found)-1), 0)
	e.first = max(min(e.first, e.cursor, len(found)-rows), e.cursor-rows+1, 0)
	for n := e.first; n < e.first+rows; n++ {
		o := e.options[found[n]]
		m.rows = append(m.rows, row{text: pad + m.option(e, o, here && n == e.cursor, room), stop: i, item: n + 1})
		if here && n == e.cursor {
			m.x, m.y = at+1, len(m.rows)-1
		}
	}
}

// searchLine says how much of a long list is shown.
func (e *entry) searchLine(here bool, found int) string {
	text := fmt.Sprintf("%d of %d ticked", len(e.ticked), len(e.options))
	switch {
	case e.find != "":
		text += fmt.Sprintf(", %d match %q", found, e.find)
	case here:
		text += ", type to search"
	}
	return text
}

// option draws an option: its box, its name, what is said of it.
func (m *Model) option(e *entry, o Option, here bool, w int) string {
	t := m.theme
	on := e.on(o)
	box, note := "[ ]", o.Note
	switch {
	case e.Kind == Choice && on:
		box = "(x)"
	case e.Kind == Choice:
		box = "( )"
	case o.State == Inherited:
		box = "[=]"
	case on:
		box = "[x]"
	}
	style := t.Value
	if o.Alarm {
		style = t.Danger
	}
	switch o.State {
	case Free:
	case Inherited:
		note = "inherited " + o.Why
	case Disabled:
		style, note = t.Disabled, "not possible: "+o.Why
	}
	text := t.Cut(box+" "+o.Name(), w)
	if here {
		style = t.Selected
	}
	rest := w - theme.Width(text) - 2
	if note == "" || rest < 4 {
		return style.Render(text)
	}
	return style.Render(text) + "  " + t.Dim.Render(t.Cut(note, rest))
}
