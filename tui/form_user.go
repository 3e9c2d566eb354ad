package tui

import (
	"context"
	"net"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/form"
)

func userForms() []formKind {
	return []formKind{
		{Word: "user add", Make: makeUserAdd},
		{Word: "user edit", Make: makeUserEdit},
		{Word: "user invite", Make: makeInvite},
	}
}

// How somebody who gets an account logs in first.
const (
	byKeys      = "keys"
	byCode      = "code"
	byDirectory = "directory"
)

func makeUserAdd(ctx context.Context, s *core.Session, _ string) (entryForm, error) {
	if d := s.Can(core.AddUser{User: core.User{Name: "somebody"}}); !d.OK {
		return entryForm{}, core.Errorf(core.CodeDenied, "add a user: %s", d.Why)
	}
	users, err := s.Users(ctx)
	if err != nil {
		return entryForm{}, err
	}
	taken := map[string]bool{}
	for _, u := range users {
		taken[u.Name] = true
	}
	groups, err := groupBoxes(ctx, s)
	if err != nil {
		return entryForm{}, err
	}
	login := func(how string) func(form.Values) bool { return func(v form.Values) bool { return v["login"] == how } }
	f := entryForm{Form: form.Form{
		Title: "Add a user", Save: "Add",
		Intro: "A new user sees nothing until rights are granted to them or to one of their groups.",
		Fields: []form.Field{
			{Name: "name", Label: "Name", Required: true, Max: 64, Placeholder: "ann", Help: "What they are called here, for ever: lower case letters, digits, '.', '_' and '-'."},
			{Name: "comment", Label: "Full name", Max: 256, Placeholder: "Ann Arbor"},
			{
				Name: "login", Label: "Logs in", Kind: form.Choice, Value: byCode, Help: "How they get in the first time.",
				Options: []form.Option{
					{Value: byCode, Label: "with a code", Note: "shown once; they attach their own key with it"},
					{Value: byKeys, Label: "with keys", Note: "that you paste here"},
					{Value: byDirectory, Label: "with a password", Note: "of the directory (LDAP)"},
				},
			},
			{Name: "ttl", Label: "Code good for", Kind: form.Choice, Value: "24h", Options: inviteTimes(), When: login(byCode)},
			keysField(login(byKeys)),
			{Name: "groups", Label: "Groups", Kind: form.Boxes, Options: groups, Help: "They get every right that these have.", When: func(form.Values) bool { return len(groups) > 0 }},
			{Name: "admin", Label: "Site administrator", Kind: form.YesNo, Placeholder: "may do everything, everywhere"},
		},
		Check: func(v form.Values) map[string]error {
			out := map[string]error{"keys": checkKeys(v, login(byKeys)(v))}
			if name := v.Text("name"); name != "" {
				out["name"] = core.CheckNewName(core.KindUser, name)
				if taken[name] {
					out["name"] = core.Errorf(core.CodeConflict, "there is a user %s already", name)
				}
			}
			return out
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		name := v.Text("name")
		if name == "" {
			return nil, nil
		}
		op := core.AddUser{User: core.User{Name: name, Comment: v.Text("comment"), Admin: v.Yes("admin")}}
		switch v["login"] {
		case byDirectory:
			op.User.Source = core.SourceLDAP
		case byKeys:
			keys, err := core.ParseKeys("the text", v["keys"])
			if err != nil {
				return nil, err
			}
			op.Keys = keys
		}
		ops := []core.Op{op}
		for _, g := range v.List("groups") {
			ops = append(ops, core.AddMember{Group: g, User: name})
		}
		return ops, nil
	}
	f.Summary = func(v form.Values) []string {
		if v["login"] == byCode && v.Text("name") != "" {
			return []string{"Then a code is made, and shown once."}
		}
		return nil
	}
	f.After = func(ctx context.Context, s *core.Session, v form.Values) (string, error) {
		if v["login"] != byCode {
			return "", nil
		}
		return invite(ctx, s, v.Text("name"), v["ttl"])
	}
	f.Done = func(a *App) tea.Cmd { return a.front().show(a.view) }
	return f, nil
}

func makeUserEdit(ctx context.Context, s *core.Session, name string) (entryForm, error) {
	u, err := findUser(ctx, s, name)
	if err != nil {
		return entryForm{}, err
	}
	full := s.User().Admin
	f := entryForm{Form: form.Form{
		Title: "Edit user " + u.Name,
		Fields: []form.Field{
			{Name: "comment", Label: "Full name", Max: 256, Value: core.Printable(u.Comment)},
			{
				Name: "admin", Label: "Site administrator", Kind: form.YesNo, Value: form.YesIf(u.Admin), Placeholder: "may do everything, everywhere",
				When: func(form.Values) bool { return full },
			},
			{
				Name: "disabled", Label: "Disabled", Kind: form.YesNo, Value: form.YesIf(u.Disabled), Placeholder: "may not log in; live sessions end",
				When: func(form.Values) bool { return full },
			},
		},
	}}
	if !full {
		f.Intro = "Your full name is yours to change. The rest is for site administrators."
	}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		op := core.EditUser{Name: u.Name, Was: &u}
		if comment := v.Text("comment"); comment != core.Printable(u.Comment) {
			op.Comment = &comment
		}
		if admin, asked := v["admin"]; asked && (admin == "yes") != u.Admin {
			op.Admin = ref(admin == "yes")
		}
		if disabled, asked := v["disabled"]; asked && (disabled == "yes") != u.Disabled {
			op.Disabled = ref(disabled == "yes")
		}
		if op.Comment == nil && op.Admin == nil && op.Disabled == nil {
			return nil, nil
		}
		return []core.Op{op}, nil
	}
	return f, nil
}

func ref[T any](v T) *T { return &v }

// findUser reads a user. The answer is the same whether there is none or they may
// not be seen.
func findUser(ctx context.Context, s *core.Session, name string) (core.User, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return core.User{}, err
	}
	for _, u := range users {
		if u.Name == name {
			return u, nil
		}
	}
	return core.User{}, core.Unknown(core.KindUser, name)
}

func makeInvite(ctx context.Context, s *core.Session, name string) (entryForm, error) {
	u, err := findUser(ctx, s, name)
	if err != nil {
		return entryForm{}, err
	}
	if d := s.Can(core.AddInvite{User: name, TTL: core.InviteTTL}); !d.OK {
		return entryForm{}, core.Errorf(core.CodeDenied, "invite %s: %s", name, d.Why)
	}
	open, err := s.Invites(ctx)
	if err != nil {
		return entryForm{}, err
	}
	f := entryForm{Form: form.Form{
		Title: "Invite " + u.Name, Save: "Make the code",
		Intro: "With the code a person attaches one key to the account " + u.Name + ", once. It is shown now and never again.",
		Fields: []form.Field{
			{Name: "ttl", Label: "Good for", Kind: form.Choice, Value: "24h", Options: inviteTimes()},
		},
	}}
	for _, i := range open {
		if i.User == name {
			f.Intro += " The code that " + core.Printable(i.By) + " made " + clock(i.Created) + " will be void."
		}
	}
	f.Do = func(ctx context.Context, s *core.Session, v form.Values) (string, error) {
		return invite(ctx, s, name, v["ttl"])
	}
	return f, nil
}

func inviteTimes() []form.Option {
	return []form.Option{{Value: "24h", Label: "a day"}, {Value: "48h", Label: "two days"}, {Value: "168h", Label: "a week"}}
}

// enrolHost stands in a command where the person who invites knows better under
// which name this server is reached.
const enrolHost = "HOST"

// enrolWords are the end of the command with which a person attaches a key to an
// account, where the server was reached at an address and port.
func enrolWords(reached string) string {
	host, port, err := net.SplitHostPort(reached)
	switch {
	case err != nil:
		return " " + core.DoorEnrol + "@" + enrolHost
	case port == "22":
		return " " + core.DoorEnrol + "@" + host
	}
	return " -p " + port + " " + core.DoorEnrol + "@" + host
}

// invite makes a code, with the words to send along.
func invite(ctx context.Context, s *core.Session, user, ttl string) (string, error) {
	d, err := time.ParseDuration(ttl)
	if err != nil {
		return "", core.Errorf(core.CodeInvalid, "%q is no time", core.Printable(ttl))
	}
	code, err := s.Invite(ctx, user, d)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{
		user + " runs this command and types the code. It works once, until " + stamp(time.Now().Add(d)) + ".",
		"Hand it over by a way that you trust.",
		"",
		"ssh " + core.DoorEnrol + "@" + enrolHost,
		code,
	}, "\n"), nil
}
