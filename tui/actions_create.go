package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func createActions() []action {
	vms := scope{Kinds: []core.Kind{core.KindVM}}
	return []action{
		{
			ID: "vm.create", Keys: []string{"n"}, Title: "create a VM", Help: "Make a VM, step by step: cluster, owner, disks, network, place, hypervisor.",
			Group: groupAct, Scope: scope{Traits: traitPanel, Without: traitSearch}, Hint: 6, When: mayCreate,
			Do: func(a *App, _ selection) tea.Cmd { return a.createIn(a.front().at().On.Cluster) },
		},
		{
			ID: "create", Word: "create", Args: "[CLUSTER]", Complete: completeClusters, Title: "create a VM", Group: groupGo,
			Help: "Make a VM, step by step; on a cluster where one is named.", When: mayCreate,
			Run: func(a *App, arg string) tea.Cmd { return a.createIn(arg) },
		},
		{
			ID: "vm.like", Word: "create-like", Args: "[VM]", Complete: completeVMs,
			Title: "create one like it", Help: "Make another VM of the same size, disks, network and system.",
			Group: groupAct, Scope: vms, When: mayCreateLike,
			Do: func(a *App, sel selection) tea.Cmd {
				return a.openForm(formCreate, fromLike+" "+sel.ref().String(), core.ClusterRef(sel.ref().Cluster))
			},
		},
	}
}

// createIn opens the wizard, for a cluster where one is named.
func (a *App) createIn(arg string) tea.Cmd {
	if arg = strings.TrimSpace(arg); arg == "" {
		return a.openForm(formCreate, "", core.Ref{})
	}
	r, err := a.view.Find(core.KindCluster, arg)
	if err != nil {
		return a.fail(err)
	}
	return a.openForm(formCreate, r.Cluster, r)
}

// mayCreate says why the person cannot create VMs anywhere.
func mayCreate(a *App, _ selection) string {
	if err := a.session.Frozen(); err != nil {
		return core.Printable(core.AsError(err).Message)
	}
	why := "needs create_vm on a cluster"
	for _, c := range a.view.Clusters() {
		switch d := a.view.Can(core.VerbCreateVM, core.ClusterRef(c.Cluster.Name)); {
		case d.OK:
			return ""
		case d.Locked:
			why = d.Why
		}
	}
	return core.Printable(why)
}

// mayCreateLike says why no VM like the selected one can be made.
func mayCreateLike(a *App, sel selection) string {
	if len(sel.Refs) != 1 {
		return "select one VM"
	}
	if d := a.view.Can(core.VerbCreateVM, core.ClusterRef(sel.ref().Cluster)); !d.OK {
		return core.Printable(d.Why)
	}
	if !slices.ContainsFunc(a.view.VMs(), func(vm *core.VM) bool { return vm.Ref() == sel.ref() }) {
		return "it is gone"
	}
	return ""
}
