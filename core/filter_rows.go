package core

import "strings"

// searchText is what plain words search in a VM, in lower case.
func searchText(v *VM) string {
	words := make([]string, 0, 8+len(v.Tags)+2*len(v.NICs))
	words = append(words, v.Name, v.Cluster, v.Node, v.OS, v.Hypervisor, v.Status, string(v.State))
	words = append(words, v.Tags...)
	for i := range v.NICs {
		words = append(words, v.NICs[i].IP, v.NICs[i].MAC)
	}
	return strings.ToLower(strings.Join(words, " "))
}

// FilterText, FilterField and FilterNumber make a VM a Row.
func (v *VM) FilterText() string {
	if v.Search != "" {
		return v.Search
	}
	return searchText(v)
}

// FilterField returns the values of a field.
func (v *VM) FilterField(name string) ([]string, bool) {
	switch name {
	case "name":
		return lower(v.Name), true
	case "cluster":
		return lower(v.Cluster), true
	case "node":
		return lower(v.Node), true
	case "secondary":
		return lower(v.Secondaries...), true
	case "os":
		return lower(v.OS), true
	case "hypervisor":
		return lower(v.Hypervisor), true
	case "status":
		return lower(v.Status, string(v.State)), true
	case "state":
		return lower(string(v.State)), true
	case "tag":
		return lower(v.Tags...), true
	case "template":
		return lower(v.DiskTemplate), true
	case "uuid":
		return lower(v.UUID), true
	}
	return v.nicField(name)
}

// nicField returns the values of a field over all network interfaces.
func (v *VM) nicField(name string) ([]string, bool) {
	switch name {
	case "ip":
		return v.nics(func(n *NIC) string { return n.IP }), true
	case "mac":
		return v.nics(func(n *NIC) string { return n.MAC }), true
	case "network":
		return v.nics(func(n *NIC) string { return n.Network }), true
	case "link":
		return v.nics(func(n *NIC) string { return n.Link }), true
	}
	return nil, false
}

func (v *VM) nics(field func(*NIC) string) []string {
	var values []string
	for i := range v.NICs {
		if s := field(&v.NICs[i]); s != "" {
			values = append(values, strings.ToLower(s))
		}
	}
	return values
}

// FilterNumber returns a size in MiB or a count.
func (v *VM) FilterNumber(name string) (int64, bool) {
	switch name {
	case "memory":
		return int64(v.MemoryMiB), true
	case "memory_used":
		return int64(v.RunMemoryMiB), v.RunMemoryMiB >= 0
	case "disk":
		return int64(v.DiskMiB), true
	case "vcpus":
		return int64(v.VCPUs), true
	case "disks":
		return int64(len(v.Disks)), true
	case "nics":
		return int64(len(v.NICs)), true
	}
	return 0, false
}

// FilterText, FilterField and FilterNumber make a Node a Row.
func (n *Node) FilterText() string {
	words := append([]string{n.Name, n.Cluster, string(n.Role), n.Group, n.PrimaryIP, n.SecondaryIP}, n.Tags...)
	return strings.ToLower(strings.Join(words, " "))
}

// FilterField returns the values of a field.
func (n *Node) FilterField(name string) ([]string, bool) {
	switch name {
	case "name", "node":
		return lower(n.Name), true
	case "cluster":
		return lower(n.Cluster), true
	case "role", "state", "status":
		return lower(string(n.Role)), true
	case "group":
		return lower(n.Group), true
	case "tag":
		return lower(n.Tags...), true
	case "ip":
		return lower(n.PrimaryIP, n.SecondaryIP), true
	case "uuid":
		return lower(n.UUID), true
	}
	return nil, false
}

// FilterNumber returns a size in MiB or a count; ok is false where the node did
// not tell.
func (n *Node) FilterNumber(name string) (int64, bool) {
	value := -1
	switch name {
	case "memory":
		value = n.MemoryMiB
	case "memory_free":
		value = n.MemoryFreeMiB
	case "disk":
		value = n.DiskMiB
	case "disk_free":
		value = n.DiskFreeMiB
	case "cpus", "vcpus":
		value = n.CPUs
	case "vms":
		value = len(n.Primary)
	}
	return int64(value), value >= 0
}

// lower returns the values that are not empty, in lower case.
func lower(values ...string) []string {
	kept := make([]string, 0, len(values))
	for _, v := range values {
		if v != "" {
			kept = append(kept, strings.ToLower(v))
		}
	}
	return kept
}
