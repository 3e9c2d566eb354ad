package core

import (
	"strconv"
	"strings"
	"time"
)

// VM is a virtual machine as lists show it: small, immutable once published,
// shared by all snapshots and sessions. The rest is in VMDetail.
type VM struct {
	Cluster      string    `json:"cluster"`
	Name         string    `json:"name"`
	UUID         string    `json:"uuid"`
	Status       string    `json:"status"`      // as the cluster says it: "running", "ADMIN_down", "ERROR_nodedown", ...
	State        VMState   `json:"state"`       // the same in our few words
	AdminState   string    `json:"admin_state"` // "up", "down", "offline": what was asked for
	Node         string    `json:"node"`
	Secondaries  []string  `json:"secondaries,omitempty"`
	OS           string    `json:"os"`
	Hypervisor   string    `json:"hypervisor"`
	DiskTemplate string    `json:"disk_template"`
	VCPUs        int       `json:"vcpus"`
	MemoryMiB    int       `json:"memory_mib"`     // configured maximum
	MinMemoryMiB int       `json:"min_memory_mib"` // configured minimum
	RunMemoryMiB int       `json:"run_memory_mib"` // in use now; 0 when down, -1 when not known
	DiskMiB      int       `json:"disk_mib"`       // sum of the disks
	Disks        []Disk    `json:"disks"`
	NICs         []NIC     `json:"nics"`
	Tags         []string  `json:"tags"`
	ConsolePort  int       `json:"console_port,omitempty"` // TCP port of the graphical console on the node; 0: none
	Created      time.Time `json:"created,omitzero"`
	Modified     time.Time `json:"modified,omitzero"`
	Serial       int64     `json:"serial"`

	// Search is the lower-case text that filters search, filled when the VM is
	// published.
	Search string `json:"-"`

	// Gone is set when the cluster stopped listing the VM; it is removed after
	// two good answers without it.
	Gone bool `json:"gone,omitempty"`
}

// Ref names the VM.
func (v *VM) Ref() Ref { return VMRef(v.Cluster, v.Name) }

// VMState is a VM's state in the few words that screens colour and filters use.
type VMState string

// The states. StateError is a difference between what is and what was asked
// for, or a state that the cluster itself calls an error.
const (
	StateRunning VMState = "running"
	StateDown    VMState = "down"    // stopped on purpose, by an administrator or from inside
	StateOffline VMState = "offline" // stopped and reserved resources released
	StateError   VMState = "error"
	StateUnknown VMState = "unknown" // its node does not answer
)

// Disk is one disk of a VM.
type Disk struct {
	Name     string `json:"name,omitempty"`
	UUID     string `json:"uuid,omitempty"`
	SizeMiB  int    `json:"size_mib"`
	Spindles int    `json:"spindles,omitempty"`
}

// NIC is one network interface of a VM.
type NIC struct {
	Name    string `json:"name,omitempty"`
	UUID    string `json:"uuid,omitempty"`
	MAC     string `json:"mac"`
	IP      string `json:"ip,omitempty"`
	Mode    string `json:"mode"`
	Link    string `json:"link,omitempty"`
	Network string `json:"network,omitempty"`
	VLAN    string `json:"vlan,omitempty"`
}

// VMDetail is everything that a cluster tells of a VM beyond VM.
type VMDetail struct {
	VM         VM        `json:"vm"`
	Backend    []Param   `json:"backend"`
	Hypervisor []Param   `json:"hypervisor"`
	OSParams   []Param   `json:"os_params,omitempty"`
	Other      []Param   `json:"other,omitempty"` // fields that we do not know, so that nothing is hidden
	Fetched    time.Time `json:"fetched"`
}

// Param is one parameter with its value in text form.
type Param struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Custom bool   `json:"custom"` // set on the VM itself, not inherited from the cluster
}

// Param is the parameter with the name that an EditVM gives it, "be/vcpus". One
// that the VM does not have is inherited and empty.
func (d VMDetail) Param(name string) Param {
	switch name {
	case ParamOS:
		return Param{Name: name, Value: d.VM.OS, Custom: true}
	case ParamOffline:
		return Param{Name: name, Value: strconv.FormatBool(d.VM.AdminState == "offline"), Custom: true}
	}
	where, short, _ := strings.Cut(name, "/")
	list := d.OSParams
	switch where + "/" {
	case BackendParam:
		list = d.Backend
	case HypervisorParam:
		list = d.Hypervisor
	}
	return findParam(list, short)
}

func findParam(list []Param, name string) Param {
	for _, p := range list {
		if p.Name == name {
			return p
		}
	}
	return Param{Name: name}
}
