package core

import "time"

// Limits bound what a persona's VMs may use on one cluster. A nil limit is
// "unlimited", 0 is "none".
type Limits struct {
	MemoryMiB *int `json:"memory_mib"`
	DiskMiB   *int `json:"disk_mib"`
	VCPUs     *int `json:"vcpus"`
	VMs       *int `json:"vms"`
}

// Quota is what a user or a group may use on a cluster; with a zero Who it is the
// cluster's default, which holds for everybody who has no quota of their own
// there. A quota of one's own replaces the default as a whole. Where there is
// neither, nothing is limited.
type Quota struct {
	Who     Ref       `json:"who,omitzero"`
	Cluster string    `json:"cluster"`
	Limits  Limits    `json:"limits"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Amount is how much of each limited resource something takes.
type Amount struct {
	MemoryMiB int `json:"memory_mib"`
	DiskMiB   int `json:"disk_mib"`
	VCPUs     int `json:"vcpus"`
	VMs       int `json:"vms"`
}
