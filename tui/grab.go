package tui

import (
	tea "charm.land/bubbletea/v2"
)

// grabber is a page that may take everything that the person does for itself:
// keys of the shell, ctrl-c too, mean nothing then. It has the bottom line, where
// it says how to get the keys back.
type grabber interface {
	// grabs tells whether it does so now.
	grabs() bool
	// grab takes a key, drop pasted text.
	grab(k tea.KeyPressMsg) tea.Cmd
	drop(text string) tea.Cmd
	// mouse takes an event at a cell of the page; used is false where the shell
	// may have it.
	mouse(msg tea.MouseMsg, x, y int) (cmd tea.Cmd, used bool)
	// moves tells whether it wants every motion of the mouse.
	moves() bool
	// cursor is the cell of the page where the cursor is.
	cursor() (x, y int, ok bool)
	// bar is the bottom line, w cells.
	bar(w int) string
}

// grabbing is the page in front where it has the keys: nothing lies over it.
func (a *App) grabbing() (grabber, bool) {
	if !a.bare() {
		return nil, false
	}
	g, ok := a.front().(grabber)
	return g, ok && g.grabs()
}

// dragger is a page on which the mouse marks text.
type dragger interface {
	drag(msg tea.MouseMsg, x, y int) (cmd tea.Cmd, used bool)
	// drags tells whether that is under way: events beyond the page are for it too.
	drags() bool
}

// point takes an event of the mouse that is not for the shell alone.
func (a *App) point(msg tea.MouseMsg) (cmd tea.Cmd, used bool) {
	if !a.bare() {
		return nil, false
	}
	m := msg.Mouse()
	d, drags := a.front().(dragger)
	if within := m.Y >= a.body.y && m.Y < a.body.y+a.body.h; !within && (!drags || !d.drags()) {
		return nil, false
	}
	if g, ok := a.grabbing(); ok {
		return g.mouse(msg, m.X, m.Y-a.body.y)
	}
	if !drags {
		return nil, false
	}
	return d.drag(msg, m.X, m.Y-a.body.y)
}

// bare tells whether there is a page and nothing lies over it.
func (a *App) bare() bool {
	return a.top() == nil && a.typing == nil && a.ended == nil && a.fits() && len(a.stack) > 0
}
