package command

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) clusterFilter() *cobra.Command {
	return groupCommand("filter", "Filters of the job queue of a cluster", t.filterList(), t.filterAdd(), t.filterEdit(), t.filterRemove())
}

// filterJSON is a filter for programs.
type filterJSON struct {
	ID         string            `json:"id"`
	Priority   int               `json:"priority"`
	Action     core.FilterAction `json:"action"`
	Limit      int               `json:"limit,omitempty"`
	Predicates json.RawMessage   `json:"predicates"`
	Why        string            `json:"why,omitempty"`
	Watermark  int64             `json:"watermark"`
	Effect     string            `json:"effect"`
}

func filterOut(f core.JobFilter) filterJSON {
	out := filterJSON{
		ID: f.ID, Priority: f.Priority, Action: f.Action, Limit: f.Limit, Predicates: json.RawMessage(f.Predicates), Why: f.Why,
		Watermark: f.Watermark, Effect: f.Words(),
	}
	if !json.Valid(out.Predicates) {
		out.Predicates = json.RawMessage("[]")
	}
	return out
}

func (t *tree) filterList() *cobra.Command {
	return &cobra.Command{
		Use:   "list CLUSTER",
		Short: "List what the cluster does with jobs before it begins them",
		Long: "List what the cluster does with jobs before it begins them, in the order in which it looks: the first that is about a\n" +
			"job, and is not CONTINUE, decides. It is for who administers the cluster.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, filters, err := t.jobFilters(cmd, args[0])
			if err != nil {
				return err
			}
			rows := make([]filterJSON, len(filters))
			for i, f := range filters {
				rows[i] = filterOut(f)
			}
			return list(t, rows, []string{"ID", "PRIORITY", "WHAT IT DOES", "REASON"}, func(f filterJSON) []string {
				return []string{f.ID, strconv.Itoa(f.Priority), f.Effect, orDash(f.Why)}
			})
		},
	}
}

// filterFlags are the flags of a filter. Those that are not given leave it as it is.
type filterFlags struct {
	action     string
	limit      int
	priority   int
	predicates string
	why        string
	choice     core.JobChoice
}

func (o *filterFlags) define(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.action, "action", "", "what is done with such jobs: REJECT, PAUSE, RATE_LIMIT, ACCEPT or CONTINUE")
	f.IntVar(&o.limit, "limit", 0, "with RATE_LIMIT, how many of them run at once")
	f.IntVar(&o.priority, "priority", 0, "0 is looked at first")
	f.BoolVar(&o.choice.New, "new", false, "jobs that come after the filter is made")
	f.StringSliceVar(&o.choice.Kinds, "kind", nil, "jobs with a step of this kind, for example INSTANCE_CREATE; may be repeated")
	f.StringVar(&o.choice.Reason, "reason", "", "jobs whose reason is this text")
	f.StringVar(&o.choice.Begins, "reason-begins", "", "jobs whose reason begins so")
	f.BoolVar(&o.choice.Through, "remote", false, "jobs that come through the remote API, as gwm's do")
	f.StringVar(&o.predicates, "predicates", "", "which jobs, as Ganeti writes it: a JSON list")
	f.StringVar(&o.why, "why", "", "what people are told whose jobs are kept back")
	c.MarkFlagsMutuallyExclusive("predicates", "new")
	c.MarkFlagsMutuallyExclusive("predicates", "kind")
	c.MarkFlagsMutuallyExclusive("predicates", "reason")
	c.MarkFlagsMutuallyExclusive("predicates", "reason-begins")
	c.MarkFlagsMutuallyExclusive("predicates", "remote")
	actions := make([]string, 0, len(core.FilterActions()))
	for _, a := range core.FilterActions() {
		actions = append(actions, string(a))
	}
	_ = c.RegisterFlagCompletionFunc("action", cobra.FixedCompletions(actions, cobra.ShellCompDirectiveNoFileComp))
}

// apply gives a filter what was typed.
func (o *filterFlags) apply(c *cobra.Command, f core.JobFilter) (core.JobFilter, error) {
	given := c.Flags().Changed
	if given("action") {
		f.Action = core.FilterAction(strings.ToUpper(o.action))
		if f.Limit = o.limit; f.Action == core.FilterLimit && !given("limit") {
			return f, core.Errorf(core.CodeInvalid, "RATE_LIMIT needs a number of jobs").WithHint("write --limit 2")
		}
	} else if given("limit") {
		f.Limit = o.limit
	}
	if given("priority") {
		f.Priority = o.priority
	}
	if given("why") {
		f.Why = o.why
	}
	var err error
	switch {
	case given("predicates"):
		f.Predicates, err = core.NormalPredicates(o.predicates)
	case slices.ContainsFunc([]string{"new", "kind", "reason", "reason-begins", "remote"}, given):
		for i, k := range o.choice.Kinds {
			o.choice.Kinds[i] = strings.TrimPrefix(strings.ToUpper(k), "OP_")
		}
		f.Predicates = o.choice.Predicates()
	}
	return f, err
}

func (t *tree) filterAdd() *cobra.Command {
	var o filterFlags
	var wait, yes bool
	c := &cobra.Command{
		Use:   "add CLUSTER",
		Short: "Have a cluster refuse, hold back or slow down jobs",
		Long: "Have a cluster refuse, hold back or slow down jobs, whoever asked for them: gwm's too. Which jobs, is said by one or\n" +
			"several of --new, --kind, --reason, --reason-begins and --remote, or by --predicates; without them it is all jobs.",
		Example: "  gwm cluster filter add berlin --action REJECT --kind INSTANCE_CREATE --why \"no new VMs before the move\"\n" +
			"  gwm cluster filter add berlin --action RATE_LIMIT --limit 2 --kind INSTANCE_REPLACE_DISKS",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := findCluster(t.Session.View(), args[0])
			if err != nil {
				return err
			}
			f, err := o.apply(cmd, core.JobFilter{Predicates: "[]"})
			if err != nil {
				return err
			}
			return t.submit(cmd.Context(), []core.Op{core.AddJobFilter{Cluster: found.Cluster.Name, Filter: f}}, wait, yes)
		},
	}
	o.define(c)
	t.waitFlags(c, &wait, &yes)
	return c
}

// jobFilters asks the cluster that was typed for its filters.
func (t *tree) jobFilters(cmd *cobra.Command, name string) (cluster string, filters []core.JobFilter, err error) {
	found, err := findCluster(t.Session.View(), name)
	if err != nil {
		return "", nil, err
	}
	cluster = found.Cluster.Name
	filters, err = t.Session.JobFilters(cmd.Context(), cluster)
	return cluster, filters, err
}

// theFilter asks a cluster for the filter that was typed.
func (t *tree) theFilter(cmd *cobra.Command, args []string) (cluster string, f core.JobFilter, err error) {
	cluster, filters, err := t.jobFilters(cmd, args[0])
	if err != nil {
		return cluster, f, err
	}
	f, err = core.FindFilter(filters, cluster, args[1])
	return cluster, f, err
}

func (t *tree) filterEdit() *cobra.Command {
	var o filterFlags
	var wait, yes bool
	c := &cobra.Command{
		Use:               "edit CLUSTER FILTER",
		Short:             "Change a filter of a cluster's job queue: what is not given stays",
		Example:           "  gwm cluster filter edit berlin 3f0e1f7c --action CONTINUE",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, was, err := t.theFilter(cmd, args)
			if err != nil {
				return err
			}
			f, err := o.apply(cmd, was)
			if err != nil {
				return err
			}
			return t.submit(cmd.Context(), []core.Op{core.EditJobFilter{Cluster: cluster, Filter: f, Was: was}}, wait, yes)
		},
	}
	o.define(c)
	t.waitFlags(c, &wait, &yes)
	return c
}

func (t *tree) filterRemove() *cobra.Command {
	var wait, yes bool
	c := &cobra.Command{
		Use:               "remove CLUSTER FILTER",
		Short:             "Remove a filter of a cluster's job queue",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, was, err := t.theFilter(cmd, args)
			if err != nil {
				return err
			}
			return t.submit(cmd.Context(), []core.Op{core.RemoveJobFilter{Cluster: cluster, ID: was.ID, Was: &was}}, wait, yes)
		},
	}
	t.waitFlags(c, &wait, &yes)
	return c
}

func (t *tree) clusterDrain() *cobra.Command {
	var why string
	var hold, wait, yes bool
	c := &cobra.Command{
		Use:   "drain CLUSTER",
		Short: "Have a cluster refuse every new job until undrain",
		Long: "Have a cluster refuse every new job, or hold it back with --hold, until undrain. It is done with a filter of its job\n" +
			"queue, which is all that Ganeti's remote API offers. gwm's own jobs there are refused or held back too.",
		Example:           "  gwm cluster drain berlin --why \"new switches until noon\"\n  gwm cluster undrain berlin",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := findCluster(t.Session.View(), args[0])
			if err != nil {
				return err
			}
			action := core.FilterReject
			if hold {
				action = core.FilterPause
			}
			return t.submit(cmd.Context(), []core.Op{core.AddJobFilter{Cluster: found.Cluster.Name, Filter: core.DrainJobs(action, why)}}, wait, yes)
		},
	}
	c.Flags().StringVar(&why, "why", "", "what people are told whose jobs are refused")
	c.Flags().BoolVar(&hold, "hold", false, "new jobs wait in the queue instead of being refused")
	t.waitFlags(c, &wait, &yes)
	return c
}

func (t *tree) clusterUndrain() *cobra.Command {
	var wait, yes bool
	c := &cobra.Command{
		Use:               "undrain CLUSTER",
		Short:             "Remove the filters by which a cluster refuses or holds back every new job",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, filters, err := t.jobFilters(cmd, args[0])
			if err != nil {
				return err
			}
			var ops []core.Op
			for _, f := range filters {
				if f.Drains() {
					ops = append(ops, core.RemoveJobFilter{Cluster: cluster, ID: f.ID, Was: &f})
				}
			}
			if len(ops) == 0 {
				return core.Errorf(core.CodeState, "no filter of %s keeps every new job back", cluster).
					WithHint("where its queue is drained all the same, it was done on the master node: gnt-cluster queue undrain opens it")
			}
			return t.submit(cmd.Context(), ops, wait, yes)
		},
	}
	t.waitFlags(c, &wait, &yes)
	return c
}
