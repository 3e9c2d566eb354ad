package core

import (
	"strings"
	"time"
)

// Grant gives verbs on one object to a user or a group. There is at most one
// grant for a pair of Who and On; setting it again replaces it.
type Grant struct {
	Who   Ref       `json:"who"` // a user or a group
	On    Ref       `json:"on"`  // a cluster, a VM or a group
	Verbs []Verb    `json:"verbs"`
	Until time.Time `json:"until,omitzero"` // zero: without end
	Hours Hours     `json:"hours,omitzero"` // zero: always
	By    string    `json:"by"`             // who gave it
	At    time.Time `json:"at"`
}

// Expired tells whether the grant gives nothing any more.
func (g Grant) Expired(now time.Time) bool { return !g.Until.IsZero() && !now.Before(g.Until) }

// Holds tells whether the grant gives its verbs at a moment.
func (g Grant) Holds(now time.Time) bool { return !g.Expired(now) && g.Hours.Open(now) }

// turns tells when Holds changes next; zero: never.
func (g Grant) turns(now time.Time) time.Time {
	if g.Expired(now) {
		return time.Time{}
	}
	next := g.Hours.Next(now)
	if next.IsZero() || !g.Until.IsZero() && g.Until.Before(next) {
		next = g.Until
	}
	return next
}

// Lock takes away what grants give, and wins. Frozen: nothing is possible but
// seeing. On a user or group it freezes what they may do, on an object what may
// be done to it, on the site everything. A site administrator is bound by locks
// too and may remove them.
type Lock struct {
	On     Ref       `json:"on"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Decision is the answer of allow: whether, by which rule, and the sentence for
// people. The same Decision serves the disabled reason on the screen, the can
// command, the denial and the audit record.
type Decision struct {
	OK   bool   `json:"ok"`
	Rule string `json:"rule"` // "site-admin", "grant user:ann berlin/web1", "lock berlin", "no-grant", ...
	Why  string `json:"why"`  // "needs power on berlin/web1; ask an administrator of it"

	// Locked tells that the person holds the right, and that a lock or read-only
	// takes it away.
	Locked bool `json:"locked,omitempty"`
}

// refusal is the error of a Decision that is not OK; its message begins with what.
func (d Decision) refusal(code Code, what string) *Error {
	why, hint, _ := strings.Cut(d.Why, "; ")
	return &Error{Code: code, Message: what + why, Hint: hint}
}
