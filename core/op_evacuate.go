package core

import (
	"context"
)

// MigrateNode migrates every running VM away from a node: one job of the cluster
// each, which the job of gwm follows.
type MigrateNode struct {
	Node Ref           `json:"node"`
	Mode MigrationMode `json:"mode,omitempty"` // empty: as each VM's hypervisor is set
}

// EvacuateNode moves VMs away from a node, those that are down too: one job of
// the cluster each, which the job of gwm follows.
type EvacuateNode struct {
	Node      Ref        `json:"node"`
	What      Evacuation `json:"what"`
	To        Ref        `json:"to,omitzero"`         // of second copies only: a node of the same cluster; zero: an allocator chooses for each
	Allocator string     `json:"allocator,omitempty"` // the program that chooses; empty: the cluster's default
	Early     bool       `json:"early,omitempty"`     // give an old copy of disks up before the new one is complete
}

// Evacuation says what leaves a node.
type Evacuation string

// What can leave: VMs whose node it is, second copies of disks, or the ones after
// the others.
const (
	EvacuatePrimary   Evacuation = "primary"
	EvacuateSecondary Evacuation = "secondary"
	EvacuateAll       Evacuation = "all"
)

// Spec describes the migration.
func (o MigrateNode) Spec() Spec {
	s := Spec{
		ID: "node.migrate", Title: "migrate all VMs of " + o.Node.Name, Verb: VerbMigrate, Target: o.Node, Danger: Disruptive, Remote: true,
		Effect: "every running VM of " + theOne(o.Node) + " moves to another node that the cluster chooses", Command: []string{"node", "migrate", o.Node.String()},
	}
	switch o.Mode {
	case MigrateLive:
		s.Effect += ", while it runs"
		s.Command = append(s.Command, "--mode", "live")
	case MigratePaused:
		s.Effect += ", and stands still meanwhile"
		s.Command = append(s.Command, "--mode", "paused")
	}
	return s
}

// Spec describes the evacuation.
func (o EvacuateNode) Spec() Spec {
	what := map[Evacuation]string{
		EvacuatePrimary: "every VM of ", EvacuateSecondary: "every second copy of disks on ", EvacuateAll: "every VM and second copy of disks of ",
	}[o.What]
	s := Spec{
		ID: "node.evacuate", Title: "evacuate " + o.Node.Name, Verb: VerbMigrate, Target: o.Node, Danger: Destructive, Remote: true,
		Effect:  what + theOne(o.Node) + " moves to " + place(o.To),
		Command: appendNode([]string{"node", "evacuate", o.Node.String(), "--what", string(o.What)}, o.To),
	}
	if o.Allocator != "" {
		s.Effect = what + theOne(o.Node) + " moves where the allocator " + o.Allocator + " says"
		s.Command = append(s.Command, "--allocator", o.Allocator)
	}
	if o.Early {
		s.Effect += "; old copies are given up before the new ones are complete"
		s.Command = append(s.Command, "--early-release")
	}
	return s
}

func (o MigrateNode) check() error {
	switch o.Mode {
	case "", MigrateLive, MigratePaused:
		return checkKind(o.Node, KindNode)
	}
	return Errorf(CodeInvalid, "%q is not a way to migrate", Printable(string(o.Mode))).WithHint("use live or paused")
}

func (o EvacuateNode) check() error {
	switch o.What {
	case EvacuatePrimary, EvacuateSecondary, EvacuateAll:
	default:
		return Errorf(CodeInvalid, "%q is nothing that can leave a node", Printable(string(o.What))).WithHint("use primary, secondary or all")
	}
	if err := checkText("the allocator", o.Allocator); err != nil {
		return err
	}
	if err := checkKind(o.Node, KindNode); err != nil || o.To.IsZero() {
		return err
	}
	switch {
	case o.What != EvacuateSecondary || o.Allocator != "":
		return Errorf(CodeInvalid, "only second copies of disks can go to a node of your choice").
			WithHint("leave the node out: an allocator chooses one for each VM; or move the VMs one by one")
	case o.To == o.Node:
		return Errorf(CodeInvalid, "%s cannot take what leaves it", o.Node.Name)
	case o.To.Cluster != o.Node.Cluster:
		return Errorf(CodeInvalid, "%s is not a node of %s", Printable(o.To.String()), o.Node.Cluster).WithHint("a VM moves within its cluster")
	}
	return checkKind(o.To, KindNode)
}

func (o EvacuateNode) names() []Ref { return []Ref{o.To} }

func (o MigrateNode) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

// run moves the VMs first, so that their old disks are second copies when those
// are moved. It is two requests, because Ganeti does not do both in one.
func (o EvacuateNode) run(ctx context.Context, w *worker) error {
	part := o
	if o.What == EvacuateAll {
		if part.What = EvacuatePrimary; w.first() {
			if err := w.request(ctx, part); err != nil {
				return err
			}
			if err := w.another(ctx); err != nil {
				return err
			}
		}
		part.What = EvacuateSecondary
	}
	return w.request(ctx, part)
}
