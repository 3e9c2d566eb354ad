package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// subPlace is the key of the menu that moves VMs to other nodes.
const subPlace = "M"

func placeActions() []action {
	vms := scope{Kinds: []core.Kind{core.KindVM}}
	place := func(letter, word, title, help string, fits func(*core.VM) string, op func(core.Ref) core.Op) action {
		return action{
			ID: "vm." + word, Sub: subPlace, Letter: letter, Word: word, Args: "[VM]", Complete: completeVMs,
			Title: title, Help: help, Group: groupAct, Scope: vms,
			Make: func(a *App, sel selection) ([]core.Op, string) { return vmOps(a, sel, fits, op) },
		}
	}
	return []action{
		{
			ID: "vm.place", Keys: []string{subPlace}, Title: "move", Help: "Migrate, fail over, choose the node.",
			Group: groupAct, Scope: vms, Hint: 10, Opens: true,
		},
		place("m", "migrate", "migrate", "Move the running VM to another node that the cluster chooses; it goes on meanwhile.", running,
			func(r core.Ref) core.Op { return core.MigrateVM{VM: r, Mode: core.MigrateLive} }),
		place("p", "migrate-paused", "migrate, paused", "Move the running VM to another node; it stands still meanwhile, which always ends.", running,
			func(r core.Ref) core.Op { return core.MigrateVM{VM: r, Mode: core.MigratePaused} }),
		place("f", "failover", "fail over", "Stop the VM and start it on another node, also when its node is dead.", whatever,
			func(r core.Ref) core.Op { return core.FailoverVM{VM: r} }),
		{
			ID: "vm.moveto", Sub: subPlace, Letter: "t", Word: "moveto", Args: "[VM]", Complete: completeVMs,
			Title: "to a node", Help: "Choose the node to move to, in a form that shows what is free there.", Group: groupAct, Scope: vms,
			When: mayMove,
			Do:   func(a *App, sel selection) tea.Cmd { return a.openVMsForm(formPlace, sel) },
		},
		place("c", "migrate-cleanup", "clean up", "Tidy up after a migration that broke off; the VM stays where it runs.", whatever,
			func(r core.Ref) core.Op { return core.MigrateVM{VM: r, Cleanup: true} }),
	}
}

// mayMove says why the selected VMs may not be moved.
func mayMove(a *App, sel selection) string {
	return mayAsk(a, sel, func(r core.Ref) core.Op { return core.MigrateVM{VM: r} })
}

// running says why what needs a running VM does not fit.
func running(vm *core.VM) string {
	if notDown(vm) != "" {
		return "down: fail it over"
	}
	return ""
}
