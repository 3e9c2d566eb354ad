package core

import "time"

// View is what one person may see, at one moment: one snapshot, filtered by one
// state of the rights. It is immutable and cheap to take; the lists are shared
// and must not be changed. A front end takes a new one when Session.Changed
// tells.
type View struct{ stub int }

// Rev changes whenever anything in the view may have changed: data or rights.
func (v *View) Rev() uint64 { panic("stub") }

// ClusterSummary is a row of the fleet overview.
type ClusterSummary struct {
	Cluster Cluster     // CA and User are empty for who has no cluster admin
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
func (v *View) Clusters() []ClusterSummary { panic("stub") }

// Cluster returns one of them.
func (v *View) Cluster(name string) (ClusterSummary, bool) { panic("stub") }

// VMs returns every visible VM, sorted by cluster and name.
func (v *View) VMs() []*VM { panic("stub") }

// VM returns one VM by cluster and full name.
func (v *View) VM(r Ref) (*VM, bool) { panic("stub") }

// Nodes returns every visible node, sorted by cluster and name.
func (v *View) Nodes() []*Node { panic("stub") }

// Node returns one node by cluster and full name.
func (v *View) Node(r Ref) (*Node, bool) { panic("stub") }

// Jobs returns the visible jobs, ours and the clusters', newest first.
func (v *View) Jobs() []JobRow { panic("stub") }

// Find completes what a person typed (full name, short name without domain,
// "cluster/name", unique) to the Ref of a visible object of that kind. The error
// is CodeNotFound, with the same text whether the object does not exist or may
// not be seen, or CodeInvalid where several match, naming them.
func (v *View) Find(kind Kind, text string) (Ref, error) { panic("stub") }

// Can answers whether the person may do verb on an object, and why.
func (v *View) Can(verb Verb, on Ref) Decision { panic("stub") }

// Now is when the view was taken; ages on the screen are counted from the
// screen's own clock.
func (v *View) Now() time.Time { panic("stub") }
