package core

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// CancelJob cancels a job of ours, or with Cluster and Upstream a cluster's. A
// job that waits is gone at once; for one that runs the cluster is asked, and
// may refuse. A job of ours may be canceled by who asked for it, while they
// may still do what it does; any job by who administers what it works on.
type CancelJob struct {
	Job      JobID  `json:"job,omitempty"`
	Cluster  string `json:"cluster,omitempty"`
	Upstream string `json:"upstream,omitempty"`
	Target   Ref    `json:"target"` // what the job works on: filled by Session.CancelOp, and anew by Do
}

// name is the job's name as people write it.
func (o CancelJob) name() string {
	if o.Job != 0 || o.Cluster == "" {
		return o.Job.String()
	}
	return o.Cluster + "/job/" + o.Upstream
}

// Spec describes the cancellation.
func (o CancelJob) Spec() Spec {
	return Spec{
		ID: "job.cancel", Title: "cancel job " + o.name(), Verb: VerbAdmin, Target: o.Target, Danger: Disruptive,
		Effect:  "the job is taken out of the queue; if it runs already, the cluster is asked to stop it and may refuse",
		Remote:  o.Job == 0,
		Command: []string{"job", "cancel", o.name()},
	}
}

func (o CancelJob) check() error {
	switch {
	case o.Job > 0 && o.Upstream == "":
		return nil
	case o.Job != 0 || o.Upstream == "" || checkName(o.Upstream) != nil || checkName(o.Cluster) != nil:
		return Errorf(CodeInvalid, "no job is named").WithHint("write 12 or CLUSTER/job/4711")
	}
	return nil
}

// CancelOp makes the Op that cancels a job by its name: "12", or
// "berlin/job/4711" for a job of the cluster's own.
func (s *Session) CancelOp(name string) (CancelJob, error) {
	if err := s.Err(); err != nil {
		return CancelJob{}, err
	}
	var o CancelJob
	text := strings.TrimPrefix(name, "job:")
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		o.Job = JobID(n)
	} else if cluster, id, ok := strings.Cut(text, "/job/"); ok {
		o.Cluster, o.Upstream = cluster, id
	}
	if err := o.check(); err != nil {
		return CancelJob{}, Errorf(CodeInvalid, "%q does not name a job", Printable(name)).WithHint("write 12 or CLUSTER/job/4711")
	}
	done, _, _, err := o.need(s, s.core.people.Load(), time.Now())
	if err != nil {
		return CancelJob{}, err
	}
	return done.(CancelJob), nil
}

// need finds what the job works on, whatever Target says.
func (o CancelJob) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	if err := o.check(); err != nil {
		return o, VerbAdmin, o.Target, AsError(err)
	}
	if o.Job == 0 {
		up, on, err := s.upstreamTarget(o.Cluster, o.Upstream)
		switch {
		case err == nil && !s.may(p, VerbSee, on, now).OK:
			err = Unknown(KindJob, o.name())
		case err == nil && !up.Archived.IsZero():
			err = Errorf(CodeState, "job %s has ended, and %s archived it", o.name(), o.Cluster)
		}
		o.Target = on
		return o, VerbAdmin, on, err
	}
	job, err := s.core.readJob(o.Job)
	if err == nil && job.By != s.who && !s.may(p, VerbSee, job.Target, now).OK {
		err = Unknown(KindJob, o.name())
	}
	if err != nil {
		return o, VerbAdmin, o.Target, err
	}
	o.Target = job.Target
	if job.By != s.who {
		return o, VerbAdmin, job.Target, nil
	}
	if op, err := decodeOp(job.OpID, job.Op); err == nil {
		spec := op.Spec()
		return o, spec.Verb, spec.Target, nil
	}
	return o, VerbSee, UserRef(s.who), nil
}

// upstreamTarget returns a job of a cluster's own and what it works on: one object
// that exists, or else the cluster.
func (s *Session) upstreamTarget(cluster, id string) (*UpstreamJob, Ref, *Error) {
	st := s.core.snap.Load().Clusters[cluster]
	if st == nil {
		return nil, Ref{}, Unknown(KindJob, cluster+"/job/"+id)
	}
	j, ok := st.job(id)
	if !ok {
		return nil, Ref{}, Unknown(KindJob, cluster+"/job/"+id)
	}
	if len(j.Targets) == 1 {
		on := j.Targets[0]
		on.Cluster = cluster
		if s.core.exists(on) {
			return j, on, nil
		}
	}
	return j, ClusterRef(cluster), nil
}

// readJobWait bounds how long one record may take to read where no caller's
// context is at hand.
const readJobWait = 2 * time.Second

// readJob reads a job of ours.
func (c *Core) readJob(id JobID) (Job, *Error) {
	ctx, cancel := context.WithTimeout(context.Background(), readJobWait)
	defer cancel()
	it, ok, err := c.store.Read(ctx, jobKey(id))
	if err != nil {
		return Job{}, AsError(notRead(err))
	}
	var job Job
	if !ok {
		return job, Unknown(KindJob, id.String())
	}
	if err := json.Unmarshal(it.Value, &job); err != nil {
		return job, AsError(notRead(err))
	}
	return job, nil
}

func (o CancelJob) run(ctx context.Context, w *worker) error {
	if o.Job == 0 {
		return w.submit(ctx, func(p Platform, _ string) (string, error) {
			return "", p.CancelJob(ctx, o.Upstream)
		})
	}
	var job Job
	if ok, err := w.tx.read(jobKey(o.Job), &job); err != nil || !ok {
		if err == nil {
			err = Unknown(KindJob, o.Job.String())
		}
		return err
	}
	if job.State.Final() {
		return Errorf(CodeState, "job %d has ended already: %s", job.ID, job.State)
	}
	if job.OpID != opBulk {
		return w.cancel(job)
	}
	for _, id := range job.Children {
		var child Job
		if ok, err := w.tx.read(jobKey(id), &child); err != nil {
			return err
		} else if ok && !child.State.Final() {
			if err := w.cancel(child); err != nil {
				return err
			}
		}
	}
	return nil
}

// cancel ends a job that waits, and marks one that runs for the runner.
func (w *worker) cancel(job Job) error {
	job.CancelBy = w.session.who
	if job.State == JobQueued {
		job.State, job.Ended = JobCanceled, w.tx.now
		r := w.session.record(EventCanceled, job.OpID)
		r.Target, r.Job = job.Target, job.ID
		w.tx.record(r)
	}
	return w.tx.putJob(job)
}
