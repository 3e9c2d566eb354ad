package tui

import (
	"context"
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The forms about the job filters of a cluster; its name follows the word.
const (
	formFilterAdd    = "job filter add"
	formFilterEdit   = "job filter edit"
	formFilterRemove = "job filter remove"
	formDrain        = "job drain"
)

func filterForms() []formKind {
	return []formKind{
		{Word: formFilterAdd, Make: filterForm(makeFilterAdd)},
		{Word: formFilterEdit, Make: filterForm(makeFilterEdit)},
		{Word: formFilterRemove, Make: filterForm(makeFilterRemove)},
		{Word: formDrain, Make: filterForm(makeDrain)},
	}
}

// filterForm makes a form of what the filters of a cluster are now. For an edit the
// beginning of the filter's id may follow the name of the cluster.
func filterForm(mk func(cluster string, now []core.JobFilter) (entryForm, error)) func(context.Context, *core.Session, string) (entryForm, error) {
	return func(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
		name, id, _ := strings.Cut(arg, " ")
		r, err := s.View().Find(core.KindCluster, name)
		if err != nil {
			return entryForm{}, err
		}
		now, err := s.JobFilters(ctx, r.Cluster)
		if err != nil {
			return entryForm{}, err
		}
		if id != "" {
			f, err := core.FindFilter(now, r.Cluster, id)
			if err != nil {
				return entryForm{}, err
			}
			now = []core.JobFilter{f}
		}
		return mk(r.Cluster, now)
	}
}

// The choices of which jobs a filter is about.
const (
	filterSome = "some"
	filterRaw  = "raw"
)

// filterFields ask for a filter that begins as f.
func filterFields(f core.JobFilter) []form.Field {
	notes := map[core.FilterAction]string{
		core.FilterReject: "refuse: they are canceled", core.FilterPause: "hold back: they wait in the queue", core.FilterLimit: "run few of them at a time",
		core.FilterAccept: "begin them, whatever filters come after", core.FilterContinue: "nothing: the filter is switched off",
	}
	action := form.Field{Name: "action", Label: "What", Kind: form.Choice, Required: true, Value: string(f.Action)}
	for _, a := range core.FilterActions() {
		action.Options = append(action.Options, form.Option{Value: string(a), Label: notes[a], Note: string(a)})
	}
	choice, plain := f.Choice()
	which := form.Field{Name: "which", Label: "Which jobs", Kind: form.Choice, Required: true, Value: filterSome, Options: []form.Option{
		{Value: filterSome, Label: "those of which all of this holds", Note: "nothing below: all jobs"},
		{Value: filterRaw, Label: "as Ganeti writes it", Note: "predicates in JSON"},
	}}
	if !plain {
		which.Value = filterRaw
	}
	some := func(v form.Values) bool { return v.Text("which") == filterSome }
	limit := ""
	if f.Limit > 0 {
		limit = strconv.Itoa(f.Limit)
	}
	return []form.Field{
		action,
		{Name: "limit", Label: "At a time", Kind: form.Number, Value: limit, Placeholder: "2", When: func(v form.Values) bool { return v.Text("action") == string(core.FilterLimit) }},
		which,
		{Name: "new", Label: "New", Kind: form.YesNo, Value: yesIf(choice.New), Placeholder: "only jobs that come from now on", When: some},
		{
			Name: "kinds", Label: "Kinds", Value: strings.Join(choice.Kinds, " "), Max: 500, Placeholder: "INSTANCE_CREATE", When: some,
			Help: "Ganeti's words for steps of jobs, as the list of jobs has them, with blanks between them. Empty: of any kind.",
		},
		{Name: "reason", Label: "Reason", Value: core.Printable(choice.Reason), Max: 200, When: some, Help: "The whole of what was given as the reason of a job (--reason of Ganeti's tools)."},
		{Name: "begins", Label: "Reason begins", Value: core.Printable(choice.Begins), Max: 200, When: some, Folded: choice.Begins == ""},
		{Name: "remote", Label: "Remote", Kind: form.YesNo, Value: yesIf(choice.Through), Placeholder: "only jobs that come through the remote API, as gwm's do", When: some, Folded: !choice.Through},
		{Name: "predicates", Label: "Predicates", Kind: form.Text, Value: core.Printable(f.Predicates), Max: 4000, When: func(v form.Values) bool { return !some(v) }},
		{Name: "why", Label: "Why", Value: core.Printable(f.Why), Max: 200, Placeholder: "new switches until noon", Help: "The people read it whose jobs are kept back."},
		{Name: "priority", Label: "Priority", Kind: form.Number, Value: strconv.Itoa(f.Priority), Help: "Filters of priority 0 are looked at first."},
	}
}

func yesIf(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

// typedFilter is the filter of the answers, on top of f.
func typedFilter(f core.JobFilter, v form.Values) (core.JobFilter, error) {
	var err error
	f.Action, f.Limit = core.FilterAction(v.Text("action")), 0
	if f.Action == core.FilterLimit {
		if f.Limit, err = strconv.Atoi(v.Text("limit")); err != nil {
			return f, core.Errorf(core.CodeInvalid, "how many jobs may run at a time is missing").WithHint("write a whole number, for example 2")
		}
	}
	if f.Priority, err = strconv.Atoi(v.Text("priority")); v.Text("priority") != "" && err != nil {
		return f, core.Errorf(core.CodeInvalid, "the priority is not a whole number").WithHint("0 is looked at first")
	}
	f.Why = v.Text("why")
	if v.Text("which") == filterRaw {
		f.Predicates, err = core.NormalPredicates(v.Text("predicates"))
		return f, err
	}
	choice := core.JobChoice{New: v.Yes("new"), Reason: v.Text("reason"), Begins: v.Text("begins"), Through: v.Yes("remote")}
	for _, k := range strings.Fields(strings.ReplaceAll(v.Text("kinds"), ",", " ")) {
		choice.Kinds = append(choice.Kinds, strings.TrimPrefix(strings.ToUpper(k), "OP_"))
	}
	f.Predicates = choice.Predicates()
	return f, nil
}

func makeFilterAdd(cluster string, _ []core.JobFilter) (entryForm, error) {
	start := core.JobFilter{Action: core.FilterReject, Predicates: core.JobChoice{New: true}.Predicates()}
	return entryForm{
		Form: form.Form{
			Title: "Add a job filter to " + cluster, Save: "Add", Fields: filterFields(start),
			Intro: "It holds for everybody's jobs on the cluster, gwm's too.",
		},
		Ops: func(v form.Values) ([]core.Op, error) {
			f, err := typedFilter(core.JobFilter{}, v)
			if err != nil {
				return nil, err
			}
			return []core.Op{core.AddJobFilter{Cluster: cluster, Filter: f}}, nil
		},
	}, nil
}

func noFilters(cluster string) error {
	return core.Errorf(core.CodeState, "%s has no job filters", cluster).WithHint("Q a adds one")
}

// whichFilter asks for one of several filters.
func whichFilter(cluster, title, save string, now []core.JobFilter, ops func(f core.JobFilter) []core.Op) entryForm {
	options := make([]form.Option, len(now))
	for i, f := range now {
		options[i] = form.Option{Value: f.ID, Label: core.Printable(f.Words()), Note: core.Printable(f.Why)}
	}
	return entryForm{
		Form: form.Form{Title: title, Save: save, Fields: []form.Field{choiceOf("filter", "Filter", options)}},
		Ops: func(v form.Values) ([]core.Op, error) {
			f, err := core.FindFilter(now, cluster, v.Text("filter"))
			if err != nil {
				return nil, err
			}
			return ops(f), nil
		},
	}
}

// makeFilterEdit is the form of the one filter that there is. Of several the action
// names one.
func makeFilterEdit(cluster string, now []core.JobFilter) (entryForm, error) {
	switch len(now) {
	case 0:
		return entryForm{}, noFilters(cluster)
	case 1:
	default:
		return entryForm{}, core.Errorf(core.CodeInvalid, "%s has %d job filters", cluster, len(now)).WithHint("name the one: filter-edit %s and the beginning of its id", cluster)
	}
	was := now[0]
	return entryForm{
		Form: form.Form{Title: "Edit a job filter of " + cluster, Intro: core.Printable(was.Words()), Fields: filterFields(was)},
		Ops: func(v form.Values) ([]core.Op, error) {
			f, err := typedFilter(was, v)
			if err != nil || f == was {
				return nil, err
			}
			return []core.Op{core.EditJobFilter{Cluster: cluster, Filter: f, Was: was}}, nil
		},
	}, nil
}

func makeFilterRemove(cluster string, now []core.JobFilter) (entryForm, error) {
	if len(now) == 0 {
		return entryForm{}, noFilters(cluster)
	}
	return whichFilter(cluster, "Remove a job filter of "+cluster, "Remove", now, func(f core.JobFilter) []core.Op {
		return []core.Op{core.RemoveJobFilter{Cluster: cluster, ID: f.ID, Was: &f}}
	}), nil
}

func makeDrain(cluster string, _ []core.JobFilter) (entryForm, error) {
	return entryForm{
		Form: form.Form{
			Title: "Keep every new job of " + cluster + " back", Save: "Keep back",
			Intro: "Jobs that are in the queue already go on. It lasts until the filter is removed that is made for it.",
			Fields: []form.Field{
				{Name: "how", Label: "New jobs", Kind: form.Choice, Required: true, Value: string(core.FilterReject), Options: []form.Option{
					{Value: string(core.FilterReject), Label: "are refused"}, {Value: string(core.FilterPause), Label: "wait in the queue"},
				}},
				{Name: "why", Label: "Why", Max: 200, Placeholder: "new switches until noon", Help: "The people read it whose jobs are kept back."},
			},
		},
		Ops: func(v form.Values) ([]core.Op, error) {
			return []core.Op{core.AddJobFilter{Cluster: cluster, Filter: core.DrainJobs(core.FilterAction(v.Text("how")), v.Text("why"))}}, nil
		},
	}, nil
}
