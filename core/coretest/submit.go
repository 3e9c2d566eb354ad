package coretest

import (
	"context"
	"slices"
	"strings"

	"gwm/core"
)

// Submit queues the job of a request. What this package does not play succeeds
// and changes nothing.
func (p *Platform) Submit(ctx context.Context, r core.Request, reason string) (string, error) {
	if ok, err := p.submitFilter(ctx, r); ok {
		return "", err
	}
	return p.queueFor(ctx, r, reason)
}

// queueFor queues the job of a request.
func (p *Platform) queueFor(ctx context.Context, r core.Request, reason string) (string, error) {
	switch r := r.(type) {
	case core.StartVM, core.StopVM, core.RestartVM:
		return p.queuePower(ctx, r, reason)
	case core.MigrateVM:
		return p.submit(ctx, "MigrateVM", "INSTANCE_MIGRATE", r.VM.Name, reason,
			[]string{"Migrating instance " + r.VM.Name, "* memory transfer complete", "* done"}, moveTo(r.To.Name))
	case core.FailoverVM:
		return p.submit(ctx, "FailoverVM", "INSTANCE_FAILOVER", r.VM.Name, reason,
			[]string{"* shutting down " + r.VM.Name, "* starting " + r.VM.Name}, moveTo(r.To.Name))
	case core.CreateVM:
		return p.create(ctx, r, reason)
	case core.DeleteVM:
		return p.submit(ctx, "DeleteVM", "INSTANCE_REMOVE", r.VM.Name, reason, nil, func(vm *core.VM) { vm.Name = "" })
	case core.ExportVM:
		return p.submit(ctx, "ExportVM", "BACKUP_EXPORT", r.VM.Name, reason, []string{"Finalizing export on " + r.To.Name}, p.exported(r))
	case core.EditVM:
		return p.submit(ctx, "EditVM", "INSTANCE_SET_PARAMS", r.VM.Name, reason, nil, edited(r))
	case core.GrowDisk:
		return p.submit(ctx, "GrowDisk", "INSTANCE_GROW_DISK", r.VM.Name, reason, nil, func(vm *core.VM) { growDisk(vm, r) })
	case core.RenameVM:
		return p.submit(ctx, "RenameVM", "INSTANCE_RENAME", r.VM.Name, reason, nil, func(vm *core.VM) { vm.Name = r.Name })
	case core.AddTags, core.RemoveTags:
		return p.tag(ctx, r, reason)
	}
	op, ok := r.(core.Op)
	if !ok {
		return "", core.Errorf(core.CodeUnsupported, "%s cannot do %T", p.cluster, r)
	}
	spec := op.Spec()
	if from := leavesFrom(r); from != "" {
		return p.empty(ctx, spec.ID, from, reason)
	}
	return p.submit(ctx, "Submit", opcodeOf(spec.ID), spec.Target.Name, reason, []string{spec.Title}, nil)
}

// queuePower queues a start, a stop or a restart.
func (p *Platform) queuePower(ctx context.Context, r core.Request, reason string) (string, error) {
	switch r := r.(type) {
	case core.StartVM:
		name := r.VM.Name
		return p.submit(ctx, "StartVM", "INSTANCE_STARTUP", name, reason,
			[]string{"Assembling the disks of " + name, "Starting " + name + " on its primary node"},
			func(vm *core.VM) { setStatus(vm, "running") })
	case core.StopVM:
		name := r.VM.Name
		lines := []string{"Asking " + name + " to shut down", "Waiting for " + name + " to stop", "Shutting down the disks of " + name}
		if r.Force {
			lines = []string{"Cutting the power of " + name}
		}
		return p.submit(ctx, "StopVM", "INSTANCE_SHUTDOWN", name, reason, lines, func(vm *core.VM) { setStatus(vm, "ADMIN_down") })
	case core.RestartVM:
		return p.submit(ctx, "RestartVM", "INSTANCE_REBOOT", r.VM.Name, reason,
			[]string{"Restarting " + r.VM.Name + " (" + string(r.Mode) + ")"}, func(vm *core.VM) { setStatus(vm, "running") })
	}
	return "", core.Errorf(core.CodeUnsupported, "%s cannot switch %T", p.cluster, r)
}

func growDisk(vm *core.VM, r core.GrowDisk) {
	if r.Disk >= len(vm.Disks) {
		return
	}
	vm.Disks = slices.Clone(vm.Disks)
	more := r.By
	if r.To > 0 {
		more = r.To - vm.Disks[r.Disk].SizeMiB
	}
	vm.Disks[r.Disk].SizeMiB += more
	vm.DiskMiB += more
}

// tag queues the job that puts tags on a VM or takes them away.
func (p *Platform) tag(ctx context.Context, r core.Request, reason string) (string, error) {
	if r, ok := r.(core.AddTags); ok {
		tags := slices.Clone(r.Tags)
		return p.submit(ctx, "AddTags", "TAGS_SET", r.VM.Name, reason, nil, func(vm *core.VM) {
			vm.Tags = slices.Compact(slices.Sorted(slices.Values(slices.Concat(vm.Tags, tags))))
		})
	}
	take := r.(core.RemoveTags)
	return p.submit(ctx, "RemoveTags", "TAGS_DEL", take.VM.Name, reason, nil, func(vm *core.VM) {
		vm.Tags = slices.DeleteFunc(vm.Tags, func(tag string) bool { return slices.Contains(take.Tags, tag) })
	})
}

// moveTo changes places with the node that has the second copy of the disks, or
// puts the VM on a node.
func moveTo(node string) func(*core.VM) {
	return func(vm *core.VM) {
		if from := vm.Node; len(vm.Secondaries) > 0 && (node == "" || node == vm.Secondaries[0]) {
			vm.Node, vm.Secondaries = vm.Secondaries[0], []string{from}
		} else if node != "" {
			vm.Node = node
		}
	}
}

func (p *Platform) submit(ctx context.Context, method, opcode, vm, reason string, lines []string, effect func(*core.VM)) (string, error) {
	err := p.begin(ctx, method)
	defer p.mu.Unlock()
	switch _, known := p.vms[vm]; {
	case err != nil:
		return "", err
	case !known && method != "Submit" && method != "CreateVM":
		return "", core.Errorf(core.CodeNotFound, "%s has no VM %s", p.cluster, vm)
	case p.drop > 0:
		p.drop--
		return "", core.Errorf(core.CodeUnknown, "the answer of %s was lost", p.cluster)
	}
	id := p.enqueue(opcode, vm, reason, lines, effect)
	if p.lose > 0 {
		p.lose--
		return "", core.Errorf(core.CodeUnknown, "the answer of %s was lost", p.cluster)
	}
	return id, nil
}

// opcodeOf is the name of the job of an op that this package does not play.
func opcodeOf(op string) string { return strings.ToUpper(strings.ReplaceAll(op, ".", "_")) }
