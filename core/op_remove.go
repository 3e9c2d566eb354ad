package core

import "context"

// DeleteVM removes a VM with its disks from its cluster; one that runs is shut
// down first. What gwm keeps about it goes with it (see ForgetVM).
type DeleteVM struct {
	VM Ref `json:"vm"`
}

// Spec describes the removal.
func (o DeleteVM) Spec() Spec {
	return Spec{
		ID: "vm.delete", Title: "delete " + o.VM.Name, Verb: VerbRemove, Target: o.VM, Danger: Destructive, Remote: true,
		Effect:  theOne(o.VM) + " and all that is on its disks are gone for good, with its owner, rights, lock and tokens in gwm",
		Command: []string{"vm", "delete", o.VM.String()},
	}
}

func (o DeleteVM) check() error { return checkKind(o.VM, KindVM) }

func (o DeleteVM) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

// settle removes what gwm keeps about the VM. The tags of ours went with it.
func (o DeleteVM) settle(tx *txn) ([]Change, error) {
	tx.quiet[o.VM] = true
	return tx.forgetVM(o.VM), nil
}

// forgetVM removes owner, grants, lock, note and tokens of a VM, and says which.
func (tx *txn) forgetVM(vm Ref) []Change {
	d := changes(tx.forgetRights(vm))
	if l, ok := tx.rights().locks[vm]; ok {
		d.text("lock", l.Reason, "")
		tx.remove(lockKey(vm))
	}
	return d
}

// forgetRights removes owner, grants, note and tokens of a VM, and says which.
func (tx *txn) forgetRights(vm Ref) []Change {
	p := tx.rights()
	var d changes
	if old, ok := p.owners[vm]; ok {
		d.text("owner", old.Owner.String(), "")
		tx.remove(ownerKey(vm))
	}
	for _, g := range p.grantsOn[vm] {
		d.text("grant "+g.Who.String(), g.words(), "")
		tx.remove(grantKey(g.Who, g.On))
	}
	if n, ok := p.notes[vm]; ok {
		d.text("note", noteWords(n.Text), "")
		tx.remove(noteKey(vm))
	}
	for _, id := range tx.removeTokens(func(on Ref) bool { return on == vm }) {
		d.text("token", id, "")
	}
	return d
}
