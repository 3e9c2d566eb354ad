package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The words of the forms about who owns VMs; the VMs follow them.
const (
	wordOwnerSet    = "owner set"
	wordOwnerImport = "owner import"
)

func ownerForms() []formKind {
	return []formKind{{Word: wordOwnerSet, Make: makeOwnerForm}, {Word: wordOwnerImport, Make: makeImportForm}}
}

// owning is what the form about owners starts with.
type owning struct {
	view *core.View
	site bool // who fills it in may exceed quotas
	vms  []core.Ref
	was  []core.Ref // of each of vms
}

func makeOwnerForm(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	o := owning{view: s.View(), site: s.User().Admin}
	var err error
	if o.vms, err = findRefs(o.view, wordOwnerSet, arg); err != nil {
		return entryForm{}, err
	}
	for _, vm := range o.vms {
		was, _ := o.view.Owner(vm)
		o.was = append(o.was, was)
	}
	options, err := o.options(ctx, s)
	if err != nil {
		return entryForm{}, err
	}
	f := entryForm{Form: form.Form{
		Title: "Owner of " + namesOf(o.vms, 1),
		Intro: "The owner's quota is charged. Owning a VM gives no right on it by itself.",
		Fields: []form.Field{
			{Name: "vms", Label: "VM", Kind: form.Fixed, Value: namesOf(o.vms, 6)},
			{Name: "was", Label: "Owner now", Kind: form.Fixed, Value: o.owners()},
			{Name: "owner", Label: "New owner", Kind: form.Choice, Required: true, Options: options, Help: "Whose quota it is charged to: that of a user, or of a group."},
			{Name: "grant", Label: "Rights", Kind: form.YesNo, Placeholder: "give the new owner every right on it", Help: "For as long as you hold that yourself."},
			{Name: "revoke", Label: "Take away", Kind: form.YesNo, Placeholder: "take from the old owner what was granted on it", When: func(form.Values) bool { return o.owned() }},
			{Name: "override", Label: "Reason", When: o.over, Help: "Needed to exceed a quota; it is kept in the audit log. Who administers the site needs none."},
		},
	}}
	f.Summary = o.effect
	f.Ops = o.ops
	return f, nil
}

// findRefs reads the names of VMs that follow the word of a form, at least one.
func findRefs(v *core.View, word, arg string) ([]core.Ref, error) {
	var vms []core.Ref
	for name := range strings.FieldsSeq(arg) {
		vm, err := v.Find(core.KindVM, name)
		if err != nil {
			return nil, err
		}
		vms = append(vms, vm)
	}
	if len(vms) == 0 {
		return nil, core.Errorf(core.CodeInvalid, "no VM is named").WithHint("%s VM...", word)
	}
	return vms, nil
}

// options are the users and groups, with what their quotas would be.
func (o owning) options(ctx context.Context, s *core.Session) ([]form.Option, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := s.Groups(ctx)
	if err != nil {
		return nil, err
	}
	var out []form.Option
	add := func(who core.Ref, note string) {
		out = append(out, form.Option{
			Value: who.String(), Label: core.Printable(ownerName(who)), Note: core.Printable(cmp.Or(o.note(who), note)),
		})
	}
	for _, u := range users {
		note := u.Comment
		if u.Disabled {
			note = strings.TrimPrefix(note+", disabled", ", ")
		}
		add(core.UserRef(u.Name), note)
	}
	for _, g := range groups {
		add(core.GroupRef(g.Name), g.Comment)
	}
	return out, nil
}

// note says what somebody would use of what is limited, with what is too much
// first.
func (o owning) note(who core.Ref) string {
	var fits, over []string
	after := o.view.UsageWith(who, o.vms)
	for _, u := range after {
		on := ""
		if len(after) > 1 {
			on = " on " + u.Cluster
		}
		for _, res := range core.Resources() {
			limit := u.Limits.Of(res)
			switch {
			case limit == nil:
			case u.Exceeds(res) > 0:
				over = append(over, fmt.Sprintf("too much: %s %s of %s%s", res, res.Text(u.Used.Of(res)), res.Text(*limit), on))
			default:
				fits = append(fits, fmt.Sprintf("%s %s of %s%s", res, res.Text(u.Used.Of(res)), res.Text(*limit), on))
			}
		}
	}
	return strings.Join(append(over, fits...), ", ")
}

// change says what becomes of each resource that changes: "berlin: memory 6 GiB ->
// 8 GiB of 8 GiB".
func (o owning) change(after core.Usage) []string {
	var before core.Usage
	for _, u := range o.view.UsageWith(after.Who, []core.Ref{{Kind: core.KindVM, Cluster: after.Cluster}}) {
		before = u
	}
	var out []string
	for _, res := range core.Resources() {
		limit := after.Limits.Of(res)
		from, to := before.Used.Of(res), after.Used.Of(res)
		if from == to {
			continue
		}
		text := fmt.Sprintf("%s: %s %s -> %s", after.Cluster, res, res.Text(from), res.Text(to))
		if limit != nil {
			text += " of " + res.Text(*limit)
		}
		if after.Exceeds(res) > 0 && to > from {
			text += ", too much"
		}
		out = append(out, text)
	}
	return out
}

// over tells whether what was chosen exceeds a quota.
func (o owning) over(v form.Values) bool {
	who, err := core.ParseRef(v["owner"])
	if err != nil {
		return false
	}
	return slices.ContainsFunc(o.view.UsageWith(who, o.vms), func(u core.Usage) bool {
		return slices.ContainsFunc(core.Resources(), func(r core.Resource) bool { return u.Exceeds(r) > 0 })
	})
}

// effect says what becomes of the quotas of the one who is chosen.
func (o owning) effect(v form.Values) []string {
	who, err := core.ParseRef(v["owner"])
	if err != nil {
		return nil
	}
	var out []string
	for _, u := range o.view.UsageWith(who, o.vms) {
		for _, line := range o.change(u) {
			out = append(out, core.Printable(ownerName(who)+" on "+line))
		}
	}
	switch {
	case !o.over(v):
	case o.site:
		out = append(out, "That is more than the quota allows; you may do it, and the audit log says so.")
	case v.Text("override") == "":
		out = append(out, "That is more than the quota allows: give a reason to do it nevertheless.")
	}
	return out
}

func (o owning) ops(v form.Values) ([]core.Op, error) {
	if v["owner"] == "" {
		return nil, nil
	}
	who, err := core.ParseRef(v["owner"])
	if err != nil {
		return nil, err
	}
	var ops []core.Op
	for i, vm := range o.vms {
		if o.was[i] == who && !v.Yes("grant") {
			continue
		}
		ops = append(ops, core.SetOwner{
			VM: vm, Owner: who, Was: &o.was[i], Grant: v.Yes("grant"), Revoke: v.Yes("revoke") && !o.was[i].IsZero(), Override: v.Text("override"),
		})
	}
	return ops, nil
}

func (o owning) owned() bool {
	return slices.ContainsFunc(o.was, func(r core.Ref) bool { return !r.IsZero() })
}

// owners says who owns the VMs now.
func (o owning) owners() string {
	counts := map[string]int{}
	for _, r := range o.was {
		counts[cmp.Or(ownerName(r), "nobody")]++
	}
	names := sortedNames(counts)
	if len(names) > 1 {
		for i, n := range names {
			names[i] = fmt.Sprintf("%s (%d)", n, counts[n])
		}
	}
	return core.Printable(strings.Join(names, ", "))
}

func sortedNames(counts map[string]int) []string {
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// namesOf names VMs, of many the first and how many more.
func namesOf(vms []core.Ref, most int) string {
	var names []string
	for _, vm := range vms[:min(len(vms), most)] {
		names = append(names, vm.String())
	}
	text := strings.Join(names, ", ")
	if more := len(vms) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return core.Printable(text)
}
