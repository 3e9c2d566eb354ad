package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func clusterActions() []action {
	rows := scope{Without: traitRights | traitQuotas | traitUsers | traitGroups | traitKeys | traitMembers | traitTokens | traitTemplates | traitParts, Kinds: []core.Kind{core.KindCluster}}
	removable := rows
	removable.Without |= traitHosts
	return []action{
		{
			ID: "cluster.add", Keys: []string{"a"}, Word: "cluster-add", Title: "add a cluster", Group: groupAct, Scope: rows,
			Help: "Add a cluster in a form, with a test of the connection.",
			When: func(a *App, _ selection) string {
				if !a.session.User().Admin {
					return "only a site administrator may add clusters"
				}
				return ""
			},
			Do: func(a *App, _ selection) tea.Cmd { return a.openForm(formClusterAdd, "", core.Ref{}) },
		},
		{
			ID: "cluster.edit", Keys: []string{"E"}, Word: "cluster-edit", Args: "[CLUSTER]", Complete: completeClusters, Title: "edit the cluster", Group: groupAct, Scope: rows,
			Help: "Change the address, user, trust and protection of a cluster in a form.",
			When: func(a *App, sel selection) string {
				c, ok := a.view.Cluster(sel.ref().Cluster)
				if why := onlyOne(a, sel); why != "" || !ok {
					return why
				}
				if d := a.session.Can(core.EditCluster{Cluster: c.Cluster}); !d.OK {
					return core.Printable(d.Why)
				}
				return ""
			},
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(arg)
				if err != nil {
					return a.fail(err)
				}
				return a.openForm(formClusterEdit, r.Cluster, r)
			},
		},
		{
			ID: "cluster.remove", Keys: []string{"D"}, Word: "cluster-remove", Args: "[CLUSTER]", Complete: completeClusters, Title: "remove the cluster", Group: groupAct, Scope: removable,
			Help: "Forget a cluster, its password and all rights on it; nothing changes on the cluster itself.",
			When: func(a *App, sel selection) string {
				if d := a.session.Can(core.RemoveCluster{Name: sel.ref().Cluster}); !d.OK {
					return core.Printable(d.Why)
				}
				return onlyOne(a, sel)
			},
			Run: func(a *App, arg string) tea.Cmd {
				r, err := a.clusterNamed(arg)
				if err != nil {
					return a.fail(err)
				}
				return a.submit([]core.Op{core.RemoveCluster{Name: r.Cluster}})
			},
		},
	}
}

// clusterNamed is the cluster that was typed, or the one that is selected.
func (a *App) clusterNamed(arg string) (core.Ref, error) {
	if arg == "" {
		arg = a.front().selection().ref().Cluster
	}
	return a.view.Find(core.KindCluster, arg)
}
