package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// subPower is the key of the menu.
const subPower = "p"

func powerActions() []action {
	vms := scope{Kinds: []core.Kind{core.KindVM}}
	power := func(id, letter, word, title, help string, fits func(*core.VM) string, op func(core.Ref) core.Op) action {
		return action{
			ID: id, Sub: subPower, Letter: letter, Word: word, Args: "[VM]", Complete: completeVMs,
			Title: title, Help: help, Group: groupAct, Scope: vms,
			Make: func(a *App, sel selection) ([]core.Op, string) { return vmOps(a, sel, fits, op) },
		}
	}
	return []action{
		{
			ID: "menu", Keys: []string{"m"}, Title: "menu", Help: "List everything that can be done with the row or the marked rows.",
			Group: groupAct, Hint: 2, Do: func(a *App, _ selection) tea.Cmd { return a.openRowMenu() },
		},
		{
			ID: "vm.power", Keys: []string{subPower}, Title: "power", Help: "Start, shut down, restart, stop hard.",
			Group: groupAct, Scope: vms, Hint: 3, Opens: true,
		},
		power("vm.start", "s", "start", "start", "Start the VM.", notRunning,
			func(r core.Ref) core.Op { return core.StartVM{VM: r} }),
		power("vm.stop", "d", "stop", "shut down", "Ask the guest to shut down; the cluster cuts the power when it takes too long.", notDown,
			func(r core.Ref) core.Op { return core.StopVM{VM: r} }),
		power("vm.restart", "r", "restart", "restart", "Ask the guest to reboot.", notDown,
			func(r core.Ref) core.Op { return core.RestartVM{VM: r, Mode: core.RestartSoft} }),
		power("vm.restart-full", "f", "restart-full", "restart full", "Shut the VM down and start it again with its new settings.", notDown,
			func(r core.Ref) core.Op { return core.RestartVM{VM: r, Mode: core.RestartFull} }),
		power("vm.restart-hard", "R", "restart-hard", "restart hard", "Press the virtual reset button; the guest is not asked.", notDown,
			func(r core.Ref) core.Op { return core.RestartVM{VM: r, Mode: core.RestartHard} }),
		power("vm.stop-hard", "X", "stop-hard", "stop hard", "Cut the power at once; the guest is not asked.", notDown,
			func(r core.Ref) core.Op { return core.StopVM{VM: r, Force: true} }),
		{
			ID: "vm.power-options", Sub: subPower, Letter: "o", Word: "power-options", Args: "[VM]", Complete: completeVMs,
			Title: "with options", Help: "Start, stop or restart with a time limit, with failing disks, or without being remembered.", Group: groupAct, Scope: vms,
			When: func(a *App, sel selection) string {
				return mayAsk(a, sel, func(r core.Ref) core.Op { return core.StopVM{VM: r} })
			},
			Do: func(a *App, sel selection) tea.Cmd { return a.openVMsForm(formPower, sel) },
		},
	}
}

func notRunning(vm *core.VM) string {
	if vm.State == core.StateRunning {
		return "running already"
	}
	return ""
}

func notDown(vm *core.VM) string {
	if vm.State == core.StateDown || vm.State == core.StateOffline {
		return "down already"
	}
	return ""
}

// whatever fits every VM.
func whatever(*core.VM) string { return "" }

// vmOps makes one Op for every selected VM that it fits.
func vmOps(a *App, sel selection, fits func(*core.VM) string, op func(core.Ref) core.Op) (ops []core.Op, why string) {
	return opsOn(a, sel, core.KindVM, a.view.VM, func(vm *core.VM) string {
		if vm.Gone {
			return "gone"
		}
		return fits(vm)
	}, func(vm *core.VM) core.Op { return op(vm.Ref()) })
}

// opsOn makes one Op for every selected object of a kind; unfit says why one is
// left out. Where none remains, why says it: first that the person may not, since
// who does what unfit asks for would learn that only then.
func opsOn[T any](a *App, sel selection, kind core.Kind, find func(core.Ref) (T, bool), unfit func(T) string, op func(T) core.Op) (ops []core.Op, why string) {
	var left []core.Op
	for _, r := range sel.Refs {
		if r.Kind != kind {
			continue
		}
		o, ok := find(r)
		switch {
		case !ok:
			why = "it is gone, or you may not see it"
		case unfit(o) != "":
			why, left = "it is "+unfit(o), append(left, op(o))
		default:
			ops = append(ops, op(o))
		}
	}
	if len(ops) > 0 {
		return ops, ""
	}
	if no := a.forbidden(left); no != "" {
		return nil, no
	}
	switch {
	case len(sel.Refs) > 1:
		return nil, fmt.Sprintf("it fits none of the %d %ss", len(sel.Refs), kindWord(kind))
	case why == "":
		why = "no " + kindWord(kind) + " is selected"
	}
	return nil, why
}
