package core

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// ExportVM copies the disks of a VM, with what it is made of, to the directory for
// backups of a node, where the copy takes the place of any older one of the VM on
// the cluster. A VM that runs is shut down for it and started again: at once where
// the cluster can set its disks aside, else when all is copied. With Remove it is
// deleted afterwards, and so is what gwm keeps about it.
type ExportVM struct {
	VM       Ref           `json:"vm"`
	To       Ref           `json:"to,omitzero"`        // the node that gets the copy; zero: the node that the VM is on
	Running  bool          `json:"running,omitempty"`  // it goes on: the copy is like that of a computer that lost its power
	Long     bool          `json:"long,omitempty"`     // it may be down until all is copied (see VM.SetsAside)
	Timeout  time.Duration `json:"timeout,omitempty"`  // the guest's time to shut down; 0: the cluster's default
	Compress string        `json:"compress,omitempty"` // the cluster's tool for the way to the node: "gzip"; empty: none
	ZeroFree bool          `json:"zero_free,omitempty"`
	Remove   bool          `json:"remove,omitempty"`
	Ignore   bool          `json:"ignore,omitempty"` // with Remove: pass over what cannot be removed

	// What is copied, filled in when it is asked for: the cluster's own name of the
	// VM, and its node.
	UUID string `json:"uuid,omitempty"`
	Node string `json:"node,omitempty"`
}

// SetsAside tells whether the cluster can set the disks of the VM aside in a moment
// to copy them while it runs again: LVM can.
func (v *VM) SetsAside() bool {
	return slices.Contains([]string{"plain", DiskMirrored, DiskLess}, v.DiskTemplate)
}

// Spec describes the export.
func (o ExportVM) Spec() Spec {
	to := "the node that it is on"
	if !o.To.IsZero() {
		to = theOne(o.To)
	}
	s := Spec{
		ID: "vm.export", Title: "export " + o.VM.Name, Verb: VerbExport, Target: o.VM, Danger: Disruptive, Remote: true,
		Command: appendNode([]string{"vm", "export", o.VM.String()}, o.To),
	}
	add := func(is bool, words ...string) {
		if is {
			s.Command = append(s.Command, words...)
		}
	}
	add(o.Running, "--running")
	add(o.Long, "--long")
	add(o.Timeout > 0, "--timeout", o.Timeout.String())
	add(o.Compress != "", "--compress", o.Compress)
	add(o.ZeroFree, "--zero-free-space")
	add(o.Remove, "--remove")
	add(o.Ignore, "--ignore-remove-failures")
	switch {
	case o.Remove:
		s.Danger, s.Title = Destructive, "export and delete "+o.VM.Name
		s.Also = []Need{{VerbRemove, o.VM}}
		s.Effect = theOne(o.VM) + " is shut down, its disks are copied to " + to + ", and it is deleted with its owner, rights, lock and tokens in gwm; only the copy remains"
	case o.Running:
		s.Effect = "the disks of " + o.VM.Name + " are copied to " + to + " while it runs: what it was just writing may be missing"
	case o.Long:
		s.Effect = theOne(o.VM) + " is shut down and stays down until its disks are copied to " + to + "; then it is started again"
	default:
		s.Effect = theOne(o.VM) + " is shut down and started again at once; its disks are copied to " + to
	}
	if o.ZeroFree {
		s.Effect += ". Before that what is free on its disks is overwritten with zeros"
	}
	s.Effect += ". Any older backup of it is replaced"
	return s
}

func (o ExportVM) check() error {
	switch {
	case o.Running && (o.Long || o.Timeout != 0):
		return Errorf(CodeInvalid, "what goes on running is not down until all is copied").WithHint("leave one of both out")
	case o.Running && o.Remove:
		return Errorf(CodeInvalid, "a VM that is removed cannot go on running").WithHint("leave one of both out")
	case o.Running && o.ZeroFree:
		return Errorf(CodeInvalid, "the free space can be overwritten only while the VM is down").WithHint("leave one of both out")
	case o.Ignore && !o.Remove:
		return Errorf(CodeInvalid, "what cannot be removed matters only where something is removed").WithHint("leave one out, or remove the VM")
	}
	if err := checkTimeout(o.Timeout); err != nil {
		return err
	}
	if o.Compress != "" {
		if err := checkName(o.Compress); err != nil {
			return Errorf(CodeInvalid, "%q cannot be the name of a tool that compresses: %v", Printable(o.Compress), err)
		}
	}
	return checkPlace(o.VM, o.To)
}

// need fills in what is copied.
func (o ExportVM) need(s *Session, _ *people, _ time.Time) (Op, Verb, Ref, *Error) {
	o.UUID, o.Node = "", ""
	if vm := s.core.snap.Load().vm(o.VM); vm != nil {
		o.UUID, o.Node = vm.UUID, vm.Node
	}
	return o, VerbExport, o.VM, nil
}

func (o ExportVM) names() []Ref { return []Ref{o.To} }

func (o ExportVM) run(ctx context.Context, w *worker) error {
	if o.To.IsZero() {
		o.To = NodeRef(o.VM.Cluster, o.Node)
	}
	return w.request(ctx, o)
}

// settle keeps whose copy it is and since when, and removes what gwm kept about a VM
// that is gone.
func (o ExportVM) settle(tx *txn) ([]Change, error) {
	m := BackupMark{VM: o.VM, UUID: o.UUID, Node: cmp.Or(o.To.Name, o.Node), By: tx.ending.By, At: tx.now}
	if err := tx.put(backupKey(o.VM), m); err != nil {
		return nil, err
	}
	d := changes{}
	d.text("backup", "", "on "+m.Node)
	if !o.Remove {
		return d, nil
	}
	tx.quiet[o.VM] = true // the tags went with the VM
	return append(d, tx.forgetVM(o.VM)...), nil
}
