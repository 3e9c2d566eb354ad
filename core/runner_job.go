package core

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
)

// errCanceled is how the end of a canceled job comes back from submit.
var errCanceled = errors.New("the job was canceled")

// saveTimeout bounds how long the last write of a job may take while the server
// stops.
const saveTimeout = 5 * time.Second

// carryOut carries out one job, or goes on with one that was under way when the
// server stopped. When ctx ends the job stays as it is stored.
func (r *runner) carryOut(ctx context.Context, id JobID) {
	job, _ := r.find(id)
	if job == nil {
		return
	}
	w := &worker{core: r.e.core, job: new(*job), givenUp: time.Now()}
	err := error(Errorf(CodeInternal, "%s failed inside gwm", w.job.Title).WithHint("ask the administrator to look at the log"))
	r.e.guard("job "+id.String(), func() { err = r.attempt(ctx, w) })
	if ctx.Err() != nil || errors.Is(err, errSettled) {
		return
	}
	r.finish(ctx, w.job, err)
}

// errSettled tells that the job needs no end any more: it was stored already.
var errSettled = errors.New("the job is final")

func (r *runner) attempt(ctx context.Context, w *worker) error {
	op, err := decodeOp(w.job.OpID, w.job.Op)
	if err != nil {
		return err
	}
	if w.job.State == JobQueued {
		if err := r.begin(ctx, w.job, op.Spec()); err != nil {
			return err
		}
		w.fresh = true
		if op, err = decodeOp(w.job.OpID, w.job.Op); err != nil { // it may have been extended while it waited
			return err
		}
	}
	w.spec = op.Spec()
	return op.run(ctx, w)
}

// begin asks for the right again and stores that the request is about to be
// sent. Afterwards it may have been sent. The error is errSettled where the job
// ended here instead: it was canceled, or the right is gone.
func (r *runner) begin(ctx context.Context, job *Job, spec Spec) error {
	settled := false
	err := r.save(ctx, job, func(tx *txn, j *Job) error {
		settled = false
		d := allow(tx.rights(), j.By, spec.Verb, spec.Target, tx.now)
		if other, ok := tx.rights().against(j.By, spec, tx.now); ok && d.OK {
			d = other
		}
		switch {
		case j.State.Final():
			settled = true
			return nil
		case j.CancelBy != "":
			settled = true
			return r.end(tx, j, errCanceled)
		case !d.OK:
			settled = true
			record := j.record(EventDenied)
			record.Verb, record.Rule, record.Result = spec.Verb, d.Rule, d.Why
			tx.record(record)
			if r.first(j) {
				return r.end(tx, j, Errorf(CodeDenied, "%s was not begun: %s", j.Title, d.Why))
			}
			return r.end(tx, j, Errorf(CodeDenied, "%s was begun and does not go on: %s", j.Title, d.Why).
				WithHint("read the log of job %s: it says what is done", j.ID))
		}
		if j.State = JobSubmitting; r.first(j) {
			j.Started = tx.now
		}
		j.Reason = cmp.Or(j.Reason, r.reason(j.ID)) // a later request of the job has its own
		return nil
	})
	if err == nil && settled {
		return errSettled
	}
	return err
}

// first tells whether j is at its first request, also after a restart.
func (r *runner) first(j *Job) bool { return j.Reason == "" || j.Reason == r.reason(j.ID) }

// reason marks the requests of a job of ours in the queue of its cluster.
func (r *runner) reason(id JobID) string { return r.mark() + id.String() }

// mark is what the reasons of all jobs of ours begin with.
func (r *runner) mark() string { return "gwm:" + r.installation + ":job-" }

// ours tells whether a job of a cluster carries out one of ours, or was started by
// one that does.
func (r *runner) ours(up *UpstreamJob) bool { return strings.HasPrefix(up.Reason, r.mark()) }

// finish stores the end of a job, and has its cluster asked what became of the
// target.
func (r *runner) finish(ctx context.Context, job *Job, cause error) {
	err := r.save(ctx, job, func(tx *txn, j *Job) error {
		if j.State.Final() {
			return nil
		}
		var done []Change
		if cause == nil || j.Left {
			var err error
			if done, err = settle(tx, j); err != nil {
				return err
			}
		}
		return r.end(tx, j, cause, done...)
	})
	if err != nil {
		r.e.log.Error("cannot store the end of a job", "job", job.ID, "err", err)
	}
	r.e.offers.drop(job.Target.Cluster)
	r.e.shelves.drop(job.Target.Cluster)
	vm := ""
	if job.Target.Kind == KindVM {
		vm = job.Target.Name
	}
	r.e.inventory.Ask(job.Target.Cluster, vm)
}

// settler is a remote Op that changes gwm's own records when it was carried out,
// in the transaction that ends its job.
type settler interface {
	settle(tx *txn) ([]Change, error)
}

// settle changes gwm's records as the end of a job demands.
func settle(tx *txn, j *Job) ([]Change, error) {
	op, err := decodeOp(j.OpID, j.Op)
	if err != nil {
		return nil, err
	}
	tx.ending = j
	if s, ok := op.(settler); ok {
		return s.settle(tx)
	}
	return nil, nil
}

// end makes j final, with its audit record, which holds what changed in gwm's own
// records, and the line in its parent's log.
func (r *runner) end(tx *txn, j *Job, cause error, done ...Change) error {
	j.Ended = tx.now
	event := EventDone
	switch {
	case cause == nil:
		j.State = JobDone
	case errors.Is(cause, errCanceled):
		j.State, event = JobCanceled, EventCanceled
		errors.As(cause, &j.Error) // where more is to be said
	default:
		j.State, j.Error, event = JobFailed, AsError(cause), EventFailed
	}
	record := j.record(event)
	record.Changes = done
	if !j.Started.IsZero() {
		record.Millis = j.Ended.Sub(j.Started).Milliseconds()
	}
	if j.Error != nil {
		record.Result = j.Error.Message
	}
	tx.record(record)
	if err := appendLog(tx, j, ownLine(tx.now, j.outcome())); err != nil || j.Parent == 0 {
		return err
	}
	var parent Job
	if ok, err := tx.read(jobKey(j.Parent), &parent); err != nil || !ok {
		return err
	}
	if err := appendLog(tx, &parent, ownLine(tx.now, childLine(j))); err != nil {
		return err
	}
	return tx.putJob(parent)
}

// childLine is what a bulk job's log says of a child.
func childLine(j *Job) string {
	return "job " + j.ID.String() + ", " + j.Title + ": " + j.outcome()
}

// outcome is the last line of a job's log.
func (j *Job) outcome() string {
	switch {
	case j.State == JobDone:
		return "success"
	case j.Error != nil:
		return string(j.State) + ": " + j.Error.Message
	default:
		return string(j.State)
	}
}

// record begins an audit record of the job.
func (j *Job) record(event Event) Record {
	return Record{
		Event: event, Op: j.OpID, Target: j.Target, By: j.By, ActAs: j.ActAs, Session: j.Session,
		Job: j.ID, Upstream: j.Upstream,
	}
}

// save changes the stored job in a transaction and takes over the result. What
// was done must be written down: where the store fails it is tried again until
// ctx ends, and then once more.
func (r *runner) save(ctx context.Context, job *Job, change func(tx *txn, j *Job) error) error {
	for attempt := 0; ; attempt++ {
		err := r.saveOnce(ctx, job, change)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
			defer cancel()
			return r.saveOnce(last, job, change)
		}
		if CodeOf(err) == CodeNotFound {
			return err
		}
		r.e.log.Error("cannot store a job", "job", job.ID, "err", err, "cause", AsError(err).Err)
		_ = pause(ctx, backoff(attempt, r.e.tuning.BackoffMax))
	}
}

func (r *runner) saveOnce(ctx context.Context, job *Job, change func(tx *txn, j *Job) error) error {
	var stored Job
	err := r.e.core.update(ctx, func(tx *txn) error {
		stored = Job{}
		ok, err := tx.read(jobKey(job.ID), &stored)
		if err != nil {
			return err
		}
		if !ok {
			return Unknown(KindJob, job.ID.String())
		}
		if err := change(tx, &stored); err != nil {
			return err
		}
		return tx.putJob(stored)
	})
	if err == nil {
		*job = stored
	}
	return err
}
