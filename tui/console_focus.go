package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// wantsFocus tells whether a guest wants to know whether its screen has the focus:
// the terminal is asked for it only then.
func (a *App) wantsFocus() bool {
	return slices.ContainsFunc(a.consoles, func(c *console) bool { return c.live() && c.screen.Modes().Focus })
}

// tellFocus tells the guests that want it whether they have the focus: the terminal
// has it, and their console has the keys.
func (a *App) tellFocus() tea.Cmd {
	var cmds []tea.Cmd
	for _, c := range a.consoles {
		p, ok := a.front().(*consolePage)
		if ok = ok && p.c == c; ok {
			_, ok = a.grabbing()
		}
		if cmd := c.focus(ok && !a.away); cmd != nil {
			cmds = append(cmds, cmd)
		}
	}
	return tea.Batch(cmds...)
}

// focus tells the guest, where it does not know. One that begins to ask takes it
// that it has the focus. As with all that is typed it counts from who has the
// keyboard.
func (c *console) focus(has bool) tea.Cmd {
	if !c.screen.Modes().Focus {
		c.blurred = false
		return nil
	}
	if c.blurred == !has || !c.typing() || len(c.outbox) > maxAnswers {
		return nil
	}
	c.blurred = !has
	if has {
		return c.send([]byte("\x1b[I"))
	}
	return c.send([]byte("\x1b[O"))
}
