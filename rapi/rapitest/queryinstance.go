package rapitest

import (
	"fmt"
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

// known makes nothing an unavailable value; a cell stays as it is.
func known(v any) cell {
	if special, is := v.(cell); is {
		return special
	}
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
			return cell{noData, nil}
		}
	}
	return nil
}

// configField are the fields that the configuration knows.
func (c *Cluster) configField(name string) func(*instance) any {
	for _, fields := range []map[string]func(*instance) any{c.plainFields(), c.sizeFields()} {
		if get := fields[name]; get != nil {
			return get
		}
	}
	return c.headField(name)
}

func (c *Cluster) plainFields() map[string]func(*instance) any {
	return map[string]func(*instance) any{
		"name":               func(v *instance) any { return v.Name },
		"status":             func(v *instance) any { return v.status() },
		"admin_state":        func(v *instance) any { return v.Admin },
		"admin_up":           func(v *instance) any { return v.Admin == "up" },
		"disks_active":       func(v *instance) any { return v.Admin == "up" },
		"admin_state_source": func(*instance) any { return "admin" },
		"serial_no":          func(v *instance) any { return v.serial },
		"mtime":              func(v *instance) any { return v.mtime },
		"ctime":              func(v *instance) any { return v.ctime },
		"uuid":               func(v *instance) any { return v.uuid },
		"pnode":              func(v *instance) any { return v.Node },
		"pnode.group":        func(v *instance) any { return v.node.Group },
		"pnode.group.uuid":   func(v *instance) any { return c.groupUUID(v.node.Group) },
		"snodes.group":       func(v *instance) any { return c.groupsOf(v.Secondaries, false) },
		"snodes.group.uuid":  func(v *instance) any { return c.groupsOf(v.Secondaries, true) },
		"snodes":             func(v *instance) any { return list(v.Secondaries) },
		"tags":               func(v *instance) any { return list(v.Tags) },
		"os":                 func(v *instance) any { return v.OS },
		"hypervisor":         func(v *instance) any { return v.Hypervisor },
		"disk_template":      func(v *instance) any { return v.Template },
		"forthcoming":        func(*instance) any { return false },
	}
}

// sizeFields are sizes, counts and other numbers.
func (c *Cluster) sizeFields() map[string]func(*instance) any {
	return map[string]func(*instance) any{
		"vcpus":              func(v *instance) any { return v.VCPUs },
		"be/vcpus":           func(v *instance) any { return v.VCPUs },
		"be/memory":          func(v *instance) any { return v.Memory },
		"be/maxmem":          func(v *instance) any { return v.Memory },
		"be/minmem":          func(v *instance) any { return v.MinMemory },
		"be/auto_balance":    func(v *instance) any { own, set := v.extra["auto_balance"].(bool); return own || !set },
		"be/always_failover": func(*instance) any { return false },
		"be/spindle_use":     func(*instance) any { return 1 },
		"disk_usage":         func(v *instance) any { return v.usage() },
		"disk.count":         func(v *instance) any { return len(v.Disks) },
		"nic.count":          func(v *instance) any { return len(v.NICs) },
		"sda_size":           c.indexedField("disk.size/0"),
		"sdb_size":           c.indexedField("disk.size/1"),
		"ip":                 c.indexedField("nic.ip/0"),
		"mac":                c.indexedField("nic.mac/0"),
		"bridge":             c.indexedField("nic.link/0"),
		"nic_link":           c.indexedField("nic.link/0"),
		"nic_mode":           c.indexedField("nic.mode/0"),
		"nic_network":        c.indexedField("nic.network/0"),
		"network_port": func(v *instance) any {
			if v.port == 0 {
				return nil
			}
			return v.port
		},
		"hvparams": func(v *instance) any { return v.params.values },
		"osparams": func(*instance) any { return bodyMap{} },
		"custom_osparams": func(v *instance) any {
			if v.OSParams == nil {
				return bodyMap{}
			}
			return v.OSParams
		},
	}
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
		"nic.vlans":          func(h instanceHead) any { return make([]*string, len(h.MACs)) },
		"disk.sizes":         func(h instanceHead) any { return h.DiskSizes },
		"disk.spindles":      func(h instanceHead) any { return h.DiskSpindles },
		"disk.uuids":         func(h instanceHead) any { return h.DiskUUIDs },
		"disk.names":         func(h instanceHead) any { return h.DiskNames },
		"beparams":           func(h instanceHead) any { h.Backend.Memory = 0; return h.Backend },
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
	get := c.itemFields()[key]
	if get == nil {
		return nil
	}
	return func(v *instance) any { return get(v, index) }
}

// itemFields are the fields of one disk or NIC; nothing where there is no such item or it is not set.
func (c *Cluster) itemFields() map[string]func(v *instance, i int) any {
	nic := func(get func(v *instance, i int) string) func(*instance, int) any {
		return func(v *instance, i int) any {
			if i >= len(v.NICs) {
				return nil
			}
			return something(get(v, i))
		}
	}
	disk := func(get func(v *instance, i int) any) func(*instance, int) any {
		return func(v *instance, i int) any {
			if i >= len(v.Disks) {
				return nil
			}
			return get(v, i)
		}
	}
	link := nic(func(v *instance, i int) string { return v.NICs[i].Link })
	return map[string]func(*instance, int) any{
		"nic.ip":           nic(func(v *instance, i int) string { return v.NICs[i].IP }),
		"nic.mac":          nic(func(v *instance, i int) string { return v.NICs[i].MAC }),
		"nic.name":         nic(func(v *instance, i int) string { return v.NICs[i].Name }),
		"nic.mode":         nic(func(*instance, int) string { return "bridged" }),
		"nic.network":      nic(func(v *instance, i int) string { return c.networkUUID(v.NICs[i].Network) }),
		"nic.network.name": nic(func(v *instance, i int) string { return v.NICs[i].Network }),
		"nic.uuid":         nic(func(v *instance, i int) string { return c.uuid(fmt.Sprintf("nic/%s/%d", v.Name, i)) }),
		"nic.link":         link,
		"nic.bridge":       link,
		"disk.size":        disk(func(v *instance, i int) any { return v.Disks[i].Size }),
		"disk.name":        disk(func(v *instance, i int) any { return something(v.Disks[i].Name) }),
		"disk.uuid":        disk(func(v *instance, i int) any { return c.uuid(fmt.Sprintf("disk/%s/%d", v.Name, i)) }),
	}
}

// something makes an empty text nothing.
func something(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// groupsOf are the groups of nodes, by name or UUID, each once.
func (c *Cluster) groupsOf(nodes []string, uuids bool) []string {
	out := []string{}
	for _, name := range nodes {
		group := c.lookupNode(name).Group
		if uuids {
			group = c.groupUUID(group)
		}
		if !slices.Contains(out, group) {
			out = append(out, group)
		}
	}
	return out
}
