package core

import "time"

// View is what one person may see, at one moment: one snapshot, filtered by one
// state of the rights. It is immutable and cheap to take; the lists are shared
// and must not be changed. A front end takes a new one when Session.Changed
// tells, and when it wants fresh ages.
type View struct {
	who    string
	rev    uint64
	now    time.Time
	until  time.Time // when it is stale by itself
	snap   *Snapshot
	people *people
	ours   *jobPicture
	engine *engine
	book   book    // what jobs reserved of quotas
	ledger *ledger // sums that all views share

	parts    map[string]*viewPart // every cluster, also the invisible ones
	clusters []ClusterSummary
	vms      rows[*VM]
	nodes    rows[*Node]
	jobs     *jobList

	strayCounts func() map[StrayKind]int
}

// Rev changes whenever anything in the view may have changed: data, their age,
// or rights.
func (v *View) Rev() uint64 { return v.rev }

// PeopleRev changes whenever something changed that is kept about people: users,
// groups, keys, rights, quotas, tokens, who waits for an account.
func (v *View) PeopleRev() uint64 { return v.people.rev }

// ListRev changes only when the list of VMs or nodes changed (KindVM, KindNode),
// not with the age of the data; for every other kind it is Rev.
func (v *View) ListRev(kind Kind) uint64 {
	if kind == KindVM {
		return v.vms.rev
	}
	if kind == KindNode {
		return v.nodes.rev
	}
	return v.rev
}

// ClusterSummary is a row of the fleet overview.
type ClusterSummary struct {
	Cluster Cluster     // CA and User are empty where Managed is false
	Managed bool        // the person may change what gwm keeps of it
	Info    ClusterInfo // empty when Partial
	Health  Health
	// Partial: the person has rights on some VMs only. The numbers below then
	// count what they see, and nodes and sizes are zero.
	Partial       bool
	Nodes         int
	NodesDown     int // offline or silent
	VMs           int
	Running       int
	Errors        int // VMs in StateError or StateUnknown
	MemoryMiB     int // of all nodes that tell
	MemoryFreeMiB int
	DiskMiB       int
	DiskFreeMiB   int
	VMMemoryMiB   int // configured for the visible VMs that run
	JobsRunning   int
	JobsFailed    int   // in the last 24 hours
	Lock          *Lock // what freezes it, if anything; a read-only cluster has one
}

// Clusters returns the clusters that the person may see, by name.
func (v *View) Clusters() []ClusterSummary { return v.clusters }

// Cluster returns one of them.
func (v *View) Cluster(name string) (ClusterSummary, bool) {
	for _, c := range v.clusters {
		if c.Cluster.Name == name {
			return c, true
		}
	}
	return ClusterSummary{}, false
}

// VMs returns every visible VM, sorted by cluster and name.
func (v *View) VMs() []*VM { return v.vms.all }

// VMTexts returns the texts that filters search in the VMs, in the order of VMs.
// They lie one after the other in memory, so that looking through all of them is
// many times faster than asking each VM. They are made by the first call, for
// everybody who sees the same VMs; for 100,000 that takes some 20 ms.
func (v *View) VMTexts() []string { return v.vms.texts() }

// VM returns one VM by cluster and full name.
func (v *View) VM(r Ref) (*VM, bool) {
	st := v.snap.Clusters[r.Cluster]
	if r.Kind != KindVM || st == nil {
		return nil, false
	}
	vm, ok := st.VM(r.Name)
	if !ok || !v.sees(r) {
		return nil, false
	}
	return vm, true
}

// Nodes returns every visible node, sorted by cluster and name.
func (v *View) Nodes() []*Node { return v.nodes.all }

// Node returns one node by cluster and full name.
func (v *View) Node(r Ref) (*Node, bool) {
	st := v.snap.Clusters[r.Cluster]
	if r.Kind != KindNode || st == nil {
		return nil, false
	}
	n, ok := st.node(r.Name)
	if !ok || !v.sees(r) {
		return nil, false
	}
	return n, true
}

// Jobs returns the visible jobs, ours and the clusters', newest first.
func (v *View) Jobs() []JobRow { return v.jobs.rows() }

// JobsOn returns those that work on an object, newest first. They point into
// what Jobs returns.
func (v *View) JobsOn(on Ref) []*JobRow { return v.jobs.on()[on] }

// Can answers whether the person may do verb on an object, and why. It does not
// ask whether the object exists.
func (v *View) Can(verb Verb, on Ref) Decision { return v.may(verb, on) }

// Now is when the view was taken; ages on the screen are counted from the
// screen's own clock.
func (v *View) Now() time.Time { return v.now }

// may asks for a right. The filter of every list and Can come through here.
func (v *View) may(verb Verb, on Ref) Decision { return allow(v.people, v.who, verb, on, v.now) }

func (v *View) sees(on Ref) bool { return v.may(VerbSee, on).OK }
