package tui

import (
	"context"
	"slices"
	"time"

	"gwm/core"
	"gwm/tui/form"
)

// formPower asks how VMs of one cluster are started, stopped or restarted. The VMs
// follow the word.
const formPower = "vm power"

func powerForms() []formKind {
	return []formKind{{Word: formPower, Make: makePowerForm}}
}

// What is done, as the form writes it.
const (
	powerStart   = "start"
	powerStop    = "stop"
	powerCut     = "cut"
	powerRestart = "restart"
	powerReset   = "reset"
	powerAsk     = "ask"
)

func makePowerForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	vms, refs, about, err := theseVMs(s.View(), arg)
	if err != nil {
		return entryForm{}, err
	}
	what := powerStop
	if !slices.ContainsFunc(vms, func(vm *core.VM) bool { return notDown(vm) == "" }) {
		what = powerStart
	}
	is := func(words ...string) func(form.Values) bool {
		return func(v form.Values) bool { return slices.Contains(words, v.Text("what")) }
	}
	f := entryForm{Form: form.Form{
		Title: "Power of " + namesOf(refs, 1), Save: "Do it",
		Fields: []form.Field{
			about,
			{Name: "what", Label: "What", Kind: form.Choice, Value: what, Required: true, Options: []form.Option{
				{Value: powerStart, Label: "start"},
				{Value: powerStop, Label: "shut down", Note: "the guest is asked"},
				{Value: powerCut, Label: "stop hard", Note: "the power is cut at once"},
				{Value: powerAsk, Label: "restart", Note: "the guest is asked to reboot"},
				{Value: powerRestart, Label: "restart full", Note: "shut down and started again with its new settings"},
				{Value: powerReset, Label: "restart hard", Note: "the guest is not asked"},
			}},
			{
				Name: "timeout", Label: "Timeout", Placeholder: "90s", Help: "The guest's time before the power is cut: 90s, 10m. Empty: the cluster's default.",
				When: is(powerStop, powerRestart, powerReset),
			},
			{Name: "degraded", Label: "Disks", Kind: form.YesNo, Placeholder: "also where the second copy of its disks fails", When: is(powerStart)},
			{
				Name: "forget", Label: "Forget", Kind: form.YesNo, Placeholder: "the cluster does not write it down: its watcher undoes it",
				When: is(powerStart, powerStop, powerCut),
			},
		},
	}}
	f.Check = func(v form.Values) map[string]error {
		if _, err := timeoutOf(v); err != nil {
			return map[string]error{"timeout": err}
		}
		return nil
	}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		timeout, err := timeoutOf(v)
		if err != nil {
			return nil, err
		}
		return each(refs, func(r core.Ref) core.Op { return powerOp(r, v, timeout) }), nil
	}
	return f, nil
}

// timeoutOf reads the time that a guest gets, 0 where none is written or asked for.
func timeoutOf(v form.Values) (time.Duration, error) {
	text := v.Text("timeout")
	if text == "" || !slices.Contains([]string{powerStop, powerRestart, powerReset}, v.Text("what")) {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, core.Errorf(core.CodeInvalid, "%q is not a time", core.Printable(text)).WithHint("write it like 90s or 10m")
	}
	return d, nil
}

// powerOp is what the answers ask for about one VM.
func powerOp(vm core.Ref, v form.Values, timeout time.Duration) core.Op {
	switch v.Text("what") {
	case powerStart:
		return core.StartVM{VM: vm, Degraded: v.Yes("degraded"), Forget: v.Yes("forget")}
	case powerCut:
		return core.StopVM{VM: vm, Force: true, Forget: v.Yes("forget")}
	case powerAsk:
		return core.RestartVM{VM: vm, Mode: core.RestartSoft}
	case powerRestart:
		return core.RestartVM{VM: vm, Mode: core.RestartFull, Timeout: timeout}
	case powerReset:
		return core.RestartVM{VM: vm, Mode: core.RestartHard, Timeout: timeout}
	}
	return core.StopVM{VM: vm, Timeout: timeout, Forget: v.Yes("forget")}
}
