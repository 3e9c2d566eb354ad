package core

import (
	"context"
	"strings"
)

// RenameVM gives a VM that is down another name. What gwm keeps about it follows:
// owner, grants, lock, note and tokens.
type RenameVM struct {
	VM      Ref    `json:"vm"`
	Name    string `json:"name"`               // in full, as the cluster writes names
	NoCheck bool   `json:"no_check,omitempty"` // the name need not resolve
	InUse   bool   `json:"in_use,omitempty"`   // its address may answer already
}

// Spec describes the change.
func (o RenameVM) Spec() Spec {
	s := Spec{
		ID: "vm.rename", Title: "rename " + o.VM.Name, Verb: VerbModify, Target: o.VM, Danger: Disruptive, Remote: true,
		Effect:  theOne(o.VM) + " is called " + o.Name + " from now on; its owner, rights and tokens in gwm follow",
		Command: []string{"vm", "rename", o.VM.String(), o.Name},
	}
	if o.NoCheck {
		s.Command = append(s.Command, "--no-name-check")
	}
	if o.InUse {
		s.Command = append(s.Command, "--no-ip-check")
	}
	return s
}

func (o RenameVM) check() error {
	if err := checkKind(o.VM, KindVM); err != nil {
		return err
	}
	switch name := VMRef(o.VM.Cluster, o.Name); {
	case o.Name == o.VM.Name:
		return Errorf(CodeInvalid, "%s is called so already", o.VM)
	case checkKind(name, KindVM) != nil || strings.ContainsAny(o.Name, " /"):
		return Errorf(CodeInvalid, "%q is not a name for a VM", Printable(o.Name)).WithHint("write a host name, for example mail.example.org")
	case strings.Contains(o.VM.Name, ".") && !strings.Contains(o.Name, "."):
		return Errorf(CodeInvalid, "%q is not a whole name", Printable(o.Name)).
			WithHint("write it with its domain, as %s has it", o.VM.Name)
	}
	return nil
}

func (o RenameVM) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

// settle lets the records follow the name. Those that were left of another VM of
// the new name go: their people must not get rights on this one.
func (o RenameVM) settle(tx *txn) ([]Change, error) {
	to := VMRef(o.VM.Cluster, o.Name)
	p := tx.rights()
	owner, owned := p.owners[o.VM]
	grants, tokens := p.grantsOn[o.VM], p.tokens
	lock, locked := p.locks[o.VM]
	note, noted := p.notes[o.VM]
	tx.quiet[o.VM], tx.quiet[to] = true, true
	d := changes(tx.forgetVM(to))
	d.text("name", o.VM.Name, o.Name)
	tx.forgetVM(o.VM)
	if owned {
		owner.VM = to
		if err := tx.put(ownerKey(to), owner); err != nil {
			return nil, err
		}
	}
	for _, g := range grants {
		g.On = to
		if err := tx.put(grantKey(g.Who, to), g); err != nil {
			return nil, err
		}
	}
	if locked {
		lock.On = to
		if err := tx.put(lockKey(to), lock); err != nil {
			return nil, err
		}
	}
	if noted {
		note.On = to
		if err := tx.put(noteKey(to), note); err != nil {
			return nil, err
		}
	}
	for id, t := range tokens {
		if t.On != o.VM {
			continue
		}
		t.On = to
		if err := tx.put(tokenKey(id), t); err != nil {
			return nil, err
		}
	}
	return d, nil
}
