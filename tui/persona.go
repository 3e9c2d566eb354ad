package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// openActAs offers on whose behalf the person may work.
func (a *App) openActAs() tea.Cmd {
	m := a.newMenu("Act as")
	now := a.session.ActAs()
	for _, who := range a.session.Personas() {
		it := menuItem{title: who.Name, note: "yourself: what you make is charged to you", run: func() tea.Cmd { return a.actAs(who) }}
		if who.Kind == core.KindGroup {
			it.title, it.note = who.String(), "what you make belongs to the group, and is charged to it"
		}
		if who == now {
			m.cursor = len(m.items)
			it.note = "now " + a.look.theme.Sym.Dot + " " + it.note
		}
		m.add(it)
	}
	return a.pop(m)
}

func (a *App) actAs(who core.Ref) tea.Cmd {
	if err := a.session.SetActAs(who); err != nil {
		return a.fail(err)
	}
	if who.Kind == core.KindGroup {
		return a.say(Good, "acting as "+who.String()+": it owns what you make now, and its quota counts")
	}
	return a.say(Good, "acting as yourself again")
}

func personaActions() []action {
	return []action{previewAction(), previewHere(), {
		ID: "actas", Keys: []string{"@"}, Word: "actas", Args: "[WHO]", Title: "act as", Group: groupScreen,
		Help: "Choose who owns what you make, and whose quota counts: you, or a group of yours.",
		Complete: func(a *App, _ string) []string {
			var out []string
			for _, who := range a.session.Personas() {
				out = append(out, who.String())
			}
			return out
		},
		Run: func(a *App, arg string) tea.Cmd {
			if arg == "" {
				return a.openActAs()
			}
			for _, who := range a.session.Personas() {
				if arg == who.String() || arg == who.Name {
					return a.actAs(who)
				}
			}
			return a.actAs(core.GroupRef(strings.TrimPrefix(arg, "group:")))
		},
	}}
}
