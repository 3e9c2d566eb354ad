package tui

import (
	"context"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// formQuota is the editor of a quota. Its argument is "WHO CLUSTER"; WHO is
// quotaDefault for the default of the cluster, "-" is asked for.
const (
	formQuota    = "quota"
	quotaDefault = core.QuotaDefaultWord
)

func quotaForms() []formKind { return []formKind{{Word: formQuota, Make: makeQuota}} }

// quotaPlace is the editor of what somebody may use on a cluster; with a zero
// who it is the cluster's default.
func quotaPlace(who core.Ref, cluster string) place {
	word := quotaDefault
	if !who.IsZero() {
		word = who.String()
	}
	return place{Page: pageForm, On: core.ClusterRef(cluster), Arg: formQuota + " " + word + " " + cluster}
}

// quotaEditor is what the editor of a quota works on.
type quotaEditor struct {
	session *core.Session
	view    *core.View
	who     string // quotaDefault, a Ref as text, or empty: to be chosen
	cluster string // empty: to be chosen
	quotas  map[string]core.Quota
}

func makeQuota(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	e := &quotaEditor{session: s, view: s.View(), quotas: map[string]core.Quota{}}
	args := append(strings.Fields(arg), "-", "-")
	if args[0] != "-" {
		var err error
		if e.who, err = quotaWho(args[0]); err != nil {
			return entryForm{}, err
		}
	}
	if args[1] != "-" {
		e.cluster = args[1]
		if _, ok := e.view.Cluster(e.cluster); !ok {
			return entryForm{}, core.Unknown(core.KindCluster, e.cluster)
		}
		if d := e.view.Can(core.VerbManage, core.ClusterRef(e.cluster)); !d.OK {
			return entryForm{}, core.Errorf(core.CodeDenied, "you may not set quotas on %s: %s", e.cluster, d.Why)
		}
	}
	quotas, err := s.Quotas(ctx, e.cluster)
	if err != nil {
		return entryForm{}, err
	}
	for _, q := range quotas {
		e.quotas[quotaKey(q.Who, q.Cluster)] = q
	}
	return e.form(ctx)
}

// quotaWho reads whose quota an argument names, as the commands of quotas do:
// quotaDefault, a user by the bare name, or group:NAME.
func quotaWho(word string) (string, error) {
	if word == quotaDefault {
		return word, nil
	}
	if !strings.Contains(word, ":") {
		return core.UserRef(word).String(), nil
	}
	who, err := core.ParseRef(word)
	if err != nil || who.Kind != core.KindUser && who.Kind != core.KindGroup {
		return "", core.Errorf(core.CodeInvalid, "%q names neither a user nor a group", core.Printable(word)).
			WithHint("write the name of a user, group:NAME, or default")
	}
	return who.String(), nil
}

// quotaKey names a quota among others.
func quotaKey(who core.Ref, cluster string) string { return who.String() + " " + cluster }

func (e *quotaEditor) form(ctx context.Context) (entryForm, error) {
	fields, err := e.pickers(ctx)
	if err != nil {
		return entryForm{}, err
	}
	f := entryForm{Ops: e.ops}
	f.Title = "Quota"
	start := e.start(e.pair(form.Values{"who": e.who, "cluster": e.cluster}))
	for _, r := range core.Resources() {
		field := form.Field{
			Name: string(r), Label: upperFirst(string(r)), Kind: form.Number, Required: true, Unlimited: true, Value: start[string(r)],
			Zero: "none at all", Placeholder: "4, 0 or unlimited", Help: "How many in all; 0 means none, \"unlimited\" that nothing is limited.",
		}
		if r.IsSize() {
			field.Unit, field.Placeholder = form.MiB, "8G, 0 or unlimited"
			field.Help = "How much in all; 0 means none, \"unlimited\" that nothing is limited."
		}
		fields = append(fields, field)
	}
	f.Fields, f.Summary = fields, e.summary
	return f, nil
}

// pickers are the fields that say whose quota it is and where.
func (e *quotaEditor) pickers(ctx context.Context) ([]form.Field, error) {
	who := form.Field{Name: "who", Label: "Whose", Kind: form.Fixed, Value: e.who}
	if e.who == quotaDefault {
		who.Value = "everybody who has none of their own"
	}
	if e.who == "" {
		options, all, err := personas(ctx, e.session)
		if err != nil {
			return nil, err
		}
		options = slices.Insert(options, 0, form.Option{Value: quotaDefault, Note: "everybody who has none of their own"})
		if !all {
			options = append(options, form.Option{Value: somebodyElse, Label: "somebody else", Note: "by name"})
		}
		who = form.Field{
			Name: "who", Label: "Whose", Kind: form.Choice, Required: true, Options: options, Fill: e.takeStart,
			Help: "The user or the group whose VMs are counted, or everybody.",
		}
	}
	name := form.Field{
		Name: "name", Label: "Name", Required: true, Placeholder: "bob or group:ops", Help: "The account name of a user, or group:NAME.",
		When: func(v form.Values) bool { return e.who == "" && v["who"] == somebodyElse },
	}
	cluster := form.Field{Name: "cluster", Label: "Cluster", Kind: form.Fixed, Value: e.cluster}
	if e.cluster == "" {
		cluster = form.Field{Name: "cluster", Label: "Cluster", Kind: form.Choice, Required: true, Fill: e.takeStart}
		for _, c := range e.view.Clusters() {
			if d := e.view.Can(core.VerbManage, core.ClusterRef(c.Cluster.Name)); d.OK {
				cluster.Options = append(cluster.Options, form.Option{Value: c.Cluster.Name, Note: core.Printable(c.Cluster.Description)})
			}
		}
	}
	return []form.Field{who, name, cluster}, nil
}

// pair is whose quota it is and where; ok is false while that is not chosen.
func (e *quotaEditor) pair(v form.Values) (who core.Ref, cluster string, ok bool) {
	word := e.who
	if word == "" {
		word = v["who"]
	}
	if word == somebodyElse {
		if word = v.Text("name"); word != "" && !strings.Contains(word, ":") {
			word = core.UserRef(word).String()
		}
	}
	if cluster = e.cluster; cluster == "" {
		cluster = v["cluster"]
	}
	if word == quotaDefault {
		return core.Ref{}, cluster, cluster != ""
	}
	who, err := core.ParseRef(word)
	return who, cluster, err == nil && cluster != ""
}

// start are the values that show a quota: one's own, or what holds without.
func (e *quotaEditor) start(who core.Ref, cluster string, ok bool) form.Values {
	q, own := e.quotas[quotaKey(who, cluster)]
	if !own {
		q = e.quotas[quotaKey(core.Ref{}, cluster)]
	}
	v := form.Values{}
	for _, r := range core.Resources() {
		unit := form.Count
		if r.IsSize() {
			unit = form.MiB
		}
		if ok || e.who == quotaDefault {
			v[string(r)] = unit.Limited(q.Limits.Of(r))
		}
	}
	return v
}

func (e *quotaEditor) takeStart(v form.Values) form.Values { return e.start(e.pair(v)) }

func (e *quotaEditor) limits(v form.Values) core.Limits {
	var l core.Limits
	for _, r := range core.Resources() {
		unit := form.Count
		if r.IsSize() {
			unit = form.MiB
		}
		l = l.With(r, v.Number(string(r), unit).Limit())
	}
	return l
}

func (e *quotaEditor) ops(v form.Values) ([]core.Op, error) {
	who, cluster, ok := e.pair(v)
	if !ok {
		return nil, nil
	}
	was, had := e.quotas[quotaKey(who, cluster)]
	limits, same := e.limits(v), true
	for _, r := range core.Resources() {
		same = same && limits.Text(r) == was.Limits.Text(r)
	}
	if had && same {
		return nil, nil
	}
	return []core.Op{core.SetQuota{Who: who, Cluster: cluster, Limits: limits, Was: &was.Limits}}, nil
}

// summary says what is used now, and what would not fit any more.
func (e *quotaEditor) summary(v form.Values) []string {
	who, cluster, ok := e.pair(v)
	if !ok {
		return nil
	}
	if who.IsZero() {
		return e.concerned(cluster, e.limits(v))
	}
	var out []string
	for _, u := range e.view.UsageOn(cluster) {
		if u.Who != who {
			continue
		}
		u.Limits = e.limits(v)
		for _, r := range core.Resources() {
			line := upperFirst(string(r)) + ": uses " + r.Text(u.Used.Of(r))
			if u.Limits.Of(r) != nil {
				line += " of " + u.Limits.Text(r)
			}
			line += " now"
			if n := u.Exceeds(r); n > 0 {
				line += ", " + r.Text(n) + " too much"
			}
			out = append(out, line+".")
		}
	}
	if out == nil {
		out = []string{"Uses nothing there now."}
	}
	return append(out, "")
}

// concerned says for whom the default of a cluster holds, and who would be over
// it.
func (e *quotaEditor) concerned(cluster string, limits core.Limits) []string {
	n, over := 0, []string{}
	for _, u := range e.view.UsageOn(cluster) {
		if u.Source == core.QuotaOwn {
			continue
		}
		n++
		u.Limits = limits
		for _, r := range core.Resources() {
			if u.Exceeds(r) > 0 {
				over = append(over, u.Who.String()+" ("+string(r)+")")
				break
			}
		}
	}
	text := "Holds for " + counted(n, "user or group") + " that have none of their own."
	if n == 1 {
		text = "Holds for 1 user or group that has none of its own."
	}
	if len(over) > 0 {
		text += " Over it would be: " + core.Printable(strings.Join(over, ", ")) + "."
	}
	return []string{text, ""}
}
