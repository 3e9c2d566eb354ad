package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) problem() *cobra.Command {
	return groupCommand("problem", "What needs attention: clusters, nodes and VMs in trouble, jobs that failed", t.problemList(), t.problemClear())
}

func (t *tree) problemList() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List what needs attention",
		Example: "  gwm problem list --cleared",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v, cleared := t.Session.View(), 0
			rows := []core.Problem{}
			for _, p := range v.Problems() {
				if p.Cleared != nil && !all {
					cleared++
					continue
				}
				rows = append(rows, p)
			}
			t.staleNote(v, "")
			if cleared > 0 {
				t.note("%d that people have cleared left out; --cleared shows them", cleared)
			}
			return list(t, rows, []string{"ON", "CLEARED BY", "AT", "WHY"}, func(p core.Problem) []string {
				if p.Cleared == nil {
					return []string{p.Name(), "-", "-", p.Why}
				}
				return []string{p.Name(), p.Cleared.By, stamp(p.Cleared.At), p.Why}
			})
		},
	}
	c.Flags().BoolVar(&all, "cleared", false, "also those that somebody has cleared")
	return c
}

func (t *tree) problemClear() *cobra.Command {
	return &cobra.Command{
		Use:               "clear OBJECT|JOB",
		Short:             "Take a problem off the list until it comes back",
		Long:              "Take the problem of a cluster, node or VM, or a job that failed, off everybody's list. It is back when it is over and comes again.",
		Example:           "  gwm problem clear berlin/web1\n  gwm problem clear berlin/job/4711",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, problemNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := t.Session.View().ProblemNamed(args[0])
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), core.ClearProblem{On: p.On, What: p.What}, true)
		},
	}
}

// problemNames are the words that problem clear takes.
func problemNames(v *core.View) []string {
	var out []string
	for _, p := range v.Problems() {
		if p.Cleared == nil {
			out = append(out, p.Name())
		}
	}
	return out
}
