package inventory

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gwm/core"
)

// Everything here is a pure function over lists: what a poller concludes from an
// answer. Lists are sorted by name; an unchanged object keeps its pointer, and
// an unchanged list is returned as it was.

// stampPlan is what the cheap answer says about the VMs of a cluster.
type stampPlan struct {
	next    []*core.VM // what is known after it, without the objects to fetch
	changed bool       // next differs from what was known
	fetch   []string   // new, or changed in more than the stamp shows
	removed []string   // gone for good
}

// planStamps compares what is known with the cheap answer of the cluster, which
// it sorts.
func planStamps(known []*core.VM, stamps []core.VMStamp) stampPlan {
	slices.SortFunc(stamps, func(a, b core.VMStamp) int { return strings.Compare(a.Name, b.Name) })
	p := stampPlan{next: make([]*core.VM, 0, len(known))}
	i := 0
	for _, st := range stamps {
		for ; i < len(known) && known[i].Name < st.Name; i++ {
			p.missing(known[i])
		}
		if i == len(known) || known[i].Name != st.Name {
			p.fetch = append(p.fetch, st.Name)
			continue
		}
		vm := known[i]
		i++
		if vm.Serial != st.Serial || !vm.Modified.Equal(st.Modified) {
			p.fetch = append(p.fetch, st.Name)
		}
		if patched := stamped(vm, st); patched != vm {
			vm, p.changed = patched, true
		}
		p.next = append(p.next, vm)
	}
	for ; i < len(known); i++ {
		p.missing(known[i])
	}
	if !p.changed {
		p.next = known
	}
	return p
}

// missing handles a VM that a good answer did not hold: it is marked after the
// first and dropped after the second.
func (p *stampPlan) missing(vm *core.VM) {
	p.changed = true
	if vm.Gone {
		p.removed = append(p.removed, vm.Name)
		return
	}
	gone := *vm
	gone.Gone = true
	p.next = append(p.next, &gone)
}

// stamped returns vm where st says nothing new, and a changed copy otherwise.
// Serial and Modified stay those of the object that was fetched whole.
func stamped(vm *core.VM, st core.VMStamp) *core.VM {
	if vm.Status == st.Status && vm.State == st.State && vm.AdminState == st.AdminState && vm.Node == st.Node &&
		vm.Hypervisor == st.Hypervisor && vm.RunMemoryMiB == st.RunMemoryMiB && !vm.Gone {
		return vm
	}
	c := *vm
	c.Status, c.State, c.AdminState, c.Node = st.Status, st.State, st.AdminState, st.Node
	c.Hypervisor, c.RunMemoryMiB, c.Gone = st.Hypervisor, st.RunMemoryMiB, false
	index(&c)
	return &c
}

// index sets what plain words search in a VM that is not published yet.
func index(vm *core.VM) {
	vm.Search = ""
	vm.Search = vm.FilterText()
}

// mergeVMs puts whole objects into what is known. With complete, got is the
// whole inventory and what is missing in it goes; otherwise it only adds.
func mergeVMs(known, got []*core.VM, complete bool) stampPlan {
	slices.SortFunc(got, func(a, b *core.VM) int { return strings.Compare(a.Name, b.Name) })
	p := stampPlan{next: make([]*core.VM, 0, max(len(known), len(got)))}
	absent := func(vm *core.VM) {
		if complete {
			p.missing(vm)
		} else {
			p.next = append(p.next, vm)
		}
	}
	i := 0
	for k, vm := range got {
		if k > 0 && got[k-1].Name == vm.Name {
			continue
		}
		for ; i < len(known) && known[i].Name < vm.Name; i++ {
			absent(known[i])
		}
		if i < len(known) && known[i].Name == vm.Name {
			if equalVM(known[i], vm) {
				vm = known[i]
			} else {
				p.changed = true
			}
			i++
		} else {
			p.changed = true
		}
		p.next = append(p.next, vm)
	}
	for ; i < len(known); i++ {
		absent(known[i])
	}
	if !p.changed {
		p.next = known
	}
	return p
}

// mergeNodes is mergeVMs for a complete list of nodes.
func mergeNodes(known, got []*core.Node) (next []*core.Node, changed bool) {
	slices.SortFunc(got, func(a, b *core.Node) int { return strings.Compare(a.Name, b.Name) })
	next = make([]*core.Node, 0, max(len(known), len(got)))
	absent := func(n *core.Node) {
		changed = true
		if n.Gone {
			return
		}
		gone := *n
		gone.Gone = true
		next = append(next, &gone)
	}
	i := 0
	for _, n := range got {
		for ; i < len(known) && known[i].Name < n.Name; i++ {
			absent(known[i])
		}
		if i < len(known) && known[i].Name == n.Name {
			if equalNode(known[i], n) {
				n = known[i]
			} else {
				changed = true
			}
			i++
		} else {
			changed = true
		}
		next = append(next, n)
	}
	for ; i < len(known); i++ {
		absent(known[i])
	}
	if !changed {
		return known, false
	}
	return next, true
}

// mergeJobs returns the cluster's queue as it is now, newest first, with the
// pointers of jobs that did not change. What became of those that it lists no more
// is in history.go.
func mergeJobs(known, got []*core.UpstreamJob) (next []*core.UpstreamJob, changed bool) {
	old := make(map[string]*core.UpstreamJob, len(known))
	for _, j := range known {
		old[j.ID] = j
	}
	for i, j := range got {
		if o := old[j.ID]; o != nil && equalJob(o, j) {
			got[i] = o
		}
	}
	slices.SortStableFunc(got, func(a, b *core.UpstreamJob) int {
		return cmp.Or(b.Received.Compare(a.Received), compareIDs(b.ID, a.ID))
	})
	if slices.Equal(known, got) {
		return known, false
	}
	return got, true
}

// compareIDs orders job ids, which are decimal numbers of any length.
func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

// needsBulk tells whether fetching so many VMs one by one would cost the cluster
// more than the whole list.
func needsBulk(fetch, total int) bool {
	return fetch > 20 && fetch > total/10 || fetch > 0 && total == 0
}

// pollState is what decides when a cluster is asked again.
type pollState struct {
	busy     bool // jobs run there
	looked   bool // a screen shows it
	failures int  // attempts that failed since the last good one
}

// pollDelay returns the time from one poll to the next; spread is a random
// number in [0,1) that keeps clusters from being asked in step.
func pollDelay(t core.Tuning, s pollState, spread float64) time.Duration {
	base := t.PollIdle
	switch {
	case s.failures > 0:
		base = t.PollLooked << min(s.failures-1, 16)
		if base <= 0 || base > t.BackoffMax {
			base = t.BackoffMax
		}
		return base - time.Duration(spread*float64(base)/4)
	case s.busy:
		base = t.PollBusy
	case s.looked:
		base = t.PollLooked
	}
	return base + time.Duration(spread*float64(base)/10)
}
