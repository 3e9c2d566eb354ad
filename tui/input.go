package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// twice is the time within which ctrl-c must be pressed again to leave.
const twice = 2 * time.Second

// key finds out what a key means: the final screen, ctrl-c, popup, filter line,
// page, in this order.
func (a *App) key(k tea.KeyPressMsg) tea.Cmd {
	key := k.String()
	if a.ended != nil {
		if time.Since(a.endedAt) < grace {
			return nil
		}
		return tea.Quit
	}
	if g, ok := a.grabbing(); ok {
		a.dropToast("")
		return g.grab(k)
	}
	if key == "ctrl+c" {
		return a.interrupt()
	}
	a.interrupted = time.Time{}
	if !a.fits() {
		if key == "q" {
			return a.quit()
		}
		return nil
	}
	if l := a.top(); l != nil {
		return a.popupKey(l, k)
	}
	if a.typing != nil {
		return a.filterKey(k)
	}
	typer, types := a.front().(typer)
	if types { // what is typed is no answer to a message
		a.dropToast("")
		if cmd, used := typer.key(k); used {
			a.layout()
			return cmd
		}
	} else if to, used := a.dropToast(key); used {
		return a.push(to)
	}
	x, ok := a.keyed(key)
	if !ok {
		return a.hint(a.unmeant(key))
	}
	cmd := a.run(x)
	a.layout() // marks and messages may take a line
	return cmd
}

// interrupt leaves at the second ctrl-c.
func (a *App) interrupt() tea.Cmd {
	if !a.interrupted.IsZero() && time.Since(a.interrupted) < twice {
		return a.quit()
	}
	a.interrupted = time.Now()
	return a.say(Info, "press ctrl-c again to leave gwm; jobs go on")
}

// quitAtRoot leaves the page, or at the first one gwm.
func (a *App) quitAtRoot() tea.Cmd {
	if len(a.stack) > 1 {
		return a.leave()
	}
	if a.parked != nil {
		return a.leavePreview()
	}
	return a.quit()
}

// quit saves what is kept for the user and leaves.
func (a *App) quit() tea.Cmd { return tea.Sequence(a.save(), tea.Quit) }

// paste gives pasted text to who takes text; it is never a key.
func (a *App) paste(text string) tea.Cmd {
	if g, ok := a.grabbing(); ok {
		return g.drop(text)
	}
	switch l := a.top(); {
	case l != nil:
		l.popup.paste(text)
	case a.typing != nil:
		a.typing.insert(text)
		return a.setFilter(a.typing.String())
	}
	if p, ok := a.front().(typer); ok {
		return p.paste(text)
	}
	return nil
}
