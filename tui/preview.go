package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// parked is what waits while somebody else's view is in front: the pages of
// one's own session as they were.
type parked struct {
	stack    []*opened
	history  []place
	at, last int
	scope    string
}

// previewMsg brings a session that sees what somebody else sees.
type previewMsg struct {
	s   *core.Session
	err error
}

func previewAction() action {
	return action{
		ID: "preview", Word: "preview", Args: "USER|off", Title: "see as a user", Group: groupScreen,
		Help:     "Show what a user sees, without changing anything: for site administrators. off returns, esc on the first page too.",
		Complete: completePreview,
		Run: func(a *App, arg string) tea.Cmd {
			switch {
			case arg == "off" && a.parked == nil:
				return a.say(Info, "there is no preview")
			case arg == "off":
				return a.leavePreview()
			case arg == "":
				return a.openPalette("preview ")
			}
			return a.preview(arg)
		},
	}
}

// previewHere is the same for the selected user.
func previewHere() action {
	return action{
		ID: "user.preview", Keys: []string{"P"}, Title: "see as this user", Group: groupLook, Scope: scope{Kinds: []core.Kind{core.KindUser}},
		Help: "Show what the user sees, without changing anything; preview off returns.",
		When: func(a *App, sel selection) string {
			switch {
			case a.parked != nil:
				return "this is a preview already"
			case !a.own.User().Admin:
				return "only a site administrator may see what somebody else sees"
			}
			return onlyOne(a, sel)
		},
		Do: func(a *App, sel selection) tea.Cmd { return a.preview(sel.ref().Name) },
	}
}

// preview asks for a session that sees what a user sees.
func (a *App) preview(user string) tea.Cmd {
	s := a.session
	return a.call(func(ctx context.Context) tea.Msg {
		p, err := s.Preview(ctx, user)
		return previewMsg{p, err}
	})
}

// enterPreview parks one's own pages and shows the other session.
func (a *App) enterPreview(m previewMsg) tea.Cmd {
	if m.err != nil {
		return a.fail(m.err)
	}
	if a.parked != nil { // asked for twice
		return closing(m.s)
	}
	a.parked = &parked{a.stack, a.history, a.at, a.last, a.scope}
	a.stack, a.history, a.at, a.last, a.scope = nil, nil, 0, 0, ""
	a.popups, a.typing = nil, nil
	a.session, a.user = m.s, core.Printable(m.s.User().Name)
	a.takeView()
	cmd := a.push(place{Page: pageFleet})
	a.say(Info, "this is what "+a.user+" sees; nothing can be changed; esc on this page, or preview off, returns")
	return tea.Batch(cmd, a.watch(m.s))
}

// leavePreview shows one's own pages again, as they were.
func (a *App) leavePreview() tea.Cmd {
	was, p := a.session, a.parked
	for len(a.stack) > 0 {
		a.drop(len(a.stack) - 1)
	}
	a.parked = nil
	a.stack, a.history, a.at, a.last, a.scope = p.stack, p.history, p.at, p.last, p.scope
	a.popups, a.typing = nil, nil
	a.session, a.user = a.own, core.Printable(a.own.User().Name)
	a.takeView()
	a.say(Info, "this is your own screen again")
	return tea.Batch(a.shown(), closing(was))
}

// previewEnded returns when the other session is over by itself.
func (a *App) previewEnded(s *core.Session) tea.Cmd {
	if a.parked == nil || s != a.session {
		return nil
	}
	why := "the preview ended"
	if err := s.Err(); err != nil {
		why += ": " + core.AsError(err).Message
	}
	cmd := a.leavePreview()
	a.say(Warning, why)
	return cmd
}

// closing ends a session outside Update.
func closing(s *core.Session) tea.Cmd {
	return func() tea.Msg { s.Close(); return nil }
}

// pile is every page that is open, also behind a preview.
func (a *App) pile() []*opened {
	if a.parked == nil {
		return a.stack
	}
	return append(append([]*opened(nil), a.parked.stack...), a.stack...)
}
