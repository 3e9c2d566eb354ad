package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func backupActions() []action {
	rows := rowsOf(traitBackups, kindBackup)
	rows.Without |= traitSearch | traitPanel
	return []action{
		{
			ID: "go.backups", Word: "backups", Args: "[CLUSTER]", Complete: completeClusters, Title: "backups", Group: groupGo,
			Help: "The backups of VMs that lie on nodes; the clusters are asked.",
			Run: func(a *App, arg string) tea.Cmd {
				if arg == "" {
					return a.goTo(a.listPlace(pageBackups, ""))
				}
				r, err := a.view.Find(core.KindCluster, arg)
				if err != nil {
					return a.fail(err)
				}
				return a.goTo(place{Page: pageBackups, On: r})
			},
		},
		{
			ID: "backup.use", Keys: []string{"n"}, Title: "create a VM from it", Help: "Make a VM whose disks are filled from the backup, step by step.",
			Group: groupAct, Scope: rows, Hint: 3,
			When: func(a *App, sel selection) string {
				if len(sel.Refs) != 1 {
					return "select one backup"
				}
				if d := a.view.Can(core.VerbCreateVM, core.ClusterRef(sel.ref().Cluster)); !d.OK {
					return core.Printable(d.Why)
				}
				return ""
			},
			Do: func(a *App, sel selection) tea.Cmd {
				on := core.ClusterRef(sel.ref().Cluster)
				return a.openForm(formCreate, fromBackup+" "+on.Cluster+"/"+sel.ref().Name, on)
			},
		},
	}
}
