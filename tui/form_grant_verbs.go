package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	"gwm/core"
	"gwm/tui/form"
)

// verbNotes says what a verb allows, for who gives it.
func verbNotes(kind core.Kind) map[core.Verb]string {
	switch kind {
	case core.KindVM:
		return map[core.Verb]string{
			core.VerbSee: "look at it", core.VerbPower: "start, shut down, restart", core.VerbConsole: "open its console",
			core.VerbModify: "change its settings", core.VerbRemove: "delete it with its disks", core.VerbTags: "change its tags",
			core.VerbAdmin: "everything, and give rights on it",
		}
	case core.KindCluster:
		return map[core.Verb]string{
			core.VerbSee: "look at it, its nodes and all VMs", core.VerbCreateVM: "create VMs there", core.VerbMigrate: "move any VM between nodes",
			core.VerbExport: "export VMs", core.VerbReplaceDisks: "move the disks of any VM", core.VerbTags: "change the cluster's tags",
			core.VerbAdmin: "everything there, quotas and rights too",
		}
	default:
		return map[core.Verb]string{core.VerbAdmin: "add and remove members, change the group"}
	}
}

// roles are the roles that fit the chosen object.
func (e *grantEditor) roles(v form.Values) []form.Option {
	_, on := e.pair(v)
	var out []form.Option
	for _, r := range core.Roles() {
		if r.Verbs[on.Kind] != nil {
			out = append(out, form.Option{Value: r.Name, Note: r.Title})
		}
	}
	return out
}

func (e *grantEditor) takeRole(v form.Values) form.Values {
	_, on := e.pair(v)
	for _, r := range core.Roles() {
		if r.Name == v["role"] {
			return form.Values{"verbs": form.Join(words(r.Verbs[on.Kind]))}
		}
	}
	return nil
}

func (e *grantEditor) findRole(v form.Values) form.Values {
	_, on := e.pair(v)
	return form.Values{"role": roleOf(on.Kind, ticked(v))}
}

// roleOf names the role that is just these verbs, "" for none.
func roleOf(kind core.Kind, verbs []core.Verb) string {
	verbs = least(kind, verbs)
	for _, r := range core.Roles() {
		if len(verbs) > 0 && slices.Equal(least(kind, r.Verbs[kind]), verbs) {
			return r.Name
		}
	}
	return ""
}

// least is a list of verbs in the order of screens, without those that another
// one of them gives anyway and those that an object of this kind does not know.
func least(kind core.Kind, verbs []core.Verb) []core.Verb {
	var out []core.Verb
	for _, v := range core.VerbsOn(kind) {
		if slices.Contains(verbs, v) && implied(kind, v, verbs) == "" {
			out = append(out, v)
		}
	}
	return out
}

// implied says as part of which of some verbs a verb is held, "" for none.
func implied(kind core.Kind, v core.Verb, verbs []core.Verb) string {
	switch {
	case v != core.VerbAdmin && slices.Contains(verbs, core.VerbAdmin):
		return "as part of admin"
	case v == core.VerbSee && kind == core.KindVM && slices.ContainsFunc(verbs, func(o core.Verb) bool { return o != v && slices.Contains(core.VerbsOn(kind), o) }):
		return "as part of every other right"
	}
	return ""
}

// boxes are the verbs of the chosen object. What is held through something else
// is ticked and explained.
func (e *grantEditor) boxes(v form.Values) []form.Option {
	who, on := e.pair(v)
	have, view, notes := ticked(v), e.session.View(), verbNotes(on.Kind)
	other := e.elsewhere(who, on)
	var out []form.Option
	for _, verb := range core.VerbsOn(on.Kind) {
		o := form.Option{Value: string(verb), Note: notes[verb]}
		d := view.Can(verb, on)
		switch {
		case implied(on.Kind, verb, have) != "":
			o.State, o.Why = form.Inherited, implied(on.Kind, verb, have)
		case slices.Contains(have, verb) && other[verb] != "":
			o.Note = "also " + other[verb]
		case slices.Contains(have, verb):
		case other[verb] != "":
			o.State, o.Why = form.Inherited, other[verb]
		case !d.OK && !d.Locked:
			o.State, o.Why = form.Disabled, core.Printable("you do not hold it: "+d.Why)
		}
		out = append(out, o)
	}
	return out
}

// elsewhere says from where somebody holds verbs on an object but for what was
// granted to them on it.
func (e *grantEditor) elsewhere(who, on core.Ref) map[core.Verb]string {
	if who.IsZero() || on.IsZero() {
		return nil
	}
	rights, err := e.session.RightsFor(context.Background(), who, on)
	if err != nil {
		return nil // then the ops say why
	}
	out := map[core.Verb]string{}
	for _, r := range rights {
		if r.Who == who && !r.Inherited() {
			continue
		}
		why := rightFrom(r, who)
		for _, verb := range core.VerbsOn(on.Kind) {
			if out[verb] == "" && (slices.Contains(r.Verbs, verb) || implied(on.Kind, verb, r.Verbs) != "") {
				out[verb] = why
			}
		}
	}
	return out
}

// rightFrom says where somebody has a right from: "from group:ops on berlin".
func rightFrom(r core.Right, who core.Ref) string {
	if r.Grant == nil {
		return "as site administrator"
	}
	text := "from "
	if r.Who != who {
		text += r.Who.String() + " on "
	}
	text += r.From.String()
	if !r.Grant.Hours.IsZero() {
		text += ", " + r.Grant.Hours.String()
	}
	if !r.Grant.Until.IsZero() {
		text += ", until " + clock(r.Grant.Until)
	}
	return core.Printable(text)
}

// ops is what the answers ask for: a grant, its removal, or nothing.
func (e *grantEditor) ops(v form.Values) ([]core.Op, error) {
	who, on := e.pair(v)
	if who.IsZero() || on.IsZero() {
		return nil, nil
	}
	was, had := e.grants[[2]core.Ref{who, on}]
	start := e.start(was, on.Kind)
	verbs := least(on.Kind, ticked(v))
	if len(verbs) == 0 {
		if !had {
			return nil, nil
		}
		return []core.Op{core.RemoveGrant{Who: who, On: on, Was: &was}}, nil
	}
	hours, err := core.ParseHours(v["hours"])
	if err != nil {
		return nil, err
	}
	until := v.Until("until").Truncate(time.Second)
	if v.Text("until") == start["until"] {
		until = was.Until
	}
	if had && form.Join(words(verbs)) == start["verbs"] && until.Equal(was.Until) && hours.Equal(was.Hours) {
		return nil, nil
	}
	return []core.Op{core.SetGrant{Who: who, On: on, Verbs: verbs, Until: until, Hours: hours, Was: &was}}, nil
}

// summary says what somebody holds whatever is ticked here.
func (e *grantEditor) summary(v form.Values) []string {
	who, on := e.pair(v)
	from := e.elsewhere(who, on)
	by := map[string][]string{}
	var order []string
	for _, verb := range core.VerbsOn(on.Kind) {
		if why := from[verb]; why != "" {
			if by[why] == nil {
				order = append(order, why)
			}
			by[why] = append(by[why], string(verb))
		}
	}
	var out []string
	for _, why := range order {
		out = append(out, "Holds anyway "+why+": "+strings.Join(by[why], ", ")+".")
	}
	return out
}

func ticked(v form.Values) []core.Verb {
	var out []core.Verb
	for _, w := range v.List("verbs") {
		out = append(out, core.Verb(w))
	}
	return out
}

func words(verbs []core.Verb) []string {
	out := make([]string, len(verbs))
	for i, v := range verbs {
		out[i] = string(v)
	}
	return out
}
