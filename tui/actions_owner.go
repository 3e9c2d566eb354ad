package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// subOwner is the key of the menu.
const subOwner = "O"

func ownerActions() []action {
	vms := scope{Kinds: []core.Kind{core.KindVM}}
	owner := func(id, letter, word, title, help string) action {
		return action{
			ID: id, Sub: subOwner, Letter: letter, Word: word, Args: "[VM]", Complete: completeVMs,
			Title: title, Help: help, Group: groupAct, Scope: vms,
		}
	}
	set := owner("owner.set", "s", "owner", "set the owner", "Make a user or a group the owner of a VM, whose quota it is charged to.")
	set.When, set.Do = mayOwn, func(a *App, sel selection) tea.Cmd { return a.openVMsForm(wordOwnerSet, sel) }
	unset := owner("owner.clear", "c", "owner-clear", "clear the owner", "Leave the VM without an owner; it is charged to no quota.")
	unset.Make = func(a *App, sel selection) ([]core.Op, string) {
		return vmOps(a, sel, func(vm *core.VM) string {
			if a.view.OwnerOf(vm).IsZero() {
				return "without an owner already"
			}
			return ""
		}, func(r core.Ref) core.Op {
			was, _ := a.view.Owner(r)
			return core.SetOwner{VM: r, Was: &was}
		})
	}
	tags := owner("owner.sync", "y", "owner-sync", "write its tags", "Make the tags of the VM say what gwm's records say of its owner and rights.")
	tags.Make = func(a *App, sel selection) ([]core.Op, string) {
		return vmOps(a, sel, whatever, func(r core.Ref) core.Op { return core.SyncTags{VM: r} })
	}
	return []action{
		{
			ID: "vm.owner", Keys: []string{subOwner}, Title: "owner", Help: "Say whose quota a VM is charged to, and keep its tags in step.",
			Group: groupAct, Scope: vms, Hint: 12, Opens: true,
		},
		set, unset, tags,
	}
}

// mayOwn says why the owner of the selected VMs may not be changed.
func mayOwn(a *App, sel selection) string {
	ops, why := vmOps(a, sel, whatever, func(r core.Ref) core.Op { return core.SetOwner{VM: r} })
	if no := a.forbidden(ops); no != "" {
		return no
	}
	return why
}

// openVMsForm opens a form about the selected VMs.
func (a *App) openVMsForm(word string, sel selection) tea.Cmd {
	names := make([]string, len(sel.Refs))
	on := core.Ref{}
	for i, r := range sel.Refs {
		names[i] = r.String()
		if i == 0 {
			on = core.ClusterRef(r.Cluster)
		} else if r.Cluster != on.Cluster {
			on = core.Ref{}
		}
	}
	return a.openForm(word, strings.Join(names, " "), on)
}
