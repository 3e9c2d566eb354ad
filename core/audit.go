package core

import "time"

// Record is one line of the audit log. Hash is the SHA-256, in hex, over the
// record's JSON with an empty Hash; Prev is the Hash of the record before it, so
// that a removed or altered line breaks the chain.
type Record struct {
	Seq      int64             `json:"seq"`
	At       time.Time         `json:"at"`
	Event    Event             `json:"event"`
	Op       string            `json:"op"` // Spec.ID, or "login", "logout", "audit.read", ...
	Target   Ref               `json:"target,omitzero"`
	Verb     Verb              `json:"verb,omitempty"`
	By       string            `json:"by"`
	ActAs    Ref               `json:"act_as,omitzero"`
	Session  string            `json:"session,omitempty"`
	Addr     string            `json:"addr,omitempty"` // where the person comes from
	Key      string            `json:"key,omitempty"`  // fingerprint of the key that logged in
	Rule     string            `json:"rule,omitempty"` // Decision.Rule
	Job      JobID             `json:"job,omitempty"`
	Upstream string            `json:"upstream,omitempty"`
	Args     map[string]string `json:"args,omitempty"` // of the Op; secrets are dots
	Changes  []Change          `json:"changes,omitempty"`
	Result   string            `json:"result,omitempty"` // error message of a failure or denial; what it was part of; which quota was exceeded, and why that passed
	Millis   int64             `json:"ms,omitempty"`     // duration of a finished job
	Prev     string            `json:"prev"`
	Hash     string            `json:"hash"`
}

// Event says what happened.
type Event string

// The events. EventRequested is written before an effect, EventDone and
// EventFailed after it.
const (
	EventRequested Event = "requested"
	EventDone      Event = "done"
	EventFailed    Event = "failed"
	EventCanceled  Event = "canceled"
	EventDenied    Event = "denied"
	EventLogin     Event = "login"
	EventLogout    Event = "logout"
	EventRead      Event = "read"
)

// Events returns every event, in the order in which a job or a session meets
// them.
func Events() []Event {
	return []Event{
		EventRequested, EventDone, EventFailed, EventCanceled, EventDenied, EventLogin, EventLogout, EventRead,
	}
}
