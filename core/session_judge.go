package core

import (
	"slices"
	"time"
)

// needer is an Op whose need depends on what it is about, not on itself alone. It
// returns itself completed, and what it needs.
type needer interface {
	need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error)
}

// namer is an Op that names other objects besides its Target: the node that a VM
// moves to. Who asks must see them; a zero Ref names none.
type namer interface{ names() []Ref }

// judge completes an Op and decides whether the person may ask for it; whether
// it makes sense as written is for check. For what the person may not see the
// error is the one for what does not exist.
func (s *Session) judge(p *people, op Op, now time.Time) (Op, Decision, *Error) {
	verb, on := op.Spec().Verb, op.Spec().Target
	if n, ok := op.(needer); ok {
		var err *Error
		if op, verb, on, err = n.need(s, p, now); err != nil {
			rule := "not-found"
			if err.Code != CodeNotFound {
				rule = "op"
			}
			return op, Decision{Rule: rule, Why: err.Message}, err
		}
	}
	if on.IsZero() {
		err := Errorf(CodeInvalid, "no object is named")
		return op, Decision{Rule: "invalid", Why: err.Message}, err
	}
	spec, d := op.Spec(), s.may(p, verb, on, now)
	if other, ok := p.against(s.who, spec, now); ok && d.OK {
		d = other
	}
	if still, ok := s.still(); ok && d.OK {
		d = still // also where seeing would do
	}
	switch {
	case !s.sees(p, on, now), d.OK && spec.Remote && !s.core.exists(on):
		err := notFound(on)
		return op, Decision{Rule: "not-found", Why: err.Message}, err
	case d.OK:
		if err := s.missing(p, op, now); err != nil {
			return op, Decision{Rule: "not-found", Why: err.Message}, err
		}
		return op, d, nil
	}
	code := CodeDenied
	if d.Locked {
		code = CodeLocked
	}
	return op, d, d.refusal(code, spec.Title+": ")
}

// missing is the error for the first object that the Op names which the person
// cannot see, nil where there is none.
func (s *Session) missing(p *people, op Op, now time.Time) *Error {
	n, ok := op.(namer)
	if !ok {
		return nil
	}
	for _, r := range n.names() {
		if !r.IsZero() && (!s.sees(p, r, now) || !s.core.exists(r)) {
			return notFound(r)
		}
	}
	return nil
}

// may is allow for this person in this session.
func (s *Session) may(p *people, verb Verb, on Ref, now time.Time) Decision {
	if still, ok := s.still(); ok && verb != VerbSee {
		return still
	}
	return allow(p, s.who, verb, on, now)
}

// still says why nothing is changed in this session, whatever it takes; ok is
// false where changes are possible.
func (s *Session) still() (d Decision, ok bool) {
	switch {
	case s.parent != nil:
		return Decision{Locked: true, Rule: "preview", Why: "this is a preview of what " + s.who + " sees; leave it to make changes"}, true
	case s.ReadOnly():
		return Decision{Locked: true, Rule: "read-only session", Why: "this session is read-only; log in again to make changes"}, true
	}
	return Decision{}, false
}

// Frozen says why nothing can be changed in this session, nil where changes are
// possible. Front ends ask before a person fills anything in; Do decides again.
func (s *Session) Frozen() error {
	d, frozen := s.still()
	if !frozen {
		return nil
	}
	return d.refusal(CodeLocked, "")
}

// sees tells whether the person may know of the object. The name of a cluster is
// known to who has rights on one of its VMs, and the site to everybody.
func (s *Session) sees(p *people, on Ref, now time.Time) bool {
	switch {
	case on.Kind == KindSite, s.may(p, VerbSee, on, now).OK:
		return true
	case on.Kind == KindCluster:
		return len(p.vmsGranted(s.who, on.Cluster, now)) > 0
	}
	return false
}

// vmsGranted lists the names of the VMs of a cluster that grants to the person
// or their groups are on, sorted, each once. Every such grant shows its VM.
func (p *people) vmsGranted(who, cluster string, now time.Time) []string {
	var names []string
	for _, subject := range p.subjects(who) {
		for _, g := range p.grantsOf[subject] {
			if g.On.Kind == KindVM && g.On.Cluster == cluster && g.Holds(now) {
				names = append(names, g.On.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// exists tells whether there is such an object, as far as gwm knows.
func (c *Core) exists(r Ref) bool {
	p := c.people.Load()
	state := c.snap.Load().Clusters[r.Cluster]
	switch r.Kind {
	case KindSite:
		return true
	case KindCluster:
		_, ok := p.clusters[r.Cluster]
		return ok
	case KindUser:
		_, ok := p.users[r.Name]
		return ok
	case KindGroup:
		_, ok := p.groups[r.Name]
		return ok
	case KindVM:
		if state == nil {
			return false
		}
		_, ok := state.VM(r.Name)
		return ok
	case KindNode:
		if state == nil {
			return false
		}
		_, ok := state.node(r.Name)
		return ok
	case KindJob:
		return true
	case kindTemplate: // no object
	}
	return false
}

// notFound is the one answer for what does not exist and for what the person may
// not see.
func notFound(r Ref) *Error {
	switch r.Kind {
	case KindUser, KindGroup, KindJob:
		return Unknown(r.Kind, r.Name)
	default:
		return Unknown(r.Kind, r.String())
	}
}
