package core

import (
	"context"
	"slices"
	"strings"
)

// ImportVM makes owner and grants of a VM what its tags say, for example after
// gwm lost its store. The records that differ give way. Who may write tags on the
// cluster could have written these, so that it is for administrators of the
// cluster, who name the tags that they were shown: where the VM has others
// meanwhile it is refused. Nothing is granted that who imports does not hold;
// claims that cannot be taken over stay tags, and what the records say of these
// people stays.
type ImportVM struct {
	VM       Ref      `json:"vm"`
	Tags     []string `json:"tags"` // Stray.Tags
	Override string   `json:"override,omitempty"`
}

// Spec describes the import.
func (o ImportVM) Spec() Spec {
	words := make([]string, 0, len(o.Tags))
	for _, c := range readClaims(o.Tags) {
		if c.Why == "" {
			words = append(words, c.String())
		}
	}
	said := strings.Join(words, "; ")
	if said == "" {
		said = "nothing"
	}
	s := Spec{
		ID: "owner.import", Title: "import " + o.VM.Name, Verb: VerbManage, Target: ClusterRef(o.VM.Cluster), About: o.VM,
		Danger:  Disruptive,
		Effect:  "gwm believes the tags of " + o.VM.Name + " in place of its own records: " + said,
		Command: []string{"owner", "import", o.VM.String(), "--yes"},
	}
	if o.Override != "" {
		s.Command = append(s.Command, "--override", o.Override)
	}
	return s
}

func (o ImportVM) check() error {
	if len(o.Tags) == 0 {
		return Errorf(CodeInvalid, "%s has no tags that gwm wrote", Printable(o.VM.String())).
			WithHint("owner list --importable shows which VMs have")
	}
	if err := checkText("the reason", o.Override); err != nil {
		return err
	}
	return checkKind(o.VM, KindVM)
}

func (o ImportVM) override() string { return o.Override }

func (o ImportVM) charges(p *people, _ *Snapshot) []Charge {
	for _, c := range p.judgeClaims(readClaims(o.Tags)) {
		if c.Owner && c.Why == "" {
			return []Charge{{Who: c.Who, VM: o.VM}}
		}
	}
	return nil
}

func (o ImportVM) run(_ context.Context, w *worker) error {
	p, tx := w.tx.rights(), w.tx
	tags, ok := w.core.snap.Load().tags(o.VM)
	if !ok {
		return notFound(o.VM)
	}
	if !slices.Equal(tags, slices.Sorted(slices.Values(o.Tags))) {
		return Errorf(CodeConflict, "the tags of %s changed meanwhile", o.VM).WithHint("look at them again before you import them")
	}
	claims := p.judgeClaims(readClaims(tags))
	for i := range claims {
		p.withinClaim(&claims[i], o.VM, w.session.who, tx.now)
	}
	if !slices.ContainsFunc(claims, func(c Claim) bool { return c.Why == "" }) {
		return Errorf(CodeState, "nothing of what the tags of %s say can be taken over: %s", o.VM, Printable(claims[0].Why)).
			WithHint("owner list --importable shows it; owner sync makes the tags what gwm's records say")
	}
	tx.quiet[o.VM] = true
	var d changes
	if err := o.takeOwner(claims, w, &d); err != nil {
		return err
	}
	if err := o.takeGrants(claims, w, &d); err != nil {
		return err
	}
	w.diff = d
	return nil
}

func (o ImportVM) takeOwner(claims []Claim, w *worker, d *changes) error {
	old := w.tx.rights().owners[o.VM].Owner
	var owner Ref
	for _, c := range claims {
		if c.Owner && c.Why != "" {
			return nil
		} else if c.Owner {
			owner = c.Who
		}
	}
	d.text("owner", old.String(), owner.String())
	switch {
	case owner == old:
		return nil
	case owner.IsZero():
		w.tx.remove(ownerKey(o.VM))
		return nil
	}
	return w.tx.put(ownerKey(o.VM), Ownership{VM: o.VM, Owner: owner, By: w.session.who, At: w.tx.now})
}

func (o ImportVM) takeGrants(claims []Claim, w *worker, d *changes) error {
	p, named := w.tx.rights(), map[Ref]bool{}
	for _, c := range claims {
		if c.Owner || c.Who.IsZero() {
			continue
		}
		named[c.Who] = true
		old, g := p.grants[grantID{c.Who, o.VM}], c.grant(o.VM)
		if c.Why != "" || len(old.Verbs) > 0 && tagOfGrant(old) == tagOfGrant(g) {
			continue
		}
		d.text("grant "+c.Who.String(), old.words(), g.words())
		g.By, g.At = w.session.who, w.tx.now
		if err := w.tx.put(grantKey(c.Who, o.VM), g); err != nil {
			return err
		}
	}
	for _, g := range p.grantsOn[o.VM] {
		if !named[g.Who] {
			d.text("grant "+g.Who.String(), g.words(), "")
			w.tx.remove(grantKey(g.Who, o.VM))
		}
	}
	return nil
}

// tags lists the tags of ours on a VM that its cluster lists, sorted.
func (s *Snapshot) tags(vm Ref) (tags []string, ok bool) {
	st := s.Clusters[vm.Cluster]
	if st == nil {
		return nil, false
	}
	listed, ok := st.VM(vm.Name)
	if !ok {
		return nil, false
	}
	return tagsOfOurs(listed.Tags), true
}
