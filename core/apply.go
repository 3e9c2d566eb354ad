package core

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Applicant is somebody who asked for an account where registration is open, and
// waits for a site administrator.
type Applicant struct {
	Name    string    `json:"name"`
	Comment string    `json:"comment,omitempty"`
	Key     Key       `json:"key"` // that they proved to hold
	Addr    string    `json:"addr"`
	At      time.Time `json:"at"`
}

// What strangers may fill: who waits in all and from one source (an IPv4 address
// or an IPv6 /64), how many may ask within applyPeriod, and how long one waits.
const (
	maxApplicants   = 100
	maxFromSource   = 3
	maxInPeriod     = 10
	applyPeriod     = 10 * time.Minute
	applicantExpiry = 30 * 24 * time.Hour
)

// Waiting counts who asks for an account, for who decides it; for others it is 0.
func (v *View) Waiting() int {
	if !v.people.isAdmin(v.who) {
		return 0
	}
	n := 0
	for _, a := range v.people.waiting {
		if v.now.Sub(a.At) <= applicantExpiry {
			n++
		}
	}
	return n
}

// Registration tells whether somebody without an account may ask for one.
func (c *Core) Registration() bool { return c.registration }

// opApply is the Op of the audit records of people who ask for an account.
const opApply = "applicant.add"

// Apply keeps that a newcomer asks for an account named name; comment is their
// full name. The error says what to do. It does not tell which accounts there
// are: a name that is taken is found out by the administrator.
func (c *Core) Apply(ctx context.Context, n Newcomer, name, comment string) error {
	a := Applicant{Name: name, Comment: comment, Key: n.Key, Addr: n.Addr}
	if !c.registration {
		return Errorf(CodeDenied, "nobody can ask for an account here").WithHint("ask the administrator for a code")
	}
	if err := a.check(); err != nil {
		return err
	}
	return c.update(ctx, func(tx *txn) error {
		a.At = tx.now
		if err := tx.roomFor(a); err != nil {
			return err
		}
		a.Key.Comment = "registered"
		r := n.record(EventDone, opApply, DoorRegister)
		r.Target, r.Args = UserRef(a.Name), map[string]string{"comment": cut(a.Comment)}
		r.Changes = []Change{{Field: "applicant", To: a.Name}, {Field: "key", To: a.Key.Fingerprint}}
		tx.record(r)
		return tx.put(applicantKey(a.Name), a)
	})
}

// check says what is wrong with what an applicant wrote.
func (a *Applicant) check() error {
	if err := CheckNewName(KindUser, a.Name); err != nil {
		return err
	}
	if err := checkText("the full name", a.Comment); err != nil {
		return err
	}
	key, err := a.Key.checked()
	a.Key = key
	return err
}

// roomFor forgets who waited too long and refuses who is one too many.
func (tx *txn) roomFor(a Applicant) error {
	p := tx.rights()
	if _, taken := p.keys[a.Key.Fingerprint]; taken {
		return Errorf(CodeConflict, "this key cannot be used here").WithHint("make a new one with ssh-keygen")
	}
	_, source := SourceOf(a.Addr)
	all, fromSource, inPeriod := 0, 0, 0
	for _, other := range p.waiting {
		switch {
		case tx.now.Sub(other.At) > applicantExpiry:
			tx.remove(applicantKey(other.Name))
			continue
		case other.Key.Fingerprint == a.Key.Fingerprint:
			return Errorf(CodeConflict, "you have asked already, for the name %s", other.Name).
				WithHint("wait until the administrator has answered")
		case other.Name == a.Name:
			return Errorf(CodeConflict, "the name %s cannot be had", a.Name).WithHint("choose another one")
		}
		all++
		if _, from := SourceOf(other.Addr); from == source {
			fromSource++
		}
		if tx.now.Sub(other.At) < applyPeriod {
			inPeriod++
		}
	}
	if all >= maxApplicants || fromSource >= maxFromSource || inPeriod >= maxInPeriod {
		return Errorf(CodeLimit, "too many people wait for an answer").WithHint("try again later, or ask the administrator for a code")
	}
	return nil
}

// Applicants returns who waits for an account, who asked first first: all for a
// site administrator, none for others.
func (s *Session) Applicants(ctx context.Context) ([]Applicant, error) {
	p, err := s.reader(ctx)
	if err != nil || !s.holds(p, VerbAdmin, Site()) {
		return nil, err
	}
	var waiting []Applicant
	for _, a := range p.waiting {
		if time.Since(a.At) <= applicantExpiry {
			waiting = append(waiting, a)
		}
	}
	slices.SortFunc(waiting, func(a, b Applicant) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name))
	})
	return waiting, nil
}
