package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// escapes are keys that most keyboards have and few programs want.
func escapes() []string {
	return []string{core.DefaultEscape.String(), "ctrl-o", "ctrl-t", "ctrl-g", "ctrl-a", "ctrl-b", `ctrl-\`, "ctrl-^"}
}

// keyOf is an escape key as keys are named here.
func keyOf(e core.Escape) string { return "ctrl+" + strings.TrimPrefix(e.String(), "ctrl-") }

// chooseEscape takes a key for the menu of consoles, or asks for one.
func (a *App) chooseEscape(text string) tea.Cmd {
	if text == "" {
		return a.pop(a.escapeChooser())
	}
	e, err := core.ParseEscape(text)
	if err != nil {
		return a.fail(err)
	}
	a.setEscape(e)
	a.prefs.Escape = e.String()
	return tea.Batch(a.say(Info, e.String()+" opens the menu of consoles from now on, and leaves gwm vm console"), a.keepLater())
}

// escapeChooser offers keys, and takes another one that is typed.
func (a *App) escapeChooser() *chooser {
	c := a.newChooser("Escape key of consoles, now "+a.look.escape.String(), "> ", "", func(typed string) []entry {
		var out []entry
		for _, key := range escapes() {
			if strings.HasPrefix(key, strings.ToLower(typed)) {
				out = append(out, entry{title: key, fill: key, run: func() tea.Cmd { return a.chooseEscape(key) }})
			}
		}
		if len(out) > 0 {
			return out
		}
		other := entry{title: core.Printable(typed), run: func() tea.Cmd { return a.chooseEscape(typed) }}
		if _, err := core.ParseEscape(typed); err != nil {
			other.off = core.AsError(err).Error()
		}
		return []entry{other}
	})
	c.footer = "enter choose  esc close"
	return c
}

// setEscape has another key open the menu, and the help say so.
func (a *App) setEscape(e core.Escape) {
	was := a.look.escape.String()
	a.look.escape = e
	for i, x := range a.table {
		if x.ID == actConsole {
			a.table[i].Help = strings.Replace(x.Help, was, e.String(), 1)
		}
	}
}
