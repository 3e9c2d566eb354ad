package tui

import (
	"context"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

func tokenForms() []formKind { return []formKind{{Word: "token add", Make: makeTokenAdd}} }

func makeTokenAdd(_ context.Context, s *core.Session, _ string) (entryForm, error) {
	view := s.View()
	var options []form.Option
	add := func(r core.Ref, label, note string) {
		if view.Can(core.VerbManage, r).OK {
			options = append(options, form.Option{Value: r.String(), Label: core.Printable(label), Note: note})
		}
	}
	add(core.Site(), "everything", "who may log in anywhere")
	for _, c := range view.Clusters() {
		add(core.ClusterRef(c.Cluster.Name), c.Cluster.Name, "cluster")
	}
	for _, vm := range view.VMs() {
		add(vm.Ref(), vm.Ref().String(), "VM")
	}
	if len(options) == 0 {
		return entryForm{}, core.Errorf(core.CodeDenied, "there is nothing that you may make a token for").WithHint("it needs admin on a cluster or a VM")
	}
	f := entryForm{Form: form.Form{
		Title: "Add a token", Save: "Make the token",
		Intro: "With its secret a machine reads the names and public keys of who may log in, and nothing else. The secret is shown now and never again.",
		Fields: []form.Field{
			{Name: "on", Label: "Keys of", Kind: form.Choice, Required: true, Options: options, Value: options[0].Value, Help: "Whose keys it reads: as little as the machine needs."},
			{Name: "comment", Label: "Comment", Max: 256, Placeholder: "OS hook of berlin", Help: "Which machine has it."},
			{Name: "expires", Label: "Expires", Kind: form.Until, Empty: "never", Placeholder: "+90d or 2026-12-24"},
		},
	}}
	f.Do = func(ctx context.Context, s *core.Session, v form.Values) (string, error) {
		on, err := core.ParseRef(v["on"])
		if err != nil {
			return "", err
		}
		secret, err := s.NewToken(ctx, on, v.Text("comment"), v.Until("expires"))
		if err != nil {
			return "", err
		}
		return strings.Join([]string{
			"Token " + core.TokenID(secret) + " for the keys of " + on.String() + ".",
			"Keep its secret in a file that only the machine reads:", "", secret,
		}, "\n"), nil
	}
	return f, nil
}
