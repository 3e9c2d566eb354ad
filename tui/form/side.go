package form

import (
	"cmp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"gwm/tui/theme"
)

// layBelow puts the summary under the buttons.
func (m *Model) layBelow(w int) {
	if len(m.summary) == 0 {
		return
	}
	m.add(-1, "")
	for _, l := range m.aside(w - 1) {
		m.add(-1, " "+l)
	}
}

// aside draws the summary.
func (m *Model) aside(w int) []string {
	t := m.theme
	out := []string{t.Rule("What saving does", w)}
	if len(m.summary) == 0 {
		return append(out, t.Dim.Render("nothing yet"))
	}
	for _, l := range m.summary {
		for _, part := range wrap(l, w) {
			out = append(out, t.Text.Render(part))
		}
	}
	return out
}

// beside puts lines to the right of others.
func (m *Model) beside(lines []string, w int, side []string) {
	for i := range lines {
		text := ""
		if i < len(side) {
			text = side[i]
		}
		lines[i] = m.theme.Fit(lines[i], w) + " " + m.theme.Border.Render(m.theme.Sym.V) + " " + text
	}
}

// foot are the lines that always stay: help of what has the keys, and what is
// wrong, what runs or what was said.
func (m *Model) foot(w int) []string {
	t := m.theme
	room := 1
	if m.h >= 14 {
		room = 2
	}
	var out []string
	if m.h >= 14 {
		out = append(out, t.Border.Render(strings.Repeat(t.Sym.H, w)))
	}
	help := wrap(m.help(), w-2)
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
	return append(out, " "+m.state(w-2))
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

// state is the last line.
func (m *Model) state(w int) string {
	t := m.theme
	switch {
	case m.busy != "":
		return t.Warn.Render(t.Cut(t.Sym.Loading+" "+m.busy+t.Sym.Ellipsis, w))
	case m.said != "" && m.bad:
		return t.Error.Render(t.Cut(t.Sym.Bad+" "+m.said, w))
	case m.said != "":
		return t.Good.Render(t.Cut(t.Sym.Good+" "+m.said, w))
	}
	if stop, err := m.wrong(); err != nil && m.tried {
		name := ""
		if stop < len(m.entries) {
			name = m.entries[stop].Label + ": "
		}
		return t.Error.Render(t.Cut(t.Sym.Bad+" "+name+err.Error(), w))
	}
	text := "tab next  space tick  ctrl-x " + strings.ToLower(cmp.Or(m.form.Save, "Save")) + "  esc leave"
	if m.Changed() {
		text += "  " + t.Sym.Dot + " changed"
	}
	return t.Hint.Render(t.Cut(text, w))
}

// Click gives the keys to what is under the mouse, ticks it or presses it.
func (m *Model) Click(x, y int) Event {
	i := m.first + y
	if m.Running() || y < 0 || y >= m.tall || i >= len(m.rows) {
		return None
	}
	r := m.rows[i]
	for _, h := range r.hits {
		if x >= h.from && x < h.to {
			m.goTo(h.stop)
			return m.press(h.stop)
		}
	}
	if r.stop < 0 || r.stop >= len(m.entries) || x >= theme.Width(ansi.Strip(r.text))+1 && x >= m.w {
		return None
	}
	m.goTo(r.stop)
	e := m.entry()
	switch {
	case r.item > 0:
		e.cursor = r.item - 1
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
