package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// otherRows are the traits of tables in which keys mean the rows, also where the
// page is about a user or a group.
const otherRows = traitRights | traitKeys | traitMembers | traitTokens

// peoplePages are the ways to the pages about people.
func peoplePages() []action {
	list := func(id, key, word, title, help, page string) action {
		x := action{
			ID: id, Word: word, Args: "[FILTER]", Title: title, Help: help, Group: groupGo, Scope: scope{Without: traitTabs},
			Complete: func(*App, string) []string { return nil },
			Run:      func(a *App, arg string) tea.Cmd { return a.goTo(a.listPlace(page, arg)) },
		}
		if key != "" {
			x.Keys = []string{key}
		}
		return x
	}
	return []action{
		list("go.users", "7", "users", "users", "Everybody with an account, as far as you may see them.", pageUsers),
		list("go.groups", "8", "groups", "groups", "The groups that you are in or administer.", pageGroups),
		{
			ID: "go.user", Word: "user", Args: "USER", Complete: completeUsers, Title: "open a user", Group: groupGo,
			Help: "Open the page of a user: account, keys, rights, usage, history.",
			Run: func(a *App, arg string) tea.Cmd {
				if arg == "" {
					return a.openPalette("user ")
				}
				return a.push(userPlace(strings.TrimSpace(arg)))
			},
		},
		{
			ID: "go.group", Word: "group", Args: "GROUP", Complete: completeGroups, Title: "open a group", Group: groupGo,
			Help: "Open the page of a group: members, rights, usage, history.",
			Run: func(a *App, arg string) tea.Cmd {
				if arg == "" {
					return a.openPalette("group ")
				}
				return a.push(groupPlace(strings.TrimSpace(arg)))
			},
		},
		{
			ID: "go.profile", Word: "profile", Title: "your profile", Group: groupGo,
			Help: "Open your own page: your keys, your groups, what you may do.",
			Do:   func(a *App, _ selection) tea.Cmd { return a.push(userPlace(a.session.User().Name)) },
		},
	}
}

func userActions() []action {
	users := scope{Kinds: []core.Kind{core.KindUser}, Without: otherRows}
	able := func(id, key, word, title, help, already string, disabled bool) action {
		return action{
			ID: id, Keys: []string{key}, Word: word, Args: "[USER]", Complete: completeUsers, Title: title, Help: help, Group: groupAct, Scope: users,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				return namedOps(sel, core.KindUser, func(name string) (core.Op, string) {
					if u, ok := a.known().user(name); ok && u.Disabled == disabled {
						return nil, already
					}
					return core.EditUser{Name: name, Disabled: &disabled}, ""
				})
			},
		}
	}
	return []action{
		able("user.disable", "X", "user-disable", "disable", "Keep the user from logging in, and end their sessions now.", "disabled already", true),
		able("user.enable", "U", "user-enable", "enable", "Let a disabled user log in again.", "not disabled", false),
		{
			ID: "user.delete", Keys: []string{"D"}, Word: "user-delete", Args: "[USER]", Complete: completeUsers, Title: "delete",
			Help: "Delete the user with keys, rights and memberships; the question says what goes and what stays.", Group: groupAct, Scope: users,
			Make: func(_ *App, sel selection) ([]core.Op, string) {
				return namedOps(sel, core.KindUser, func(name string) (core.Op, string) { return core.DeleteUser{Name: name}, "" })
			},
			Notes: deletionNotes,
		},
	}
}

// namedOps makes an op for every selected object of a kind, by name. Of several
// those that it does not fit are left out; where none remains, why says it.
func namedOps(sel selection, kind core.Kind, make func(name string) (op core.Op, why string)) (ops []core.Op, why string) {
	for _, r := range sel.Refs {
		if r.Kind != kind {
			continue
		}
		op, not := make(r.Name)
		if op == nil {
			why = not
			continue
		}
		ops = append(ops, op)
	}
	switch {
	case len(ops) > 0:
		return ops, ""
	case len(sel.Refs) > 1:
		return nil, "it fits none of them: " + why
	case why == "":
		why = "no " + string(kind) + " is selected"
	}
	return nil, why
}

func completeUsers(a *App, _ string) []string {
	var out []string
	for _, u := range a.known().users {
		out = append(out, u.Name)
	}
	return out
}

func completeGroups(a *App, _ string) []string {
	var out []string
	for _, g := range a.known().groups {
		out = append(out, g.Name)
	}
	return out
}
