package tui

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gwm/core"
	"gwm/tui/form"
)

// formGrant is the editor of a grant. Its argument is "WHO OBJECT"; a "-", or
// nothing, in place of either is asked for.
const formGrant = "grant"

// somebodyElse is the answer to who, where a name is typed.
const somebodyElse = "?"

func grantForms() []formKind { return []formKind{{Word: formGrant, Make: makeGrant}} }

// grantPlace is the editor of what somebody holds on an object; a zero Ref is
// asked for.
func grantPlace(who, on core.Ref) place {
	word := func(r core.Ref) string { return cmp.Or(r.String(), "-") }
	return place{Page: pageForm, On: on, Arg: formGrant + " " + word(who) + " " + word(on)}
}

// grantEditor is what the editor of a grant works on.
type grantEditor struct {
	session *core.Session
	who, on core.Ref // zero: to be chosen
	grants  map[[2]core.Ref]core.Grant
}

func makeGrant(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	e := &grantEditor{session: s, grants: map[[2]core.Ref]core.Grant{}}
	words := append(strings.Fields(arg), "-", "-")
	for i, to := range []*core.Ref{&e.who, &e.on} {
		if words[i] == "-" {
			continue
		}
		r, err := core.ParseRef(words[i])
		if err != nil {
			return entryForm{}, err
		}
		*to = r
	}
	if !e.on.IsZero() {
		if _, err := s.RightsOn(ctx, e.on); err != nil {
			return entryForm{}, err
		}
		if !e.who.IsZero() {
			if _, err := s.RightsFor(ctx, e.who, e.on); err != nil {
				return entryForm{}, err
			}
		}
	}
	grants, err := s.Grants(ctx, core.Ref{}, core.Ref{})
	if err != nil {
		return entryForm{}, err
	}
	for _, g := range grants {
		e.grants[[2]core.Ref{g.Who, g.On}] = g
	}
	return e.form(ctx)
}

// form makes the form with what is granted now.
func (e *grantEditor) form(ctx context.Context) (entryForm, error) {
	people, err := e.people(ctx)
	if err != nil {
		return entryForm{}, err
	}
	objects, err := e.objects(ctx)
	if err != nil {
		return entryForm{}, err
	}
	start := e.start(e.grants[[2]core.Ref{e.who, e.on}], e.on.Kind)
	f := entryForm{Ops: e.ops}
	f.Title, f.Save = e.title(), "Save"
	f.Fields = slices.Concat(people, objects, []form.Field{
		{
			Name: "role", Label: "Role", Kind: form.Choice, Value: start["role"], Empty: "as ticked below", Offer: e.roles, Fill: e.takeRole,
			When: func(v form.Values) bool { _, on := e.pair(v); return len(e.roles(v)) > 1 && !on.IsZero() },
			Help: "Ticks what such people need; you may change it below.",
		},
		{
			Name: "verbs", Label: "Rights", Kind: form.Boxes, Value: start["verbs"], Offer: e.boxes, Fill: e.findRole,
			When: func(v form.Values) bool { _, on := e.pair(v); return !on.IsZero() },
			Help: "[=] is held already through something else and cannot be taken here. Nothing ticked takes away what was granted here.",
		},
		{Name: "until", Label: "Until", Kind: form.Until, Value: start["until"], Placeholder: "+7d or 2026-12-24", Help: "When it ends by itself: a day, a time, or a span from now. Empty: it does not."},
		{
			Name: "hours", Label: "Hours", Value: start["hours"], Placeholder: "mon-fri 08:00-18:00 Europe/Berlin",
			Help: "At which hours of the week it holds. Empty: always.",
		},
	})
	f.Check = func(v form.Values) map[string]error {
		_, hours := core.ParseHours(v["hours"])
		_, who := e.named(v)
		return map[string]error{"hours": hours, "name": who}
	}
	f.Summary = e.summary
	return f, nil
}

func (e *grantEditor) title() string {
	switch {
	case e.who.IsZero() && e.on.IsZero():
		return "Give rights"
	case e.who.IsZero():
		return "Give rights on " + core.Printable(e.on.String())
	case e.on.IsZero():
		return "Give rights to " + core.Printable(e.who.String())
	}
	return "Rights of " + core.Printable(e.who.String()) + " on " + core.Printable(e.on.String())
}

// people are the fields that say who.
func (e *grantEditor) people(ctx context.Context) ([]form.Field, error) {
	if !e.who.IsZero() {
		return []form.Field{{Name: "who", Label: "Who", Kind: form.Fixed, Value: e.who.String()}}, nil
	}
	options, all, err := personas(ctx, e.session)
	if err != nil {
		return nil, err
	}
	options = slices.DeleteFunc(options, func(o form.Option) bool { return o.Value == e.on.String() })
	if !all {
		options = append(options, form.Option{Value: somebodyElse, Label: "somebody else", Note: "by name"})
	}
	return []form.Field{
		{Name: "who", Label: "Who", Kind: form.Choice, Required: true, Options: options, Fill: e.takeStart, Help: "The user or the group that gets the rights."},
		{
			Name: "name", Label: "Name", Required: true, Placeholder: "bob or group:ops", Help: "The account name of a user, or group:NAME.",
			When: func(v form.Values) bool { return v["who"] == somebodyElse },
		},
	}, nil
}

// personas are the users and groups that the person sees; all tells that there
// are no others.
func personas(ctx context.Context, s *core.Session) (options []form.Option, all bool, err error) {
	users, err := s.Users(ctx)
	if err != nil {
		return nil, false, err
	}
	groups, err := s.Groups(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, u := range users {
		options = append(options, form.Option{Value: core.UserRef(u.Name).String(), Label: u.Name, Note: core.Printable(cmp.Or(u.Comment, "user"))})
	}
	for _, g := range groups {
		options = append(options, form.Option{
			Value: core.GroupRef(g.Name).String(), Label: core.GroupRef(g.Name).String(), Note: core.Printable(cmp.Or(g.Comment, counted(len(g.Members), "member"))),
		})
	}
	return options, s.User().Admin, nil
}

// objects is the field that says on what.
func (e *grantEditor) objects(ctx context.Context) ([]form.Field, error) {
	if !e.on.IsZero() {
		return []form.Field{{Name: "on", Label: "On", Kind: form.Fixed, Value: core.Printable(e.on.String())}}, nil
	}
	view := e.session.View()
	var options []form.Option
	add := func(r core.Ref, verb core.Verb, note string) {
		if d := view.Can(verb, r); d.OK || d.Locked {
			options = append(options, form.Option{Value: r.String(), Label: core.Printable(r.String()), Note: note})
		}
	}
	for _, c := range view.Clusters() {
		add(core.ClusterRef(c.Cluster.Name), core.VerbManage, "cluster")
	}
	groups, err := e.session.Groups(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		add(core.GroupRef(g.Name), core.VerbAdmin, "group: who administers it")
	}
	for _, vm := range view.VMs() {
		add(vm.Ref(), core.VerbManage, "VM")
	}
	if len(options) == 0 {
		return nil, core.Errorf(core.CodeDenied, "there is nothing that you may give rights on").WithHint("it needs admin on a cluster, a VM or a group")
	}
	return []form.Field{{
		Name: "on", Label: "On", Kind: form.Choice, Required: true, Options: options, Fill: e.takeStart,
		Help: "The cluster, VM or group that the rights are for.",
	}}, nil
}

// pair is who and on what, as far as it is chosen.
func (e *grantEditor) pair(v form.Values) (who, on core.Ref) {
	who, _ = e.named(v)
	if who.IsZero() {
		who, _ = core.ParseRef(v["who"])
	}
	if on = e.on; on.IsZero() {
		on, _ = core.ParseRef(v["on"])
	}
	return who, on
}

// named is who was named by hand; zero for nobody.
func (e *grantEditor) named(v form.Values) (core.Ref, error) {
	switch {
	case !e.who.IsZero():
		return e.who, nil
	case v["who"] != somebodyElse || v.Text("name") == "":
		return core.Ref{}, nil
	}
	name := v.Text("name")
	if !strings.Contains(name, ":") {
		name = core.UserRef(name).String()
	}
	r, err := core.ParseRef(name)
	if err == nil && r.Kind != core.KindUser && r.Kind != core.KindGroup {
		err = core.Errorf(core.CodeInvalid, "name a user, or a group as group:NAME")
	}
	return r, err
}

// start are the values that show a grant.
func (e *grantEditor) start(g core.Grant, kind core.Kind) form.Values {
	verbs := form.Join(words(least(kind, g.Verbs)))
	v := form.Values{"verbs": verbs, "role": roleOf(kind, g.Verbs), "until": "", "hours": g.Hours.String()}
	if !g.Until.IsZero() {
		v["until"] = g.Until.UTC().Format(time.RFC3339)
	}
	return v
}

// takeStart shows what the chosen one holds on the chosen object already.
func (e *grantEditor) takeStart(v form.Values) form.Values {
	who, on := e.pair(v)
	if g, ok := e.grants[[2]core.Ref{who, on}]; ok {
		return e.start(g, on.Kind)
	}
	return nil
}
