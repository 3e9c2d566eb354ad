package core

import "time"

// Node is a physical host of a cluster. Numbers that the node did not tell
// (it is down) are -1.
type Node struct {
	Cluster       string    `json:"cluster"`
	Name          string    `json:"name"`
	UUID          string    `json:"uuid"`
	Role          NodeRole  `json:"role"`
	Offline       bool      `json:"offline"`
	Drained       bool      `json:"drained"`
	MasterCapable bool      `json:"master_capable"`
	VMCapable     bool      `json:"vm_capable"`
	Group         string    `json:"group"` // name of its node group
	PrimaryIP     string    `json:"primary_ip"`
	SecondaryIP   string    `json:"secondary_ip"`
	MemoryMiB     int       `json:"memory_mib"`
	MemoryFreeMiB int       `json:"memory_free_mib"`
	MemoryNodeMiB int       `json:"memory_node_mib"` // used by the node's own system
	DiskMiB       int       `json:"disk_mib"`
	DiskFreeMiB   int       `json:"disk_free_mib"`
	CPUs          int       `json:"cpus"`
	Sockets       int       `json:"sockets"`
	Primary       []string  `json:"primary"`   // VMs that run here, sorted
	Secondary     []string  `json:"secondary"` // VMs that have their second disk copy here, sorted
	Tags          []string  `json:"tags"`
	Params        []Param   `json:"params,omitempty"`
	Created       time.Time `json:"created,omitzero"`
	Modified      time.Time `json:"modified,omitzero"`
	Serial        int64     `json:"serial"`
	Gone          bool      `json:"gone,omitempty"` // as VM.Gone
}

// Ref names the node.
func (n *Node) Ref() Ref { return NodeRef(n.Cluster, n.Name) }

// NodeRole is what a node does in its cluster.
type NodeRole string

// The roles (Ganeti's M, C, R, D, O).
const (
	RoleMaster    NodeRole = "master"
	RoleCandidate NodeRole = "candidate"
	RoleRegular   NodeRole = "regular"
	RoleDrained   NodeRole = "drained"
	RoleOffline   NodeRole = "offline"
)
