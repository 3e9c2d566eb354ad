package rapitest

import (
	"cmp"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bodyMap is an object on the wire whose fields query asks for by name.
type bodyMap map[string]any

func (c *Cluster) groupIndex(name string) int {
	return slices.IndexFunc(c.groups, func(g Group) bool { return g.Name == name })
}

func (c *Cluster) networkIndex(name string) int {
	return slices.IndexFunc(c.networks, func(n Network) bool { return n.Name == name })
}

func (c *Cluster) renderGroup(g Group) bodyMap {
	nodes := []string{}
	for _, n := range c.nodes {
		if n.Group == g.Name {
			nodes = append(nodes, n.Name)
		}
	}
	born := c.bornAt(g.id)
	return bodyMap{
		"alloc_policy": cmp.Or(g.AllocPolicy, "preferred"), "name": g.Name, "node_cnt": len(nodes), "node_list": nodes,
		"ipolicy": over(c.info["ipolicy"], g.policy), "custom_ipolicy": over(nil, g.policy), "diskparams": c.info["diskparams"], "custom_diskparams": bodyMap{},
		"ndparams": over(nodeParams(), g.nd), "custom_ndparams": over(nil, g.nd), "ctime": born, "mtime": c.changedAt(g.at, born),
		"uuid": c.groupUUID(g.Name), "serial_no": 1 + g.changed, "tags": list(g.Tags),
	}
}

// bornAt is when a group or a network was made: with the cluster, unless it has an id of its own.
func (c *Cluster) bornAt(id string) any {
	if _, number, later := strings.Cut(id, "/"); later {
		if n, err := strconv.Atoi(number); err == nil && c.jobs[n] != nil {
			return stamp(c.jobs[n].end)
		}
	}
	return c.info["ctime"]
}

// changedAt is when a group or a network was changed last.
func (c *Cluster) changedAt(at time.Time, born any) any {
	if at.IsZero() {
		return born
	}
	return stamp(at)
}

// over is the parameters with own ones in place of some.
func over(all any, own bodyMap) bodyMap {
	out := bodyMap{}
	switch all := all.(type) {
	case bodyMap:
		maps.Copy(out, all)
	case map[string]any:
		maps.Copy(out, all)
	}
	maps.Copy(out, own)
	return out
}

func (c *Cluster) groupUUID(name string) string {
	if i := c.groupIndex(name); i >= 0 {
		name = cmp.Or(c.groups[i].id, name)
	}
	return c.uuid("group/" + name)
}

// renderNetwork draws the address map: X for addresses in use, dots for free ones.
func (c *Cluster) renderNetwork(n Network) bodyMap {
	prefix := netip.MustParsePrefix(n.Network).Masked()
	addrs := make([]byte, 1<<(32-prefix.Bits()))
	for i := range addrs {
		addrs[i] = '.'
	}
	base := prefix.Addr().As4()
	take := func(ip string) {
		addr, err := netip.ParseAddr(ip)
		if err != nil || !prefix.Contains(addr) {
			return
		}
		at := 0
		for i, b := range addr.As4() {
			at = at<<8 | int(b-base[i])
		}
		addrs[at] = 'X'
	}
	external := c.external(n)
	for _, ip := range external {
		take(ip)
	}
	users := map[*instance]bool{}
	for _, v := range c.sorted {
		for _, nic := range v.NICs {
			if nic.Network == n.Name {
				users[v] = true
				take(nic.IP)
			}
		}
	}
	groups := [][]string{}
	for _, g := range c.groups {
		if way, connected := n.on[g.Name]; connected {
			groups = append(groups, append([]string{g.Name}, way[:]...))
		}
	}
	text := string(addrs)
	free := strings.Count(text, ".")
	born := c.bornAt(n.id)
	return bodyMap{
		"name": n.Name, "network": n.Network, "gateway": null(n.Gateway),
		"network6": null(n.Network6), "gateway6": null(n.Gateway6), "mac_prefix": null(n.MACPrefix),
		"free_count": free, "reserved_count": len(addrs) - free, "map": text, "group_list": groups, "inst_list": names(users),
		"external_reservations": strings.Join(external, ", "), "ctime": born, "mtime": c.changedAt(n.at, born),
		"uuid": c.networkUUID(n.Name), "serial_no": 1 + n.changed, "tags": list(n.Tags),
	}
}

func (c *Cluster) getGroups(r *request) response {
	if !r.bulk() {
		return c.listing("groups", len(c.groups), func(i int) string { return c.groups[i].Name })
	}
	out := []bodyMap{}
	for _, g := range c.groups {
		out = append(out, c.renderGroup(g))
	}
	return ok(out)
}

func (c *Cluster) getGroup(r *request) response {
	if i := c.groupIndex(r.name); i >= 0 {
		return ok(c.renderGroup(c.groups[i]))
	}
	return fail(http.StatusNotFound, "")
}

func (c *Cluster) getNetworks(r *request) response {
	if !r.bulk() {
		return c.listing("networks", len(c.networks), func(i int) string { return c.networks[i].Name })
	}
	out := []bodyMap{}
	for _, n := range c.networks {
		out = append(out, c.renderNetwork(n))
	}
	return ok(out)
}

func (c *Cluster) getNetwork(r *request) response {
	if i := c.networkIndex(r.name); i >= 0 {
		return ok(c.renderNetwork(c.networks[i]))
	}
	return fail(http.StatusNotFound, "")
}
