package inventory

import (
	"context"
	"slices"
	"strings"
	"time"

	"gwm/core"
)

const (
	// explainWithin is how old a failed job may be that is still explained.
	explainWithin = 24 * time.Hour
	// explainAtOnce is how many failed jobs are asked for in one poll.
	explainAtOnce = 5
)

// jobs asks for the cluster's queue.
func (p *poller) jobs(ctx context.Context) (changed bool, err error) {
	jobs, err := p.platform.Jobs(ctx)
	if err != nil {
		return false, err
	}
	keepReasons(p.state.Jobs, jobs)
	next, changed := mergeJobs(p.state.Jobs, jobs)
	if told := p.explain(ctx, next); len(told) > 0 && &told[0] != &next[0] {
		next, changed = told, true
	}
	archived, moved := p.all.history(p.state.Archived, p.state.Jobs, next)
	due := reshaped(p.state.Jobs, next)
	p.state.Jobs, p.state.Archived = next, archived
	changed = changed || moved
	p.forgetExplained(next)
	if !due {
		return changed, nil
	}
	p.info = time.Time{} // stays due where there is no answer
	described, err := p.describe(ctx)
	return changed || described, err
}

// reshaped tells whether a job ended that may have changed what the cluster tells of
// itself: its parameters and tags, its node groups, its networks.
func reshaped(before, now []*core.UpstreamJob) bool {
	if before == nil {
		return false
	}
	ended := make(map[string]bool, len(before))
	for _, j := range before {
		ended[j.ID] = j.State.Final()
	}
	return slices.ContainsFunc(now, func(j *core.UpstreamJob) bool {
		return j.State.Final() && !ended[j.ID] && reshapes(j)
	})
}

func reshapes(j *core.UpstreamJob) bool {
	for _, kind := range []string{"GROUP_", "NETWORK_", "CLUSTER_SET_PARAMS", "CLUSTER_RENAME"} {
		if strings.HasPrefix(j.Summary, kind) {
			return true
		}
	}
	return strings.HasPrefix(j.Summary, "TAGS_") && len(j.Targets) == 0 // those of VMs and nodes have one
}

// explain asks for the reason of jobs that failed lately, a few in each poll and
// each once: lists of jobs do not tell it. The jobs are replaced by copies.
func (p *poller) explain(ctx context.Context, jobs []*core.UpstreamJob) []*core.UpstreamJob {
	out, asked := jobs, 0
	for i, j := range jobs {
		if j.State != core.JobFailed || j.Error != "" || p.explained[markOf(j)] || time.Since(j.Ended) > explainWithin {
			continue
		}
		if asked++; asked > explainAtOnce {
			break
		}
		full, err := p.platform.Job(ctx, j.ID)
		if core.CodeOf(err) == core.CodeUnreachable || ctx.Err() != nil {
			break
		}
		p.explained[markOf(j)] = true
		if err != nil || full.Error == "" {
			continue
		}
		if &out[0] == &jobs[0] {
			out = slices.Clone(jobs)
		}
		told := *j
		told.Children, told.Refused = full.Children, full.Refused
		takeReason(&told, full)
		out[i] = &told
	}
	return out
}

// forgetExplained keeps of explained what the cluster still lists.
func (p *poller) forgetExplained(jobs []*core.UpstreamJob) {
	if len(p.explained) == 0 {
		return
	}
	listed := make(map[jobMark]bool, len(p.explained))
	for _, j := range jobs {
		if m := markOf(j); p.explained[m] {
			listed[m] = true
		}
	}
	p.explained = listed
}

// keepReasons takes over from known jobs what lists do not tell. The jobs in got
// are not published yet.
func keepReasons(known, got []*core.UpstreamJob) {
	old := make(map[jobMark]*core.UpstreamJob, len(known))
	for _, j := range known {
		old[markOf(j)] = j
	}
	for _, j := range got {
		if o := old[markOf(j)]; o != nil && j.State == core.JobFailed && o.State == core.JobFailed && j.Error == "" {
			j.Children, j.Refused = o.Children, o.Refused
			takeReason(j, o)
		}
	}
}

// takeReason takes over why a job failed.
func takeReason(j, from *core.UpstreamJob) {
	j.Error, j.Hint, j.ErrorCode, j.Said = from.Error, from.Hint, from.ErrorCode, from.Said
}
