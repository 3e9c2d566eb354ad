package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gwm/tui/theme"
)

// layBelow puts the summary under the fields.
func (m *Model) layBelow(w int) {
	if len(m.summary) == 0 {
		return
	}
	m.below.from = len(m.rows)
	for _, l := range m.aside(w - 2) {
		m.add(-1, " "+l)
	}
	m.below.to = len(m.rows)
	m.add(-1, "")
}

// unread tells whether saving would do what nobody has read: the summary stands
// under the fields and is out of sight, or in a later step.
func (m *Model) unread() bool {
	if m.w == 0 || m.w >= sideFrom || len(m.summary) == 0 || m.focus >= len(m.entries) {
		return false
	}
	return !m.summing() || m.below.from < m.first || m.below.to > m.first+m.tall
}

// aside draws the summary.
func (m *Model) aside(w int) []string {
	t := m.theme
	out := []string{t.Rule("What saving does", w)}
	if len(m.summary) == 0 {
		return append(out, t.Dim.Render("nothing yet"))
	}
	for _, l := range m.summary {
		for _, part := range hang(l, w) {
			out = append(out, t.Text.Render(part))
		}
	}
	return out
}

// hang breaks a line and indents what goes on.
func hang(text string, w int) []string { return theme.Wrap(text, w, 2) }

// beside puts lines to the right of others.
func (m *Model) beside(lines []string, w int, side []string) {
	for i := range lines {
		text := ""
		switch {
		case i == len(lines)-1 && len(side) > len(lines):
			text = m.theme.Dim.Render(fmt.Sprintf("%s %d more lines", m.theme.Sym.Ellipsis, len(side)-i))
		case i < len(side):
			text = side[i]
		}
		lines[i] = m.theme.Fit(lines[i], w) + " " + m.theme.Border.Render(m.theme.Sym.V) + " " + text
	}
}

// stateMost is how many lines a message takes at most.
const stateMost = 3

// foot are the lines that always stay: help of what has the keys, and what is
// wrong, what runs or what was said.
func (m *Model) foot(w int) []string {
	t := m.theme
	least, most := 1, 2
	var out []string
	if m.h >= 14 {
		least, most = 2, 3
		out = append(out, t.Border.Render(strings.Repeat(t.Sym.H, w)))
	}
	help := wrap(m.help(), w-2)
	room := max(min(len(help), most), least)
	for i := range room {
		text := ""
		if i < len(help) {
			text = help[i]
		}
		if i == room-1 && len(help) > room {
			text = t.Cut(text+" "+t.Sym.Ellipsis, w-2)
		}
		out = append(out, " "+t.Dim.Render(text))
	}
	if m.alarm != "" {
		out = append(out, " "+t.Danger.Render(t.Cut(" "+t.Sym.Warn+" "+m.alarm+" ", w-2)))
	}
	text, style := m.state()
	lines := wrap(text, w-2)
	if n := stateMost - 1; len(lines) > n+1 {
		lines = append(lines[:n:n], t.Cut(strings.Join(lines[n:], " "), w-2))
	}
	if style == t.Hint {
		lines = []string{t.Cut(text, w-2)}
	}
	for _, l := range lines {
		out = append(out, " "+style.Render(l))
	}
	return out
}

// help is the sentence for what has the keys.
func (m *Model) help() string {
	if e := m.entry(); e != nil {
		help := e.Help
		switch {
		case e.long():
			help = strings.TrimSpace(help + " Enter opens the list.")
		case e.list():
			help = strings.TrimSpace(help + " Space ticks.")
			if o, ok := e.under(); ok && o.State == Disabled && o.Why != "" {
				help = "Not possible: " + o.Why // which the list may have cut
			}
		case e.Kind == Lines:
			help = strings.TrimSpace(help + " Tab goes on.")
		}
		return help
	}
	if a, ok := m.Acting(); ok {
		return a.Help
	}
	return ""
}

// state is what stands at the very end.
func (m *Model) state() (string, theme.Style) {
	t := m.theme
	switch {
	case m.busy != "":
		return t.Sym.Loading + " " + m.busy + t.Sym.Ellipsis, t.Warn
	case m.said != "" && m.bad:
		return t.Sym.Bad + " " + m.said, t.Error
	case m.said != "":
		return t.Sym.Good + " " + m.said, t.Good
	}
	if stop, err := m.wrong(); err != nil && m.tried {
		text := t.Sym.Bad + " "
		if stop < len(m.entries) {
			text += m.entries[stop].Label + ": "
		}
		text += err.Error()
		if n := len(m.errors) - 1; n > 0 {
			text += fmt.Sprintf(" (and %d more)", n)
		}
		return text, t.Error
	}
	text := "ctrl-x " + strings.ToLower(cmp.Or(m.form.Save, "Save")) + "  esc leave  tab next"
	if m.form.Steps {
		text += " field  ctrl-n step  ctrl-p back"
	}
	if m.ticks() {
		text += "  space tick"
	}
	if m.Changed() {
		text = "changed " + t.Sym.Dot + " " + text
	}
	return text, t.Hint
}

// ticks tells whether there is anything to tick.
func (m *Model) ticks() bool {
	return slices.ContainsFunc(m.entries, func(e *entry) bool { return !e.hidden && (e.Kind == YesNo || e.list()) })
}

// Click gives the keys to what is under the mouse, ticks it or presses it.
func (m *Model) Click(x, y int) Event {
	if y == 0 && m.over > 0 {
		return m.clickHead(x)
	}
	y -= m.over
	i := m.first + y
	if m.Running() || y < 0 || y >= m.tall || i >= len(m.rows) || x >= m.left {
		return None
	}
	r := m.rows[i]
	for _, h := range r.hits {
		if x >= h.from && x < h.to {
			m.goTo(h.stop)
			return m.press(h.stop)
		}
	}
	if r.stop < 0 || r.stop >= len(m.entries) {
		return None
	}
	m.goTo(r.stop)
	return m.poke(r.item)
}

// poke does what a click on the field with the keys does; item counts the options
// of a list from 1, and is 0 beside them.
func (m *Model) poke(item int) Event {
	e := m.entry()
	switch {
	case item > 0:
		e.cursor = item - 1
		m.tick(e, e.found())
	case e.Kind == YesNo:
		e.picked = YesIf(e.picked == "")
		m.changed(e)
	case e.long():
		return Pick
	}
	return None
}

// Wheel scrolls.
func (m *Model) Wheel(lines int) {
	m.free = true
	m.first = max(min(m.first+lines, len(m.rows)-m.tall), 0)
}
