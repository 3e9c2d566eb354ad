package core

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// keyInstallation names this store's installation: it marks our jobs in the
// queues of clusters that several gwm may serve.
const keyInstallation = prefixMeta + "installation"

// load reads the open jobs and the latest of the ended ones.
func (r *runner) load(ctx context.Context) error {
	if err := r.loadInstallation(ctx); err != nil {
		return err
	}
	var fault error
	recent := 0
	wanted := map[JobID]bool{} // children of open bulk jobs
	var children []*Job
	err := r.e.core.store.ListBack(ctx, prefixJob, "", func(it Item) bool {
		var j Job
		if err := json.Unmarshal(it.Value, &j); err != nil {
			fault = fmt.Errorf("read %s: %w", it.Key, err)
			return false
		}
		for _, id := range j.Children {
			wanted[id] = wanted[id] || !j.State.Final()
		}
		if !j.State.Final() || recent < jobsInMemory {
			r.jobs[j.ID] = &j
		} else if j.Parent != 0 {
			children = append(children, &j)
		}
		if j.State.Final() {
			recent++
		}
		return true
	})
	for _, j := range children {
		if wanted[j.ID] {
			r.jobs[j.ID] = j
		}
	}
	return errors.Join(err, fault)
}

func (r *runner) loadInstallation(ctx context.Context) error {
	st := r.e.core.store
	for range maxAttempts {
		it, ok, err := st.Read(ctx, keyInstallation)
		if err != nil {
			return fmt.Errorf("read the name of the installation: %w", err)
		}
		if ok {
			return json.Unmarshal(it.Value, &r.installation)
		}
		value, err := json.Marshal(rand.Text()[:12])
		if err != nil {
			return err
		}
		_, err = st.Commit(ctx, Batch{
			If:  []Cond{{Key: keyInstallation}},
			Put: []Item{{Key: keyInstallation, Value: value}},
		})
		if err != nil && !errors.Is(err, ErrConflict) {
			return fmt.Errorf("name the installation: %w", err)
		}
	}
	return ErrConflict
}

// settleParents makes bulk jobs final whose children are. It tells whether all of
// that could be stored.
func (r *runner) settleParents(ctx context.Context) (stored bool) {
	r.mu.Lock()
	due := map[*Job][]*Job{}
	for _, j := range r.open() {
		if j.OpID != opBulk {
			continue
		}
		var children []*Job
		for _, id := range j.Children {
			if c := r.jobs[id]; c != nil {
				children = append(children, c)
			}
		}
		if len(children) == len(j.Children) && parentState(children) != j.State {
			due[j] = children
		}
	}
	r.mu.Unlock()
	stored = true
	for j, children := range due {
		if err := r.settle(ctx, *j, children); err != nil && ctx.Err() == nil {
			r.e.log.Error("cannot store a bulk job", "job", j.ID, "err", err)
			stored = false
		}
	}
	return stored
}

func (r *runner) settle(ctx context.Context, parent Job, children []*Job) error {
	state := parentState(children)
	return r.saveOnce(ctx, &parent, func(tx *txn, j *Job) error {
		if j.State.Final() {
			return nil
		}
		if j.Started.IsZero() {
			j.Started = tx.now
		}
		if !state.Final() {
			j.State = state
			return nil
		}
		for _, c := range children {
			if c.Started.IsZero() && c.State == JobCanceled {
				if err := appendLog(tx, j, ownLine(tx.now, childLine(c))); err != nil {
					return err
				}
			}
		}
		return r.end(tx, j, parentCause(*j, state, children))
	})
}

// parentCause is the error that the end of a bulk job means.
func parentCause(j Job, state JobState, children []*Job) error {
	failed, silent := 0, 0
	for _, c := range children {
		if c.State == JobFailed {
			failed++
			if c.Error != nil && c.Error.Code == CodeUnreachable {
				silent++
			}
		}
	}
	switch state {
	case JobFailed:
		code := CodeJobFailed
		if silent == failed {
			code = CodeUnreachable // what failed was sent to nobody
		}
		return Errorf(code, "%s: %d of %d failed", j.Title, failed, len(children)).
			WithHint("read the log of job %s", j.ID)
	case JobCanceled:
		return errCanceled
	case JobQueued, JobSubmitting, JobRunning, JobDone, JobUnseen:
	}
	return nil
}

// retire deletes jobs that ended long ago, with their logs.
func (r *runner) retire(ctx context.Context) {
	limit := time.Now().Add(-r.e.tuning.JobKeep)
	var old []JobID
	st := r.e.core.store
	err := st.List(ctx, prefixJob, "", func(it Item) bool {
		var j Job
		if json.Unmarshal(it.Value, &j) == nil && j.State.Final() && j.Ended.Before(limit) {
			old = append(old, j.ID)
		}
		return len(old) < 1000
	})
	for _, id := range old {
		if err == nil {
			err = r.deleteJob(ctx, id)
		}
	}
	if err != nil && ctx.Err() == nil {
		r.e.log.Error("cannot delete old jobs", "err", err)
	}
	if len(old) == 0 {
		return
	}
	r.mu.Lock()
	for _, id := range old {
		delete(r.jobs, id)
	}
	r.seen = nil
	r.mu.Unlock()
	r.e.core.changed()
}

// deleteJob deletes a job after its log, so that an interrupted deletion is
// found again.
func (r *runner) deleteJob(ctx context.Context, id JobID) error {
	if err := DeletePrefix(ctx, r.e.core.store, jobLogPrefix(id)); err != nil {
		return err
	}
	_, err := r.e.core.store.Commit(ctx, Batch{Delete: []string{jobKey(id)}})
	return err
}

// deleteBatch is how many keys are deleted in one transaction.
const deleteBatch = 500

// DeletePrefix deletes everything under a prefix, in transactions of bounded size.
func DeletePrefix(ctx context.Context, st Store, prefix string) error {
	for {
		var keys []string
		err := st.List(ctx, prefix, "", func(it Item) bool {
			keys = append(keys, it.Key)
			return len(keys) < deleteBatch
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		if _, err := st.Commit(ctx, Batch{Delete: keys}); err != nil {
			return err
		}
	}
}
