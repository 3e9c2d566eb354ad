package tui

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// subSetup is the key of the menu of what is done with a cluster as a whole.
const subSetup = "W"

func setupActions() []action {
	here := scope{
		Kinds:   []core.Kind{core.KindCluster},
		Without: traitRights | traitQuotas | traitUsers | traitGroups | traitKeys | traitMembers | traitTokens | traitHosts,
	}
	form := func(letter, word, formWord, title, help string) action {
		return action{
			ID: "setup." + word, Sub: subSetup, Letter: letter, Word: word, Args: "[CLUSTER]", Complete: completeClusters,
			Title: title, Help: help, Group: groupAct, Scope: here, When: maySetUp,
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(cmp.Or(arg, a.front().selection().ref().Cluster, a.scope))
				if err != nil {
					return a.fail(err)
				}
				return a.openForm(formWord, r.Cluster, r)
			},
		}
	}
	return []action{
		{
			ID: "setup.menu", Keys: []string{subSetup}, Title: "set up", Help: "Change settings, node groups, networks and tags of a cluster.",
			Group: groupAct, Scope: here, Opens: true,
		},
		form("s", "cluster-set", formSettings, "settings", "Change defaults and policy of the cluster in a form that ends in what changes."),
		form("t", "cluster-tags", formClusterTags, "tags", "Change the tags of the cluster."),
		{
			ID: "setup.redistribute", Sub: subSetup, Letter: "r", Word: "cluster-redistribute", Args: "[CLUSTER]", Complete: completeClusters,
			Title: "redistribute its configuration", Help: "Have the cluster copy its configuration to all its nodes once more.", Group: groupAct, Scope: here,
			Make: func(_ *App, sel selection) ([]core.Op, string) {
				return []core.Op{core.RedistributeConfig{Cluster: sel.ref().Cluster}}, ""
			},
		},
		form("g", "nodegroup-add", formGroupAdd, "add a node group", "Add a group that nodes can be assigned to."),
		form("e", "nodegroup-edit", formGroupEdit, "edit a node group", "Change name and allocation of a node group."),
		form("a", "nodegroup-assign", formAssign, "assign nodes", "Move nodes into another node group; their VMs stay where they are."),
		form("d", "nodegroup-delete", formGroupDelete, "delete a node group", "Delete a node group that has no nodes."),
		form("n", "network-add", formNetworkAdd, "add a network", "Add a network that NICs of VMs can name."),
		form("E", "network-edit", formNetworkEdit, "edit a network", "Change gateway, IPv6 and reserved addresses of a network."),
		form("T", "nodegroup-tags", formGroupTags, "tags of a node group", "Put tags on a node group and take them away."),
		form("N", "network-tags", formNetworkTags, "tags of a network", "Put tags on a network and take them away."),
		form("c", "network-connect", formConnect, "connect a network", "Let the VMs on a node group use a network."),
		form("x", "network-disconnect", formDisconnect, "disconnect a network", "Let the VMs on a node group use a network no more."),
		form("D", "network-delete", formNetworkDelete, "delete a network", "Delete a network that no node group is connected to."),
		{
			ID: "go.setup", Keys: []string{"I"}, Word: "cluster-setup", Args: "[CLUSTER]", Complete: completeClusters, Title: "how it is set up", Group: groupLook, Scope: here, Hint: 8,
			Help: "Show settings, operating systems, node groups, networks with their addresses, and locks of a cluster.",
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(cmp.Or(arg, a.front().selection().ref().Cluster, a.scope))
				if err != nil {
					return a.fail(err)
				}
				return a.push(setupPlace(r.Cluster))
			},
		},
	}
}

// maySetUp says why the person may not change the cluster.
func maySetUp(a *App, sel selection) string {
	if why := onlyOne(a, sel); why != "" {
		return why
	}
	return mayDo(func(sel selection) core.Op { return core.RedistributeConfig{Cluster: sel.ref().Cluster} })(a, sel)
}
