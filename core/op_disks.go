package core

import "context"

// ActivateDisks, DeactivateDisks, RecreateDisks and ReplaceDisks work on all disks
// of a VM. They are for who holds VerbReplaceDisks on its cluster.
type (
	// ActivateDisks makes the disks of a VM that is down reachable on its node.
	ActivateDisks struct {
		VM         Ref  `json:"vm"`
		IgnoreSize bool `json:"ignore_size,omitempty"` // also where the sizes are not those that the cluster wrote down
	}
	// DeactivateDisks ends that; a VM that runs is refused.
	DeactivateDisks struct {
		VM Ref `json:"vm"`
	}
	// RecreateDisks makes the disks of a VM that is down anew, empty, after they
	// were lost.
	RecreateDisks struct {
		VM Ref `json:"vm"`
	}
	// ReplaceDisks makes one copy of the disks of a VM with DRBD anew from the other.
	ReplaceDisks struct {
		VM   Ref         `json:"vm"`
		Mode ReplaceMode `json:"mode"`
		To   Ref         `json:"to,omitzero"` // ReplaceNew: the node for the second copy; zero: the cluster chooses
	}
)

// ReplaceMode says which copy is made anew.
type ReplaceMode string

// The modes (Ganeti's replace_on_primary, replace_on_secondary,
// replace_new_secondary, replace_auto).
const (
	ReplacePrimary   ReplaceMode = "primary"
	ReplaceSecondary ReplaceMode = "secondary"
	ReplaceNew       ReplaceMode = "new"
	ReplaceAuto      ReplaceMode = "auto"
)

// ReplaceModes lists the modes.
func ReplaceModes() []ReplaceMode {
	return []ReplaceMode{ReplacePrimary, ReplaceSecondary, ReplaceNew, ReplaceAuto}
}

func (m ReplaceMode) effect(vm string) string {
	switch m {
	case ReplacePrimary:
		return "the disks of " + vm + " are made anew on the node where it runs, from their second copy"
	case ReplaceNew:
		return "the second copy of the disks of " + vm + " moves to another node"
	case ReplaceAuto:
		return "those disks of " + vm + " that are broken are made anew where they are"
	default:
		return "the second copy of the disks of " + vm + " is made anew where it is"
	}
}

// Spec describes the work.
func (o ActivateDisks) Spec() Spec {
	s := disksSpec("activate", o.VM, Safe, "the disks of "+o.VM.Name+" can be reached on its node")
	if o.IgnoreSize {
		s.Command = append(s.Command, "--ignore-size")
	}
	return s
}

// Spec describes the work.
func (o DeactivateDisks) Spec() Spec {
	return disksSpec("deactivate", o.VM, Disruptive, "the disks of "+o.VM.Name+" can no longer be reached on its node; it must be down")
}

// Spec describes the work.
func (o RecreateDisks) Spec() Spec {
	return disksSpec("recreate", o.VM, Destructive, "the disks of "+o.VM.Name+" are made anew and empty; what was on them is lost")
}

// Spec describes the work.
func (o ReplaceDisks) Spec() Spec {
	s := disksSpec("replace", o.VM, Disruptive, o.Mode.effect(o.VM.Name)+"; until it is done there is one copy only")
	s.Command = append(s.Command, "--mode", string(o.Mode))
	s.Command = appendNode(s.Command, o.To)
	return s
}

func disksSpec(word string, vm Ref, danger Danger, effect string) Spec {
	return Spec{
		ID: "disks." + word, Title: word + " the disks of " + vm.Name, Verb: VerbReplaceDisks, Target: vm, Danger: danger, Remote: true,
		Effect: effect, Command: []string{"vm", "disks", word, vm.String()},
	}
}

func (o ActivateDisks) check() error   { return checkKind(o.VM, KindVM) }
func (o DeactivateDisks) check() error { return checkKind(o.VM, KindVM) }
func (o RecreateDisks) check() error   { return checkKind(o.VM, KindVM) }

func (o ReplaceDisks) check() error {
	switch o.Mode {
	case ReplaceNew:
	case ReplacePrimary, ReplaceSecondary, ReplaceAuto:
		if !o.To.IsZero() {
			return Errorf(CodeInvalid, "only a new second copy is made on a node that is named").WithHint("use --mode new")
		}
	default:
		return Errorf(CodeInvalid, "%q is not a way to replace disks", Printable(string(o.Mode))).
			WithHint("use primary, secondary, new or auto")
	}
	return checkPlace(o.VM, o.To)
}

func (o ReplaceDisks) names() []Ref { return []Ref{o.To} }

func (o ActivateDisks) run(ctx context.Context, w *worker) error   { return w.request(ctx, o) }
func (o DeactivateDisks) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }
func (o RecreateDisks) run(ctx context.Context, w *worker) error   { return w.request(ctx, o) }
func (o ReplaceDisks) run(ctx context.Context, w *worker) error    { return w.request(ctx, o) }
