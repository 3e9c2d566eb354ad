package logview

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"gwm/tui/theme"
)

const timeLayout = "15:04:05"

// prefix is what stands before a line's text; it does not scroll to the side.
func (v *View) prefix(l Line) string {
	p := ""
	if v.times {
		p = theme.Spaces(len(timeLayout)) + " "
		if !l.At.IsZero() {
			p = l.At.Format(timeLayout) + " "
		}
	}
	switch {
	case v.label > 0 && l.Level != Head:
		p += " " + v.theme.Fit(l.Label, min(v.label, max(v.w/3, 6))) + "  "
	case l.Label != "":
		p += v.theme.Fit(l.Label, min(v.widest, max(v.w/4, 6), 16)) + " "
	}
	if theme.Width(p) > v.w/2 {
		return v.theme.Cut(p, v.w/2)
	}
	return p
}

// width is what a whole line takes.
func (v *View) width(i int) int {
	return theme.Width(v.prefix(v.lines[i])) + theme.Width(v.lines[i].Text)
}

// room is what is left of a row for the text.
func (v *View) room(prefix string) int { return max(v.w-theme.Width(prefix), 1) }

// rows is the number of rows of a line.
func (v *View) rows(i int) int {
	if !v.wrap || v.w <= 0 {
		return 1
	}
	l := v.lines[i]
	if l.Level == Head && v.label > 0 {
		return 1
	}
	room := v.room(v.prefix(l))
	if len(l.Text) <= room {
		return 1
	}
	return strings.Count(ansi.Hardwrap(l.Text, room, true), "\n") + 1
}

// View draws the text: h lines at most, each at most w cells wide.
func (v *View) View() string {
	var out []string
	row := v.top.row
	for i := v.top.line; i < len(v.lines) && len(out) < v.h; i++ {
		out = append(out, v.draw(i)[row:]...)
		row = 0
	}
	return strings.Join(out[:min(len(out), v.h)], "\n")
}

// draw returns the rows of a line.
func (v *View) draw(i int) []string {
	l := v.lines[i]
	if l.Level == Head && v.label > 0 {
		return []string{v.theme.Rule(l.Text, v.w)}
	}
	prefix := v.prefix(l)
	room := v.room(prefix)
	style := v.style(l.Level)
	if !v.wrap {
		text, width := l.Text, theme.Width(l.Text)
		if v.side > 0 {
			text = ansi.Cut(l.Text, v.side, v.side+room)
		}
		if width > v.side+room {
			text = v.theme.Fit(ansi.Cut(l.Text, v.side, v.side+room-1), room-1) + v.theme.Sym.Ellipsis
		}
		return []string{v.theme.Dim.Render(prefix) + v.highlight(text, style, i == v.match)}
	}
	pieces := strings.Split(ansi.Hardwrap(l.Text, room, true), "\n")
	if len(l.Text) <= room {
		pieces = []string{l.Text}
	}
	for n, p := range pieces {
		head := v.theme.Dim.Render(prefix)
		if n > 0 {
			head = theme.Spaces(theme.Width(prefix))
		}
		pieces[n] = head + v.highlight(p, style, i == v.match)
	}
	return pieces
}

func (v *View) style(l Level) theme.Style {
	switch l {
	case Quiet:
		return v.theme.Dim
	case Good:
		return v.theme.Good
	case Warn:
		return v.theme.Warn
	case Note:
		return v.theme.Custom
	case Bad:
		return v.theme.Error
	case Head:
		return v.theme.PanelTitle
	case Plain:
	}
	return v.theme.Text
}

// highlight draws text with what is searched for marked, more strongly in the
// line that is the present match.
func (v *View) highlight(text string, style theme.Style, present bool) string {
	if v.query == "" {
		return style.Render(text)
	}
	found := v.theme.Marked
	if present {
		found = v.theme.Match
	}
	var b strings.Builder
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // a letter whose lower case has another length: positions would not fit
		lower = text
	}
	for {
		at := strings.Index(lower, v.query)
		if at < 0 || !utf8.ValidString(text[:at]) {
			break
		}
		b.WriteString(style.Render(text[:at]) + found.Render(text[at:at+len(v.query)]))
		text, lower = text[at+len(v.query):], lower[at+len(v.query):]
	}
	b.WriteString(style.Render(text))
	return b.String()
}
