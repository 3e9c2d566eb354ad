package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// subChange is the key of the menu that works on VMs and their disks.
const subChange = "W"

func changeActions() []action {
	vms := scope{Kinds: []core.Kind{core.KindVM}}
	base := func(letter, word, title, help string) action {
		return action{
			ID: "vm." + word, Sub: subChange, Letter: letter, Word: word, Args: "[VM]", Complete: completeVMs,
			Title: title, Help: help, Group: groupAct, Scope: vms,
		}
	}
	asks := func(x action, word string, op func(core.Ref) core.Op) action {
		x.When = func(a *App, sel selection) string { return mayAsk(a, sel, op) }
		x.Do = func(a *App, sel selection) tea.Cmd { return a.openVMsForm(word, sel) }
		return x
	}
	does := func(x action, fits func(*core.VM) string, op func(core.Ref) core.Op) action {
		x.Make = func(a *App, sel selection) ([]core.Op, string) { return vmOps(a, sel, fits, op) }
		return x
	}
	return []action{
		{
			ID: "vm.change", Keys: []string{subChange}, Title: "work on", Help: "Reinstall, rename, tag; grow, activate, replace disks.",
			Group: groupAct, Scope: vms, Opens: true,
		},
		asks(base("i", "reinstall", "reinstall", "Install the operating system anew; all that is on the disks is lost."), formReinstall,
			func(r core.Ref) core.Op { return core.ReinstallVM{VM: r} }),
		asks(base("n", "rename", "rename", "Give a VM that is down another name; owner and rights follow."), formRename,
			func(r core.Ref) core.Op { return core.RenameVM{VM: r} }),
		asks(base("t", "tags", "tags", "Put tags on the VM and take them away."), formTags,
			func(r core.Ref) core.Op { return core.TagVM{VM: r} }),
		asks(base("g", "grow", "grow a disk", "Make a disk larger, in a form that shows the disks."), formGrow,
			func(r core.Ref) core.Op { return core.GrowDisk{VM: r} }),
		asks(base("e", "export", "export", "Copy the VM to a node as a backup, in a form; it is shut down for that."), formExport,
			func(r core.Ref) core.Op { return core.ExportVM{VM: r} }),
		does(base("a", "disks-activate", "activate disks", "Make the disks of a VM that is down reachable on its node."), stopped,
			func(r core.Ref) core.Op { return core.ActivateDisks{VM: r} }),
		does(base("d", "disks-deactivate", "deactivate disks", "End that the disks of a VM that is down are reachable."), stopped,
			func(r core.Ref) core.Op { return core.DeactivateDisks{VM: r} }),
		asks(base("r", "disks-replace", "replace disks", "Make one copy of the disks anew from the other (DRBD)."), formReplace,
			func(r core.Ref) core.Op { return core.ReplaceDisks{VM: r, Mode: core.ReplaceAuto} }),
		does(base("R", "disks-recreate", "recreate disks", "Make the disks of a VM that is down anew and empty, after they were lost."), stopped,
			func(r core.Ref) core.Op { return core.RecreateDisks{VM: r} }),
	}
}

// mayAsk says why the selected VMs do not fit what a form asks for.
func mayAsk(a *App, sel selection, op func(core.Ref) core.Op) string {
	ops, why := vmOps(a, sel, whatever, op)
	if no := a.forbidden(ops); no != "" {
		return no
	}
	if len(ops) > 0 {
		for _, r := range sel.Refs {
			if r.Cluster != sel.Refs[0].Cluster {
				return "the VMs are of several clusters"
			}
		}
	}
	return why
}

// stopped says why what needs a VM that is down does not fit.
func stopped(vm *core.VM) string {
	if vm.State == core.StateRunning {
		return "running: shut it down first"
	}
	return ""
}
