package core

import "context"

// ExportVM copies the disks of a VM to the directory for exports of a node, where
// the copy takes the place of an older one. A VM that runs is shut down for it,
// until its disks are set aside, and started again.
type ExportVM struct {
	VM      Ref  `json:"vm"`
	To      Ref  `json:"to"`                // the node that gets the copy
	Running bool `json:"running,omitempty"` // it goes on: the copy is like that of a computer that lost its power
	Long    bool `json:"long,omitempty"`    // it may be down until all is copied: only LVM sets disks aside
}

// Spec describes the export.
func (o ExportVM) Spec() Spec {
	s := Spec{
		ID: "vm.export", Title: "export " + o.VM.Name, Verb: VerbExport, Target: o.VM, Danger: Disruptive, Remote: true,
		Command: appendNode([]string{"vm", "export", o.VM.String()}, o.To),
	}
	switch {
	case o.Running:
		s.Effect = "the disks of " + o.VM.Name + " are copied to node " + o.To.Name + " while it runs: what it was just writing may be missing"
		s.Command = append(s.Command, "--running")
	case o.Long:
		s.Effect = theOne(o.VM) + " is shut down, its disks are copied to node " + o.To.Name + ", and it is started again when all is copied"
		s.Command = append(s.Command, "--long")
	default:
		s.Effect = theOne(o.VM) + " is shut down and started again, and its disks are copied to node " + o.To.Name
	}
	s.Effect += "; an older export of it is replaced"
	return s
}

func (o ExportVM) check() error {
	switch {
	case o.To.IsZero():
		return Errorf(CodeInvalid, "no node is named that gets the copy of %s", Printable(o.VM.String())).WithHint("name one that has room: --to NODE")
	case o.Running && o.Long:
		return Errorf(CodeInvalid, "what goes on running is not down until all is copied").WithHint("leave out one of both")
	}
	return checkPlace(o.VM, o.To)
}

func (o ExportVM) names() []Ref { return []Ref{o.To} }

func (o ExportVM) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }
