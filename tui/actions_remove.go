package tui

import (
	"slices"

	"gwm/core"
)

// vmActions are those that change a VM itself.
func vmActions() []action { return slices.Concat(removeActions(), changeActions(), noteActions()) }

func removeActions() []action {
	return []action{{
		ID: "vm.delete", Keys: []string{"D"}, Word: "delete", Args: "[VM]", Complete: completeVMs,
		Title: "delete", Help: "Delete the VM with its disks, and what gwm keeps about it.", Group: groupAct,
		Scope: scope{Kinds: []core.Kind{core.KindVM}, Without: traitRights | traitQuotas | traitStrays | traitSitters},
		Make: func(a *App, sel selection) ([]core.Op, string) {
			return vmOps(a, sel, whatever, func(r core.Ref) core.Op { return core.DeleteVM{VM: r} })
		},
	}}
}
