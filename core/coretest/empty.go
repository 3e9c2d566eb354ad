package coretest

import (
	"context"
	"slices"

	"gwm/core"
)

// RefuseChild makes a job that empties a node not start the one about a VM, and say
// why.
func (p *Platform) RefuseChild(vm, why string) { p.set(func() { p.refuseVM[vm] = why }) }

// leavesFrom is the node that a request empties, "" for any other request.
func leavesFrom(r core.Request) string {
	switch r := r.(type) {
	case core.MigrateNode:
		return r.Node.Name
	case core.EvacuateNode:
		return r.Node.Name
	}
	return ""
}

// empty queues a job that starts one for each VM of a node.
func (p *Platform) empty(ctx context.Context, op, node, reason string) (string, error) {
	id, err := p.submit(ctx, "Submit", opcodeOf(op), node, reason, []string{"emptying " + node}, nil)
	if err != nil {
		return "", err
	}
	p.set(func() {
		u, _ := p.find(id)
		u.spawn = func() (children, refused []string) {
			for _, name := range p.on(node) {
				if why := p.refuseVM[name]; why != "" {
					refused = append(refused, why)
					continue
				}
				children = append(children, p.enqueue("INSTANCE_MIGRATE", name, reason, []string{"Migrating instance " + name}, moveTo("")))
			}
			return children, refused
		}
	})
	return id, nil
}

// on lists the VMs of a node, sorted. The lock is held.
func (p *Platform) on(node string) (names []string) {
	for name, vm := range p.vms {
		if vm.Node == node {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
