package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// factorActions set up, remove and reset second factors.
func factorActions() []action {
	own := scope{Traits: traitSelf}
	return []action{
		{
			ID: "totp.begin", Word: "totp-begin", Title: "set up your second factor", Group: groupAct, Scope: own,
			Help: "Pair an authenticator app, whose codes are asked for before what destroys something.",
			When: func(a *App, _ selection) string {
				if a.session.User().TOTP {
					return "you have a second factor already"
				}
				return a.mayChangeSelf()
			},
			Do: func(a *App, _ selection) tea.Cmd {
				return a.open(place{Page: pageFactor, On: core.UserRef(a.session.User().Name)}) // not in the history: to come back would begin anew
			},
		},
		{
			ID: "totp.remove", Word: "totp-remove", Title: "remove your second factor", Group: groupAct, Scope: own,
			Help: "Let no code be asked for any more; it wants a last one.",
			When: func(a *App, _ selection) string {
				if !a.session.User().TOTP {
					return "you have no second factor"
				}
				return a.mayChangeSelf()
			},
			Do: func(a *App, _ selection) tea.Cmd { return a.removeFactor() },
		},
		{
			ID: "totp.reset", Word: "totp-reset", Args: "[USER]", Complete: completeUsers, Title: "reset the second factor", Group: groupAct,
			Help:  "Take the second factor of somebody away who lost both the app and the recovery codes.",
			Scope: scope{Kinds: []core.Kind{core.KindUser}, Without: otherRows},
			Make: func(a *App, sel selection) ([]core.Op, string) {
				return namedOps(sel, core.KindUser, func(name string) (core.Op, string) {
					if u, ok := a.known().user(name); ok && !u.TOTP {
						return nil, "no second factor is set up"
					}
					return core.ResetTOTP{User: name}, ""
				})
			},
		},
	}
}

// mayChangeSelf says why the person may not change their own account now, "" where
// they may.
func (a *App) mayChangeSelf() string {
	if a.session.ReadOnly() {
		return "this session is read-only"
	}
	if d := a.view.Can(core.VerbModify, core.UserRef(a.session.User().Name)); !d.OK {
		return core.Printable(d.Why)
	}
	return ""
}

// removeFactor asks for a last code.
func (a *App) removeFactor() tea.Cmd {
	s := a.session
	return a.pop(&codeAsk{
		app: a, line: newLine(""),
		why:   "Remove your second factor: whoever holds your key is asked for no code any more, until you set one up again",
		show:  s.RemoveTOTP,
		again: func() tea.Cmd { return a.say(Good, "done: your second factor is removed") },
	})
}
