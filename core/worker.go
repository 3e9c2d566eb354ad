package core

import (
	"context"
	"strconv"
	"time"
)

// worker is what an Op's run works with. Inside Session.Do tx and session are
// set; on the runner they are nil and submit works.
type worker struct {
	core     *Core
	job      *Job
	spec     Spec // of the Op, on the runner
	tx       *txn
	session  *Session
	diff     []Change  // what run changed, where Spec.Diff could not know it
	fresh    bool      // nothing was sent for this job yet
	unmarked bool      // the cluster keeps no reason with the request: it cannot be looked for
	givenUp  time.Time // when the answer to the request was last given up, or the job taken over
	copied   logCopy
	ended    *UpstreamJob // the cluster's job after its end
}

// request has the cluster carry out r, and returns after its job ended.
func (w *worker) request(ctx context.Context, r Request) error {
	return w.submit(ctx, func(p Platform, reason string) (string, error) { return p.Submit(ctx, r, reason) })
}

// submit sends the one request of a remote Op and returns after the cluster's
// job ended. send returns the id of the cluster's job, or "" where the cluster
// made none and the work is done with its answer. After a restart it goes on
// where it was: a request that may have arrived is looked for and never sent
// twice.
func (w *worker) submit(ctx context.Context, send func(p Platform, reason string) (string, error)) error {
	for w.job.Upstream == "" {
		if !w.fresh {
			if found, err := w.recover(ctx); err != nil {
				return err
			} else if found {
				break
			}
		}
		w.fresh = false
		p, err := w.core.engine.inventory.Platform(w.job.Target.Cluster)
		if err != nil {
			return err
		}
		id, err := send(p, w.job.Reason)
		w.givenUp = time.Now()
		switch {
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case CodeOf(err) == CodeUnknown:
			w.say(ctx, "the answer of the cluster was lost; looking whether the request arrived")
		case err != nil:
			return err
		case id == "":
			return nil
		default:
			if err := w.accepted(ctx, id); err != nil {
				return err
			}
		}
	}
	return w.follow(ctx)
}

// another makes the job ready for one more request after the cluster carried out
// the last one, as begin does for the first. The reason differs, so that each is
// found by its own.
func (w *worker) another(ctx context.Context) error {
	w.fresh = true
	err := w.core.engine.runner.save(ctx, w.job, func(_ *txn, j *Job) error {
		j.Upstream = ""
		j.Reason = w.core.engine.runner.reason(j.ID) + ":" + strconv.FormatInt(j.LogLines, 10)
		return nil
	})
	if err != nil {
		return err
	}
	return w.core.engine.runner.begin(ctx, w.job, w.spec)
}

// first tells whether the job is at its first request, also after a restart.
func (w *worker) first() bool { return w.core.engine.runner.first(w.job) }

// recover finds out what became of a request that may have been sent. Where it
// surely did not arrive, the right to send it is asked for again.
func (w *worker) recover(ctx context.Context) (found bool, err error) {
	if w.unmarked {
		return false, w.lost("it is not known whether the cluster got the request")
	}
	id, err := w.lookUp(ctx)
	switch {
	case err != nil:
		return false, err
	case id != "":
		return true, w.accepted(ctx, id)
	}
	return false, w.core.engine.runner.begin(ctx, w.job, w.spec)
}

// accepted stores the id of the cluster's job.
func (w *worker) accepted(ctx context.Context, id string) error {
	return w.core.engine.runner.save(ctx, w.job, func(tx *txn, j *Job) error {
		j.Upstream, j.State = id, JobRunning
		return appendLog(tx, j, ownLine(tx.now, j.Target.Cluster+" queued it as job "+id))
	})
}

// lookUp finds out what became of a request whose answer is not known: the id of
// the cluster's job, or "" where it surely did not arrive. A cluster that does
// not answer is asked until somebody cancels the job.
func (w *worker) lookUp(ctx context.Context) (string, error) {
	most := w.core.tuning.BackoffMax
	for attempt := 0; ; attempt++ {
		p, err := w.core.engine.inventory.Platform(w.job.Target.Cluster)
		if err != nil {
			return "", err
		}
		asked, canceled := time.Now(), w.canceled()
		jobs, err := p.Jobs(ctx)
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err != nil && canceled:
			return "", Errorf(CodeUnknown, "%s: %w; it is not known whether %s has the request", w.job.Title, errCanceled, w.job.Target.Cluster).
				WithHint("look at the object when the cluster answers again")
		case err == nil:
			switch verdict, id := judgeQueue(jobs, w.job.Reason, w.job.Started, w.givenUp, asked); verdict {
			case arrived:
				return id, nil
			case neverSent:
				return "", nil
			case forgotten:
				return "", Errorf(CodeUnknown, "%s: it is not known whether the cluster did it", w.job.Title).
					WithHint("look at the object and repeat it if needed")
			case lookAgain:
				most = min(most, time.Until(w.givenUp.Add(queueTimeout)))
			}
		}
		if err := w.pause(ctx, max(backoff(attempt, most), time.Millisecond), canceled); err != nil {
			return "", err
		}
	}
}

// canceled tells whether somebody asked to cancel the job.
func (w *worker) canceled() bool {
	j, _ := w.core.engine.runner.find(w.job.ID)
	return j != nil && j.CancelBy != ""
}

// pause waits for d, or until somebody cancels the job who did not before.
func (w *worker) pause(ctx context.Context, d time.Duration, canceled bool) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		j, bell := w.core.engine.runner.find(w.job.ID)
		if !canceled && j != nil && j.CancelBy != "" {
			return nil
		}
		select {
		case <-bell:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// say appends a line of gwm's own to the job's log.
func (w *worker) say(ctx context.Context, text string) {
	err := w.core.engine.runner.save(ctx, w.job, func(tx *txn, j *Job) error {
		return appendLog(tx, j, ownLine(tx.now, text))
	})
	if err != nil {
		w.core.log.Error("cannot write a job's log", "job", w.job.ID, "err", err)
	}
}
