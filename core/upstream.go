package core

import (
	"slices"
	"time"
)

// UpstreamJob is a job of the cluster's own queue, whoever submitted it.
type UpstreamJob struct {
	ID        string    `json:"id"`
	State     JobState  `json:"state"`
	Status    string    `json:"status"`           // as the cluster says it: "waiting", "canceling", ...
	Summary   string    `json:"summary"`          // "INSTANCE_STARTUP(web1)", several joined by ", "
	Targets   []Ref     `json:"targets"`          // the objects it works on, as far as it tells; full names, Cluster left empty
	Reason    string    `json:"reason,omitempty"` // what the submitter gave; ours is "gwm:..."
	Steps     []Step    `json:"steps"`            // one per opcode
	Received  time.Time `json:"received,omitzero"`
	Started   time.Time `json:"started,omitzero"`
	Ended     time.Time `json:"ended,omitzero"`
	Error     string    `json:"error,omitempty"`      // of the first step that failed, in words for people
	Hint      string    `json:"hint,omitempty"`       // what to do about Error; may be empty
	ErrorCode string    `json:"error_code,omitempty"` // the cluster's own, e.g. "wrong_state"
	Said      string    `json:"said,omitempty"`       // Error in the cluster's own words
	// Untouched tells that it failed before it changed anything.
	Untouched bool `json:"untouched,omitempty"`
	// Children are jobs that this one started and that do the real work.
	Children []string `json:"children,omitempty"`
	// Refused is why jobs that it meant to start were not: a line for each.
	Refused []string `json:"refused,omitempty"`
	// Archived is when gwm found that the cluster lists the job no more: the rest is
	// what was known of it. Zero: it is listed.
	Archived time.Time `json:"archived,omitzero"`
}

// Archive returns what is kept of a job that its cluster lists no more since at. A
// cluster archives only jobs that ended.
func (j *UpstreamJob) Archive(at time.Time) *UpstreamJob {
	kept := *j
	kept.Archived = at
	if !kept.State.Final() {
		kept.State = JobUnseen
	}
	kept.Steps = slices.Clone(j.Steps)
	for i := range kept.Steps {
		s := &kept.Steps[i]
		if s.Log = nil; !s.State.Final() {
			s.State = JobUnseen
		}
	}
	return &kept
}

// Step is one part of an upstream job (an opcode of Ganeti).
type Step struct {
	Name  string    `json:"name"` // "INSTANCE_STARTUP"
	State JobState  `json:"state"`
	Log   []LogLine `json:"log,omitempty"` // empty in lists
}

// LogLine is one line of a job's log.
type LogLine struct {
	Serial int64     `json:"serial"` // grows within a job; a reader asks for what comes after the last it has
	At     time.Time `json:"at"`
	Step   int       `json:"step"`           // index into the upstream job's steps; -1: written by gwm
	Kind   string    `json:"kind,omitempty"` // the cluster's log type: "message", ...
	Text   string    `json:"text"`           // printable, without a line end
}
