package core

import (
	"encoding/json"
	"strconv"
	"time"
)

// JobID numbers gwm's own jobs, from 1, never used twice.
type JobID int64

// String is the number in decimal.
func (id JobID) String() string { return strconv.FormatInt(int64(id), 10) }

// JobState is the state of a job of ours or of a cluster.
type JobState string

// The states. JobSubmitting is ours only: it was stored that the request is
// about to be sent, its answer was not stored yet. After a restart such a job is
// looked up on the cluster by its reason before anything is sent again.
// JobUnseen is a cluster's only: the job ended and was archived while nobody
// looked, so that its outcome is not known.
const (
	JobQueued     JobState = "queued"
	JobSubmitting JobState = "submitting"
	JobRunning    JobState = "running"
	JobDone       JobState = "done"
	JobFailed     JobState = "failed"
	JobCanceled   JobState = "canceled"
	JobUnseen     JobState = "unseen"
)

// Final tells whether the state can no longer change.
func (s JobState) Final() bool {
	return s == JobDone || s == JobFailed || s == JobCanceled || s == JobUnseen
}

// Job is a piece of work that somebody asked gwm for.
type Job struct {
	ID       JobID           `json:"id"`
	Parent   JobID           `json:"parent,omitempty"` // a bulk job has children that carry its id
	Children []JobID         `json:"children,omitempty"`
	OpID     string          `json:"op"`             // "vm.stop"
	Op       json.RawMessage `json:"args,omitempty"` // the Op; nothing secret is ever in it
	Title    string          `json:"title"`          // "stop web1"
	Target   Ref             `json:"target"`
	By       string          `json:"by"` // user name
	ActAs    Ref             `json:"act_as,omitzero"`
	Session  string          `json:"session,omitempty"`
	State    JobState        `json:"state"`
	Upstream string          `json:"upstream,omitempty"` // id of the cluster's job
	Reason   string          `json:"reason,omitempty"`   // what was sent to the cluster to find the job again
	Created  time.Time       `json:"created"`
	Started  time.Time       `json:"started,omitzero"`
	Ended    time.Time       `json:"ended,omitzero"`
	Error    *Error          `json:"error,omitempty"`
	CancelBy string          `json:"cancel_by,omitempty"` // who asked to cancel it
	LogLines int64           `json:"log_lines"`           // number of lines in its log
	Takes    []Charge        `json:"takes,omitempty"`     // what it reserves of quotas
	Left     bool            `json:"left,omitempty"`      // it failed, and what it made is there all the same
	LeftUUID string          `json:"left_uuid,omitempty"` // of the VM that it left; another one may have its name now
}

// Again returns the Op of a job, to be asked for once more: it is judged anew by
// Session.Do, with the rights of who asks. A bulk job has none, its children
// have. The error is CodeUnsupported where this version of gwm does not know it.
func (j *Job) Again() (Op, error) { return decodeOp(j.OpID, j.Op) }

// JobRow is a line of the job list: a job of ours, a job of a cluster, or both
// where ours started it.
type JobRow struct {
	Cluster  string       `json:"cluster,omitempty"`
	Name     string       `json:"name"` // "12" for ours, "berlin/job/4711" for others'
	Ours     *Job         `json:"job,omitempty"`
	Upstream *UpstreamJob `json:"upstream,omitempty"`
	Title    string       `json:"title"`
	Targets  []Ref        `json:"targets,omitempty"`
	State    JobState     `json:"state"`
	By       string       `json:"by,omitempty"`
	Created  time.Time    `json:"created,omitzero"`
	Ended    time.Time    `json:"ended,omitzero"`
}

// Archived tells whether the cluster lists the job no more, so that the row shows
// what was last known of it.
func (r *JobRow) Archived() bool { return r.Upstream != nil && !r.Upstream.Archived.IsZero() }

// ArchivedWords says what it means that the job is archived, empty where it is not.
func (r *JobRow) ArchivedWords() string {
	switch {
	case !r.Archived():
		return ""
	case r.State == JobUnseen:
		return "archived by " + r.Cluster + "; it ended unseen: how is not known"
	}
	return "archived by " + r.Cluster + "; as gwm last saw it"
}
