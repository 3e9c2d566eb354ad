package form_test

import (
	"errors"
	"strings"

	"gwm/tui/form"
)

// example is a form with a field of each kind.
func example() form.Form {
	f := form.Form{
		Title: "Add user",
		Intro: "A user is a person with keys. What they may do is granted afterwards.",
		Fields: []form.Field{
			{Name: "name", Label: "Name", Required: true, Max: 32, Placeholder: "ann", Help: "Lower case letters, digits, '.', '_' and '-'."},
			{Name: "comment", Label: "Comment", Help: "Who this is, for other administrators."},
			{Name: "admin", Label: "Administrator", Kind: form.YesNo, Placeholder: "every verb on everything", Help: "A site administrator passes every check."},
			{Name: "code", Label: "Password", Kind: form.Secret, Help: "It is never shown."},
			{Name: "keys", Label: "SSH keys", Kind: form.Lines, Placeholder: "ssh-ed25519 AAAA...", Help: "Public keys, one a line."},
			{Kind: form.Section, Label: "Limits"},
			{Name: "cluster", Label: "Cluster", Kind: form.Choice, Value: "berlin", Options: []form.Option{{Value: "berlin", Note: "12 VMs"}, {Value: "paris", State: form.Disabled, Why: "it is read-only"}, {Value: "oslo"}}},
			{Name: "owner", Label: "Owner", Kind: form.Choice, Empty: "nobody", Options: people(240), Help: "Whose quota counts."},
			{Name: "memory", Label: "Memory", Kind: form.Number, Unit: form.MiB, Unlimited: true, Value: "1.5G", Zero: "none at all", Empty: "the default of berlin: 8 GiB"},
			{Name: "vms", Label: "VMs", Kind: form.Number, Unlimited: true, Value: "unlimited"},
			{Name: "verbs", Label: "Rights", Kind: form.Boxes, Value: "view\npower", Options: []form.Option{
				{Value: "view", State: form.Inherited, Why: "from group ops on berlin"},
				{Value: "console"},
				{Value: "power", Note: "start and stop"},
				{Value: "delete", State: form.Disabled, Why: "you do not hold it yourself"},
			}, Help: "What is inherited cannot be taken away here."},
			{Name: "members", Label: "Members", Kind: form.Boxes, Options: people(30)},
			{Name: "until", Label: "Until", Kind: form.Until, Placeholder: "2026-12-24 or +7d", Help: "When it ends by itself."},
			{Name: "by", Label: "Added by", Kind: form.Fixed, Value: "admin"},
		},
	}
	f.Check = func(v form.Values) map[string]error {
		out := map[string]error{}
		if strings.Contains(v.Text("name"), " ") {
			out["name"] = errors.New("a name has no blanks; write ann-b")
		}
		return out
	}
	f.Summary = func(v form.Values) []string {
		return append(f.Diff(v), "", "same as: gwm user add "+v.Text("name"))
	}
	return f
}

func people(n int) []form.Option {
	out := make([]form.Option, n)
	for i := range out {
		out[i].Value = "person-" + string(rune('a'+i/26)) + string(rune('a'+i%26))
	}
	return out
}
