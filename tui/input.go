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
	if to, used := a.dropToast(key); used {
		return a.push(to)
	}
	x, ok := a.keyed(key)
	if !ok {
		return nil
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
	return a.quit()
}

// quit saves what is kept for the user and leaves.
func (a *App) quit() tea.Cmd { return tea.Sequence(a.save(), tea.Quit) }

// paste gives pasted text to who takes text; it is never a key.
func (a *App) paste(text string) tea.Cmd {
	switch l := a.top(); {
	case l != nil:
		l.popup.paste(text)
	case a.typing != nil:
		a.typing.insert(text)
		return a.setFilter(a.typing.String())
	}
	return nil
}

// doubleTime is the longest time between the clicks of a double click.
const doubleTime = 400 * time.Millisecond

// click finds out what lies under the mouse.
func (a *App) click(m tea.Mouse) tea.Cmd {
	if m.Button != tea.MouseLeft || a.ended != nil || !a.fits() {
		return nil
	}
	double := a.clicked == [2]int{m.X, m.Y} && time.Since(a.clickedAt) < doubleTime
	a.clicked, a.clickedAt = [2]int{m.X, m.Y}, time.Now()
	if double {
		a.clickedAt = time.Time{}
	}
	if l := a.top(); l != nil {
		return a.clickPopup(l, m)
	}
	switch {
	case m.Y == 0 && a.body.y > 0:
		for _, c := range a.crumbs {
			if m.X >= c.from && m.X < c.to {
				return a.goTo(c.place)
			}
		}
	case m.Y == a.h-1:
		for _, h := range a.hints {
			if m.X < h.from || m.X >= h.to {
				continue
			}
			if x, ok := a.action(h.id); ok {
				return a.run(x)
			}
		}
	case m.Y >= a.body.y && m.Y < a.body.y+a.body.h:
		if c, ok := a.front().(clicker); ok {
			return c.click(m.X, m.Y-a.body.y, double)
		}
	case a.filterShown() && m.Y == a.body.y-1:
		return a.openFilter()
	}
	return nil
}

func (a *App) clickPopup(l *layer, m tea.Mouse) tea.Cmd {
	if time.Now().Before(l.deaf) {
		return nil
	}
	if m.X < l.x || m.X >= l.x+l.w || m.Y < l.y || m.Y >= l.y+l.h {
		a.unpop(l)
		return nil
	}
	cmd, done := l.popup.click(m.Y - l.y)
	if done {
		a.unpop(l)
	}
	return cmd
}

// wheel scrolls what lies under the mouse.
func (a *App) wheel(m tea.Mouse) tea.Cmd {
	lines := 3
	switch m.Button {
	case tea.MouseWheelUp:
		lines = -3
	case tea.MouseWheelDown:
	default:
		return nil
	}
	if l := a.top(); l != nil {
		l.popup.wheel(lines / 3)
		return nil
	}
	if c, ok := a.front().(clicker); ok && m.Y >= a.body.y && m.Y < a.body.y+a.body.h {
		return c.wheel(m.X, m.Y-a.body.y, lines)
	}
	return nil
}
