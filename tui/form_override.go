package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/form"
)

// formOverride starts a VM over a full quota. Its argument is the VM.
const formOverride = "start over the quota"

func overrideForms() []formKind {
	return []formKind{{Word: formOverride, Make: func(_ context.Context, s *core.Session, arg string) (entryForm, error) {
		vm, err := core.ParseRef(arg)
		if err != nil {
			return entryForm{}, err
		}
		if d := s.Can(core.StartVM{VM: vm, Override: "?"}); !d.OK {
			return entryForm{}, core.Errorf(core.CodeDenied, "%s", d.Why)
		}
		f := entryForm{Ops: func(v form.Values) ([]core.Op, error) {
			if v.Text("reason") == "" {
				return nil, nil
			}
			return []core.Op{core.StartVM{VM: vm, Override: v.Text("reason")}}, nil
		}}
		f.Title, f.Save = "Start "+core.Printable(vm.Name)+" over the quota", "Start"
		f.Intro = overrideIntro(s.View(), vm)
		f.Fields = []form.Field{
			{Name: "vm", Label: "VM", Kind: form.Fixed, Value: core.Printable(arg)},
			{Name: "reason", Label: "Why", Required: true, Max: 200, Placeholder: "agreed with ops until Monday", Help: "The audit log keeps it, with the quota that was exceeded."},
		}
		return f, nil
	}}}
}

// overrideIntro says whose quota is full.
func overrideIntro(v *core.View, vm core.Ref) string {
	owner, ok := v.Owner(vm)
	for _, u := range v.UsageOn(vm.Cluster) {
		if ok && u.Who == owner {
			return "The quota of " + core.Printable(owner.String()) + " on " + vm.Cluster + " does not suffice; used are " + usageLine(u) + "."
		}
	}
	return ""
}

// failed says what went wrong with what was asked for. A start that only a full
// quota stands against is offered again to who may exceed that.
func (a *App) failed(m failMsg) tea.Cmd {
	if len(m.ops) > 0 {
		if cmd, asked := a.lacksCode(m.err, func() tea.Cmd { return a.carryOut(m.ops) }); asked {
			return cmd
		}
	}
	cmd := a.fail(m.err)
	if core.CodeOf(m.err) != core.CodeLimit || len(m.ops) != 1 {
		return cmd
	}
	if !overridable(a.session, m.ops[0]) {
		return cmd
	}
	vm := m.ops[0].Spec().Target
	return a.openForm(formOverride, vm.String(), vm)
}

// overridable tells whether an op is a start that only wants a reason to exceed
// a quota.
func overridable(s *core.Session, op core.Op) bool {
	start, ok := op.(core.StartVM)
	if !ok || start.Override != "" {
		return false
	}
	start.Override = "?"
	return s.Can(start).OK
}
