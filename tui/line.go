package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// maxLine bounds what can be typed or pasted into one line, in characters.
const maxLine = 500

// line is one line of text being typed.
type line struct{ input textinput.Model }

func newLine(text string) line {
	in := textinput.New()
	in.CharLimit = maxLine
	in.KeyMap.Paste.SetEnabled(false) // it would read the clipboard of the server
	in.ShowSuggestions = false
	in.SetVirtualCursor(false)
	in.Focus() // the command it returns blinks the virtual cursor
	in.SetValue(text)
	in.CursorEnd()
	return line{in}
}

// String is what was typed.
func (l *line) String() string { return l.input.Value() }

// key edits the line. It reports whether it had a use for the key.
func (l *line) key(k tea.KeyPressMsg) bool {
	m := &l.input.KeyMap
	typed := k.Text != "" && k.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta) == 0
	if !typed && !key.Matches(k, m.CharacterForward, m.CharacterBackward, m.WordForward, m.WordBackward,
		m.DeleteWordBackward, m.DeleteWordForward, m.DeleteAfterCursor, m.DeleteBeforeCursor,
		m.DeleteCharacterBackward, m.DeleteCharacterForward, m.LineStart, m.LineEnd) {
		return false
	}
	l.input, _ = l.input.Update(k)
	return true
}

// insert puts text at the cursor, without control characters and line breaks.
func (l *line) insert(text string) {
	l.input, _ = l.input.Update(tea.PasteMsg{Content: core.Printable(strings.TrimRight(text, "\r\n"))})
}

// draw returns the part of the line around the cursor, exactly width cells, and
// the cell of the cursor in it.
func (l *line) draw(t *theme.Theme, width int) (text string, cursor int) {
	runes, at, start := []rune(l.input.Value()), l.input.Position(), 0
	for theme.Width(string(runes[start:at])) >= width && start < at {
		start++
	}
	return t.Fit(string(runes[start:]), width), theme.Width(string(runes[start:at]))
}
