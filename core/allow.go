package core

import (
	"iter"
	"slices"
	"time"
)

// allow decides whether a person may do verb on an object. It is the only place
// that knows the rules, a pure function of its arguments, and called in three
// places: before an Op (Session), when the runner starts one, and in what a View
// shows. It does not look whether the object exists, so that the answer for what
// does not exist is the answer for what may not be seen.
//
// Nothing is allowed by default. Site administrators may everything; others what
// grants to them and to their groups add up to. Locks and read-only clusters
// take away from both.
func allow(p *people, who string, verb Verb, on Ref, now time.Time) Decision {
	d := p.held(who, verb, on, now)
	if !d.OK || verb == VerbLock || verb == VerbSee {
		return d
	}
	if locked, ok := p.lockedBy(who, on); ok {
		return locked
	}
	if c, ok := p.clusters[on.Cluster]; ok && verb != VerbManage && c.frozen() {
		return Decision{Locked: true, Rule: "read-only " + c.Name, Why: c.Name + " is read-only: " + c.whyReadOnly()}
	}
	return d
}

// against finds what stands against an Op whose Verb on its Target is allowed: what it
// needs besides, or the lock on the object that it changes on a cluster, where its
// Target is another one.
func (p *people) against(who string, s Spec, now time.Time) (Decision, bool) {
	for _, n := range s.Also {
		if d := allow(p, who, n.Verb, n.On, now); !d.OK {
			return d, true
		}
	}
	if !s.Remote || s.About.IsZero() {
		return Decision{}, false
	}
	return p.lockedBy(who, s.About)
}

// held decides without locks.
func (p *people) held(who string, verb Verb, on Ref, now time.Time) Decision {
	if isLocal(who) {
		return Decision{OK: true, Rule: "local", Why: "who sits at the machine itself may do everything"}
	}
	u, ok := p.users[who]
	switch {
	case !ok:
		return Decision{Rule: "no-account", Why: "there is no account " + Printable(who)}
	case u.Disabled:
		return Decision{Rule: "disabled", Why: "the account " + who + " is disabled"}
	case u.Admin:
		return Decision{OK: true, Rule: "site-admin", Why: who + " is a site administrator"}
	}
	if rule := p.natural(who, verb, on); rule != "" {
		return Decision{OK: true, Rule: rule, Why: "it is " + who + "'s own"}
	}
	if g, ok := p.grantFor(who, verb, on, now); ok {
		return Decision{
			OK: true, Rule: "grant " + g.Who.String() + " " + g.On.String(),
			Why: g.Who.String() + " holds " + joinWords(g.Verbs) + " on " + g.On.String(),
		}
	}
	return Decision{Rule: "no-grant", Why: lacking(verb, on)}
}

// natural names the rule by which a person may do something without any grant:
// see and change themselves (not their rights), see their groups and who is in
// them. It is empty where there is none.
func (p *people) natural(who string, verb Verb, on Ref) string {
	switch {
	case on == UserRef(who) && (verb == VerbSee || verb == VerbModify):
		return "self"
	case verb != VerbSee:
		return ""
	case on.Kind == KindGroup && slices.Contains(p.groupsOf[who], on.Name):
		return "member"
	case on.Kind == KindUser && slices.ContainsFunc(p.groupsOf[who], func(g string) bool {
		return slices.Contains(p.groups[g].Members, on.Name)
	}):
		return "same group"
	}
	return ""
}

// grantFor finds a grant that gives the person verb on the object.
func (p *people) grantFor(who string, verb Verb, on Ref, now time.Time) (Grant, bool) {
	for g := range p.grantsFor(who, verb, on, now) {
		return g, true
	}
	return Grant{}, false
}

// grantsFor yields the grants that give the person verb on the object: those on
// the object itself, and those on its cluster that reach it.
func (p *people) grantsFor(who string, verb Verb, on Ref, now time.Time) iter.Seq[Grant] {
	return func(yield func(Grant) bool) {
		for _, subject := range p.subjects(who) {
			if g, ok := p.grant(subject, on, now); ok && holds(g, verb, gives) && !yield(g) {
				return
			}
			if g, ok := p.reaching(subject, verb, on, now); ok && !yield(g) {
				return
			}
		}
	}
}

// reaching finds what a user or a group was given on something else that gives
// verb on the object.
func (p *people) reaching(subject Ref, verb Verb, on Ref, now time.Time) (Grant, bool) {
	rule := givesVM
	switch on.Kind {
	case KindVM:
	case KindNode:
		rule = givesNode
	case KindUser:
		g, ok := p.overMember(subject, on.Name, now)
		return g, ok && verb == VerbSee
	default:
		return Grant{}, false
	}
	g, ok := p.grant(subject, ClusterRef(on.Cluster), now)
	return g, ok && holds(g, verb, rule)
}

// grant returns what a user or a group was given on an object, where it still
// holds.
func (p *people) grant(who, on Ref, now time.Time) (Grant, bool) {
	g, ok := p.grants[grantID{who, on}]
	return g, ok && g.Holds(now)
}

func holds(g Grant, verb Verb, rule func(held, want Verb) bool) bool {
	return slices.ContainsFunc(g.Verbs, func(held Verb) bool { return rule(held, verb) })
}

// overMember finds a grant on a group that a user is in: who administers a group
// sees its members.
func (p *people) overMember(subject Ref, member string, now time.Time) (Grant, bool) {
	for _, name := range p.groupsOf[member] {
		if g, ok := p.grant(subject, GroupRef(name), now); ok {
			return g, true
		}
	}
	return Grant{}, false
}

// lockedBy finds the lock that keeps the person from the object. A lock on a
// user or a group binds what they do, a lock on anything else what is done to
// it, and a group that is locked is not changed either.
func (p *people) lockedBy(who string, on Ref) (Decision, bool) {
	refs := append([]Ref{Site(), UserRef(who)}, p.subjects(who)[1:]...)
	if on.Kind != KindUser {
		refs = append(refs, on)
	}
	if on.Cluster != "" {
		refs = append(refs, ClusterRef(on.Cluster))
	}
	for _, r := range refs {
		if l, ok := p.locks[r]; ok {
			return Decision{
				Locked: true,
				Rule:   "lock " + r.String(),
				Why:    r.String() + " is locked by " + l.By + ": " + Printable(l.Reason),
			}, true
		}
	}
	return Decision{}, false
}

// isAdmin tells whether a person is a site administrator.
func (p *people) isAdmin(who string) bool {
	u := p.users[who]
	return isLocal(who) || u.Admin && !u.Disabled
}

// frozen tells whether nothing is changed on the cluster through gwm.
func (c Cluster) frozen() bool { return c.ReadOnly || c.User == "" }

func (c Cluster) whyReadOnly() string {
	if c.ReadOnly {
		return "nothing is changed there through gwm"
	}
	return "gwm has no user there"
}

// lacking says what somebody needs and whom to ask.
func lacking(verb Verb, on Ref) string {
	if verb == VerbManage {
		verb = VerbAdmin
	}
	if verb == VerbLock {
		on = Site()
	}
	switch on.Kind {
	case KindCluster, KindVM, KindNode:
		return "needs " + string(verb) + " on " + on.String() + "; ask an administrator of " + on.Cluster
	case KindGroup:
		return "needs " + string(verb) + " on " + on.String() + "; ask an administrator of the group"
	default:
		return "only a site administrator may do this"
	}
}
