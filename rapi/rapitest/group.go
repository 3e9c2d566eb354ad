package rapitest

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"strings"
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
	born := c.info["ctime"]
	return bodyMap{
		"alloc_policy": cmp.Or(g.AllocPolicy, "preferred"), "name": g.Name, "node_cnt": len(nodes), "node_list": nodes,
		"ipolicy": c.info["ipolicy"], "custom_ipolicy": bodyMap{}, "diskparams": c.info["diskparams"], "custom_diskparams": bodyMap{},
		"ndparams": nodeParams(), "custom_ndparams": bodyMap{}, "ctime": born, "mtime": born,
		"uuid": c.uuid("group/" + g.Name), "serial_no": 1, "tags": list(g.Tags),
	}
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
	addrs[0], addrs[len(addrs)-1] = 'X', 'X'
	take(n.Gateway)
	users := map[*instance]bool{}
	for _, v := range c.sorted {
		for _, nic := range v.NICs {
			if nic.Network == n.Name {
				users[v] = true
				take(nic.IP)
			}
		}
	}
	link := cmp.Or(n.Link, "br0")
	groups := [][]string{}
	for _, g := range c.groups {
		groups = append(groups, []string{g.Name, "bridged", link, ""})
	}
	text := string(addrs)
	free := strings.Count(text, ".")
	born := c.info["ctime"]
	return bodyMap{
		"name": n.Name, "network": n.Network, "gateway": null(n.Gateway), "network6": nil, "gateway6": nil, "mac_prefix": nil,
		"free_count": free, "reserved_count": len(addrs) - free, "map": text, "group_list": groups, "inst_list": names(users),
		"external_reservations": prefix.Addr().String(), "ctime": born, "mtime": born,
		"uuid": c.uuid("network/" + n.Name), "serial_no": 1, "tags": list(n.Tags),
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
