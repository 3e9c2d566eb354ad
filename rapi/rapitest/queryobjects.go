package rapitest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// objects are the small resources, as maps.
func (c *Cluster) objects(resource string) []bodyMap {
	var out []bodyMap
	switch resource {
	case "node":
		for _, n := range c.nodes {
			out = append(out, c.queryNode(n))
		}
	case "group":
		for _, g := range c.groups {
			out = append(out, c.queryGroup(g))
		}
	case "network":
		for _, n := range c.networks {
			out = append(out, c.queryNetwork(n))
		}
	case "lock":
		out = c.lockRows()
	case "export":
		out = c.exportRows()
	}
	return out
}

// objects makes rows of things: known fields that a map lacks are unavailable.
func objects(resource string, things []bodyMap) rows {
	known := map[string]bool{}
	for _, d := range definitions(resource) {
		known[d.Name] = true
	}
	return rows{len(things), func(name string) column {
		return func(i int) cell {
			v, has := things[i][name]
			special, is := v.(cell)
			switch {
			case is:
				return special
			case has:
				return cell{normal, v}
			case known[name]:
				return cell{unavailable, nil}
			}
			return cell{unknownName, nil}
		}
	}}
}

// queryNode is a node with the fields that only query has; live values of a node that does not answer carry a code instead.
func (c *Cluster) queryNode(n *node) bodyMap {
	var m bodyMap
	if err := json.Unmarshal(encode(c.renderNode(n)), &m); err != nil {
		panic(err)
	}
	m["group"], m["master"], m["custom_ndparams"] = n.Group, n.Role == "M", bodyMap{}
	addNodeParams(m)
	missing := cell{unavailable, nil}
	switch {
	case n.Role == "O":
		missing = cell{offline, nil}
	case n.Dead:
		missing = cell{noData, nil}
	default:
		m["bootid"] = c.uuid("boot/" + n.Name)
	}
	for k, v := range m {
		if v == nil {
			m[k] = missing
		}
	}
	if n.up() {
		m["sptotal"], m["spfree"] = cell{noData, nil}, cell{noData, nil}
	}
	return m
}

// addNodeParams adds ndp/NAME for every node parameter.
func addNodeParams(m bodyMap) {
	for name, value := range nodeParams() {
		m["ndp/"+name] = value
	}
}

// queryGroup is a group with the fields that only query has.
func (c *Cluster) queryGroup(g Group) bodyMap {
	m := c.renderGroup(g)
	addNodeParams(m)
	members := map[*instance]bool{}
	for _, n := range c.nodes {
		if n.Group == g.Name {
			maps.Copy(members, n.primary)
		}
	}
	m["pinst_list"], m["pinst_cnt"] = names(members), len(members)
	return m
}

// queryNetwork is a network with the fields that only query has; what is not set is unavailable.
func (c *Cluster) queryNetwork(n Network) bodyMap {
	m := c.renderNetwork(n)
	m["group_cnt"], m["inst_cnt"] = len(n.on), len(m["inst_list"].([]string))
	for name, value := range map[string]string{"gateway6": n.Gateway6, "mac_prefix": n.MACPrefix, "network6": n.Network6} {
		if value == "" {
			m[name] = cell{unavailable, nil}
		}
	}
	return m
}

// lockRows are the locks in use; while none is, Ganeti shows none. Every job that holds or awaits a lock shares the big one.
func (c *Cluster) lockRows() []bodyMap {
	out := []bodyMap{}
	if len(c.locks) == 0 {
		return out
	}
	none := []string{}
	active := []string{}
	for _, j := range c.order {
		if j.status == "waiting" || j.status == "running" {
			active = append(active, strconv.Itoa(j.id))
		}
	}
	out = append(out,
		bodyMap{"name": "cluster/BGL", "mode": "shared", "owner": active, "pending": none},
		bodyMap{"name": "cluster/[lockset]", "mode": nil, "owner": none, "pending": none},
		bodyMap{"name": "instance/[lockset]", "mode": nil, "owner": none, "pending": none})
	held := []string{}
	for name := range c.locks {
		held = append(held, name)
	}
	slices.Sort(held)
	for _, name := range held {
		l := c.locks[name]
		pending := [][]any{}
		for _, j := range l.pending {
			pending = append(pending, []any{"exclusive", []string{strconv.Itoa(j.id)}})
		}
		out = append(out, bodyMap{"name": name, "mode": "exclusive", "owner": []string{strconv.Itoa(l.owner.id)}, "pending": pending})
	}
	return out
}
