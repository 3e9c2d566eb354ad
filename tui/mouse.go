package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

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
		return a.clickCrumb(m.X)
	case m.Y == a.h-1:
		return a.clickHint(m.X)
	case m.Y >= a.body.y && m.Y < a.body.y+a.body.h:
		if c, ok := a.front().(clicker); ok {
			return a.lead(c.click(m.X, m.Y-a.body.y, double))
		}
	case a.filterShown() && m.Y == a.body.y-1:
		return a.openFilter()
	}
	return nil
}

func (a *App) clickCrumb(x int) tea.Cmd {
	for _, c := range a.crumbs {
		if x >= c.from && x < c.to {
			return a.goTo(c.place)
		}
	}
	return nil
}

func (a *App) clickHint(x int) tea.Cmd {
	for _, h := range a.hints {
		if act, ok := a.action(h.id); ok && x >= h.from && x < h.to {
			return a.run(act)
		}
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
