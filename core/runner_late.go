package core

import "context"

// A job that was canceled while nobody could tell whether its cluster has it is
// final and is never sent again. Should the cluster list it later, that is
// written down, and the cluster is asked to cancel it.

// unsure tells whether that may still happen to the job.
func (j *Job) unsure() bool {
	return j.State == JobCanceled && j.Upstream == "" && j.Reason != "" &&
		j.Error != nil && j.Error.Code == CodeUnknown
}

// late lists the unsure jobs that clusters turned out to have. r.mu is held.
func (r *runner) late() map[*Job]*UpstreamJob {
	found := map[*Job]*UpstreamJob{}
	clusters := r.e.core.snap.Load().Clusters
	for id, j := range r.jobs {
		if _, busy := r.active[id]; busy || !j.unsure() {
			continue
		}
		if st := clusters[j.Target.Cluster]; st != nil {
			if up := st.jobOf(j); up != nil {
				found[j] = up
			}
		}
	}
	return found
}

// listed has the runner look where a cluster's queue was just read.
func (r *runner) listed() {
	r.mu.Lock()
	late := len(r.late()) > 0
	r.mu.Unlock()
	if late {
		signal(r.news)
	}
}

// arriveLate notes in a job and in the audit log that the cluster has it. Where
// that fails the job stays among the active ones, so that it is not tried again
// and again.
func (r *runner) arriveLate(ctx context.Context, job Job, up *UpstreamJob) {
	err := r.save(ctx, &job, func(tx *txn, j *Job) error {
		if !j.unsure() {
			return nil
		}
		j.Upstream = up.ID
		j.Error = Errorf(CodeState, "%s was canceled too late: %s has it as job %s", j.Title, j.Target.Cluster, Printable(up.ID)).
			WithHint("look at that job")
		record := j.record(EventFailed)
		record.Op, record.By, record.Result = CancelJob{}.Spec().ID, j.CancelBy, j.Error.Message
		tx.record(record)
		return appendLog(tx, j, ownLine(tx.now, j.Error.Message+", "+string(up.State)))
	})
	if err != nil {
		r.e.log.Error("cannot note that a canceled job arrived", "job", job.ID, "err", err)
		return
	}
	if !up.State.Final() {
		r.askCancel(ctx, job)
	}
	r.leave(job.ID)
}
