package core

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Right is one reason why a user or a group holds verbs on an object. What
// somebody holds in all is the sum of their rights.
type Right struct {
	Who   Ref    `json:"who"`             // the user or group that was given it
	On    Ref    `json:"on"`              // the object that the verbs are held on
	Verbs []Verb `json:"verbs"`           // what it gives on that object
	From  Ref    `json:"from"`            // where it was given: the object itself, its cluster, or the site
	Grant *Grant `json:"grant,omitempty"` // nil for site administrators
	Now   bool   `json:"now"`             // it holds at this moment
}

// Inherited tells whether the right comes from somewhere else than the object.
func (r Right) Inherited() bool { return r.From != r.On }

// Why says where the right comes from.
func (r Right) Why() string {
	switch {
	case r.From.Kind == KindSite:
		return "site administrator"
	case r.Inherited():
		return "from " + r.From.String()
	}
	return "granted here"
}

// RightsOn lists who holds what on an object, direct ones first: for who may
// grant on it. Members of a group hold what the group holds and are not listed.
func (s *Session) RightsOn(ctx context.Context, on Ref) ([]Right, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if err := s.mayReadRights(p, on, now); err != nil {
		return nil, err
	}
	var rights []Right
	for id, g := range p.grants {
		switch {
		case id.on == on:
			rights = append(rights, rightBy(g, on, now))
		case on.Kind == KindVM && id.on == ClusterRef(on.Cluster):
			if r := rightBy(g, on, now); len(r.Verbs) > 0 {
				rights = append(rights, r)
			}
		}
	}
	for name := range p.users {
		if p.isAdmin(name) {
			rights = append(rights, adminRight(UserRef(name), on))
		}
	}
	slices.SortFunc(rights, func(a, b Right) int {
		return cmp.Or(cmp.Compare(a.depth(), b.depth()), cmp.Compare(a.Who.String(), b.Who.String()))
	})
	return rights, nil
}

// RightsFor lists why a user or a group holds verbs on an object: what they were
// given there first, then what reaches it through their groups, from its cluster
// and from the site. What has ended is left out. It is for who may give rights on
// the object.
func (s *Session) RightsFor(ctx context.Context, who, on Ref) ([]Right, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if err := checkGrantRefs(who, on); err != nil {
		return nil, err
	}
	if err := s.mayReadRights(p, on, now); err != nil {
		return nil, err
	}
	_, given := p.grants[grantID{who, on}]
	seen := s.sees(p, who, now) && s.core.exists(who)
	if !seen && !given {
		return nil, notFound(who)
	}
	if who.Kind != KindUser || !seen {
		return p.rightsGiven([]Ref{who}, on, now), nil // in which groups somebody is, only who sees them may know
	}
	rights := p.rightsGiven(p.subjects(who.Name), on, now)
	if p.isAdmin(who.Name) {
		rights = append(rights, adminRight(who, on))
	}
	return rights, nil
}

// mayReadRights refuses who may not give rights on an object: only they see who
// holds which there.
func (s *Session) mayReadRights(p *people, on Ref, now time.Time) error {
	switch {
	case !s.sees(p, on, now) || !s.core.exists(on):
		return notFound(on)
	case VerbsOn(on.Kind) == nil:
		return Errorf(CodeInvalid, "nothing can be granted on a %s", kindWord(on.Kind))
	case !s.holds(p, grantVerb(on), on):
		return Errorf(CodeDenied, "only who may give rights on %s sees who has which", on).WithHint("ask an administrator of it")
	}
	return nil
}

// rightsGiven is what reaches an object from the grants of subjects, in their
// order, for each what was given on the object first. What has ended and what
// gives nothing there is left out.
func (p *people) rightsGiven(subjects []Ref, on Ref, now time.Time) []Right {
	places := []Ref{on}
	if on.Kind == KindVM {
		places = append(places, ClusterRef(on.Cluster))
	}
	var rights []Right
	for _, subject := range subjects {
		for _, from := range places {
			g, ok := p.grants[grantID{subject, from}]
			if r := rightBy(g, on, now); ok && !g.Expired(now) && len(r.Verbs) > 0 {
				rights = append(rights, r)
			}
		}
	}
	return rights
}

// depth orders where rights come from.
func (r Right) depth() int {
	switch {
	case r.From.Kind == KindSite:
		return 2
	case r.Inherited():
		return 1
	}
	return 0
}

// rightBy is what a grant gives on an object, which is the grant's own or lies on
// its cluster.
func rightBy(g Grant, on Ref, now time.Time) Right {
	r := Right{Who: g.Who, On: on, From: g.On, Grant: &g, Now: g.Holds(now)}
	if g.On == on {
		r.Verbs = g.Verbs
		return r
	}
	for _, v := range VerbsOn(on.Kind) {
		if holds(g, v, givesVM) {
			r.Verbs = append(r.Verbs, v)
		}
	}
	return r
}

func adminRight(who, on Ref) Right {
	return Right{Who: who, On: on, From: Site(), Verbs: []Verb{VerbAdmin}, Now: true}
}

// RightsOf lists what a user or a group was given, and for a user what their
// groups were, by object: everything for themselves, the group's members and
// site administrators; for others what was given on objects that they may give
// rights on.
func (s *Session) RightsOf(ctx context.Context, who Ref) ([]Right, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if err := checkKind(who, KindUser, KindGroup); err != nil {
		return nil, err
	}
	if !s.sees(p, who, now) || !s.core.exists(who) {
		return nil, notFound(who)
	}
	subjects := []Ref{who}
	if who.Kind == KindUser {
		subjects = p.subjects(who.Name)
	}
	own := p.subjects(s.who)
	var rights []Right
	for _, subject := range subjects {
		for _, g := range p.grantsOf[subject] {
			if slices.Contains(own, subject) || s.holds(p, grantVerb(g.On), g.On) {
				rights = append(rights, rightBy(g, g.On, now))
			}
		}
	}
	if p.isAdmin(who.Name) && who.Kind == KindUser {
		rights = append(rights, adminRight(who, Site()))
	}
	slices.SortFunc(rights, func(a, b Right) int {
		return cmp.Or(-cmp.Compare(a.depth(), b.depth()), cmp.Compare(a.On.String(), b.On.String()), cmp.Compare(a.Who.String(), b.Who.String()))
	})
	return rights, nil
}

// WhyOf tells whether a user may do verb on an object, and why or why not: for
// the user, and for who may give rights on the object.
func (s *Session) WhyOf(ctx context.Context, user string, verb Verb, on Ref) (Decision, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return Decision{}, err
	}
	now := time.Now()
	_, known := p.users[user]
	switch {
	case user != s.who && (!known || !s.sees(p, UserRef(user), now)):
		return Decision{}, Unknown(KindUser, user)
	case !s.sees(p, on, now) || !s.core.exists(on):
		return Decision{}, notFound(on)
	case user != s.who && !s.holds(p, grantVerb(on), on):
		return Decision{}, Errorf(CodeDenied, "only who may give rights on %s sees what others may do there", on)
	case user == s.who:
		return s.may(p, verb, on, now), nil
	}
	return s.core.engine.view(user).Can(verb, on), nil
}
