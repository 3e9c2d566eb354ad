package tui

import (
	"cmp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// subSetup is the key of the menu of what is done with a cluster as a whole.
const subSetup = "W"

func setupActions() []action {
	without := traitRights | traitQuotas | traitUsers | traitGroups | traitKeys | traitMembers | traitTokens | traitHosts | traitParts
	cluster := scope{Kinds: []core.Kind{core.KindCluster}, Without: without}
	form := func(letter, word, formWord, title, help string, of core.PartKind) action {
		x := action{
			ID: "setup." + word, Sub: subSetup, Letter: letter, Word: word, Args: "[CLUSTER]", Complete: completeClusters,
			Title: title, Help: help, Group: groupAct, Scope: cluster, When: maySetUp,
			Run: func(a *App, arg string) tea.Cmd {
				cluster, name, err := a.partNamed(arg, of)
				if err != nil {
					return a.fail(err)
				}
				return a.openForm(formWord, cluster.Cluster+" "+name, cluster)
			},
		}
		if of != core.PartCluster {
			x.Args, x.Complete = "[CLUSTER[/NAME]]", completeParts(of)
		}
		return x
	}
	const ofCluster, ofGroup, ofNetwork = core.PartCluster, core.PartNodeGroup, core.PartNetwork
	return append([]action{
		{
			ID: "setup.menu", Keys: []string{subSetup}, Title: "set up", Help: "Change settings, node groups, networks and tags of a cluster.",
			Group: groupAct, Scope: cluster, Opens: true,
		},
		form("s", "cluster-set", formSettings, "settings", "Change defaults and policy of the cluster in a form that ends in what changes.", ofCluster),
		form("t", "cluster-tags", formClusterTags, "tags", "Change the tags of the cluster.", ofCluster),
		{
			ID: "setup.redistribute", Sub: subSetup, Letter: "r", Word: "cluster-redistribute", Args: "[CLUSTER]", Complete: completeClusters,
			Title: "redistribute its configuration", Help: "Have the cluster copy its configuration to all its nodes once more.", Group: groupAct, Scope: cluster,
			Make: func(_ *App, sel selection) ([]core.Op, string) {
				return []core.Op{core.RedistributeConfig{Cluster: sel.ref().Cluster}}, ""
			},
		},
		form("g", "nodegroup-add", formGroupAdd, "add a node group", "Add a group that nodes can be assigned to.", ofCluster),
		form("e", "nodegroup-edit", formGroupEdit, "edit a node group", "Change name, allocation and settings of a node group.", ofGroup),
		form("a", "nodegroup-assign", formAssign, "assign nodes", "Move nodes into another node group; their VMs stay where they are.", ofGroup),
		form("T", "nodegroup-tags", formGroupTags, "tags of a node group", "Put tags on a node group and take them away.", ofGroup),
		form("d", "nodegroup-delete", formGroupDelete, "delete a node group", "Delete a node group that has no nodes.", ofGroup),
		form("n", "network-add", formNetworkAdd, "add a network", "Add a network that NICs of VMs can name.", ofCluster),
		form("E", "network-edit", formNetworkEdit, "edit a network", "Change gateway, IPv6 and reserved addresses of a network.", ofNetwork),
		form("c", "network-connect", formConnect, "connect a network", "Let the VMs on a node group use a network.", ofNetwork),
		form("x", "network-disconnect", formDisconnect, "disconnect a network", "Let the VMs on a node group use a network no more.", ofNetwork),
		form("N", "network-tags", formNetworkTags, "tags of a network", "Put tags on a network and take them away.", ofNetwork),
		form("D", "network-delete", formNetworkDelete, "delete a network", "Delete a network that no node group is connected to.", ofNetwork),
		{
			ID: "go.setup", Keys: []string{"I"}, Word: "cluster-setup", Args: "[CLUSTER]", Complete: completeClusters, Title: "how it is set up", Group: groupLook, Scope: cluster, Hint: 8,
			Help: "Show settings, operating systems, node groups, networks with their addresses, and locks of a cluster.",
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(cmp.Or(arg, a.front().selection().ref().Cluster, a.scope))
				if err != nil {
					return a.fail(err)
				}
				return a.push(setupPlace(r.Cluster))
			},
		},
	}, partActions()...)
}

// partNamed is the cluster that was typed, or that is selected, and the node group or
// network of it: CLUSTER/NAME, or the selected row. Without one the name is empty.
func (a *App) partNamed(arg string, of core.PartKind) (cluster core.Ref, name string, err error) {
	sel := a.front().selection().ref()
	typed, name, _ := strings.Cut(arg, "/")
	if arg == "" && sel.Kind == kindOfPart(of) {
		name = sel.Name
	}
	if of == core.PartCluster {
		name = ""
	}
	cluster, err = a.clusterNamed(cmp.Or(typed, sel.Cluster, a.scope))
	return cluster, name, err
}

func kindOfPart(of core.PartKind) core.Kind {
	switch of {
	case core.PartNodeGroup:
		return kindNodeGroup
	case core.PartNetwork:
		return kindNetwork
	case core.PartCluster:
	}
	return core.KindCluster
}

// completeParts offers clusters, and what they have with the cluster before it.
func completeParts(of core.PartKind) func(a *App, arg string) []string {
	return func(a *App, arg string) []string {
		out := completeClusters(a, arg)
		for _, c := range a.view.Clusters() {
			if of == core.PartNodeGroup {
				for _, g := range c.Info.NodeGroups {
					out = append(out, core.Printable(c.Cluster.Name+"/"+g.Name))
				}
				continue
			}
			for _, n := range c.Info.Networks {
				out = append(out, core.Printable(c.Cluster.Name+"/"+n.Name))
			}
		}
		return out
	}
}

// maySetUp says why the person may not change the cluster.
func maySetUp(a *App, sel selection) string {
	if why := onlyOne(a, sel); why != "" {
		return why
	}
	return mayDo(func(sel selection) core.Op { return core.RedistributeConfig{Cluster: sel.ref().Cluster} })(a, sel)
}
