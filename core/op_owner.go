package core

import (
	"context"
	"slices"
)

// SetOwner makes a user or a group the owner of a VM, whose quota it is charged
// to; a zero Owner is nobody. ForgetVM removes what gwm keeps about a VM that its
// cluster no longer lists: owner, grants, lock and tokens.
//
// Both are for administrators of the cluster. Who administers a VM alone decides
// about its rights, but not who pays for it.
//
// Grant also gives the new owner admin on the VM, no longer and at no other hours
// than the giver has it; Revoke takes from the old owner what was granted on it.
// With Was, what the editor started from (zero: nobody), it is refused where
// somebody else changed the owner meanwhile. Override is the reason for which the
// quota of the new owner may be exceeded.
type (
	SetOwner struct {
		VM       Ref    `json:"vm"`
		Owner    Ref    `json:"owner,omitzero"`
		Was      *Ref   `json:"was,omitempty"`
		Grant    bool   `json:"grant,omitempty"`
		Revoke   bool   `json:"revoke,omitempty"`
		Override string `json:"override,omitempty"`
	}
	ForgetVM struct {
		VM Ref `json:"vm"`
	}
)

// Spec describes the change.
func (o SetOwner) Spec() Spec {
	s := Spec{
		ID: "owner.set", Title: "make " + o.Owner.Name + " the owner of " + o.VM.Name,
		Verb: VerbManage, Target: ClusterRef(o.VM.Cluster), About: o.VM,
		Effect:  theOne(o.VM) + " is charged to the quota of " + o.Owner.Name,
		Command: []string{"owner", "set", o.VM.String(), whoWord(o.Owner)},
	}
	if o.Owner.IsZero() {
		s.Title = "leave " + o.VM.Name + " without an owner"
		s.Effect = theOne(o.VM) + " belongs to nobody and is charged to no quota"
		s.Command = []string{"owner", "clear", o.VM.String()}
	}
	if o.Grant {
		s.Effect += "; " + theOne(o.Owner) + " gets every right on it"
		s.Command = append(s.Command, "--grant")
	}
	if o.Revoke {
		s.Danger = Disruptive
		s.Effect += "; the owner until now loses what was granted to them on it"
		s.Command = append(s.Command, "--revoke")
	}
	if o.Override != "" {
		s.Effect += "; its quota may be exceeded"
		s.Command = append(s.Command, "--override", o.Override)
	}
	return s
}

// Spec describes the removal.
func (o ForgetVM) Spec() Spec {
	return Spec{
		ID: "owner.forget", Title: "forget " + o.VM.Name, Verb: VerbManage, Target: ClusterRef(o.VM.Cluster), About: o.VM,
		Danger:  Disruptive,
		Effect:  "owner, rights, lock and tokens that gwm keeps for " + o.VM.Name + ", which its cluster no longer lists, are gone",
		Command: []string{"owner", "forget", o.VM.String()},
		Diff:    []Change{{Field: "vm", From: o.VM.String()}},
	}
}

func (o SetOwner) check() error {
	if err := checkKind(o.VM, KindVM); err != nil {
		return err
	}
	if o.Owner.IsZero() {
		if o.Grant || o.Override != "" {
			return Errorf(CodeInvalid, "there is no new owner of %s to grant or to charge anything", o.VM)
		}
		return nil
	}
	if err := checkKind(o.Owner, KindUser, KindGroup); err != nil {
		return err
	}
	return checkText("the reason", o.Override)
}

func (o ForgetVM) check() error { return checkKind(o.VM, KindVM) }

func (o SetOwner) charges(*people, *Snapshot) []Charge { return []Charge{{Who: o.Owner, VM: o.VM}} }

func (o SetOwner) override() string { return o.Override }

func (o SetOwner) run(_ context.Context, w *worker) error {
	p, tx := w.tx.rights(), w.tx
	if !w.core.exists(o.VM) {
		return notFound(o.VM)
	}
	if !o.Owner.IsZero() && !p.has(o.Owner) {
		return notFound(o.Owner)
	}
	old := p.owners[o.VM].Owner
	if o.Was != nil && *o.Was != old {
		return Errorf(CodeConflict, "somebody else changed the owner of %s meanwhile", o.VM).
			WithHint("look at it again and repeat your change")
	}
	var d changes
	d.text("owner", old.String(), o.Owner.String())
	if o.Revoke && !old.IsZero() && old != o.Owner {
		if g, ok := p.grants[grantID{old, o.VM}]; ok {
			tx.remove(grantKey(old, o.VM))
			d.text("grant "+old.String(), g.words(), "")
		}
	}
	if o.Grant {
		g, err := o.grant(p, w.session.who, tx)
		if err != nil {
			return err
		}
		d.text("grant "+o.Owner.String(), p.grants[grantID{o.Owner, o.VM}].words(), g.words())
	}
	w.diff = d
	if o.Owner.IsZero() {
		tx.remove(ownerKey(o.VM))
		return nil
	}
	return tx.put(ownerKey(o.VM), Ownership{VM: o.VM, Owner: o.Owner, By: w.session.who, At: tx.now})
}

// grant gives the new owner admin on the VM, for as long as who holds it.
func (o SetOwner) grant(p *people, who string, tx *txn) (Grant, error) {
	old, ok := p.grants[grantID{o.Owner, o.VM}]
	if ok && old.Until.IsZero() && old.Hours.IsZero() && slices.Contains(old.Verbs, VerbAdmin) {
		return old, nil
	}
	give := SetGrant{Who: o.Owner, On: o.VM, Verbs: []Verb{VerbAdmin}}
	give.Until, give.Hours = p.extent(who, VerbManage, o.VM, tx.now)
	if err := give.within(p, who, tx.now); err != nil {
		return Grant{}, err
	}
	g := Grant{Who: give.Who, On: give.On, Verbs: give.Verbs, Until: give.Until, Hours: give.Hours, By: who, At: tx.now}
	return g, tx.put(grantKey(o.Owner, o.VM), g)
}

// removeOwners leaves VMs without an owner.
func (tx *txn) removeOwners(gone func(o Ownership) bool) {
	for vm, o := range tx.rights().owners {
		if gone(o) {
			tx.remove(ownerKey(vm))
		}
	}
}

// has tells whether there is such a user or group.
func (p *people) has(who Ref) bool {
	if who.Kind == KindGroup {
		_, ok := p.groups[who.Name]
		return ok
	}
	_, ok := p.users[who.Name]
	return ok && who.Kind == KindUser
}

func (o ForgetVM) run(_ context.Context, w *worker) error {
	if err := w.core.snap.Load().unlisted(o.VM); err != nil {
		return err
	}
	d := w.tx.forgetVM(o.VM)
	if len(d) == 0 {
		return Errorf(CodeNotFound, "gwm keeps nothing about %s", o.VM)
	}
	w.diff = d
	return nil
}

// unlisted is nil where a good answer of its cluster surely did not hold the VM.
// A failed, partial or old answer says nothing.
func (s *Snapshot) unlisted(vm Ref) error {
	st := s.Clusters[vm.Cluster]
	switch {
	case st == nil:
		return Unknown(KindCluster, vm.Cluster)
	case st.Health.Loading || !st.Health.Reachable():
		return Errorf(CodeState, "it is not known whether %s is gone: its cluster does not answer", vm).
			WithHint("try again when %s answers", vm.Cluster)
	}
	if listed, ok := st.VM(vm.Name); ok && listed.Gone {
		return Errorf(CodeState, "%s was listed by its cluster a moment ago", vm).WithHint("try again in a minute")
	} else if ok {
		return Errorf(CodeState, "%s is still listed by its cluster", vm).
			WithHint("only what is kept about VMs that are gone can be forgotten")
	}
	return nil
}
