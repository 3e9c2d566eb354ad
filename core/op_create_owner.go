package core

import (
	"cmp"
	"slices"
	"time"
)

// need completes the owner, and refuses what the right to create does not reach:
// who owns it, what only administrators may ask for, a name that is taken.
func (o CreateVM) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	on := ClusterRef(o.VM.Cluster)
	if o.Owner.IsZero() && !isLocal(s.who) {
		o.Owner = s.ActAs()
	}
	if !s.may(p, VerbCreateVM, on, now).OK || !s.core.exists(on) {
		return o, VerbCreateVM, on, nil // who may not is told so, and no more
	}
	if err := o.mayBelong(p, s.who, now); err != nil {
		return o, o.verb(), on, err
	}
	if what := o.privileged(); what != "" && !s.may(p, VerbAdmin, on, now).OK {
		return o, o.verb(), on, Errorf(CodeDenied, "create %s: %s %s", o.VM.Name, Printable(what), lacking(VerbAdmin, on))
	}
	if o.imports() {
		if err := s.core.mayRestore(p, s.who, o.From, o.VM.Cluster, now); err != nil {
			return o, o.verb(), on, err
		}
	}
	if vm := s.core.snap.Load().vm(o.VM); vm != nil && !vm.Gone {
		return o, o.verb(), on, Errorf(CodeConflict, "%s has a VM named %s already", on, o.VM.Name).WithHint("choose another name")
	}
	return o, o.verb(), on, nil
}

// mayBelong refuses an owner whom the person may not make one. Administrators of
// the cluster choose anybody; others themselves and their groups, as far as these
// hold the right to create themselves: what a group may do is done for the group.
func (o CreateVM) mayBelong(p *people, who string, now time.Time) *Error {
	cluster := ClusterRef(o.VM.Cluster)
	if p.held(who, VerbManage, cluster, now).OK {
		if !o.Owner.IsZero() && !p.has(o.Owner) {
			return notFound(o.Owner)
		}
		return nil
	}
	owners := p.creators(who, cluster, now)
	if slices.Contains(owners, o.Owner) {
		return nil
	}
	words := make([]string, len(owners))
	for i, r := range owners {
		words[i] = r.String()
	}
	return Errorf(CodeDenied, "you may not create VMs on %s for %s", cluster, Printable(o.Owner.String())).
		WithHint("you may for: %s", cmp.Or(joinWords(words), "nobody"))
}

// creators lists on whose behalf a person may create VMs on a cluster: themselves
// and their groups, where these hold the right by a grant of their own.
func (p *people) creators(who string, cluster Ref, now time.Time) []Ref {
	var list []Ref
	for _, subject := range p.subjects(who) {
		if g, ok := p.grant(subject, cluster, now); ok && holds(g, VerbCreateVM, gives) {
			list = append(list, subject)
		}
	}
	return list
}

// Creators lists whom the person may make the owner of a new VM on a cluster, the
// one for whom they act first where that is one of them. It is empty where they
// may not create.
func (s *Session) Creators(cluster string) []Ref {
	p, now, on := s.core.people.Load(), time.Now(), ClusterRef(cluster)
	if s.Err() != nil || !s.may(p, VerbCreateVM, on, now).OK || !s.core.exists(on) {
		return nil
	}
	list := p.creators(s.who, on, now)
	if p.held(s.who, VerbManage, on, now).OK {
		list = nil
		for name := range p.users {
			if s.sees(p, UserRef(name), now) {
				list = append(list, UserRef(name))
			}
		}
		for name := range p.groups {
			if s.sees(p, GroupRef(name), now) {
				list = append(list, GroupRef(name))
			}
		}
	}
	slices.SortFunc(list, func(a, b Ref) int { return cmp.Compare(a.order(), b.order()) })
	if i := slices.Index(list, s.ActAs()); i > 0 {
		as := list[i]
		list = slices.Insert(slices.Delete(list, i, i+1), 0, as)
	}
	return list
}

// grants is what is granted on the new VM: everything to its owner, for as long as
// who creates it may create.
func (o CreateVM) grants(p *people, by string, now time.Time) []Grant {
	if o.Owner.IsZero() || !p.has(o.Owner) {
		return nil
	}
	g := Grant{Who: o.Owner, On: o.VM, Verbs: []Verb{VerbAdmin}, By: by, At: now}
	g.Until, g.Hours = p.extent(by, VerbCreateVM, ClusterRef(o.VM.Cluster), now)
	if g.Expired(now) {
		return nil
	}
	return []Grant{g}
}

// settle records whose the new VM is. What was kept for an earlier one of that
// name goes, but for a lock, which is for administrators to lift.
func (o CreateVM) settle(tx *txn) ([]Change, error) {
	if o.DryRun {
		return nil, nil
	}
	d, p, j := changes(tx.forgetRights(o.VM)), tx.rights(), tx.ending
	tx.quiet[o.VM] = true // the request carried the tags
	if o.Owner.IsZero() || !p.has(o.Owner) {
		return d, nil
	}
	d.text("owner", "", o.Owner.String())
	if err := tx.put(ownerKey(o.VM), Ownership{VM: o.VM, Owner: o.Owner, By: j.By, At: tx.now}); err != nil {
		return nil, err
	}
	for _, g := range o.grants(p, j.By, tx.now) {
		d.text("grant "+g.Who.String(), "", g.words())
		if err := tx.put(grantKey(g.Who, g.On), g); err != nil {
			return nil, err
		}
	}
	return d, nil
}
