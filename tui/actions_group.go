package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func groupActions() []action {
	groups := scope{Kinds: []core.Kind{core.KindGroup}, Without: otherRows}
	members := rowsOf(traitMembers, core.KindUser)
	// here is the group of the page in front, as far as it was read.
	here := func(a *App) core.Group {
		g, ok := a.known().group(a.front().at().On.Name)
		if !ok {
			g.Name = a.front().at().On.Name
		}
		return g
	}
	return []action{
		{
			ID: "group.add", Keys: []string{"a"}, Word: "group-add", Title: "add a group", Help: "Add a group; what is granted to it all its members have.",
			Group: groupAct, Scope: rowsOf(traitGroups), Hint: 2,
			When: mayDo(func(selection) core.Op { return core.AddGroup{Group: core.Group{Name: "somegroup"}} }),
			Do:   func(a *App, _ selection) tea.Cmd { return a.openForm("group add", "", core.Ref{}) },
		},
		nameForm("group.edit", "E", "group-edit", "edit", "Change the comment of the group.", "group edit", groups,
			func(name string) core.Op { return core.EditGroup{Name: name} }),
		{
			ID: "group.delete", Keys: []string{"D"}, Word: "group-delete", Args: "[GROUP]", Complete: completeGroups, Title: "delete",
			Help: "Delete the group with its rights; the question says what goes and what stays.", Group: groupAct, Scope: groups,
			Make: func(_ *App, sel selection) ([]core.Op, string) {
				return namedOps(sel, core.KindGroup, func(name string) (core.Op, string) { return core.DeleteGroup{Name: name}, "" })
			},
			Notes: deletionNotes,
		},
		{
			ID: "member.add", Keys: []string{"a"}, Title: "add members", Help: "Choose who comes into the group, several at once.", Group: groupAct,
			Scope: rowsOf(traitMembers), Hint: 2,
			When: func(a *App, sel selection) string {
				if g := here(a); g.Source != "" {
					return "the directory says who is in " + g.Name
				}
				return mayDo(func(selection) core.Op { return core.AddMember{Group: here(a).Name, User: a.session.User().Name} })(a, sel)
			},
			Do: func(a *App, _ selection) tea.Cmd {
				on := a.front().at().On
				return a.openForm("member add", on.Name, on)
			},
		},
		{
			ID: "member.remove", Keys: []string{"D"}, Title: "remove from the group", Help: "The members lose the rights that only the group has.", Group: groupAct,
			Scope: members, Hint: 3,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				g := here(a)
				if g.Source != "" {
					return nil, "the directory says who is in " + g.Name
				}
				return namedOps(sel, core.KindUser, func(name string) (core.Op, string) {
					return core.RemoveMember{Group: g.Name, User: name}, ""
				})
			},
		},
		{
			ID: "member.promote", Keys: []string{"A"}, Title: "make group admin", Help: "Let the members administer the group: who is in it, and who administers it.",
			Group: groupAct, Scope: members,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				group := here(a).Name
				return namedOps(sel, core.KindUser, func(name string) (core.Op, string) {
					if a.known().administers(name, group) {
						return nil, "group admin already"
					}
					return core.SetGrant{Who: core.UserRef(name), On: core.GroupRef(group), Verbs: []core.Verb{core.VerbAdmin}}, ""
				})
			},
		},
		{
			ID: "member.demote", Keys: []string{"X"}, Title: "no group admin", Help: "Take away that the members administer the group; they stay members.",
			Group: groupAct, Scope: members,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				group := here(a).Name
				return namedOps(sel, core.KindUser, func(name string) (core.Op, string) {
					if !a.known().administers(name, group) {
						return nil, "no group admin"
					}
					return core.RemoveGrant{Who: core.UserRef(name), On: core.GroupRef(group)}, ""
				})
			},
		},
	}
}

// doorActions are about who and what asks to come in: applicants and machines.
func doorActions() []action {
	applicants := scope{Kinds: []core.Kind{kindApplicant}}
	return []action{
		{
			ID: "applicant.approve", Keys: []string{"A"}, Title: "approve", Help: "Make an account of it; name and groups can be chosen.",
			Group: groupAct, Scope: applicants, Hint: 2, When: onlyOne,
			Do: func(a *App, sel selection) tea.Cmd {
				return a.openForm("applicant approve", sel.ref().Name, core.Ref{})
			},
		},
		{
			ID: "applicant.reject", Keys: []string{"X"}, Title: "reject", Help: "Forget who asks for an account; the same person may ask again.",
			Group: groupAct, Scope: applicants, Hint: 3,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				return namedOps(sel, kindApplicant, func(name string) (core.Op, string) {
					for _, w := range a.known().waiting {
						if w.Name == name {
							return core.RejectApplicant{Name: name, Key: w.Key.Fingerprint}, ""
						}
					}
					return nil, "somebody else has decided already"
				})
			},
		},
		{
			ID: "token.add", Keys: []string{"a"}, Title: "add a token", Help: "Let a machine read the keys of who may log in; the secret is shown once.",
			Group: groupAct, Scope: rowsOf(traitTokens), Hint: 2,
			Do: func(a *App, _ selection) tea.Cmd { return a.openForm("token add", "", core.Ref{}) },
		},
		{
			ID: "token.remove", Keys: []string{"D"}, Title: "remove the token", Help: "Machines that use it get no keys any more.",
			Group: groupAct, Scope: rowsOf(traitTokens, kindToken), Hint: 3,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				return namedOps(sel, kindToken, func(id string) (core.Op, string) {
					for _, k := range a.known().tokens {
						if k.ID == id {
							return core.RemoveToken{ID: id, On: k.On}, ""
						}
					}
					return nil, "it is gone"
				})
			},
		},
	}
}
