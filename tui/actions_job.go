package tui

import (
	"gwm/core"
)

func jobActions() []action {
	jobs := scope{Kinds: []core.Kind{core.KindJob}}
	return []action{
		{
			ID: "job.again", Keys: []string{"A"}, Title: "try again", Group: groupAct, Scope: jobs, Make: againOps,
			Help: "Ask once more for what failed; of a job for several objects, for those that failed.",
		},
		{
			ID: "job.cancel", Keys: []string{"X"}, Title: "cancel", Help: "Cancel the job; a job that runs already may refuse.",
			Group: groupAct, Scope: jobs, Make: cancelOps,
		},
	}
}

// againOps are the operations of the selected jobs that failed. Of a job that
// stands for several they are those of its parts that failed.
func againOps(a *App, sel selection) (ops []core.Op, why string) {
	why = "no job is selected"
	if p, ok := a.front().(*jobPage); ok && p.bulk() && !sel.Marked {
		sel = selection{Jobs: []core.JobRow{p.current()}} // the page is about all of them
	}
	take := func(job *core.Job) {
		op, err := job.Again()
		if err != nil {
			why = core.AsError(err).Message
			return
		}
		ops = append(ops, op)
	}
	for i := range sel.Jobs {
		switch row := &sel.Jobs[i]; {
		case row.Ours == nil:
			why = "it was not asked for through gwm"
		case !row.State.Final():
			why = "it has not ended yet"
		case len(row.Ours.Children) > 0:
			why = "none of it failed"
			for _, part := range failedParts(a.view, row.Ours.ID) {
				take(part)
			}
		case row.State != core.JobFailed:
			why = "it did not fail"
		default:
			take(row.Ours)
		}
	}
	return ops, why
}

// failedParts are the failed children of a job, oldest first.
func failedParts(v *core.View, parent core.JobID) []*core.Job {
	var out []*core.Job
	rows := v.Jobs()
	for i := len(rows) - 1; i >= 0; i-- {
		if j := rows[i].Ours; j != nil && j.Parent == parent && j.State == core.JobFailed {
			out = append(out, j)
		}
	}
	return out
}

func cancelOps(_ *App, sel selection) (ops []core.Op, why string) {
	for _, row := range sel.Jobs {
		switch {
		case row.Archived():
			why = "it has ended, and " + row.Cluster + " archived it"
		case row.State.Final():
			why = "it has ended"
		case row.Ours != nil:
			ops = append(ops, core.CancelJob{Job: row.Ours.ID, Target: row.Ours.Target})
		case row.Upstream != nil:
			op := core.CancelJob{Cluster: row.Cluster, Upstream: row.Upstream.ID, Target: core.ClusterRef(row.Cluster)}
			if len(row.Targets) > 0 {
				op.Target = row.Targets[0]
			}
			ops = append(ops, op)
		}
	}
	if len(ops) == 0 && why == "" {
		why = "no job is selected"
	}
	return ops, why
}
