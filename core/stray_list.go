package core

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// strays keeps which VMs of each cluster need attention, for everybody who
// administers it. A list is made anew only where the VMs or the people changed,
// and then looks closely only at what changed.
type strays struct {
	mu      sync.Mutex
	records *vmRecords
	lists   map[string]*strayList
}

// vmRecords is what one picture of people says about VMs, by cluster and sorted
// by name.
type vmRecords struct {
	people   *people
	until    time.Time // when a grant in it ends; zero: never
	clusters map[string][]vmRecord
}

type vmRecord struct {
	name     string
	kept     bool // there is an owner or a grant; otherwise only a lock
	owned    bool
	governed bool     // somebody who administers neither site nor cluster holds a right
	tags     []string // that the VM should have
}

// strayList is what is to be said about the VMs of one cluster.
type strayList struct {
	records *vmRecords
	vms     []*VM
	kinds   []strayBits // of each of vms
	missing []string
	counts  map[StrayKind]int // but for missing
}

// strayBits is a set of kinds.
type strayBits uint8

const (
	bitOrphan strayBits = 1 << iota
	bitUngoverned
	bitImportable
	bitConflict
)

// bitKinds are the kinds of the bits, in the order of StrayKinds.
var bitKinds = [...]StrayKind{StrayOrphan, StrayUngoverned, StrayImportable, StrayConflict}

// kinds calls yield with each kind in the set.
func (b strayBits) kinds(yield func(StrayKind)) {
	for i, kind := range bitKinds {
		if b&(1<<i) != 0 {
			yield(kind)
		}
	}
}

// list returns what is to be said about a cluster. writes tells that gwm writes
// tags, so that a VM without any differs from its records.
func (s *strays) list(p *people, st *ClusterState, writes bool, now time.Time) *strayList {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records == nil || s.records.people != p || !s.records.until.IsZero() && !now.Before(s.records.until) {
		s.records, s.lists = p.vmRecords(now), map[string]*strayList{}
	}
	name := st.Name
	old := s.lists[name]
	if old == nil || !same(old.vms, st.VMs) {
		s.lists[name] = newStrayList(old, s.records, name, st.VMs, writes)
	}
	return s.lists[name]
}

// vmRecords sorts out what the records say about VMs.
func (p *people) vmRecords(now time.Time) *vmRecords {
	r := &vmRecords{people: p, clusters: map[string][]vmRecord{}}
	bosses := map[grantID]bool{}
	for vm := range p.recorded() {
		if vm.Kind != KindVM {
			continue
		}
		owner, grants := p.owners[vm].Owner, p.grantsOn[vm]
		rec := vmRecord{
			name: vm.Name, owned: !owner.IsZero(), kept: !owner.IsZero() || len(grants) > 0, tags: writeTags(owner, grants),
		}
		for _, g := range grants {
			if g.Expired(now) {
				continue
			}
			rec.governed = rec.governed || p.governs(bosses, g.Who, vm.Cluster, now)
			if !g.Until.IsZero() && (r.until.IsZero() || g.Until.Before(r.until)) {
				r.until = g.Until
			}
		}
		r.clusters[vm.Cluster] = append(r.clusters[vm.Cluster], rec)
	}
	for _, list := range r.clusters {
		slices.SortFunc(list, func(a, b vmRecord) int { return strings.Compare(a.name, b.name) })
	}
	return r
}

// recorded are the objects that something is kept about.
func (p *people) recorded() map[Ref]bool {
	about := map[Ref]bool{}
	for vm := range p.owners {
		about[vm] = true
	}
	for on := range p.grantsOn {
		about[on] = true
	}
	for on := range p.locks {
		about[on] = true
	}
	for on := range p.notes {
		about[on] = true
	}
	for _, t := range p.tokens {
		about[t.On] = true
	}
	return about
}

// governs tells whether somebody can log in as who, or as a member of it, who
// administers neither the site nor the cluster. known remembers answers.
func (p *people) governs(known map[grantID]bool, who Ref, cluster string, now time.Time) bool {
	id := grantID{who, ClusterRef(cluster)}
	answer, ok := known[id]
	if ok {
		return answer
	}
	names := []string{who.Name}
	if who.Kind == KindGroup {
		names = p.groups[who.Name].Members
	}
	answer = slices.ContainsFunc(names, func(name string) bool {
		u, ok := p.users[name]
		return ok && !u.Disabled && !p.held(name, VerbAdmin, id.on, now).OK
	})
	known[id] = answer
	return answer
}

// newStrayList looks at the VMs of a cluster, which are sorted by name. What the
// old list said of a VM that is still the same holds.
func newStrayList(old *strayList, records *vmRecords, cluster string, vms []*VM, writes bool) *strayList {
	l := &strayList{records: records, vms: vms, kinds: make([]strayBits, len(vms)), counts: map[StrayKind]int{}}
	if old == nil || old.records != records {
		old = &strayList{}
	}
	recs := records.clusters[cluster]
	r, o := 0, 0
	for i, vm := range vms {
		for ; r < len(recs) && recs[r].name < vm.Name; r++ {
			l.missing = append(l.missing, recs[r].name)
		}
		var rec vmRecord
		if r < len(recs) && recs[r].name == vm.Name {
			rec = recs[r]
			r++
		}
		for o < len(old.vms) && old.vms[o].Name < vm.Name {
			o++
		}
		if o < len(old.vms) && old.vms[o] == vm {
			l.kinds[i] = old.kinds[o]
		} else {
			l.kinds[i] = rec.judge(vm, writes)
		}
		l.kinds[i].kinds(func(kind StrayKind) { l.counts[kind]++ })
	}
	for ; r < len(recs); r++ {
		l.missing = append(l.missing, recs[r].name)
	}
	return l
}

// judge says what is to be said about a VM with this record.
func (r vmRecord) judge(vm *VM, writes bool) strayBits {
	tagged := slices.ContainsFunc(vm.Tags, isTagOfOurs)
	switch {
	case !r.kept && tagged:
		return bitImportable
	case !r.kept:
		return bitOrphan | bitUngoverned
	}
	var bits strayBits
	if !r.owned {
		bits |= bitOrphan
	}
	if !r.governed {
		bits |= bitUngoverned
	}
	if (tagged || writes) && !slices.Equal(tagsOfOurs(vm.Tags), r.tags) {
		bits |= bitConflict
	}
	return bits
}

// of returns what is said of a VM that is listed.
func (l *strayList) of(name string) strayBits {
	i, ok := slices.BinarySearchFunc(l.vms, name, func(v *VM, name string) int { return strings.Compare(v.Name, name) })
	if !ok {
		return 0
	}
	return l.kinds[i]
}
