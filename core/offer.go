package core

import (
	"slices"
	"strings"
	"time"
)

// Offer is what a cluster offers to who creates a VM there, and what it takes
// where nothing is said. Texts are as the cluster sent them.
type Offer struct {
	Cluster       string   `json:"cluster"`        // our name
	Hypervisors   []string `json:"hypervisors"`    // the default is the first one
	DiskTemplates []string `json:"disk_templates"` // the default is the first one
	// OSes are the operating systems with their variants: "debootstrap+default",
	// "noop".
	OSes      []string       `json:"oses"`
	Groups    []OfferGroup   `json:"groups"`
	Networks  []OfferNetwork `json:"networks"`
	Allocator string         `json:"allocator,omitempty"` // which chooses nodes by default; empty: none, nodes must be named
	Policy    Policy         `json:"policy"`

	// The parameters of a VM that says nothing else.
	Backend    []Param                       `json:"backend"`
	NIC        []Param                       `json:"nic"`
	Hypervisor map[string][]Param            `json:"hypervisor"`              // by hypervisor, also of those that are not enabled
	OSParams   map[string][]Param            `json:"os_params,omitempty"`     // by operating system, with or without variant
	OSHyper    map[string]map[string][]Param `json:"os_hypervisor,omitempty"` // by operating system and hypervisor
	Disk       map[string][]Param            `json:"disk"`                    // by disk template

	Node    []Param   `json:"node"`  // parameters of nodes
	Other   []Param   `json:"other"` // what else the cluster says of itself, so that nothing is hidden
	Fetched time.Time `json:"fetched"`
}

// OfferGroup is a node group with what holds for its VMs.
type OfferGroup struct {
	Name        string             `json:"name"`
	UUID        string             `json:"uuid"`
	AllocPolicy string             `json:"alloc_policy"`
	Nodes       []string           `json:"nodes"` // full names, sorted
	Policy      Policy             `json:"policy"`
	Node        []Param            `json:"node"` // parameters of its nodes
	Disk        map[string][]Param `json:"disk"` // by disk template
	Tags        []string           `json:"tags"`
	Serial      int64              `json:"serial"`
}

// OfferNetwork is a network with the node groups that it is connected to: a VM on
// a node of another group cannot be attached to it.
type OfferNetwork struct {
	Network
	CIDR6     string       `json:"cidr6,omitempty"`
	Gateway6  string       `json:"gateway6,omitempty"`
	MACPrefix string       `json:"mac_prefix,omitempty"` // empty: the cluster's
	Reserved  []string     `json:"reserved,omitempty"`   // addresses that no VM gets
	Groups    []Connection `json:"groups"`
	Tags      []string     `json:"tags"`
	Serial    int64        `json:"serial"`
	// Map has one character for each address, the first one first: X for what a VM,
	// a node or nobody may have, anything else for what is free.
	Map string `json:"map,omitempty"`
}

// Connection says how NICs in a network are set up on the nodes of a group.
type Connection struct {
	Group string `json:"group"`
	Mode  string `json:"mode"`
	Link  string `json:"link"`
	VLAN  string `json:"vlan,omitempty"`
}

// Policy bounds what VMs may have. A VM fits where it is within one of Ranges.
type Policy struct {
	Ranges        []PolicyRange `json:"ranges"`
	Standard      PolicySpec    `json:"standard"` // what capacity is counted in, and a sensible default
	DiskTemplates []string      `json:"disk_templates"`
	VCPURatio     float64       `json:"vcpu_ratio,omitempty"`    // most virtual CPUs for each of a node; 0: not said
	SpindleRatio  float64       `json:"spindle_ratio,omitempty"` // most spindles used for each of a node; 0: not said
	// Own lists what a node group sets by itself, in the cluster's words; the rest
	// follows the cluster's policy. Empty for a cluster.
	Own []string `json:"own,omitempty"`
}

// PolicyRange is the least and the most that a VM may have.
type PolicyRange struct {
	Min PolicySpec `json:"min"`
	Max PolicySpec `json:"max"`
}

// Unbounded stands in a PolicySpec for what is not said.
const Unbounded = -1

// PolicySpec is the size of a VM as policies see it; Unbounded is not said.
type PolicySpec struct {
	MemoryMiB int `json:"memory_mib"`
	DiskMiB   int `json:"disk_mib"` // of each disk
	VCPUs     int `json:"vcpus"`
	Disks     int `json:"disks"`
	NICs      int `json:"nics"`
	Spindles  int `json:"spindles"`
}

// OS is an operating system with the variants that it can be installed as.
type OS struct {
	Name     string   `json:"name"`
	Variants []string `json:"variants,omitempty"`
}

// Systems lists the operating systems with their variants, by name.
func (o Offer) Systems() []OS {
	var list []OS
	for _, full := range slices.Sorted(slices.Values(o.OSes)) {
		name, variant, _ := strings.Cut(full, "+")
		if len(list) == 0 || list[len(list)-1].Name != name {
			list = append(list, OS{Name: name})
		}
		if variant != "" {
			last := &list[len(list)-1]
			last.Variants = append(last.Variants, variant)
		}
	}
	return list
}

// Network returns a network by name.
func (o Offer) Network(name string) (OfferNetwork, bool) {
	i := slices.IndexFunc(o.Networks, func(n OfferNetwork) bool { return n.Name == name })
	if i < 0 {
		return OfferNetwork{}, false
	}
	return o.Networks[i], true
}

// Group returns a node group by name.
func (o Offer) Group(name string) (OfferGroup, bool) {
	i := slices.IndexFunc(o.Groups, func(g OfferGroup) bool { return g.Name == name })
	if i < 0 {
		return OfferGroup{}, false
	}
	return o.Groups[i], true
}

// GroupOf returns the group of a node.
func (o Offer) GroupOf(node string) (OfferGroup, bool) {
	i := slices.IndexFunc(o.Groups, func(g OfferGroup) bool { return slices.Contains(g.Nodes, node) })
	if i < 0 {
		return OfferGroup{}, false
	}
	return o.Groups[i], true
}
