package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// formEdit changes the parameters of one VM, whose name follows the word.
const formEdit = "vm edit"

func editForms() []formKind {
	return []formKind{{Word: formEdit, Waits: "what the VM has now", Make: makeEditForm}}
}

// ownNothing is how a person writes an own value that is empty.
const ownNothing = `""`

// vmEditor is what the editor of a VM works on.
type vmEditor struct {
	session  *core.Session
	now      core.VMDetail
	params   []string // the names of the fields that are parameters
	networks []core.Network
	oses     []string      // what can be installed; empty where nobody can tell
	plugs    core.Decision // whether the person may say which network a NIC is in
}

func makeEditForm(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	r, err := s.View().Find(core.KindVM, arg)
	if err != nil {
		return entryForm{}, err
	}
	e := &vmEditor{session: s}
	if e.now, err = s.VMDetail(ctx, r); err != nil {
		return entryForm{}, err
	}
	e.plugs = s.Can(core.EditVM{VM: r, AddNICs: []core.NewNIC{{Link: "br0"}}})
	if c, ok := s.View().Cluster(r.Cluster); ok {
		e.networks = c.Info.Networks
	}
	e.oses = systems(ctx, s, r.Cluster)
	f := entryForm{Form: form.Form{
		Title: "Edit " + core.Printable(r.Name),
		Intro: "What is empty is inherited from the cluster.",
		Fields: append([]form.Field{
			{Name: "vm", Label: "VM", Kind: form.Fixed, Value: core.Printable(r.String()) + ", " + core.Printable(e.now.VM.Status)},
			e.number(core.ParamMemory, "Memory", form.MiB, "The most that it gets."),
			e.number(core.ParamMinMemory, "Least memory", form.MiB, "What is left to it when memory is taken back from the guest."),
			e.number(core.ParamVCPUs, "VCPUs", form.Count, "Virtual processors."),
			e.number(core.ParamSpindles, "Spindles", form.Count, "How much it counts where disks are balanced."),
			e.choice(core.ParamAutoBalance, "Balanced", "Whether the balancer of the cluster looks after it: htools and N+1."),
			e.choice(core.ParamFailover, "Always fail over", "Whether it is failed over where others are migrated."),
		}, e.details()...),
	}}
	f.Check, f.Before = e.check, unchanged
	f.Ops = func(v form.Values) ([]core.Op, error) {
		if op := e.op(v); len(op.Params)+len(op.NICs)+len(op.AddNICs)+len(op.Disks)+len(op.AddDisks) > 0 {
			return []core.Op{op}, nil
		}
		return nil, nil
	}
	return f, nil
}

// unchanged asks the cluster whether it still has what the form started with, so
// that who was slower hears of it before the form is gone.
func unchanged(ctx context.Context, s *core.Session, ops []core.Op) error {
	for _, op := range ops {
		edit, ok := op.(core.EditVM)
		if !ok {
			continue
		}
		now, err := s.VMDetail(ctx, edit.VM)
		if err != nil {
			return err
		}
		if err := edit.Stale(now); err != nil {
			return err
		}
	}
	return nil
}

// check says what is wrong between the answers.
func (e *vmEditor) check(v form.Values) map[string]error {
	op, wrong := e.op(v), map[string]error{}
	least, most := amount(op, e.now, core.ParamMinMemory), amount(op, e.now, core.ParamMemory)
	if least > most {
		wrong[core.ParamMinMemory] = core.Errorf(core.CodeInvalid, "it is more than the most, %s", size(most))
	}
	for _, n := range op.NICs {
		if !n.Remove {
			_, wrong[deviceKey("nic", n.Index, e.now.VM.NICs[n.Index].UUID)] = core.ParseNICEdit(strconv.Itoa(n.Index) + ":" + n.Set.String())
		}
	}
	for i, n := range op.AddNICs {
		_, wrong[newKey("nic", i)] = core.ParseNewNIC(n.String())
	}
	return wrong
}

// amount is a number as it will be, as far as that is known.
func amount(op core.EditVM, now core.VMDetail, name string) int {
	n, _ := strconv.Atoi(now.Param(name).Value)
	for _, p := range op.Params {
		if p.Name == name && !p.Inherit {
			n, _ = strconv.Atoi(p.Value)
		}
	}
	return n
}

// details are the fields after the sizes: restart, OS, devices, hypervisor, and the reason for which a quota may be exceeded.
func (e *vmEditor) details() []form.Field {
	out := slices.Concat(e.restart(), e.operating(), e.live(), e.nics(), e.disks())
	if len(e.now.Hypervisor) > 0 {
		out = append(out, form.Field{Name: "hv", Label: "Hypervisor " + core.Printable(e.now.VM.Hypervisor), Kind: form.Section})
	}
	for _, p := range e.now.Hypervisor {
		out = append(out, e.hypervisor(core.HypervisorParam+p.Name, p))
	}
	return append(out, form.Field{
		Name: "override", Label: "Reason", When: e.over,
		Help: "Needed to exceed the owner's quota, by who administers the cluster; it is kept in the audit log.",
	})
}

// operating are the fields of the operating system and of the state.
func (e *vmEditor) operating() []form.Field {
	out := append([]form.Field{{Name: "os", Label: "Operating system", Kind: form.Section}}, e.systemFields()...)
	out = append(out, []form.Field{
		{
			Name: "osparams", Label: "Parameters", Kind: form.Lines, Value: form.Join(e.osParams()), Placeholder: "NAME=VALUE",
			Help: "For its install scripts, one NAME=VALUE a line. Some clusters do not tell which ones it has; those stay.",
		},
	}...)
	if e.now.VM.AdminState == "up" {
		return out
	}
	return append(out, form.Field{
		Name: core.ParamOffline, Label: "Offline", Kind: form.YesNo, Placeholder: "it cannot be started",
		Value: form.YesIf(e.now.VM.AdminState == "offline"),
	})
}

// live begins the part of the NICs and disks: for a VM that runs it asks when they
// are to change.
func (e *vmEditor) live() []form.Field {
	out := []form.Field{{Name: "devices", Label: "NICs and disks", Kind: form.Section}}
	if e.now.VM.State != core.StateRunning {
		return out
	}
	return append(out, form.Field{
		Name: "hotplug", Label: "At once", Kind: form.YesNo, Placeholder: "change the VM while it runs",
		Help: "Where its hypervisor can do that; else NICs and disks change with the next full restart.",
	})
}

// restart is offered for a VM that runs, to whoever may restart it.
func (e *vmEditor) restart() []form.Field {
	if e.now.VM.State != core.StateRunning || !e.session.Can(core.RestartVM{VM: e.now.VM.Ref()}).OK {
		return nil
	}
	return []form.Field{{
		Name: "restart", Label: "Restart", Kind: form.YesNo, Placeholder: "in full, once it is changed",
		Help: "It is shut down and started again, so that all of it holds. A restart from inside the guest does not do that.",
	}}
}

func (e *vmEditor) osParams() []string {
	var out []string
	for _, p := range e.now.OSParams {
		if p.Custom {
			out = append(out, core.Printable(p.Name+"="+p.Value))
		}
	}
	return out
}

// own is the value of a parameter as a field has it, and what stands there while
// it is inherited.
func own(p core.Param, shown string) (value, inherited string) {
	if p.Custom {
		if shown == "" {
			shown = ownNothing
		}
		return core.Printable(shown), "inherited"
	}
	if shown == "" {
		return "", "inherited"
	}
	return "", "inherited: " + core.Printable(shown)
}

func (e *vmEditor) number(name, label string, unit form.Unit, help string) form.Field {
	e.params = append(e.params, name)
	p := e.now.Param(name)
	shown, words := p.Value, p.Value
	if n, err := strconv.Atoi(p.Value); err == nil {
		shown, words = unit.Text(n), unit.Words(n)
	}
	f := form.Field{Name: name, Label: label, Kind: form.Number, Unit: unit, Help: help}
	f.Value, _ = own(p, shown)
	_, f.Empty = own(p, words)
	return f
}

func (e *vmEditor) choice(name, label, help string) form.Field {
	e.params = append(e.params, name)
	f := form.Field{Name: name, Label: label, Kind: form.Choice, Folded: true, Help: help, Options: []form.Option{{Value: "true"}, {Value: "false"}}}
	f.Value, f.Empty = own(e.now.Param(name), e.now.Param(name).Value)
	f.Options = append([]form.Option{{Value: "", Label: f.Empty}}, f.Options...)
	return f
}

// hypervisor is the field of a hypervisor parameter; one that the person may not
// set is shown.
func (e *vmEditor) hypervisor(name string, p core.Param) form.Field {
	label := core.Printable(p.Name)
	settable := slices.ContainsFunc([]string{"x", "/x.iso"}, func(value string) bool {
		return e.session.Can(core.EditVM{VM: e.now.VM.Ref(), Params: []core.ParamEdit{{Name: name, Value: value}}}).OK
	})
	if !settable {
		value, inherited := own(p, p.Value)
		if value == "" {
			value = inherited
		}
		return form.Field{Name: name, Label: label, Kind: form.Fixed, Value: value, Help: "It reaches the node itself: who administers the cluster may set it."}
	}
	if p.Value == "true" || p.Value == "false" {
		return e.choice(name, label, "")
	}
	e.params = append(e.params, name)
	f := form.Field{Name: name, Label: label, Help: `An own value that is empty is written "".`}
	f.Value, f.Empty = own(p, p.Value)
	return f
}

// op is what the answers ask for; it has no parameter where nothing is changed.
func (e *vmEditor) op(v form.Values) core.EditVM {
	op := core.EditVM{VM: e.now.VM.Ref(), Force: v.Yes("force"), Restart: v.Yes("restart"), Override: v.Text("override")}
	for _, name := range e.params {
		p := e.now.Param(name)
		start, _ := own(p, p.Value)
		value := v.Text(name)
		if name == core.ParamOS {
			value = e.system(v)
		}
		if a := v.Number(name, form.MiB); !a.Empty && (name == core.ParamMemory || name == core.ParamMinMemory) {
			value = strconv.Itoa(a.N)
		}
		switch value {
		case start:
		case "":
			op.Params = append(op.Params, core.ParamEdit{Name: name, Inherit: true})
		case ownNothing:
			op.Params = append(op.Params, core.ParamEdit{Name: name})
		default:
			op.Params = append(op.Params, core.ParamEdit{Name: name, Value: value})
		}
	}
	op.Params = append(op.Params, e.osEdits(v.List("osparams"))...)
	offline := e.now.VM.AdminState == "offline"
	if _, asked := v[core.ParamOffline]; asked && v.Yes(core.ParamOffline) != offline {
		op.Params = append(op.Params, core.ParamEdit{Name: core.ParamOffline, Value: strconv.FormatBool(!offline)})
	}
	e.nicEdits(v, &op)
	e.diskEdits(v, &op)
	op.Hotplug = v.Yes("hotplug") && len(op.NICs)+len(op.AddNICs)+len(op.Disks)+len(op.AddDisks) > 0
	_ = op.See(e.now) // it names what the VM has
	return op
}

// osEdits are the lines that differ from those at the start.
func (e *vmEditor) osEdits(lines []string) []core.ParamEdit {
	var out []core.ParamEdit
	was, kept := e.osParams(), map[string]bool{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		kept[name] = true
		if !slices.Contains(was, line) {
			out = append(out, core.ParamEdit{Name: core.OSParam + name, Value: value})
		}
	}
	for _, line := range was {
		if name, _, _ := strings.Cut(line, "="); !kept[name] {
			out = append(out, core.ParamEdit{Name: core.OSParam + name, Inherit: true})
		}
	}
	return out
}

// over tells whether a reason would let the VM grow beyond its owner's quota.
func (e *vmEditor) over(v form.Values) bool {
	op := e.op(v)
	op.Override = ""
	return len(op.Params) > 0 && e.session.Can(op).Rule == "quota" && e.session.View().Can(core.VerbManage, core.ClusterRef(op.VM.Cluster)).OK
}
