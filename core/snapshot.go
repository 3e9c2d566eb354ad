package core

import (
	"time"
)

// Snapshot is an immutable picture of every cluster. A poller publishes a new
// one when something changed; whoever holds an old one may go on reading it.
type Snapshot struct {
	Rev      uint64                   // grows with every publication
	Clusters map[string]*ClusterState // by our name
}

// ClusterState is one cluster in a Snapshot. Nothing in it is changed after
// publication.
type ClusterState struct {
	Cluster Cluster
	Info    ClusterInfo
	VMs     []*VM          // sorted by name
	Nodes   []*Node        // sorted by name
	Jobs    []*UpstreamJob // newest first, without logs
	Health  Health
}

// Health is how fresh the data of a cluster are, and what is wrong.
type Health struct {
	Fetched time.Time // last complete good answer; zero: never
	Since   time.Time // when the cluster stopped answering; zero: it answers
	Error   *Error    // what the last attempt said; nil: it was good
	Retry   time.Time // when it is asked again while it does not answer
	Loading bool      // the first answer is still awaited
}

// Reachable tells whether the last attempt was good.
func (h Health) Reachable() bool { return h.Error == nil && !h.Fetched.IsZero() }
