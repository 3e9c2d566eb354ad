package core

import (
	"maps"
)

// tally sums up what the VMs of each persona take on one cluster. It is immutable.
type tally struct {
	vms    []*VM
	owners map[Ref]Ownership
	of     map[Ref]holding // who owns nothing there is missing
}

// holding is what the VMs of a persona take on one cluster.
type holding struct {
	used    Amount
	running int
}

// tally returns the sums of a cluster. They are shared by everybody, and follow
// from the last ones by the VMs that changed.
func (l *ledger) tally(p *people, st *ClusterState) *tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := st.Name
	t := l.tallies[name]
	switch {
	case t == nil || !sameMap(t.owners, p.owners):
		t = (&tally{owners: p.owners}).follow(st.VMs)
	case !same(t.vms, st.VMs):
		t = t.follow(st.VMs)
	default:
		return t
	}
	if l.tallies == nil {
		l.tallies = map[string]*tally{}
	}
	l.tallies[name] = t
	return t
}

// follow returns the tally after the cluster's list of VMs became vms. Both lists
// are sorted by name, and a VM that did not change keeps its pointer.
func (t *tally) follow(vms []*VM) *tally {
	next := &tally{vms: vms, owners: t.owners, of: maps.Clone(t.of)}
	if next.of == nil {
		next.of = map[Ref]holding{}
	}
	if len(t.owners) == 0 {
		return next
	}
	old := t.vms
	for _, vm := range vms {
		if len(old) > 0 && old[0] == vm {
			old = old[1:]
			continue
		}
		for len(old) > 0 && old[0].Name <= vm.Name {
			next.count(old[0], -1)
			old = old[1:]
		}
		next.count(vm, 1)
	}
	for _, vm := range old {
		next.count(vm, -1)
	}
	return next
}

// count adds a VM to what its owner holds, or with -1 takes it away.
func (t *tally) count(vm *VM, sign int) {
	o, ok := t.owners[vm.Ref()]
	if !ok {
		return
	}
	h := t.of[o.Owner]
	h.add(vm, sign)
	if h.used.VMs == 0 {
		delete(t.of, o.Owner)
		return
	}
	t.of[o.Owner] = h
}

func (h *holding) add(vm *VM, sign int) {
	a := vm.takes()
	h.used = h.used.plus(Amount{sign * a.MemoryMiB, sign * a.DiskMiB, sign * a.VCPUs, sign * a.VMs})
	if vm.counts() {
		h.running += sign
	}
}

// shift is what personas gained or lost on clusters by owners that a transaction
// wrote and that are not stored yet.
type shift map[quotaID]holding

// move notes that a VM changed its owner. A VM that its cluster does not list
// takes nothing.
func (s shift) move(vm, from, to Ref, snap *Snapshot) {
	st := snap.Clusters[vm.Cluster]
	if st == nil || from == to {
		return
	}
	listed, ok := st.VM(vm.Name)
	if !ok {
		return
	}
	for who, sign := range map[Ref]int{from: -1, to: 1} {
		h := s[quotaID{who, vm.Cluster}]
		h.add(listed, sign)
		s[quotaID{who, vm.Cluster}] = h
	}
}

// holding is what a persona's VMs on a cluster take: the shared sums, and what
// shifted since.
func (a account) holding(who Ref, st *ClusterState) holding {
	base := a.people
	if a.before != nil {
		base = a.before
	}
	h, d := a.ledger.tally(base, st).of[who], a.shift[quotaID{who, st.Name}]
	return holding{h.used.plus(d.used), h.running + d.running}
}
