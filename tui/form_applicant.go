package tui

import (
	"cmp"
	"context"

	"gwm/core"
	"gwm/tui/form"
)

func applicantForms() []formKind { return []formKind{{Word: "applicant approve", Make: makeApproval}} }

func makeApproval(ctx context.Context, s *core.Session, name string) (entryForm, error) {
	waiting, err := s.Applicants(ctx)
	if err != nil {
		return entryForm{}, err
	}
	var who core.Applicant
	for _, a := range waiting {
		if a.Name == name {
			who = a
		}
	}
	if who.Name == "" {
		return entryForm{}, core.Errorf(core.CodeNotFound, "nobody named %s waits for an account any more, or it is not for you to decide", core.Printable(name))
	}
	users, err := s.Users(ctx)
	if err != nil {
		return entryForm{}, err
	}
	groups, err := groupBoxes(ctx, s)
	if err != nil {
		return entryForm{}, err
	}
	f := entryForm{Form: form.Form{
		Title: "Approve " + who.Name, Save: "Approve",
		Intro: "Make sure that it is them: let them read you the fingerprint of their key. They see nothing until rights are granted.",
		Fields: []form.Field{
			{Name: "comment", Label: "Full name", Kind: form.Fixed, Value: cmp.Or(core.Printable(who.Comment), "not told")},
			{Name: "key", Label: "Key", Kind: form.Fixed, Value: who.Key.Fingerprint},
			{Name: "from", Label: "Asked", Kind: form.Fixed, Value: age(who.At) + " ago, from " + core.Printable(who.Addr)},
			{Name: "name", Label: "Account", Required: true, Max: 64, Value: who.Name, Help: "The name of the account; it cannot be changed later."},
			{Name: "groups", Label: "Groups", Kind: form.Boxes, Options: groups, When: func(form.Values) bool { return len(groups) > 0 }, Help: "They get every right that these have."},
		},
		Check: func(v form.Values) map[string]error {
			account := v.Text("name")
			for _, u := range users {
				if u.Name == account {
					return map[string]error{"name": core.Errorf(core.CodeConflict, "there is a user %s already; if it is the same person invite them with a code instead", account)}
				}
			}
			return map[string]error{"name": core.CheckNewName(core.KindUser, account)}
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		op := core.ApproveApplicant{Name: who.Name, Key: who.Key.Fingerprint}
		account := v.Text("name")
		if account != who.Name {
			op.As = account
		}
		ops := []core.Op{op}
		for _, g := range v.List("groups") {
			ops = append(ops, core.AddMember{Group: g, User: account})
		}
		return ops, nil
	}
	return f, nil
}
