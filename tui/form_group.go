package tui

import (
	"context"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

func groupForms() []formKind {
	return []formKind{
		{Word: "group add", Make: makeGroupAdd},
		{Word: "group edit", Make: makeGroupEdit},
		{Word: "member add", Make: makeMemberAdd},
	}
}

// groupBoxes are the groups that somebody can be put into; those of a directory
// are filled by it.
func groupBoxes(ctx context.Context, s *core.Session) ([]form.Option, error) {
	groups, err := s.Groups(ctx)
	if err != nil {
		return nil, err
	}
	var out []form.Option
	for _, g := range groups {
		o := form.Option{Value: g.Name, Note: core.Printable(g.Comment)}
		if g.Source != "" {
			o.State, o.Why = form.Disabled, "the directory says who is in it"
		} else if d := s.Can(core.AddMember{Group: g.Name, User: s.User().Name}); !d.OK {
			o.State, o.Why = form.Disabled, core.Printable(d.Why)
		}
		out = append(out, o)
	}
	return out, nil
}

// userBoxes are the users that can be put into a group, but for some.
func userBoxes(ctx context.Context, s *core.Session, but []string) ([]form.Option, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return nil, err
	}
	var out []form.Option
	for _, u := range users {
		if slices.Contains(but, u.Name) {
			continue
		}
		note := core.Printable(u.Comment)
		if u.Disabled {
			note = strings.TrimSpace(note + " (disabled)")
		}
		out = append(out, form.Option{Value: u.Name, Note: note})
	}
	return out, nil
}

func makeGroupAdd(ctx context.Context, s *core.Session, _ string) (entryForm, error) {
	if d := s.Can(core.AddGroup{Group: core.Group{Name: "somegroup"}}); !d.OK {
		return entryForm{}, core.Errorf(core.CodeDenied, "add a group: %s", d.Why)
	}
	groups, err := s.Groups(ctx)
	if err != nil {
		return entryForm{}, err
	}
	users, err := userBoxes(ctx, s, nil)
	if err != nil {
		return entryForm{}, err
	}
	byHand := func(v form.Values) bool { return !v.Yes("ldap") && len(users) > 0 }
	f := entryForm{Form: form.Form{
		Title: "Add a group", Save: "Add", Intro: "What is granted to a group all its members have. A group can own VMs, too.",
		Fields: []form.Field{
			{Name: "name", Label: "Name", Required: true, Max: 64, Placeholder: "web", Help: "Lower case letters, digits, '.', '_' and '-'. It cannot be changed later."},
			{Name: "comment", Label: "Comment", Max: 256, Placeholder: "the web team"},
			{Name: "ldap", Label: "Directory", Kind: form.YesNo, Placeholder: "the directory (LDAP) says who is in it"},
			{Name: "members", Label: "Members", Kind: form.Boxes, Options: users, When: byHand},
		},
		Check: func(v form.Values) map[string]error {
			name := v.Text("name")
			if name == "" {
				return nil
			}
			if slices.ContainsFunc(groups, func(g core.Group) bool { return g.Name == name }) {
				return map[string]error{"name": core.Errorf(core.CodeConflict, "there is a group %s already", name)}
			}
			return map[string]error{"name": core.CheckNewName(core.KindGroup, name)}
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		if v.Text("name") == "" {
			return nil, nil
		}
		g := core.Group{Name: v.Text("name"), Comment: v.Text("comment"), Members: v.List("members")}
		if v.Yes("ldap") {
			g.Source = core.SourceLDAP
		}
		return []core.Op{core.AddGroup{Group: g}}, nil
	}
	return f, nil
}

// findGroup reads a group. The answer is the same whether there is none or it may
// not be seen.
func findGroup(ctx context.Context, s *core.Session, name string) (core.Group, error) {
	groups, err := s.Groups(ctx)
	if err != nil {
		return core.Group{}, err
	}
	for _, g := range groups {
		if g.Name == name {
			return g, nil
		}
	}
	return core.Group{}, core.Unknown(core.KindGroup, name)
}

func makeGroupEdit(ctx context.Context, s *core.Session, name string) (entryForm, error) {
	g, err := findGroup(ctx, s, name)
	if err != nil {
		return entryForm{}, err
	}
	f := entryForm{Form: form.Form{
		Title:  "Edit group " + g.Name,
		Fields: []form.Field{{Name: "comment", Label: "Comment", Max: 256, Value: core.Printable(g.Comment)}},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		if v.Text("comment") == core.Printable(g.Comment) {
			return nil, nil
		}
		return []core.Op{core.EditGroup{Name: g.Name, Comment: v.Text("comment"), Was: &g}}, nil
	}
	return f, nil
}

func makeMemberAdd(ctx context.Context, s *core.Session, name string) (entryForm, error) {
	g, err := findGroup(ctx, s, name)
	if err != nil {
		return entryForm{}, err
	}
	if g.Source != "" {
		return entryForm{}, core.Errorf(core.CodeState, "the directory says who is in %s", g.Name).WithHint("add them there")
	}
	users, err := userBoxes(ctx, s, g.Members)
	if err != nil {
		return entryForm{}, err
	}
	all := s.User().Admin
	f := entryForm{Form: form.Form{
		Title: "Add members to " + g.Name, Save: "Add", Intro: "Members get every right that " + g.Name + " has.",
		Fields: []form.Field{
			{Name: "members", Label: "Users", Kind: form.Boxes, Options: users, When: func(form.Values) bool { return len(users) > 0 }},
			{
				Name: "names", Label: "By name", Placeholder: "ann bob", When: func(form.Values) bool { return !all },
				Help: "Account names of people whom you do not see, with blanks between them.",
			},
		},
	}}
	if all && len(users) == 0 {
		f.Intro += " Everybody is in it already."
	}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		var ops []core.Op
		for _, u := range slices.Concat(v.List("members"), strings.Fields(v["names"])) {
			ops = append(ops, core.AddMember{Group: g.Name, User: u})
		}
		return ops, nil
	}
	return f, nil
}
