package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// calm is the shortest time between two looks at the session's view.
const calm = 50 * time.Millisecond

// lookEvery is how often the session is told what is looked at; it holds for a
// minute there.
const lookEvery = 20 * time.Second

// lastWords is how long the final screen stays when no key is pressed.
const lastWords = 15 * time.Second

type (
	changedMsg struct{ s *core.Session } // what the session shows may have changed
	endedMsg   struct{ s *core.Session } // it has ended
	tickMsg    time.Time
)

// wait waits for news of a session.
func (a *App) wait(s *core.Session) tea.Msg {
	select {
	case <-s.Changed():
		return changedMsg{s}
	case <-s.Done():
		return endedMsg{s}
	case <-a.ctx.Done():
		return nil
	}
}

// waitCalmly waits for the next news, but not at once: many changes at a time
// are looked at together.
func (a *App) waitCalmly(s *core.Session) tea.Cmd {
	return func() tea.Msg {
		t := time.NewTimer(calm)
		defer t.Stop()
		select {
		case <-t.C:
		case <-s.Done():
		case <-a.ctx.Done():
		}
		return a.wait(s)
	}
}

// watch waits for news of a session, and for its end alone, so that this is not
// missed behind a flood of changes.
func (a *App) watch(s *core.Session) tea.Cmd {
	return tea.Batch(func() tea.Msg { return a.wait(s) }, func() tea.Msg {
		select {
		case <-s.Done():
			return endedMsg{s}
		case <-a.ctx.Done():
			return nil
		}
	})
}

// tick comes once a second: ages and messages grow old.
func (a *App) tick() tea.Cmd {
	return func() tea.Msg {
		t := time.NewTimer(time.Second)
		defer t.Stop()
		select {
		case at := <-t.C:
			return tickMsg(at)
		case <-a.ctx.Done():
			return nil
		}
	}
}

// ticked does what a second brings.
func (a *App) ticked(now time.Time) tea.Cmd {
	a.expireToast(now)
	if a.ended != nil {
		if now.Sub(a.endedAt) >= lastWords {
			return tea.Quit
		}
		return a.tick()
	}
	cmds := []tea.Cmd{a.tick()}
	if have := a.view; a.session.View() != have { // the age alone is no news that is signalled
		a.takeView()
		cmds = append(cmds, a.front().show(a.view))
	}
	a.layout()
	if now.Sub(a.looked) >= lookEvery {
		cmds = append(cmds, a.lookAt(now))
	}
	return tea.Batch(cmds...)
}

// lookAt tells the session what is on the screen.
func (a *App) lookAt(now time.Time) tea.Cmd {
	a.looked = now
	s, cluster := a.session, a.front().at().On.Cluster
	return func() tea.Msg {
		s.Looking(cluster)
		return nil
	}
}

// changed takes a new view and hands it to the page in front; the others get it
// when they come back.
func (a *App) changed(s *core.Session) tea.Cmd {
	if s != a.session { // one's own while a preview is in front, which looks for itself
		return a.waitCalmly(s)
	}
	a.takeView()
	cmd := a.front().show(a.view)
	a.layout()
	return tea.Batch(cmd, a.waitCalmly(s))
}

func (a *App) takeView() {
	a.view = a.session.View()
	a.jobsRunning = 0
	a.look.colours = map[string]string{}
	for _, c := range a.view.Clusters() {
		if c.Cluster.Colour != "" {
			a.look.colours[c.Cluster.Name] = c.Cluster.Colour
		}
		a.jobsRunning += c.JobsRunning
	}
}

// end shows why the session ended. The keys that were on their way are ignored
// for a moment.
func (a *App) end(s *core.Session) tea.Cmd {
	if s != a.own {
		return a.previewEnded(s)
	}
	if a.ended != nil {
		return nil
	}
	a.endedAt = time.Now()
	if a.ended = s.Err(); a.ended == nil {
		a.ended = errEnded
	}
	a.popups, a.typing = nil, nil
	return nil
}
