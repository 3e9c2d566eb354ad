package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// otherRows are the traits of tables in which keys mean the rows, also where the
// page is about a user or a group.
const otherRows = traitRights | traitQuotas | traitKeys | traitMembers | traitTokens | traitTemplates | traitBackups

// rowsOf is the scope of tables of one sort.
func rowsOf(t trait, kinds ...core.Kind) scope {
	return scope{Traits: t, Without: (otherRows | traitUsers | traitGroups) &^ t, Kinds: kinds}
}

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
		list("go.applicants", "", "applicants", "applicants", "Who asks for an account and waits for an administrator.", pageApplicants),
		list("go.templates", "", "templates", "templates", "What VMs are made from, on clusters where you may create some.", pageTemplates),
		list("go.tokens", "", "tokens", "tokens", "Machines that read the keys of who may log in.", pageTokens),
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
		{
			ID: "user.add", Keys: []string{"a"}, Word: "user-add", Title: "add a user", Help: "Add somebody, who then sees nothing until rights are granted.",
			Group: groupAct, Scope: rowsOf(traitUsers), Hint: 2,
			When: mayDo(func(selection) core.Op { return core.AddUser{User: core.User{Name: "somebody"}} }),
			Do:   func(a *App, _ selection) tea.Cmd { return a.openForm("user add", "", core.Ref{}) },
		},
		nameForm("user.edit", "E", "user-edit", "edit", "Change full name, administrator, disabled; of your own account the full name.", "user edit", users,
			func(name string) core.Op { return core.EditUser{Name: name, Comment: new(string)} }),
		nameForm("user.invite", "I", "user-invite", "invite", "Make a code with which a person attaches a key to the account; it is shown once.", "user invite", users,
			func(name string) core.Op { return core.AddInvite{User: name, TTL: core.InviteTTL} }),
		{
			ID: "user.uninvite", Word: "user-uninvite", Args: "[USER]", Complete: completeUsers, Title: "take the invitation back",
			Help: "Make the code void that was made for the user.", Group: groupAct, Scope: users,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				return namedOps(sel, core.KindUser, func(name string) (core.Op, string) {
					if _, open := a.known().invites[name]; !open {
						return nil, "no code is open"
					}
					return core.RemoveInvite{User: name}, ""
				})
			},
		},
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
		{
			ID: "key.add", Keys: []string{"a"}, Title: "add keys", Help: "Paste one public key, or a whole authorized_keys file.", Group: groupAct,
			Scope: rowsOf(traitKeys), Hint: 2,
			Do: func(a *App, _ selection) tea.Cmd {
				on := a.front().at().On
				return a.openForm("key add", on.Name, on)
			},
		},
		{
			ID: "key.remove", Keys: []string{"D"}, Title: "remove the key", Help: "The key logs in no more, and sessions that it opened end.", Group: groupAct,
			Scope: rowsOf(traitKeys, kindKey), Hint: 3,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				user := a.front().at().On.Name
				return namedOps(sel, kindKey, func(print string) (core.Op, string) { return core.RemoveKey{User: user, Fingerprint: print}, "" })
			},
		},
	}
}

// mayDo tells why an op that a form would make is not possible at all.
func mayDo(op func(sel selection) core.Op) func(*App, selection) string {
	return func(a *App, sel selection) string {
		if d := a.session.Can(op(sel)); !d.OK {
			return core.Printable(d.Why)
		}
		return ""
	}
}

// nameForm is an action that opens a form about one named object: the selected
// one, or what was typed behind the word. op is what must be possible.
func nameForm(id, key, word, title, help, formWord string, on scope, op func(name string) core.Op) action {
	kind := on.Kinds[0]
	complete, args := completeUsers, "[USER]"
	if kind == core.KindGroup {
		complete, args = completeGroups, "[GROUP]"
	}
	return action{
		ID: id, Keys: []string{key}, Word: word, Args: args, Complete: complete, Title: title, Help: help, Group: groupAct, Scope: on,
		When: func(a *App, sel selection) string {
			if why := onlyOne(a, sel); why != "" {
				return why
			}
			return mayDo(func(sel selection) core.Op { return op(sel.ref().Name) })(a, sel)
		},
		Do: func(a *App, sel selection) tea.Cmd { return a.openForm(formWord, sel.ref().Name, sel.ref()) },
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
