package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// partActions are what is done with the node group or the network under the cursor,
// with the keys that rows have everywhere.
func partActions() []action {
	form := func(id, key, title, help, word string, hint int, of scope) action {
		return action{
			ID: id, Keys: []string{key}, Title: title, Help: help, Group: groupAct, Scope: of, When: maySetUp, Hint: hint,
			Do: func(a *App, sel selection) tea.Cmd {
				r, name := sel.ref(), ""
				if r.Kind == kindNodeGroup || r.Kind == kindNetwork {
					name = r.Name
				}
				return a.openForm(word, r.Cluster+" "+name, core.ClusterRef(r.Cluster))
			},
		}
	}
	remove := func(id, title, help string, of scope, op func(r core.Ref) core.Op, why func(core.Offer, string) string) action {
		return action{
			ID: id, Keys: []string{"D"}, Title: title, Help: help, Group: groupAct, Scope: of,
			Make: func(a *App, sel selection) ([]core.Op, string) {
				r := sel.ref()
				if p, ok := a.front().(interface{ offered() core.Offer }); ok {
					if why := why(p.offered(), r.Name); why != "" {
						return nil, why
					}
				}
				return []core.Op{op(r)}, ""
			},
		}
	}
	groups, networks := rowsOf(traitNodeGroups), rowsOf(traitNetworks)
	groups.Without |= traitNetworks
	networks.Without |= traitNodeGroups
	group, network := rowsOf(traitNodeGroups, kindNodeGroup), rowsOf(traitNetworks, kindNetwork)
	return []action{
		form("nodegroup.add", "a", "add a node group", "Add a group that nodes can be assigned to.", formGroupAdd, 2, groups),
		form("nodegroup.edit", "E", "edit the node group", "Change its name, allocation and settings.", formGroupEdit, 3, group),
		form("nodegroup.assign", "A", "assign nodes to it", "Move nodes into the group; their VMs stay where they are.", formAssign, 4, group),
		form("nodegroup.tags", "#", "tags of the node group", "Put tags on it and take them away.", formGroupTags, 0, group),
		remove("nodegroup.delete", "delete the node group", "Delete it; it must not have nodes.", group,
			func(r core.Ref) core.Op { return core.RemoveNodeGroup{Cluster: r.Cluster, Name: r.Name} }, whyGroupStays),
		form("network.add", "a", "add a network", "Add a network that NICs of VMs can name.", formNetworkAdd, 2, networks),
		form("network.edit", "E", "edit the network", "Change gateway, IPv6 and reserved addresses.", formNetworkEdit, 3, network),
		form("network.connect", "c", "connect it to a node group", "Let the VMs on a node group use the network.", formConnect, 4, network),
		disconnecting(form("network.disconnect", "x", "disconnect it from a node group", "Let the VMs on a node group use it no more.", formDisconnect, 0, network)),
		form("network.tags", "#", "tags of the network", "Put tags on it and take them away.", formNetworkTags, 0, network),
		remove("network.delete", "delete the network", "Delete it; no node group may be connected to it.", network,
			func(r core.Ref) core.Op { return core.RemoveNetwork{Cluster: r.Cluster, Name: r.Name} }, whyNetworkStays),
	}
}

// disconnecting says beforehand that there is nothing to be disconnected.
func disconnecting(x action) action {
	x.When = func(a *App, sel selection) string {
		if why := maySetUp(a, sel); why != "" {
			return why
		}
		if p, ok := a.front().(interface{ offered() core.Offer }); ok {
			if n, ok := p.offered().Network(sel.ref().Name); ok && len(n.Groups) == 0 {
				return "connected to no node group"
			}
		}
		return ""
	}
	return x
}

// whyGroupStays says why a node group cannot be deleted.
func whyGroupStays(now core.Offer, name string) string {
	switch g, ok := now.Group(name); {
	case !ok:
		return "not there any more"
	case len(g.Nodes) > 0:
		return "it has " + counted(len(g.Nodes), "node")
	case len(now.Groups) == 1:
		return "the only node group"
	}
	return ""
}

// whyNetworkStays says why a network cannot be deleted.
func whyNetworkStays(now core.Offer, name string) string {
	switch n, ok := now.Network(name); {
	case !ok:
		return "not there any more"
	case len(n.Groups) > 0:
		return "connected to " + counted(len(n.Groups), "node group")
	}
	return ""
}
