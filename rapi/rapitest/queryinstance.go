package rapitest

import (
	"slices"
	"strconv"
	"strings"
)

// instanceField returns the accessor of one field of query/instance.
func (c *Cluster) instanceField(name string) func(*instance) cell {
	if get := c.configField(name); get != nil {
		return func(v *instance) cell { return known(get(v)) }
	}
	if get := c.liveField(name); get != nil {
		return func(v *instance) cell {
			switch {
			case v.node.Role == "O":
				return cell{offline, nil}
			case v.node.Dead:
				return cell{noData, nil}
			}
			return known(get(v))
		}
	}
	if get := c.indexedField(name); get != nil {
		return func(v *instance) cell { return known(get(v)) }
	}
	if slices.ContainsFunc(definitions("instance"), func(d fieldDef) bool { return d.Name == name }) {
		return func(*instance) cell { return cell{unavailable, nil} }
	}
	return func(*instance) cell { return cell{unknownName, nil} }
}

// known makes nothing an unavailable value.
func known(v any) cell {
	if v == nil {
		return cell{unavailable, nil}
	}
	return cell{normal, v}
}

// liveField are the fields that need an answer of the node.
func (c *Cluster) liveField(name string) func(*instance) any {
	switch name {
	case "oper_state":
		return func(v *instance) any { return v.Running }
	case "oper_ram":
		return func(v *instance) any {
			if v.Running {
				return v.Memory
			}
			return nil
		}
	case "oper_vcpus":
		return func(v *instance) any {
			if v.Running {
				return v.VCPUs
			}
			return nil
		}
	case "console":
		return func(v *instance) any {
			if v.Running {
				return c.console(v)
			}
			return nil
		}
	}
	return nil
}

// configField are the fields that the configuration knows.
func (c *Cluster) configField(name string) func(*instance) any {
	switch name {
	case "name":
		return func(v *instance) any { return v.Name }
	case "status":
		return func(v *instance) any { return v.status() }
	case "admin_state":
		return func(v *instance) any { return v.Admin }
	case "admin_up", "disks_active":
		return func(v *instance) any { return v.Admin == "up" }
	case "admin_state_source":
		return func(*instance) any { return "admin" }
	case "serial_no":
		return func(v *instance) any { return v.serial }
	case "mtime":
		return func(v *instance) any { return v.mtime }
	case "ctime":
		return func(v *instance) any { return v.ctime }
	case "uuid":
		return func(v *instance) any { return v.uuid }
	case "pnode":
		return func(v *instance) any { return v.Node }
	case "pnode.group":
		return func(v *instance) any { return v.node.Group }
	case "pnode.group.uuid":
		return func(v *instance) any { return c.uuid("group/" + v.node.Group) }
	case "snodes":
		return func(v *instance) any { return list(v.Secondaries) }
	case "tags":
		return func(v *instance) any { return list(v.Tags) }
	case "os":
		return func(v *instance) any { return v.OS }
	case "hypervisor":
		return func(v *instance) any { return v.Hypervisor }
	case "disk_template":
		return func(v *instance) any { return v.Template }
	case "forthcoming":
		return func(*instance) any { return false }
	}
	return c.sizeField(name)
}

// sizeField are sizes, counts and whole groups of parameters.
func (c *Cluster) sizeField(name string) func(*instance) any {
	switch name {
	case "vcpus", "be/vcpus":
		return func(v *instance) any { return v.VCPUs }
	case "be/memory", "be/maxmem":
		return func(v *instance) any { return v.Memory }
	case "be/minmem":
		return func(v *instance) any { return v.MinMemory }
	case "be/auto_balance":
		return func(*instance) any { return true }
	case "be/always_failover":
		return func(*instance) any { return false }
	case "be/spindle_use":
		return func(*instance) any { return 1 }
	case "disk_usage":
		return func(v *instance) any { return v.usage() }
	case "disk.count":
		return func(v *instance) any { return len(v.Disks) }
	case "nic.count":
		return func(v *instance) any { return len(v.NICs) }
	case "sda_size":
		return c.indexedField("disk.size/0")
	case "sdb_size":
		return c.indexedField("disk.size/1")
	case "ip":
		return c.indexedField("nic.ip/0")
	case "mac":
		return c.indexedField("nic.mac/0")
	case "bridge", "nic_link":
		return c.indexedField("nic.link/0")
	case "network_port":
		return func(v *instance) any {
			if v.port == 0 {
				return nil
			}
			return v.port
		}
	case "hvparams":
		return func(v *instance) any { return v.params.values }
	case "osparams", "custom_osparams":
		return func(*instance) any { return bodyMap{} }
	}
	return c.headField(name)
}

// headField are lists and maps that the object's wire form already has.
func (c *Cluster) headField(name string) func(*instance) any {
	head := map[string]func(instanceHead) any{
		"nic.ips":            func(h instanceHead) any { return h.IPs },
		"nic.macs":           func(h instanceHead) any { return h.MACs },
		"nic.modes":          func(h instanceHead) any { return h.Modes },
		"nic.uuids":          func(h instanceHead) any { return h.NICUUIDs },
		"nic.names":          func(h instanceHead) any { return h.NICNames },
		"nic.links":          func(h instanceHead) any { return h.Links },
		"nic.bridges":        func(h instanceHead) any { return h.Bridges },
		"nic.networks":       func(h instanceHead) any { return h.Networks },
		"nic.networks.names": func(h instanceHead) any { return h.NetworkNames },
		"disk.sizes":         func(h instanceHead) any { return h.DiskSizes },
		"disk.spindles":      func(h instanceHead) any { return h.DiskSpindles },
		"disk.uuids":         func(h instanceHead) any { return h.DiskUUIDs },
		"disk.names":         func(h instanceHead) any { return h.DiskNames },
		"beparams":           func(h instanceHead) any { return h.Backend },
	}
	tail := map[string]func(instanceTail) any{
		"custom_hvparams":  func(t instanceTail) any { return t.CustomHV },
		"custom_beparams":  func(t instanceTail) any { return t.CustomBackend },
		"custom_nicparams": func(t instanceTail) any { return t.CustomNICs },
	}
	if get := head[name]; get != nil {
		return func(v *instance) any { return get(c.head(v)) }
	}
	if get := tail[name]; get != nil {
		return func(v *instance) any { return get(v.tail()) }
	}
	return nil
}

// indexedField are hv/NAME and the fields of one disk or NIC, such as nic.ip/0.
func (c *Cluster) indexedField(name string) func(*instance) any {
	key, rest, found := strings.Cut(name, "/")
	if !found {
		return nil
	}
	if key == "hv" {
		return func(v *instance) any { return v.params.values[rest] }
	}
	index, err := strconv.Atoi(rest)
	if err != nil || index < 0 {
		return nil
	}
	nic := map[string]func(NIC) string{
		"nic.ip":   func(n NIC) string { return n.IP },
		"nic.mac":  func(n NIC) string { return n.MAC },
		"nic.link": func(n NIC) string { return n.Link }, "nic.bridge": func(n NIC) string { return n.Link },
		"nic.name": func(n NIC) string { return n.Name }, "nic.network.name": func(n NIC) string { return n.Network },
		"nic.mode": func(NIC) string { return "bridged" },
	}[key]
	switch {
	case nic != nil:
		return func(v *instance) any {
			if index < len(v.NICs) && nic(v.NICs[index]) != "" {
				return nic(v.NICs[index])
			}
			return nil
		}
	case key == "disk.size":
		return func(v *instance) any {
			if index < len(v.Disks) {
				return v.Disks[index].Size
			}
			return nil
		}
	}
	return nil
}
