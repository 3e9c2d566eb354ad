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
	if err := t.Session.Check(ctx, ops...); err != nil {
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
	if wait {
		return t.follow(ctx, id)
	}
	if t.format == "json" {
		job, err := t.Session.Job(ctx, id)
		if err != nil {
			return err
		}
		return t.json(jobOut(ownRow(job)))
	}
	_, err = fmt.Fprintln(t.Stdout, id)
	return gone(err)
}

// follow prints the log of a job of ours until it is final. The error is
// CodeJobFailed where it failed.
func (t *tree) follow(ctx context.Context, id core.JobID) error {
	var after int64
	for {
		job, err := t.Session.WaitJob(ctx, id, after)
		if err != nil {
			return err
		}
		for {
			lines, err := t.Session.JobLog(ctx, id, after, 0)
			if err != nil {
				return err
			}
			if len(lines) == 0 {
				break
			}
			printLog(t.progress(), lines)
			after = lines[len(lines)-1].Serial
		}
		if job.State.Final() {
			// so that the next list shows what the job did; its own end does
			// not depend on whether the cluster answers now
			_ = t.Session.Refresh(ctx, job.Target.Cluster)
			return t.outcome(ownRow(job))
		}
		if err := ctx.Err(); err != nil {
			return core.Errorf(core.CodeInternal, "stopped waiting for job %s, it goes on: %w", id, err).WithHint("gwm job wait %s", id)
		}
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

// outcome prints the end of a job that was followed. The error is CodeJobFailed
// unless it was done.
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
	case core.JobCanceled:
		return core.Errorf(core.CodeJobFailed, "job %s (%s) was canceled", j.Name, j.Title)
	default:
		why, hint := "no reason is known", "gwm job log "+j.Name+" shows its log"
		if j.Error != nil {
			why, hint = j.Error.Message, cmp.Or(j.Error.Hint, hint)
		}
		return core.Errorf(core.CodeJobFailed, "job %s (%s) failed: %s", j.Name, j.Title, why).WithHint("%s", hint)
	}
}

func printLog(w io.Writer, lines []core.LogLine) {
	for _, l := range lines {
		fmt.Fprintf(w, "%s  %s\n", l.At.UTC().Format(time.TimeOnly), core.Printable(l.Text))
	}
}
