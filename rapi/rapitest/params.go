package rapitest

import (
	"maps"
	"strconv"
	"time"
)

// putModify submits a change of the cluster's settings. Those that the simulation knows are taken over.
func (c *Cluster) putModify(r *request) response {
	op := opcode{id: "OP_CLUSTER_SET_PARAMS", handler: "cluster_modify", body: true, run: func(c *Cluster, j *job) ([]step, *opError) {
		hypervisors, _ := c.info["hvparams"].(map[string]any)
		given, _ := j.fields["hvparams"].(map[string]any)
		for name := range given {
			if _, known := hypervisors[name]; !known {
				return nil, prereq("wrong_input", "Unknown hypervisor '"+name+"'")
			}
		}
		return later(func(time.Time) { c.takeSettings(j.fields) }), nil
	}}
	fields := map[string]any{"force": false}
	for _, name := range []string{
		"beparams", "nicparams", "ndparams", "hvparams", "ipolicy", "default_iallocator", "candidate_pool_size", "max_running_jobs", "max_tracked_jobs",
		"maintain_node_health", "prealloc_wipe_disks", "enabled_hypervisors", "enabled_disk_templates",
	} {
		fields[name] = nil
	}
	if bad := op.fromBody(r, fields); bad != nil {
		return *bad
	}
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	return c.submit(r, op, fields, "", "")
}

// takeSettings puts the fields of a job into what the cluster says of itself.
func (c *Cluster) takeSettings(fields map[string]any) {
	info := maps.Clone(c.info)
	for name, value := range fields {
		switch name {
		case "beparams", "nicparams":
			all, _ := info[name].(map[string]any)
			info[name] = map[string]any{"default": mixed(all["default"], value)}
		case "ndparams":
			info[name] = mixed(info[name], value)
		case "hvparams":
			all, _ := info[name].(map[string]any)
			all = maps.Clone(all)
			given, _ := value.(map[string]any)
			for hypervisor, params := range given {
				all[hypervisor] = mixed(all[hypervisor], params)
			}
			info[name] = all
		case "ipolicy":
			info[name] = mixed(info[name], value)
		default:
			if _, known := info[name]; known {
				info[name] = value
			}
		}
	}
	c.info = info
}

// mixed is the parameters with given ones in place of some; a text becomes what it replaces: a number, a switch.
func mixed(old, given any) map[string]any {
	was, _ := old.(map[string]any)
	out := map[string]any{}
	maps.Copy(out, was)
	values, _ := given.(map[string]any)
	for name, value := range values {
		if in, nested := value.(map[string]any); nested {
			out[name] = mixed(was[name], in)
			continue
		}
		text, is := value.(string)
		if !is {
			out[name] = value
			continue
		}
		switch was[name].(type) {
		case float64:
			n, _ := strconv.ParseFloat(text, 64)
			out[name] = n
		case int:
			n, _ := strconv.Atoi(text)
			out[name] = n
		case bool:
			out[name] = text == "true"
		default:
			out[name] = text
		}
	}
	return out
}

func groupModify() opcode {
	return opcode{
		id: "OP_GROUP_SET_PARAMS", handler: "groups_name_modify", fields: map[string]any{"alloc_policy": nil, "ndparams": nil, "ipolicy": nil, "diskparams": nil},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			i := c.groupIndex(j.target)
			if i < 0 {
				return nil, noGroup(j.target)
			}
			changed := [][]string{}
			if j.fields["ndparams"] != nil {
				changed = append(changed, []string{"ndparams", "{}"})
			}
			j.answer = encode(changed)
			return later(func(at time.Time) {
				g := &c.groups[i]
				if policy, is := j.fields["alloc_policy"].(string); is {
					g.AllocPolicy = policy
				}
				g.nd = own(g.nd, nodeParams(), j.fields["ndparams"])
				policy, _ := c.info["ipolicy"].(map[string]any)
				g.policy = own(g.policy, policy, j.fields["ipolicy"])
				c.touchGroup(i, at)
			}), nil
		},
	}
}

// own is what a group has by itself after a change; "default" takes a value away.
func own(had bodyMap, all map[string]any, given any) bodyMap {
	values, _ := given.(map[string]any)
	out := bodyMap(mixed(map[string]any(over(all, had)), values))
	maps.DeleteFunc(out, func(name string, _ any) bool {
		_, set := values[name]
		_, before := had[name]
		return !set && !before || values[name] == "default"
	})
	return out
}
