package rapitest

import (
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// partTime is how long a change of a group or a network takes at speed 1.
const partTime = 500 * time.Millisecond

// partRoutes are the paths of node groups, of networks, and of changes of the cluster itself.
func (c *Cluster) partRoutes() []route {
	return []route{
		{"/2/groups", posts(reads(c.getGroups), c.onPart("group_name", groupAdd()))},
		{"/2/groups/{name}", deletes(reads(c.getGroup), c.onPart("group_name", groupRemove()))},
		{"/2/groups/{name}/modify", writes(http.MethodPut, c.onPart("group_name", groupModify()))},
		{"/2/modify", writes(http.MethodPut, c.putModify)},
		{"/2/groups/{name}/rename", writes(http.MethodPut, c.onPart("group_name", groupRename()))},
		{"/2/groups/{name}/assign-nodes", writes(http.MethodPut, c.onPart("group_name", groupAssign()))},
		{"/2/groups/{name}/tags", c.taggable("nodegroup", "groups_name_tags")},
		{"/2/networks", posts(reads(c.getNetworks), c.onPart("network_name", networkAdd()))},
		{"/2/networks/{name}", deletes(reads(c.getNetwork), c.onPart("network_name", networkRemove()))},
		{"/2/networks/{name}/modify", writes(http.MethodPut, c.onPart("network_name", networkModify()))},
		{"/2/networks/{name}/connect", writes(http.MethodPut, c.onPart("network_name", networkConnect()))},
		{"/2/networks/{name}/disconnect", writes(http.MethodPut, c.onPart("network_name", networkDisconnect()))},
		{"/2/redistribute-config", writes(http.MethodPut, c.putRedistribute)},
		{"/2/networks/{name}/tags", c.taggable("network", "networks_name_tags")},
	}
}

// onPart makes the handler that submits an opcode about the node group or the network in the path, or in the body's field.
func (c *Cluster) onPart(field string, op opcode) func(*request) response {
	op.body = true
	return func(r *request) response {
		fields := map[string]any(over(op.fields, bodyMap{field: nil, "dry_run": false}))
		if op.id == "OP_GROUP_SET_PARAMS" || op.id == "OP_NETWORK_SET_PARAMS" {
			delete(fields, "dry_run") // RAPI takes no dry run for these
		}
		if bad := op.fromBody(r, fields); bad != nil {
			return *bad
		}
		if r.name != "" {
			fields[field] = r.name
		}
		target, is := fields[field].(string)
		if !is || target == "" {
			return *op.invalid(field)
		}
		if bad := badAddress(fields); bad != "" {
			return *op.invalid(bad)
		}
		if _, forces := fields["force"]; forces {
			fields["force"] = r.query.Get("force") == "1"
		}
		maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
		return c.submit(r, op, fields, target, "")
	}
}

// later is the work of an opcode that writes no line.
func later(apply func(at time.Time)) []step {
	return []step{{after: partTime, apply: func(at time.Time) *opError { apply(at); return nil }}}
}

func noGroup(name string) *opError {
	return prereq("unknown_entity", "Node group '"+name+"' not found")
}

func noNetwork(name string) *opError {
	return prereq("unknown_entity", "Network '"+name+"' not found")
}

// touchGroup counts a change of a group.
func (c *Cluster) touchGroup(i int, at time.Time) {
	c.groups[i].changed++
	c.groups[i].at = at
}

func groupAdd() opcode {
	return opcode{
		id: "OP_GROUP_ADD", handler: "groups", fields: map[string]any{"alloc_policy": nil, "ndparams": nil, "ipolicy": nil, "diskparams": nil},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			if i := c.groupIndex(j.target); i >= 0 {
				return nil, prereq("already_exists", fmt.Sprintf("Desired group name '%s' already exists as a node group (UUID: %s)", j.target, c.groupUUID(j.target)))
			}
			policy, _ := j.fields["alloc_policy"].(string)
			return later(func(at time.Time) {
				c.groups = append(c.groups, Group{Name: j.target, AllocPolicy: policy, id: fmt.Sprint(j.target, "/", j.id), at: at})
			}), nil
		},
	}
}

func groupRename() opcode {
	return opcode{
		id: "OP_GROUP_RENAME", handler: "groups_name_rename", fields: map[string]any{"new_name": nil},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			to, _ := j.fields["new_name"].(string)
			i := c.groupIndex(j.target)
			switch {
			case i < 0:
				return nil, noGroup(j.target)
			case c.groupIndex(to) >= 0:
				return nil, prereq("already_exists", fmt.Sprintf("Desired new name '%s' clashes with existing node group (UUID: %s)", to, c.groupUUID(to)))
			}
			j.answer = encode(to)
			return later(func(at time.Time) { c.renameGroup(i, to, at) }), nil
		},
	}
}

func (c *Cluster) renameGroup(i int, to string, at time.Time) {
	from := c.groups[i].Name
	if c.groups[i].id == "" {
		c.groups[i].id = from
	}
	c.groups[i].Name = to
	c.touchGroup(i, at)
	for _, n := range c.nodes {
		if n.Group == from {
			n.Group = to
		}
	}
	for _, n := range c.networks {
		if way, ok := n.on[from]; ok {
			delete(n.on, from)
			n.on[to] = way
		}
	}
}

func groupRemove() opcode {
	return opcode{
		id: "OP_GROUP_REMOVE", handler: "groups_name",
		run: func(c *Cluster, j *job) ([]step, *opError) {
			i := c.groupIndex(j.target)
			if i < 0 {
				return nil, noGroup(j.target)
			}
			var members []string
			for _, n := range c.nodes {
				if n.Group == j.target {
					members = append(members, n.uuid)
				}
			}
			switch {
			case len(members) > 0:
				return nil, prereq("wrong_state", fmt.Sprintf("Group '%s' not empty, has the following nodes: %s", j.target, strings.Join(members, ", ")))
			case len(c.groups) == 1:
				return nil, prereq("wrong_state", fmt.Sprintf("Group '%s' is the only group, cannot be removed", j.target))
			}
			return later(func(time.Time) {
				c.groups = slices.DeleteFunc(c.groups, func(g Group) bool { return g.Name == j.target })
				for _, n := range c.networks {
					delete(n.on, j.target)
				}
			}), nil
		},
	}
}

func groupAssign() opcode {
	return opcode{
		id: "OP_GROUP_ASSIGN_NODES", handler: "groups_name_assign_nodes", fields: map[string]any{"nodes": nil, "force": false},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			i := c.groupIndex(j.target)
			if i < 0 {
				return nil, noGroup(j.target)
			}
			var members []*node
			uuids := []string{}
			given, _ := j.fields["nodes"].([]any)
			for _, name := range given {
				n := c.lookupNode(fmt.Sprint(name))
				if n == nil {
					return nil, prereq("unknown_entity", fmt.Sprintf("Node '%v' not known", name))
				}
				members, uuids = append(members, n), append(uuids, n.uuid)
			}
			j.fields["node_uuids"] = uuids
			return later(func(at time.Time) {
				for _, n := range members {
					n.Group, n.mtime = j.target, at
					n.serial++
				}
				c.touchGroup(i, at)
			}), nil
		},
	}
}

func networkAdd() opcode {
	return opcode{
		id: "OP_NETWORK_ADD", handler: "networks", fields: map[string]any{
			"network": nil, "gateway": nil, "network6": nil, "gateway6": nil, "mac_prefix": nil, "add_reserved_ips": nil, "conflicts_check": true, "tags": []string{},
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			if i := c.networkIndex(j.target); i >= 0 {
				return nil, prereq("already_exists", fmt.Sprintf("Desired network name '%s' already exists as a network (UUID: %s)", j.target, c.networkUUID(j.target)))
			}
			n := Network{Name: j.target, id: fmt.Sprint(j.target, "/", j.id), on: map[string][3]string{}}
			for name, to := range map[string]*string{"network": &n.Network, "gateway": &n.Gateway, "network6": &n.Network6, "gateway6": &n.Gateway6, "mac_prefix": &n.MACPrefix} {
				*to, _ = j.fields[name].(string)
			}
			if p, err := netip.ParsePrefix(n.Network); err != nil || !p.Addr().Is4() {
				return nil, &opError{class: "OpExecError", message: fmt.Sprintf("Cannot create IP address pool for network '%s': %s", j.target, n.Network)}
			}
			n.Reserved, n.Tags = texts(j.fields["add_reserved_ips"]), texts(j.fields["tags"])
			return later(func(at time.Time) { n.at = at; c.networks = append(c.networks, n) }), nil
		},
	}
}

// texts reads a list of texts as it came from JSON.
func texts(v any) []string {
	given, _ := v.([]any)
	out := make([]string, len(given))
	for i, t := range given {
		out[i] = fmt.Sprint(t)
	}
	return out
}

func networkRemove() opcode {
	return opcode{
		id: "OP_NETWORK_REMOVE", handler: "networks_name", fields: map[string]any{"force": false},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			i := c.networkIndex(j.target)
			if i < 0 {
				return nil, noNetwork(j.target)
			}
			if on := c.networks[i].on; len(on) > 0 {
				words := strings.Join(slices.Sorted(maps.Keys(on)), ", ")
				return []step{
					{text: fmt.Sprintf(" - WARNING: Network '%s' is connected to the following node groups: %s", j.target, words)},
					{apply: func(time.Time) *opError { return prereq("wrong_state", "Network still connected") }},
				}, nil
			}
			return later(func(time.Time) {
				c.networks = slices.DeleteFunc(c.networks, func(n Network) bool { return n.Name == j.target })
			}), nil
		},
	}
}

func networkConnect() opcode {
	return opcode{
		id: "OP_NETWORK_CONNECT", handler: "networks_name_connect",
		fields: map[string]any{"group_name": nil, "network_mode": nil, "network_link": nil, "network_vlan": "", "conflicts_check": true},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			i, group, err := c.link(j)
			if err != nil {
				return nil, err
			}
			if _, already := c.networks[i].on[group]; already {
				return []step{{text: fmt.Sprintf(" - WARNING: Network '%s' is already mapped to group '%s'", j.target, group)}}, nil
			}
			way := [3]string{}
			for k, name := range []string{"network_mode", "network_link", "network_vlan"} {
				way[k], _ = j.fields[name].(string)
			}
			return later(func(at time.Time) { c.networks[i].on[group] = way }), nil
		},
	}
}

func networkDisconnect() opcode {
	return opcode{
		id: "OP_NETWORK_DISCONNECT", handler: "networks_name_disconnect", fields: map[string]any{"group_name": nil},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			i, group, err := c.link(j)
			if err != nil {
				return nil, err
			}
			if _, there := c.networks[i].on[group]; !there {
				return []step{{text: fmt.Sprintf(" - WARNING: Network '%s' is not mapped to group '%s'", j.target, group)}}, nil
			}
			for _, v := range c.sorted {
				if v.node.Group == group && slices.ContainsFunc(v.NICs, func(nic NIC) bool { return nic.Network == j.target }) {
					return []step{
						{text: fmt.Sprintf(" - WARNING: IP addresses from network '%s', which is about to disconnect from node group '%s', are in use: %s", j.target, group, v.Name)},
						{apply: func(time.Time) *opError {
							return prereq("wrong_state", "Conflicting IP addresses found;  remove/modify the corresponding network interfaces")
						}},
					}, nil
				}
			}
			return later(func(time.Time) { delete(c.networks[i].on, group) }), nil
		},
	}
}

// link finds the network and the node group that a job connects or disconnects.
func (c *Cluster) link(j *job) (i int, group string, err *opError) {
	group, _ = j.fields["group_name"].(string)
	if i = c.networkIndex(j.target); i < 0 {
		return i, group, noNetwork(j.target)
	}
	if c.groupIndex(group) < 0 {
		return i, group, noGroup(group)
	}
	return i, group, nil
}

// redistribute copies the configuration to all nodes.
func redistribute() opcode {
	return opcode{id: "OP_CLUSTER_REDIST_CONF", handler: "redist_config", run: func(*Cluster, *job) ([]step, *opError) {
		return later(func(time.Time) {}), nil
	}}
}

// putRedistribute submits a copy of the configuration.
func (c *Cluster) putRedistribute(r *request) response {
	return c.submit(r, redistribute(), map[string]any{}, "", "")
}

// posts adds a POST to the methods of a path.
func posts(methods map[string]endpoint, do func(*request) response) map[string]endpoint {
	methods[http.MethodPost] = endpoint{need: writeAccess, do: do}
	return methods
}

// deletes adds a DELETE to the methods of a path.
func deletes(methods map[string]endpoint, do func(*request) response) map[string]endpoint {
	methods[http.MethodDelete] = endpoint{need: writeAccess, do: do}
	return methods
}
