package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// maxLine bounds what can be typed or pasted into one line, in characters.
const maxLine = 500

// line is one line of text being typed.
type line struct {
	text []rune
	at   int // cursor, 0 to len(text)
}

func newLine(text string) line {
	r := []rune(text)
	return line{text: r, at: len(r)}
}

func (l *line) String() string { return string(l.text) }

// key edits the line. It reports whether it had a use for the key.
func (l *line) key(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "left":
		l.at = max(l.at-1, 0)
	case "right":
		l.at = min(l.at+1, len(l.text))
	case "home":
		l.at = 0
	case "end", "ctrl+e":
		l.at = len(l.text)
	case "backspace":
		l.cut(max(l.at-1, 0), l.at)
	case "delete":
		l.cut(l.at, min(l.at+1, len(l.text)))
	case "ctrl+u":
		l.cut(0, l.at)
	case "ctrl+k":
		l.cut(l.at, len(l.text))
	case "ctrl+w":
		start := strings.TrimRight(string(l.text[:l.at]), " ")
		l.cut(len([]rune(start[:strings.LastIndex(start, " ")+1])), l.at)
	default:
		if k.Text == "" || k.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta) != 0 {
			return false
		}
		l.insert(k.Text)
	}
	return true
}

// insert puts text at the cursor, without control characters and line breaks.
func (l *line) insert(text string) {
	add := []rune(core.Printable(strings.TrimRight(text, "\r\n")))
	add = add[:min(len(add), max(maxLine-len(l.text), 0))]
	l.text = append(l.text[:l.at:l.at], append(add, l.text[l.at:]...)...)
	l.at += len(add)
}

func (l *line) cut(from, to int) {
	l.text = append(l.text[:from:from], l.text[to:]...)
	l.at = from
}

// draw returns the part of the line around the cursor, exactly width cells, and
// the cell of the cursor in it.
func (l *line) draw(t *theme.Theme, width int) (text string, cursor int) {
	start := 0
	for theme.Width(string(l.text[start:l.at])) >= width && start < l.at {
		start++
	}
	return t.Fit(string(l.text[start:]), width), theme.Width(string(l.text[start:l.at]))
}
