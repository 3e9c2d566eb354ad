package tui

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func mapActions() []action {
	return []action{
		{
			ID: "map", Keys: []string{"B"}, Title: "map", Group: groupLook, Scope: scope{Kinds: []core.Kind{core.KindCluster, core.KindNode, core.KindVM}, Without: traitMap}, Hint: 13,
			Help: "Show which VMs are where on the cluster, how full its nodes are, and where a VM would fail over to.",
			Do:   func(a *App, sel selection) tea.Cmd { return a.push(mapPlace(sel.ref())) },
		},
		{
			ID: "go.map", Word: "map", Args: "[CLUSTER]", Complete: completeClusters, Title: "map of a cluster", Group: groupGo,
			Help: "Show which VMs are where on a cluster, how full its nodes are, and where VMs would fail over to.",
			Run: func(a *App, arg string) tea.Cmd {
				arg = cmp.Or(arg, a.front().selection().ref().Cluster, a.front().at().On.Cluster, a.scope)
				if all := a.view.Clusters(); arg == "" && len(all) == 1 {
					arg = all[0].Cluster.Name
				}
				if arg == "" {
					return a.openPalette("map ")
				}
				r, err := a.view.Find(core.KindCluster, arg)
				if err != nil {
					return a.fail(err)
				}
				return a.push(mapPlace(r))
			},
		},
		{
			ID: actMapNode, Keys: []string{"tab"}, Title: "VM or node", Help: "Go from the VM to its node, or from the node to its first VM.",
			Group: groupMove, Scope: scope{Traits: traitMap, Without: traitTabs},
		},
	}
}
