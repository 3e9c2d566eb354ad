package form

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"gwm/tui/theme"
)

// Widths, in cells.
const (
	sideFrom   = 100 // from here on the summary stands beside the fields
	besideFrom = 60  // from here on values stand beside their labels
	labelMost  = 26
	valueMost  = 56
	listRows   = 8 // lines of a long list of boxes
	areaRows   = 5
)

// row is a line of the form, with what a click on it means.
type row struct {
	text string
	stop int   // which stop it belongs to; -1 for none
	item int   // the option of a list plus one
	hits []hit // buttons on it
}

type hit struct{ from, to, stop int }

// View draws exactly the cells of Resize; Cursor is valid afterwards.
func (m *Model) View() string {
	w, side := m.w, 0
	if m.w >= sideFrom && m.form.Summary != nil {
		side = m.w * 2 / 5
		w = m.w - side - 3
	}
	foot := m.foot(m.w)
	head, hits := m.layHead(m.w)
	m.head, m.over = hits, 0
	if head != "" {
		m.over = 2
	}
	m.tall = max(m.h-len(foot)-m.over, 1)
	m.y = -1
	m.layRows(w)
	if m.summing() {
		if side == 0 {
			m.layBelow(w)
		}
		m.layButtons(w)
	}
	m.left = w
	m.scroll()
	lines := make([]string, 0, m.h)
	for i := m.first; i < m.first+m.tall; i++ {
		text := ""
		if i < len(m.rows) {
			text = m.rows[i].text
		}
		lines = append(lines, text)
	}
	if m.y >= 0 {
		m.y -= m.first
		if m.y < 0 || m.y >= m.tall {
			m.y = -1
		} else {
			m.y += m.over
		}
	}
	if side > 0 {
		m.beside(lines, w, m.aside(side))
	}
	lines = append(lines, foot...)
	if m.over > 0 {
		lines = append([]string{head, m.theme.Border.Render(strings.Repeat(m.theme.Sym.H, m.w))}, lines...)
	}
	return strings.Join(lines[:min(len(lines), m.h)], "\n")
}

// Cursor is the cell of the cursor in what View drew.
func (m *Model) Cursor() (x, y int, ok bool) { return m.x, m.y, m.y >= 0 && !m.Running() }

// scroll brings what has the keys into sight.
func (m *Model) scroll() {
	last := max(len(m.rows)-m.tall, 0)
	if !m.free {
		from, to := -1, -1
		for i, r := range m.rows {
			if r.stop != m.focus {
				continue
			}
			if from < 0 {
				from = i
			}
			to = i
		}
		if e := m.entry(); e != nil && to-from >= m.tall { // a list: the line under its cursor
			for i, r := range m.rows {
				if r.stop == m.focus && r.item == e.cursor+1 {
					from, to = max(i-1, 0), i
				}
			}
		}
		if to >= 0 {
			m.first = min(max(m.first, to-m.tall+1), from)
		}
		if to < m.tall && m.first < m.tall {
			m.first = 0
		}
	}
	m.first = max(min(m.first, last), 0)
}

func (m *Model) add(stop int, text string) { m.rows = append(m.rows, row{text: text, stop: stop}) }

// layRows makes the lines of the fields and of the buttons.
func (m *Model) layRows(w int) {
	t := m.theme
	m.rows = m.rows[:0]
	if m.form.Intro != "" {
		for _, l := range wrap(m.form.Intro, w-2) {
			m.add(-1, " "+t.Dim.Render(l))
		}
		m.add(-1, "")
	}
	label := m.labels()
	from, to := m.shown()
	for i, e := range m.entries[from:to] {
		if e.hidden || m.form.Steps && e.Kind == Section && i == 0 {
			continue
		}
		m.layField(from+i, e, label, w)
	}
	m.add(-1, "")
}

// labels is how wide the labels are.
func (m *Model) labels() int {
	n := 8
	from, to := m.shown()
	for _, e := range m.entries[from:to] {
		if e.Kind != Section && !e.hidden {
			n = max(n, theme.Width(e.Label))
		}
	}
	return min(n, labelMost)
}

// layField makes the lines of a field: label, value, what it means, what is
// wrong.
func (m *Model) layField(i int, e *entry, label, w int) {
	t := m.theme
	if e.Kind == Section {
		if len(m.rows) > 0 {
			m.add(-1, "")
		}
		m.add(-1, " "+t.Rule(e.Label, min(w-2, label+valueMost+6)))
		return
	}
	style, mark := t.Label, "  "
	if i == m.focus {
		style, mark = t.Accent, t.Key.Render(t.Sym.Crumb)+" "
	}
	title := e.Label
	if e.Required {
		title += " *"
	}
	at := 2
	first := mark + style.Render(t.Cut(title, w-2))
	if w >= besideFrom {
		at = label + 6
		first = mark + style.Render(t.Fit(title, label+2)) + "  "
	} else {
		m.add(i, first)
		first = "  "
	}
	before := len(m.rows)
	m.layValue(i, e, at, w)
	if before < len(m.rows) && w >= besideFrom {
		m.rows[before].text = first + strings.TrimPrefix(m.rows[before].text, theme.Spaces(at))
	}
	if e.theirs != "" {
		m.add(i, theme.Spaces(at)+t.Warn.Render(t.Cut(t.Sym.Warn+" somebody set it to "+e.theirs+" meanwhile", w-at-1)))
	}
	if err := m.errors[e.Name]; err != nil && m.tells(e) {
		for _, l := range wrap(t.Sym.Bad+" "+err.Error(), w-at-1) {
			m.add(i, theme.Spaces(at)+t.Error.Render(l))
		}
	}
}

// layValue makes the lines of a value, the first cell of it at column at.
func (m *Model) layValue(i int, e *entry, at, w int) {
	t, here := m.theme, i == m.focus
	pad := theme.Spaces(at)
	room := max(w-at-1, 8)
	style := t.Value
	if here {
		style = t.Strong
	}
	switch {
	case e.line():
		m.layLine(i, e, at, room, style)
	case e.Kind == Lines:
		m.layArea(i, e, at, room)
	case e.list():
		m.layList(i, e, at, room)
	case e.Kind == YesNo:
		box := "[ ]"
		if e.picked == "yes" {
			box = "[x]"
		}
		m.add(i, pad+style.Render(box)+" "+t.Dim.Render(t.Cut(e.Placeholder, room-4)))
		if here {
			m.x, m.y = at+1, len(m.rows)-1
		}
	case e.Kind == Choice:
		o, _ := e.option(e.picked)
		name := cmp.Or(o.Name(), e.Empty, "nothing chosen")
		more := fmt.Sprintf(" %s of %d", t.Sym.SortDown, len(e.options))
		name = t.Cut(name, min(room, valueMost)-len(more)-4)
		if o.Alarm {
			style = t.Danger
		}
		m.add(i, pad+"["+style.Render(name)+"]"+t.Dim.Render(more))
		if here {
			m.x, m.y = at+1, len(m.rows)-1
		}
	default:
		for _, l := range wrap(cmp.Or(e.Value, "nothing"), room) {
			m.add(-1, pad+t.Value.Render(l))
		}
	}
}

// layLine makes the line that one line of text is typed into.
func (m *Model) layLine(i int, e *entry, at, room int, style theme.Style) {
	t, here := m.theme, i == m.focus
	width := min(cmp.Or(e.Max, valueMost), valueMost, room-2)
	if e.Kind == Number {
		width = min(width, 14)
	}
	if e.Kind == Until {
		width = min(width, 22)
	}
	width = max(width, 4)
	text, cursor := t.Fit("", width), 0
	value := e.input.Value()
	switch {
	case value == "":
		if e.Placeholder != "" {
			text = t.Dim.Render(t.Fit("e.g. "+e.Placeholder, width))
		}
	case e.Kind == Secret:
		text = style.Render(t.Fit(fmt.Sprintf("%d characters, not shown", len([]rune(value))), width))
		cursor = min(theme.Width(strings.TrimRight(ansi.Strip(text), " ")), width-1)
	default:
		runes, pos, start := []rune(value), e.input.Position(), 0
		if here {
			for theme.Width(string(runes[start:pos])) >= width && start < pos {
				start++
			}
		}
		cursor = theme.Width(string(runes[start:pos]))
		text = style.Render(t.Fit(string(runes[start:]), width))
	}
	line := theme.Spaces(at) + "[" + text + "]"
	words := e.meaning(time.Now())
	switch {
	case words == "":
	case theme.Width(words)+2 <= room-width-2:
		line += "  " + t.Dim.Render(words)
		words = ""
	}
	m.add(i, line)
	if here {
		m.x, m.y = at+1+cursor, len(m.rows)-1
	}
	if words != "" {
		for _, l := range wrap(words, room) {
			m.add(i, theme.Spaces(at)+t.Dim.Render(l))
		}
	}
}

func (m *Model) layArea(i int, e *entry, at, room int) {
	t := m.theme
	width := min(room-2, valueMost+16)
	rows := areaRows
	if m.h < 16 {
		rows = 3
	}
	e.area.SetWidth(width)
	e.area.SetHeight(rows)
	top := len(m.rows)
	edge := t.Border
	if i == m.focus {
		edge = t.BorderFocus
	}
	side := edge.Render(t.Sym.V)
	for n, l := range strings.Split(e.area.View(), "\n") {
		l = strings.TrimRight(ansi.Strip(l), " ")
		if e.area.Value() == "" && n == 0 && e.Placeholder != "" {
			l = t.Dim.Render(t.Cut("e.g. "+e.Placeholder, width))
		}
		m.add(i, theme.Spaces(at)+side+t.Fit(l, width)+side)
	}
	if c := e.area.Cursor(); c != nil && i == m.focus {
		m.x, m.y = at+1+c.X, top+c.Y
	}
}

// layButtons makes the line of the buttons; where they do not fit, a line each.
func (m *Model) layButtons(w int) {
	titles := make([]string, 0, len(m.form.Actions)+2)
	for _, a := range m.form.Actions {
		titles = append(titles, a.Label)
	}
	titles = append(titles, cmp.Or(m.form.Save, "Save"), "Cancel")
	t := m.theme
	r := row{text: "  ", stop: len(m.entries)}
	x := 2
	for i, title := range titles {
		stop := len(m.entries) + i
		text := "[ " + t.Cut(title, w-8) + " ]"
		if x > 2 && x+theme.Width(text) > w {
			m.rows = append(m.rows, r)
			r, x = row{text: "  ", stop: stop}, 2
		}
		style := t.Key
		if stop == m.focus {
			style, r.stop = t.Selected, stop
			m.x, m.y = x+2, len(m.rows)
		}
		r.hits = append(r.hits, hit{x, x + theme.Width(text), stop})
		r.text += style.Render(text) + "  "
		x += theme.Width(text) + 2
	}
	m.rows = append(m.rows, r)
}

func wrap(text string, w int) []string { return theme.Wrap(text, w, 0) }
