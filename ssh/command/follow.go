package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"gwm/core"
)

// submit asks for one Op, or for several as one bulk job, and prints the job's
// number or follows it.
func (t *tree) submit(ctx context.Context, ops []core.Op, wait, yes bool) error {
	if err := t.check(ctx, ops...); err != nil {
		return err
	}
	if err := t.confirm(yes, ops...); err != nil {
		return err
	}
	var id core.JobID
	var err error
	title := ops[0].Spec().Title
	if len(ops) == 1 {
		id, err = t.Session.Do(ctx, ops[0])
	} else {
		word, _, _ := strings.Cut(title, " ")
		title = fmt.Sprintf("%s %d VMs", word, len(ops))
		id, err = t.Session.DoAll(ctx, title, ops)
	}
	if err != nil {
		return err
	}
	t.note("job %s queued: %s", id, core.Printable(title))
	if !wait && t.format != "json" {
		_, err = fmt.Fprintln(t.Stdout, id)
		return gone(err)
	}
	job, err := t.Session.Job(ctx, id)
	if err != nil {
		return err
	}
	if wait {
		return t.follow(ctx, ownRow(job))
	}
	return t.json(jobOut(ownRow(job)))
}

// follow prints the log of a job until it is final. The error is that of
// JobFailed unless it was done.
func (t *tree) follow(ctx context.Context, r core.JobRow) error {
	next := t.ourTail(r)
	if r.Ours == nil {
		next = t.upstreamTail(r)
	}
	for {
		now, lines, err := next(ctx)
		if ctx.Err() != nil {
			return core.Errorf(core.CodeUnknown, "stopped waiting for job %s, which goes on", r.Name).
				WithHint("gwm job wait %s", r.Name)
		}
		if err != nil {
			return err
		}
		printLog(t.progress(), lines)
		if now.State.Final() {
			// so that the next list shows what the job did; its own end does
			// not depend on whether the cluster answers now
			_ = t.Session.Refresh(ctx, now.Cluster)
			return t.outcome(now)
		}
	}
}

// tail waits for news of a job, and returns the job as it is now and the lines
// of its log that it did not return before.
type tail func(ctx context.Context) (core.JobRow, []core.LogLine, error)

func (t *tree) ourTail(r core.JobRow) tail {
	var after int64
	return func(ctx context.Context) (core.JobRow, []core.LogLine, error) {
		job, err := t.Session.WaitJob(ctx, r.Ours.ID, after)
		if err != nil {
			return r, nil, err
		}
		lines, err := t.ourLog(ctx, job.ID, after)
		if len(lines) > 0 {
			after = lines[len(lines)-1].Serial
		}
		return ownRow(job), lines, err
	}
}

func (t *tree) upstreamTail(r core.JobRow) tail {
	var job *core.UpstreamJob
	seen := 0
	return func(ctx context.Context) (core.JobRow, []core.LogLine, error) {
		var err error
		if job, err = t.Session.Upstream(ctx, r.Cluster, r.Upstream.ID, job); err != nil {
			return r, nil, err
		}
		lines := upstreamLog(job)
		fresh := lines[min(seen, len(lines)):]
		seen = len(lines)
		r.Upstream, r.State, r.Ended = job, job.State, job.Ended
		return r, fresh, nil
	}
}

// progress is where the log goes of a job that is followed: with json the output
// is the job alone.
func (t *tree) progress() io.Writer {
	if t.format == "json" {
		return t.Stderr
	}
	return t.Stdout
}

// outcome prints the end of a job that was followed. The error is that of
// JobFailed unless it was done.
func (t *tree) outcome(r core.JobRow) error {
	j := jobOut(r)
	if t.format == "json" {
		if err := t.json(j); err != nil {
			return err
		}
	}
	switch j.State {
	case core.JobDone:
		return nil
	case core.JobUnseen:
		return core.Errorf(core.CodeUnknown, "job %s (%s) ended unseen, and %s archived it: how it ended is not known", j.Name, j.Title, j.Cluster).
			WithHint("look at what it worked on")
	case core.JobCanceled:
		return core.Errorf(core.CodeJobFailed, "job %s (%s) was canceled", j.Name, j.Title)
	default:
		return JobFailed(j.Name, j.Title, j.Error)
	}
}

// JobFailed is the error of a command that waited for a job, which failed with e
// (nil: nobody knows why). It is CodeUnreachable where the cluster could not be
// reached, so that the job did nothing, and CodeJobFailed otherwise.
func JobFailed(name, title string, e *core.Error) error {
	code, why, hint := core.CodeJobFailed, "no reason is known", "gwm job log "+name+" shows its log"
	if e != nil {
		why, hint = e.Message, cmp.Or(e.Hint, hint)
		if ExitCode(e) == ExitUnreachable {
			code = core.CodeUnreachable
		}
	}
	return core.Errorf(code, "job %s (%s) failed: %s", name, title, why).WithHint("%s", hint)
}

func printLog(w io.Writer, lines []core.LogLine) {
	for _, l := range lines {
		fmt.Fprintf(w, "%s  %s\n", l.At.UTC().Format(time.TimeOnly), core.Printable(l.Text))
	}
}
