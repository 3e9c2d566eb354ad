package command

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) job() *cobra.Command {
	return groupCommand("job", "Jobs of gwm and of the clusters", t.jobList(), t.jobShow(), t.jobLog(), t.jobWait(), t.jobCancel())
}

// jobJSON is a job for programs.
type jobJSON struct {
	Cluster  string        `json:"cluster"`
	Name     string        `json:"name"`
	ID       core.JobID    `json:"id,omitempty"` // ours only
	Ours     bool          `json:"ours"`
	State    core.JobState `json:"state"`
	Title    string        `json:"title"`
	By       string        `json:"by,omitempty"`
	Targets  []string      `json:"targets"`
	Upstream string        `json:"upstream,omitempty"`
	Created  time.Time     `json:"created,omitzero"`
	Ended    time.Time     `json:"ended,omitzero"`
	Error    *core.Error   `json:"error,omitempty"`
	Stuck    core.Stuck    `json:"stuck,omitempty"`    // why it does not go on, in a word; "job list" only
	Archived bool          `json:"archived,omitempty"` // its cluster does not list it any more: as gwm last saw it
	Delays   []string      `json:"delays,omitempty"`   // what keeps it from going on; "job show" only
}

// state is the state with what is to be known about it.
func (j jobJSON) state() string {
	switch {
	case j.Stuck != "":
		return string(j.State) + ", " + j.Stuck.Words()
	case j.Archived:
		return string(j.State) + ", archived"
	}
	return string(j.State)
}

func jobOut(r core.JobRow) jobJSON {
	out := jobJSON{
		Cluster: r.Cluster, Name: r.Name, State: r.State, Title: r.Title, By: r.By,
		Created: r.Created, Ended: r.Ended, Archived: r.Archived(),
	}
	for _, ref := range r.Targets {
		out.Targets = append(out.Targets, ref.String())
	}
	if r.Upstream != nil {
		out.Upstream = r.Upstream.ID
		if r.Upstream.Error != "" {
			out.Error = &core.Error{Code: core.CodeJobFailed, Message: r.Upstream.Error, Hint: r.Upstream.Hint}
		}
	}
	if r.Ours != nil {
		out.Ours, out.ID, out.Upstream, out.Error = true, r.Ours.ID, r.Ours.Upstream, r.Ours.Error
	}
	return out
}

func (t *tree) jobList() *cobra.Command {
	var cluster string
	var limit int
	var upkeep bool
	var which jobWords
	c := &cobra.Command{
		Use:   "list [FILTER...]",
		Short: "List the newest jobs",
		Long: "List the newest jobs. A mark after the state says in a word why a job does not go on.\n" +
			"Without a filter the jobs by which gwm itself keeps the tags of VMs in step are left out once they are done.\n" +
			"A cluster archives jobs some hours after they ended: those of others stay here as gwm last saw them (archived:yes);\n" +
			"unseen are those that ended and were archived while gwm did not look.",
		Example: "  gwm job list state:failed\n  gwm job list --cluster berlin --limit 0\n  gwm job list --others --kind INSTANCE_CREATE --state failed,canceled",
		RunE: func(_ *cobra.Command, args []string) error {
			v := t.Session.View()
			args = append(args, which.filter()...)
			shown, err := selected(v, cluster, args)
			if err != nil {
				return err
			}
			tidy, leftOut := len(args) == 0 && !upkeep, 0
			var rows []jobJSON
			for _, r := range v.Jobs() {
				if limit > 0 && len(rows) == limit {
					break
				}
				switch {
				case !shown.has(r.Cluster, v.JobRow(&r)):
				case tidy && r.Upkeep():
					leftOut++
				default:
					out := jobOut(r)
					out.Stuck = v.Stuck(&r)
					rows = append(rows, out)
				}
			}
			t.staleNote(v, shown.cluster)
			t.upkeepNote(leftOut)
			header := []string{"JOB", "CLUSTER", "STATE", "BY", "CREATED", "TITLE"}
			return list(t, rows, header, func(j jobJSON) []string {
				return []string{j.Name, orDash(j.Cluster), j.state(), orDash(j.By), stamp(j.Created), j.Title}
			})
		},
	}
	t.clusterFlag(c, &cluster)
	c.Flags().IntVar(&limit, "limit", 50, "how many at most; 0: all")
	upkeepFlag(c, &upkeep)
	which.define(c)
	return c
}

// jobWords are the flags that stand for words of a filter of jobs.
type jobWords struct {
	mine, others, stuck bool
	states, kinds       []string
}

func (o *jobWords) define(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&o.mine, "mine", false, "only those that you asked for")
	f.BoolVar(&o.others, "others", false, "only those that were not asked for through gwm")
	f.BoolVar(&o.stuck, "stuck", false, "only those that do not go on")
	f.StringSliceVar(&o.states, "state", nil, "only those in one of these states: queued, running, done, failed, canceled, unseen")
	f.StringSliceVar(&o.kinds, "kind", nil, "only those of one of these kinds, in gwm's words or Ganeti's: vm.start, INSTANCE_CREATE")
	c.MarkFlagsMutuallyExclusive("mine", "others")
	states := []string{"queued", "running", "done", "failed", "canceled", "unseen"}
	_ = c.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(states, cobra.ShellCompDirectiveNoFileComp))
}

func (o *jobWords) filter() (words []string) {
	for word, on := range map[string]bool{"from:me": o.mine, "from:others": o.others, "stuck:*": o.stuck} {
		if on {
			words = append(words, word)
		}
	}
	for field, values := range map[string][]string{"state:": o.states, "op:": o.kinds} {
		if len(values) > 0 {
			words = append(words, field+strings.Join(values, ","))
		}
	}
	return words
}

func upkeepFlag(c *cobra.Command, upkeep *bool) {
	c.Flags().BoolVar(upkeep, "upkeep", false, "also what gwm itself did to keep the tags of VMs in step")
}

// upkeepNote says how much upkeep a list leaves out.
func (t *tree) upkeepNote(leftOut int) {
	if leftOut > 0 {
		t.note("%d by %s left out; --upkeep shows them", leftOut, core.UpkeepBy)
	}
}

// jobRow finds a job by its name: "12" is ours, "berlin/job/4711" a cluster's.
func (t *tree) jobRow(ctx context.Context, name string) (core.JobRow, error) {
	for _, r := range t.Session.View().Jobs() {
		if r.Name == name {
			return r, nil
		}
	}
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		job, err := t.Session.Job(ctx, core.JobID(id))
		if err != nil {
			return core.JobRow{}, err
		}
		return ownRow(job), nil
	}
	return core.JobRow{}, core.Unknown(core.KindJob, name).
		WithHint("gwm job list shows them; a job of a cluster is written CLUSTER/job/NUMBER")
}

// ownRow is the row of a job of ours.
func ownRow(job core.Job) core.JobRow {
	return core.JobRow{
		Cluster: job.Target.Cluster, Name: job.ID.String(), Ours: &job, Title: job.Title, Targets: []core.Ref{job.Target},
		State: job.State, By: job.By, Created: job.Created, Ended: job.Ended,
	}
}

func (t *tree) jobShow() *cobra.Command {
	var whole bool
	c := &cobra.Command{
		Use:               "show JOB",
		Short:             "Show a job",
		Long:              "Show a job: why it failed and what to do about it, or what keeps it from going on.",
		Example:           "  gwm job show 12\n  gwm job show berlin/job/4711 --tree",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, jobNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := t.jobRow(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if whole {
				return t.jobTree(cmd.Context(), r)
			}
			j := jobOut(r)
			fields := [][2]string{
				{"job", j.Name},
				{"cluster", orDash(j.Cluster)},
				{"title", j.Title},
				{"state", string(j.State)},
				{"by", orDash(j.By)},
				{"targets", words(j.Targets)},
				{"job of the cluster", orDash(j.Upstream)},
				{"created", stamp(j.Created)},
				{"ended", stamp(j.Ended)},
			}
			if j.Archived {
				fields = append(fields, [2]string{"kept", r.ArchivedWords()})
			}
			if j.Error != nil {
				fields = append(fields, [2]string{"error", j.Error.Error()})
			}
			if r.Upstream != nil && r.Upstream.Said != "" && r.Upstream.Said != r.Upstream.Error {
				fields = append(fields, [2]string{"the cluster says", r.Upstream.Said})
			}
			if j.Delays, err = t.Session.Delays(cmd.Context(), r); err != nil {
				return err
			}
			for _, d := range j.Delays {
				fields = append(fields, [2]string{"waits", d})
			}
			if r.Ours != nil && len(r.Ours.Children) > 0 {
				fields = append(fields, [2]string{"parts", fmt.Sprint(r.Ours.Children)})
			}
			return object(t, j, fields)
		},
	}
	c.Flags().BoolVar(&whole, "tree", false, "its parts, the cluster's jobs and their steps, with how long each waited and took")
	return c
}

func (t *tree) jobLog() *cobra.Command {
	var followIt bool
	c := &cobra.Command{
		Use:               "log JOB",
		Short:             "Print the log of a job, all of its steps",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, jobNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := t.jobRow(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if followIt {
				return t.follow(cmd.Context(), r)
			}
			lines, err := t.log(cmd.Context(), r)
			if err != nil {
				return err
			}
			if t.format == "json" {
				return t.json(lines)
			}
			printLog(t.Stdout, lines)
			return nil
		},
	}
	c.Flags().BoolVarP(&followIt, "follow", "f", false, "go on until the job ends")
	return c
}

// log is the log of a job as far as it is there.
func (t *tree) log(ctx context.Context, r core.JobRow) ([]core.LogLine, error) {
	if r.Ours != nil {
		return t.ourLog(ctx, r.Ours.ID, 0)
	}
	job, err := t.Session.Upstream(ctx, r.Cluster, r.Upstream.ID, nil)
	if err != nil {
		return nil, err
	}
	if !job.Archived.IsZero() {
		t.note("%s archived it; its log was not kept", r.Cluster)
	}
	return upstreamLog(job), nil
}

// ourLog is what the log of a job of ours holds after a serial.
func (t *tree) ourLog(ctx context.Context, id core.JobID, after int64) ([]core.LogLine, error) {
	var all []core.LogLine
	for {
		lines, err := t.Session.JobLog(ctx, id, after, 0)
		if err != nil || len(lines) == 0 {
			return all, err
		}
		after = lines[len(lines)-1].Serial
		all = append(all, lines...)
	}
}

// upstreamLog is the log of a cluster's job, all of its steps.
func upstreamLog(job *core.UpstreamJob) []core.LogLine {
	var lines []core.LogLine
	for _, s := range job.Steps {
		lines = append(lines, s.Log...)
	}
	return lines
}

func (t *tree) jobWait() *cobra.Command {
	return &cobra.Command{
		Use:               "wait JOB",
		Short:             "Follow a job to its end; exit code 4 where it fails, 5 where its cluster cannot be reached",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, jobNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := t.jobRow(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return t.follow(cmd.Context(), r)
		},
	}
}

func (t *tree) jobCancel() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "cancel JOB",
		Short:             "Cancel a job; the cluster may refuse for one that runs",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, jobNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			op, err := t.Session.CancelOp(args[0])
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), op, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}
