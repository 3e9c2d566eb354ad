package core

import (
	"slices"
	"strings"
	"time"
)

// viewPart is what a person sees of one cluster.
type viewPart struct {
	seen     bool // the cluster itself is visible
	allVMs   bool // every VM is visible, whatever its name
	allNodes bool
	state    *ClusterState // that the lists are taken from
	vms      []*VM
	nodes    []*Node
	count    vmCount
}

// vmCount sums up the visible VMs of a cluster.
type vmCount struct{ vms, running, errors, memoryMiB int }

func (p *viewPart) visible() bool { return p.seen || p.allVMs || len(p.vms) > 0 }

// anyName stands for every VM or node of a cluster: no object can have this
// name, so a right on it can only come from the cluster or the site.
const anyName = "*"

// look fills what the rights decide. old is the person's last view or nil: where
// neither rights nor list changed, its filtered lists are taken over.
func (v *View) look(old *View) {
	if old != nil && (old.people != v.people || !v.now.Before(old.until)) {
		old = nil
	}
	v.parts = make(map[string]*viewPart, len(v.snap.Clusters))
	for _, name := range v.snap.names() {
		st := v.snap.Clusters[name]
		var before *viewPart
		if old != nil {
			before = old.parts[name]
		}
		part := v.part(st, before)
		v.parts[name] = part
		// What the inventory does not know yet to be removed has no settings any more.
		if settings, ok := v.people.clusters[name]; ok && part.visible() {
			v.clusters = append(v.clusters, v.summary(settings, st, part))
		}
	}
}

func (v *View) part(st *ClusterState, before *viewPart) *viewPart {
	name := st.Name
	p := &viewPart{state: st}
	if before == nil {
		p.seen = v.sees(ClusterRef(name))
		p.allVMs = v.sees(VMRef(name, anyName))
		p.allNodes = v.sees(NodeRef(name, anyName))
	} else {
		p.seen, p.allVMs, p.allNodes = before.seen, before.allVMs, before.allNodes
	}
	if before != nil && same(before.state.VMs, st.VMs) {
		p.vms, p.count = before.vms, before.count
	} else {
		p.vms = v.visibleVMs(st, p.allVMs)
		if before != nil && slices.Equal(p.vms, before.vms) {
			p.vms = before.vms
		}
		p.count = countVMs(p.vms)
	}
	if p.allNodes {
		p.nodes = st.Nodes
	}
	return p
}

// visibleVMs returns the VMs of a cluster that the person may see: the list
// itself where that is all of them. Otherwise a right can only come from a grant
// on the VM, so that allow is asked for those and not for 100,000 others.
func (v *View) visibleVMs(st *ClusterState, all bool) []*VM {
	if all {
		return st.VMs
	}
	var vms []*VM
	for _, subject := range v.people.subjects(v.who) {
		for _, g := range v.people.grantsOf[subject] {
			if g.On.Kind != KindVM || g.On.Cluster != st.Name {
				continue
			}
			if vm, ok := st.VM(g.On.Name); ok && v.sees(g.On) {
				vms = append(vms, vm)
			}
		}
	}
	slices.SortFunc(vms, func(a, b *VM) int { return strings.Compare(a.Name, b.Name) })
	return slices.Compact(vms)
}

// visibleParts returns the lists of the visible clusters in the order of their
// names. key is empty, or names the clusters where all of each is visible: then
// whoever has the same key has the same lists.
func (v *View) visibleParts() (key string, vms [][]*VM, nodes [][]*Node) {
	var b strings.Builder
	whole := true
	for i := range v.clusters {
		name := v.clusters[i].Cluster.Name
		p := v.parts[name]
		vms, nodes = append(vms, p.vms), append(nodes, p.nodes)
		whole = whole && p.allVMs && p.allNodes
		b.WriteString("/" + name)
	}
	if whole {
		key = b.String()
	}
	return key, vms, nodes
}

func countVMs(vms []*VM) vmCount {
	c := vmCount{vms: len(vms)}
	for _, vm := range vms {
		switch vm.State {
		case StateRunning:
			c.running++
			c.memoryMiB += vm.MemoryMiB
		case StateError, StateUnknown:
			c.errors++
		case StateDown, StateOffline:
		}
	}
	return c
}

// summary is the cluster's row of the fleet overview.
func (v *View) summary(settings Cluster, st *ClusterState, p *viewPart) ClusterSummary {
	s := ClusterSummary{
		Cluster: settings, Health: st.Health, Partial: !p.seen,
		VMs: p.count.vms, Running: p.count.running, Errors: p.count.errors, VMMemoryMiB: p.count.memoryMiB,
		Lock: v.lockOn(settings),
	}
	s.Managed = v.people.held(v.who, VerbManage, ClusterRef(st.Name), v.now).OK // locks do not hide
	if !s.Managed {
		s.Cluster.CA, s.Cluster.User = "", ""
	}
	v.countJobs(&s, st)
	if s.Partial {
		s.Health.LeftOut = LeftOut{}
		return s
	}
	s.Info = st.Info
	for _, n := range p.nodes {
		s.Nodes++
		if n.Offline || n.MemoryMiB < 0 {
			s.NodesDown++
		}
		s.MemoryMiB += max(n.MemoryMiB, 0)
		s.MemoryFreeMiB += max(n.MemoryFreeMiB, 0)
		s.DiskMiB += max(n.DiskMiB, 0)
		s.DiskFreeMiB += max(n.DiskFreeMiB, 0)
	}
	return s
}

// countJobs counts the visible jobs of a cluster's queue.
func (v *View) countJobs(s *ClusterSummary, st *ClusterState) {
	day := v.now.Add(-24 * time.Hour)
	for _, jobs := range [...][]*UpstreamJob{st.Jobs, st.Archived} {
		for _, j := range jobs {
			failed := j.State == JobFailed && j.Ended.After(day)
			if j.State != JobRunning && !failed || !v.seesUpstream(st.Name, j) {
				continue
			}
			if failed {
				s.JobsFailed++
			} else {
				s.JobsRunning++
			}
		}
	}
}

// Lock returns the lock on an object that the person sees; ok is false where
// there is none on the object itself.
func (v *View) Lock(on Ref) (l Lock, ok bool) {
	l, ok = v.people.locks[on]
	if !ok || on.Kind != KindSite && !v.sees(on) {
		return Lock{}, false
	}
	return l, true
}

// lockOn returns what freezes a cluster: a lock on it or on the site, or that it
// is read-only.
func (v *View) lockOn(c Cluster) *Lock {
	for _, on := range []Ref{ClusterRef(c.Name), Site()} {
		if l, ok := v.people.locks[on]; ok {
			return &l
		}
	}
	if c.frozen() {
		return &Lock{On: ClusterRef(c.Name), Reason: c.whyReadOnly()}
	}
	return nil
}
