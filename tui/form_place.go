package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// formPlace asks where VMs of one cluster move to, and how. The VMs follow the
// word.
const formPlace = "vm move"

func placeForms() []formKind {
	return []formKind{{Word: formPlace, Make: makePlaceForm}}
}

// The ways to move, as the form writes them.
const (
	moveLive     = "live"
	movePaused   = "paused"
	moveFailover = "failover"
)

func makePlaceForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	v := s.View()
	vms, err := findVMs(v, arg)
	if err != nil {
		return entryForm{}, err
	}
	how := moveLive
	if !slices.ContainsFunc(vms, func(vm *core.VM) bool { return vm.State == core.StateRunning }) {
		how = moveFailover
	}
	refs := make([]core.Ref, len(vms))
	for i, vm := range vms {
		refs[i] = vm.Ref()
	}
	f := entryForm{Form: form.Form{
		Title: "Move " + namesOf(refs, 1), Save: "Move",
		Fields: []form.Field{
			{Name: "vms", Label: "VM", Kind: form.Fixed, Value: namesOf(refs, 6)},
			{Name: "now", Label: "Runs on", Kind: form.Fixed, Value: core.Printable(strings.Join(nodesOf(vms), ", "))},
			{Name: "how", Label: "How", Kind: form.Choice, Value: how, Required: true, Options: []form.Option{
				{Value: moveLive, Label: "migrate", Note: "it runs meanwhile"},
				{Value: movePaused, Label: "migrate, paused", Note: "it stands still meanwhile, which always ends"},
				{Value: moveFailover, Label: "fail over", Note: "it is shut down and started there; also when its node is dead"},
			}},
			{Name: "to", Label: "To", Kind: form.Choice, Empty: "a node that the cluster chooses", Folded: true, Options: placesFor(v, vms), Help: "With DRBD only the node that has the second copy of the disks is possible."},
			{
				Name: "ignore", Label: "Old copy", Kind: form.YesNo, Placeholder: "do it though the copy of its disks may be old: data may be lost",
				When: func(v form.Values) bool { return v.Text("how") == moveFailover },
			},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		var ops []core.Op
		for _, vm := range vms {
			ops = append(ops, moveOp(vm.Ref(), v))
		}
		return ops, nil
	}
	return f, nil
}

// moveOp is what the answers ask for about one VM.
func moveOp(vm core.Ref, v form.Values) core.Op {
	var to core.Ref
	if name := v.Text("to"); name != "" {
		to = core.NodeRef(vm.Cluster, name)
	}
	switch v.Text("how") {
	case moveFailover:
		return core.FailoverVM{VM: vm, To: to, Ignore: v.Text("ignore") != ""}
	case movePaused:
		return core.MigrateVM{VM: vm, Mode: core.MigratePaused, To: to}
	}
	return core.MigrateVM{VM: vm, Mode: core.MigrateLive, To: to}
}

// findVMs reads the names of VMs, at least one and all of one cluster.
func findVMs(v *core.View, arg string) ([]*core.VM, error) {
	refs, err := findRefs(v, formPlace, arg)
	if err != nil {
		return nil, err
	}
	vms := make([]*core.VM, len(refs))
	for i, r := range refs {
		vm, ok := v.VM(r)
		if !ok {
			return nil, core.Unknown(core.KindVM, r.String())
		}
		if vm.Cluster != refs[0].Cluster {
			return nil, core.Errorf(core.CodeInvalid, "the VMs are of several clusters").WithHint("name those of one cluster")
		}
		vms[i] = vm
	}
	return vms, nil
}

// nodesOf lists the nodes that VMs run on, each once.
func nodesOf(vms []*core.VM) []string {
	var names []string
	for _, vm := range vms {
		names = append(names, vm.Node)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// placesFor are the nodes that VMs of one cluster could move to, with what is free
// there; those that cannot take one say why.
func placesFor(v *core.View, vms []*core.VM) []form.Option {
	here, memory := nodesOf(vms), 0
	for _, vm := range vms {
		memory = max(memory, vm.MemoryMiB)
	}
	var out []form.Option
	for _, n := range v.Nodes() {
		if n.Cluster != vms[0].Cluster {
			continue
		}
		o := form.Option{Value: n.Name, Label: core.Printable(n.Name), Note: "memory not known"}
		if n.MemoryFreeMiB >= 0 {
			o.Note = fmt.Sprintf("%s of %s free", size(n.MemoryFreeMiB), size(n.MemoryMiB))
		}
		switch {
		case len(here) == 1 && here[0] == n.Name:
			o.State, o.Why = form.Disabled, "it is there now"
		case n.Offline || n.Drained || !n.VMCapable:
			o.State, o.Why = form.Disabled, "the node takes no VMs: "+string(n.Role)
		case slices.ContainsFunc(vms, func(vm *core.VM) bool { return vm.DiskTemplate == "drbd" && !slices.Contains(vm.Secondaries, n.Name) }):
			o.State, o.Why = form.Disabled, "it has no copy of the disks"
		case n.MemoryFreeMiB >= 0 && n.MemoryFreeMiB < memory:
			o.Alarm, o.Note = true, o.Note+", too little for "+size(memory)
		case slices.ContainsFunc(vms, func(vm *core.VM) bool { return slices.Contains(vm.Secondaries, n.Name) }):
			o.Note = "has the second copy, " + o.Note
		}
		out = append(out, o)
	}
	return out
}
