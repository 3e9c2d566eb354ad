package core

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Snapshot is an immutable picture of every cluster. The Inventory publishes a
// new one when something changed; whoever holds an old one may go on reading it.
type Snapshot struct {
	Rev      uint64                   // grows with every publication
	Clusters map[string]*ClusterState // by our name
}

// ClusterState is what one cluster said in a Snapshot; how it is set up is in the
// records alone. Nothing in it is changed after publication.
type ClusterState struct {
	Name  string // ours
	Info  ClusterInfo
	VMs   []*VM          // sorted by name
	Nodes []*Node        // sorted by name
	Jobs  []*UpstreamJob // newest first, without logs
	// Archived are jobs that others gave to it and that it lists no more, newest
	// first; none has the id of one of Jobs.
	Archived []*UpstreamJob
	Health   Health
	Asked    time.Time // when the cluster was asked for what VMs shows; zero: before the start
}

// Health is how fresh the data of a cluster are, and what is wrong.
type Health struct {
	Fetched time.Time // last complete good answer; zero: never
	// NodesFetched is when the nodes were last told, with how much of them is
	// free: seldom asked, because a cluster asks each of its nodes for it. Zero
	// until the first answer after a start.
	NodesFetched time.Time
	Since        time.Time // when the cluster stopped answering; zero: it answers
	Error        *Error    // what the last attempt said; nil: it was good
	Retry        time.Time // when it is asked again while it does not answer
	Loading      bool      // the first answer is still awaited
	LeftOut      LeftOut   // what it lists and gwm cannot show; empty for who does not see the cluster
}

// Reachable tells whether the last attempt was good.
func (h Health) Reachable() bool { return h.Error == nil && !h.Fetched.IsZero() }

// vm returns a VM, nil where there is none.
func (s *Snapshot) vm(r Ref) *VM {
	st := s.Clusters[r.Cluster]
	if st == nil || r.Kind != KindVM {
		return nil
	}
	vm, _ := st.VM(r.Name)
	return vm
}

// node returns a node, nil where there is none.
func (s *Snapshot) node(r Ref) *Node {
	st := s.Clusters[r.Cluster]
	if st == nil || r.Kind != KindNode {
		return nil
	}
	n, _ := st.node(r.Name)
	return n
}

// names returns the names of the clusters, sorted.
func (s *Snapshot) names() []string { return slices.Sorted(maps.Keys(s.Clusters)) }

// VM returns a VM by full name.
func (st *ClusterState) VM(name string) (*VM, bool) {
	i, ok := slices.BinarySearchFunc(st.VMs, name, func(v *VM, name string) int { return strings.Compare(v.Name, name) })
	if !ok {
		return nil, false
	}
	return st.VMs[i], true
}

// node returns a node by full name.
func (st *ClusterState) node(name string) (*Node, bool) {
	i, ok := slices.BinarySearchFunc(st.Nodes, name, func(n *Node, name string) int { return strings.Compare(n.Name, name) })
	if !ok {
		return nil, false
	}
	return st.Nodes[i], true
}

// job returns a job of the cluster by its id, also an archived one.
func (st *ClusterState) job(id string) (*UpstreamJob, bool) {
	for _, list := range [...][]*UpstreamJob{st.Jobs, st.Archived} {
		for _, j := range list {
			if j.ID == id {
				return j, true
			}
		}
	}
	return nil, false
}

// jobOf returns the cluster's job that carries out a job of ours, nil where there
// is none. By the reason it is found before its id was stored.
func (st *ClusterState) jobOf(j *Job) *UpstreamJob {
	for _, up := range st.Jobs {
		if j.Upstream != "" && up.ID == j.Upstream || j.Upstream == "" && j.Reason != "" && up.Reason == j.Reason {
			return up
		}
	}
	return nil
}

// same tells whether two lists are one and the same: immutable lists are shared
// instead of copied, so this is how "unchanged" is told without comparing rows.
func same[T any](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	return len(a) == 0 || &a[0] == &b[0]
}
