package core

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// maxFollowed bounds how many jobs of a cluster belong to one of ours.
const maxFollowed = 1000

// follow copies the logs of the cluster's job and of those that it started, and
// returns when all of them ended: nil where they were done.
func (w *worker) follow(ctx context.Context) error {
	if err := w.readCopied(ctx); err != nil {
		return err
	}
	var failed []error
	todo := []string{w.job.Upstream}
	known := map[string]bool{w.job.Upstream: true}
	for n := 0; n < len(todo); n++ {
		up, err := w.watch(ctx, todo[n])
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if n == 0 {
			w.ended = up
		}
		failed = append(failed, w.outcome(ctx, up)...)
		if up.Said != "" && up.Said != up.Error {
			w.say(ctx, "the cluster says: "+up.Said)
		}
		for _, child := range up.Children {
			if !known[child] && len(todo) < maxFollowed {
				known[child] = true
				todo = append(todo, child)
			}
		}
	}
	return w.sum(ctx, failed)
}

// sum is the one error of all that failed: the first that was not just canceled.
// The log has the others.
func (w *worker) sum(ctx context.Context, failed []error) error {
	var first, canceled error
	for _, err := range failed {
		switch {
		case errors.Is(err, errCanceled):
			canceled = err
		case first == nil:
			first = err
		default:
			w.say(ctx, "failed too: "+AsError(err).Message)
		}
	}
	if first == nil {
		return canceled
	}
	return first
}

// outcome is what the end of a cluster's job means: none, where it was done and
// started all the jobs that it meant to.
func (w *worker) outcome(ctx context.Context, up *UpstreamJob) (failed []error) {
	switch up.State {
	case JobDone:
	case JobCanceled:
		return []error{w.refusedBy(ctx, up)}
	case JobFailed, JobQueued, JobSubmitting, JobRunning, JobUnseen:
		why := cmp.Or(Printable(up.Error), "the cluster does not say why")
		failed = append(failed, w.failure(up, why, up.Hint))
	}
	for _, why := range up.Refused {
		failed = append(failed, w.failure(up, Printable(why), ""))
	}
	return failed
}

// refusedBy is what it means that the cluster canceled a job: that nobody asked gwm
// for it and a filter of the queue refuses such jobs is a failure.
func (w *worker) refusedBy(ctx context.Context, up *UpstreamJob) error {
	if w.canceled() || !up.Started.IsZero() {
		return errCanceled
	}
	p, err := w.core.engine.inventory.Platform(w.job.Target.Cluster)
	var list []JobFilter
	if err == nil {
		list, err = p.JobFilters(ctx)
	}
	f, sure := applying(list, up)
	if err != nil || f == nil || f.Action != FilterReject {
		w.say(ctx, "it was canceled on "+w.job.Target.Cluster+", not through gwm")
		return errCanceled
	}
	text := f.because("a filter of "+w.job.Target.Cluster+"'s job queue refuses such jobs", sure)
	return w.failure(up, text, "wait until who administers the cluster removes it, then try again")
}

// failure says why one of the cluster's jobs failed, and which where the first
// of them started it.
func (w *worker) failure(up *UpstreamJob, why, hint string) error {
	if up.ID != w.job.Upstream {
		why = Printable(up.Summary) + ", job " + up.ID + " there: " + why
	}
	hint = cmp.Or(Printable(hint), "read the log of job "+w.job.ID.String())
	return Errorf(CodeJobFailed, "%s: %s", w.job.Title, why).WithHint("%s", hint)
}

// watch follows one job of the cluster to its end. A cluster that does not
// answer is asked again for as long as it takes: its job goes on without us.
func (w *worker) watch(ctx context.Context, id string) (*UpstreamJob, error) {
	var prev *UpstreamJob
	silent := 0
	for {
		p, err := w.core.engine.inventory.Platform(w.job.Target.Cluster)
		if CodeOf(err) == CodeNotFound {
			return nil, w.lost("the cluster was removed from gwm")
		}
		asked := time.Now()
		var up *UpstreamJob
		if err == nil {
			up, err = p.WaitJob(ctx, id, prev)
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case CodeOf(err) == CodeNotFound:
			return w.remembered(id)
		case err != nil:
			if silent == 0 {
				w.say(ctx, "the cluster does not answer; the job goes on there: "+AsError(err).Message)
			}
			_ = pause(ctx, backoff(silent, w.core.tuning.BackoffMax))
			silent++
			continue
		}
		silent = 0
		if err := w.copyLog(ctx, up); err != nil {
			return nil, err
		}
		if up.State.Final() {
			return up, nil
		}
		if prev != nil && time.Since(asked) < time.Second && prev.State == up.State && logLength(prev) == logLength(up) {
			_ = pause(ctx, time.Second) // a cluster that does not wait for news
		}
		prev = up
	}
}

// logLength counts the log lines of a cluster's job.
func logLength(up *UpstreamJob) int {
	n := 0
	for _, s := range up.Steps {
		n += len(s.Log)
	}
	return n
}

// remembered is what is left of a job that the cluster does not know any more:
// its end, where the last list still had it.
func (w *worker) remembered(id string) (*UpstreamJob, error) {
	if st := w.core.snap.Load().Clusters[w.job.Target.Cluster]; st != nil {
		if up, ok := st.job(id); ok && up.State.Final() && up.State != JobUnseen {
			return up, nil
		}
	}
	return nil, w.lost("the cluster no longer knows the outcome")
}

func (w *worker) lost(why string) error {
	return Errorf(CodeUnknown, "%s: %s", w.job.Title, why).WithHint("look at the object and repeat it if needed")
}

// askCancel asks the cluster to cancel a job of ours. Its refusal goes into the
// job's log.
func (r *runner) askCancel(ctx context.Context, job Job) {
	w := &worker{core: r.e.core, job: &job}
	p, err := r.e.inventory.Platform(job.Target.Cluster)
	if err == nil {
		err = p.CancelJob(ctx, job.Upstream)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		w.say(ctx, job.CancelBy+" asked to cancel; the cluster refuses: "+AsError(err).Message)
	default:
		w.say(ctx, job.CancelBy+" asked to cancel; the cluster agrees")
	}
}
