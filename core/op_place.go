package core

import (
	"context"
)

// MigrateVM moves a VM to another node while it runs. Where To is zero the
// cluster chooses: the second copy of its disks, or what its allocator says.
type MigrateVM struct {
	VM      Ref           `json:"vm"`
	Mode    MigrationMode `json:"mode,omitempty"`    // empty: as the cluster's hypervisor is set
	To      Ref           `json:"to,omitzero"`       // a node of the same cluster
	Down    bool          `json:"down,omitempty"`    // a VM that is down is failed over instead of refused
	Cleanup bool          `json:"cleanup,omitempty"` // only tidy up after a migration that broke off
}

// MigrationMode says whether the guest goes on while its memory is copied.
type MigrationMode string

// The modes (Ganeti's live, non-live).
const (
	MigrateLive   MigrationMode = "live"
	MigratePaused MigrationMode = "non-live"
)

// FailoverVM stops a VM, where it runs, and starts it on another node: also after
// its node died. Where To is zero the cluster chooses.
type FailoverVM struct {
	VM     Ref  `json:"vm"`
	To     Ref  `json:"to,omitzero"`      // a node of the same cluster
	Ignore bool `json:"ignore,omitempty"` // do it though the copy of its disks may be old: data may be lost
}

// Spec describes the migration.
func (o MigrateVM) Spec() Spec {
	s := Spec{
		ID: "vm.migrate", Title: "migrate " + o.VM.Name, Verb: VerbMigrate, Target: o.VM, Danger: Disruptive, Remote: true,
		Effect: theOne(o.VM) + " moves to " + place(o.To), Command: []string{"vm", "migrate", o.VM.String()},
	}
	switch o.Mode {
	case MigrateLive:
		s.Effect += " while it runs"
		s.Command = append(s.Command, "--mode", "live")
	case MigratePaused:
		s.Effect += "; it stands still meanwhile"
		s.Command = append(s.Command, "--mode", "paused")
	}
	s.Command = appendNode(s.Command, o.To)
	if o.Down {
		s.Effect += "; if it is down it is moved all the same"
		s.Command = append(s.Command, "--failover")
	}
	if o.Cleanup {
		s.Title = "clean up the migration of " + o.VM.Name
		s.Effect = "what a migration of " + o.VM.Name + " that broke off left behind is tidied up; it stays where it runs"
		s.Command = append(s.Command, "--cleanup")
	}
	return s
}

// Spec describes the failover.
func (o FailoverVM) Spec() Spec {
	s := Spec{
		ID: "vm.failover", Title: "fail over " + o.VM.Name, Verb: VerbMigrate, Target: o.VM, Danger: Disruptive, Remote: true,
		Effect:  theOne(o.VM) + " is shut down and started again on " + place(o.To) + "; what it does is interrupted",
		Command: appendNode([]string{"vm", "failover", o.VM.String()}, o.To),
	}
	if o.Ignore {
		s.Danger = Destructive
		s.Effect += ". What it wrote last may be lost, since the copy of its disks is not looked at"
		s.Command = append(s.Command, "--ignore-consistency")
	}
	return s
}

// place is how an effect names the node to move to.
func place(to Ref) string {
	if to.IsZero() {
		return "another node that the cluster chooses"
	}
	return to.Name
}

func appendNode(command []string, to Ref) []string {
	if to.IsZero() {
		return command
	}
	return append(command, "--to", to.Name)
}

func (o MigrateVM) check() error {
	switch o.Mode {
	case "", MigrateLive, MigratePaused:
	default:
		return Errorf(CodeInvalid, "%q is not a way to migrate", Printable(string(o.Mode))).WithHint("use live or paused")
	}
	if o.Cleanup && (o.Mode != "" || !o.To.IsZero() || o.Down) {
		return Errorf(CodeInvalid, "to clean up after a migration moves nothing: it takes neither mode nor node").
			WithHint("leave the others out")
	}
	return checkPlace(o.VM, o.To)
}

func (o FailoverVM) check() error { return checkPlace(o.VM, o.To) }

// checkPlace accepts a VM and the node that it moves to, zero for any.
func checkPlace(vm, to Ref) error {
	if err := checkKind(vm, KindVM); err != nil || to.IsZero() {
		return err
	}
	if to.Cluster != vm.Cluster {
		return Errorf(CodeInvalid, "%s is not a node of %s", Printable(to.String()), vm.Cluster).
			WithHint("a VM moves within its cluster")
	}
	return checkKind(to, KindNode)
}

func (o MigrateVM) names() []Ref  { return []Ref{o.To} }
func (o FailoverVM) names() []Ref { return []Ref{o.To} }

func (o MigrateVM) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (o FailoverVM) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }
