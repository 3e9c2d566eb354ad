package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

func editActions() []action {
	return []action{{
		ID: "vm.edit", Keys: []string{"E"}, Word: "edit", Args: "[VM]", Complete: completeVMs, Title: "edit",
		Help:  "Change memory, VCPUs, NICs, disks and other settings, in a form that shows what is inherited.",
		Group: groupAct, Scope: scope{Kinds: []core.Kind{core.KindVM}, Without: traitRights}, Hint: 9,
		When: func(a *App, sel selection) string {
			if len(sel.Refs) > 1 {
				return "one VM at a time; vm edit changes several"
			}
			ops, why := vmOps(a, sel, whatever, func(r core.Ref) core.Op { return core.EditVM{VM: r} })
			if len(ops) > 0 {
				if d := a.session.Can(ops[0]); !d.OK {
					return core.Printable(d.Why)
				}
			}
			return why
		},
		Do: func(a *App, sel selection) tea.Cmd { return a.openVMsForm(formEdit, sel) },
	}}
}
