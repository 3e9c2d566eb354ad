package coretest

import (
	"context"
	"slices"

	"gwm/core"
)

// Backups gives what was exported, and what PutBackup put there.
func (p *Platform) Backups(ctx context.Context) (all []core.NodeBackup, silent []string, err error) {
	err = p.begin(ctx, "Backups")
	defer p.mu.Unlock()
	if err != nil {
		return nil, nil, err
	}
	return slices.Clone(p.backups), slices.Clone(p.silent), nil
}

// PutBackup lays a backup on a node, as somebody does who works on the cluster itself.
func (p *Platform) PutBackup(node, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.backups = append(p.backups, core.NodeBackup{Node: node, Name: name})
}

// SilentNodes says which nodes are not asked for backups.
func (p *Platform) SilentNodes(nodes ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = nodes
}

// exported keeps the copy, and forgets the VM where that is asked for.
func (p *Platform) exported(r core.ExportVM) func(*core.VM) {
	return func(vm *core.VM) {
		p.backups = slices.DeleteFunc(p.backups, func(b core.NodeBackup) bool { return b.Name == r.VM.Name })
		p.backups = append(p.backups, core.NodeBackup{Node: r.To.Name, Name: r.VM.Name})
		if r.Remove {
			vm.Name = ""
		}
	}
}
