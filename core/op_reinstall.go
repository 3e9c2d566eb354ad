package core

import (
	"context"
	"maps"
	"slices"
)

// ReinstallVM installs the operating system of a VM anew, which empties its disks.
// It is shut down before and, unless Stopped, started afterwards. An empty OS is
// the one that it has. Params are set beside those that the VM has.
type ReinstallVM struct {
	VM      Ref               `json:"vm"`
	OS      string            `json:"os,omitempty"`
	Params  map[string]string `json:"params,omitempty"`
	Stopped bool              `json:"stopped,omitempty"`
}

// Spec describes the installation.
func (o ReinstallVM) Spec() Spec {
	s := Spec{
		ID: "vm.reinstall", Title: "reinstall " + o.VM.Name, Verb: VerbModify, Target: o.VM, Danger: Destructive, Remote: true,
		Effect:  theOne(o.VM) + " is shut down and installed anew; all that is on its disks is lost",
		Command: []string{"vm", "reinstall", o.VM.String()},
	}
	if o.OS != "" {
		s.Effect = theOne(o.VM) + " is shut down and installed anew with " + o.OS + "; all that is on its disks is lost"
		s.Command = append(s.Command, "--os", o.OS)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Params)) {
		s.Command = append(s.Command, "--os-param", name+"="+o.Params[name])
	}
	if o.Stopped {
		s.Effect += ". It is not started afterwards"
		s.Command = append(s.Command, "--no-start")
	}
	return s
}

func (o ReinstallVM) check() error {
	if err := checkText("the operating system", o.OS); err != nil {
		return err
	}
	for name, value := range o.Params {
		if name == "" {
			return Errorf(CodeInvalid, "a parameter of the operating system has no name").WithHint("write it as NAME=VALUE")
		}
		if err := checkText("the parameter "+Printable(name), name+"="+value); err != nil {
			return err
		}
	}
	return checkKind(o.VM, KindVM)
}

// run says so where it is not known whether the cluster got the request: Ganeti
// keeps no reason with the jobs of reinstallations, so that it cannot be looked for.
func (o ReinstallVM) run(ctx context.Context, w *worker) error {
	w.unmarked = true
	return w.request(ctx, o)
}

func (o ReinstallVM) charges(p *people, snap *Snapshot) []Charge {
	if o.Stopped {
		return nil
	}
	return chargeStart(p, snap, o.VM)
}

func (o ReinstallVM) override() string { return "" }
