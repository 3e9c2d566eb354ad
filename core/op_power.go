package core

import (
	"context"
	"time"
)

// StartVM starts a VM. With Override, a reason in words, an administrator of the
// cluster starts it also where its owner's quota does not suffice.
type StartVM struct {
	VM       Ref    `json:"vm"`
	Override string `json:"override,omitempty"`
	Degraded bool   `json:"degraded,omitempty"` // also where the second copy of its disks fails
	Forget   bool   `json:"forget,omitempty"`   // the cluster does not write down that it is to run
}

// StopVM shuts a VM down; Force cuts the power at once.
type StopVM struct {
	VM      Ref           `json:"vm"`
	Timeout time.Duration `json:"timeout,omitempty"` // the guest's time before the power is cut; 0: the cluster's default
	Force   bool          `json:"force,omitempty"`
	Forget  bool          `json:"forget,omitempty"` // the cluster does not write down that it is to be down: its watcher starts it again
}

// RestartVM restarts a VM.
type RestartVM struct {
	VM   Ref         `json:"vm"`
	Mode RestartMode `json:"mode"` // empty: RestartHard, as Ganeti does

	Timeout time.Duration `json:"timeout,omitempty"` // RestartHard and RestartFull: as StopVM has it
}

// Spec describes the start.
func (o StartVM) Spec() Spec {
	s := Spec{
		ID: "vm.start", Title: "start " + o.VM.Name, Verb: VerbPower, Target: o.VM, Danger: Safe, Remote: true,
		Effect: theOne(o.VM) + " is started", Command: []string{"vm", "start", o.VM.String()},
	}
	if o.Override != "" {
		s.Effect += ", even if the quota of its owner does not suffice"
		s.Command = append(s.Command, "--override", o.Override)
	}
	if o.Degraded {
		s.Effect += ", also where the second copy of its disks fails"
		s.Command = append(s.Command, "--degraded")
	}
	if o.Forget {
		s.Effect += "; the cluster does not write down that it is to run"
		s.Command = append(s.Command, "--no-remember")
	}
	return s
}

// Spec describes the stop.
func (o StopVM) Spec() Spec {
	s := Spec{
		ID: "vm.stop", Title: "stop " + o.VM.Name, Verb: VerbPower, Target: o.VM, Danger: Disruptive, Remote: true,
		Effect:  theOne(o.VM) + " is asked to shut down; what it does stops",
		Command: []string{"vm", "stop", o.VM.String()},
	}
	if o.Force {
		s.Title = "power off " + o.VM.Name
		s.Effect = "the power of " + o.VM.Name + " is cut at once; what it did not write is lost"
		s.Command = append(s.Command, "--force")
	}
	if o.Timeout > 0 {
		s.Effect = theOne(o.VM) + " is asked to shut down, and its power is cut after " + o.Timeout.String() + "; what it does stops"
		s.Command = append(s.Command, "--timeout", o.Timeout.String())
	}
	if o.Forget {
		s.Effect += ". The cluster does not write down that it is to be down, so that its watcher starts it again"
		s.Command = append(s.Command, "--no-remember")
	}
	return s
}

// Spec describes the restart.
func (o RestartVM) Spec() Spec {
	s := Spec{
		ID: "vm.restart", Title: "restart " + o.VM.Name, Verb: VerbPower, Target: o.VM, Danger: Disruptive, Remote: true,
		Command: []string{"vm", "restart", o.VM.String(), "--mode", string(o.mode())},
	}
	switch o.mode() {
	case RestartSoft:
		s.Effect = theOne(o.VM) + " is asked to restart; what it does is interrupted"
	case RestartFull:
		s.Effect = theOne(o.VM) + " is shut down and started again with its new settings"
	default:
		s.Effect = theOne(o.VM) + " is reset at once; what it did not write is lost"
	}
	if o.Timeout > 0 {
		s.Effect += ". Its power is cut after " + o.Timeout.String()
		s.Command = append(s.Command, "--timeout", o.Timeout.String())
	}
	return s
}

func (o RestartVM) mode() RestartMode {
	if o.Mode == "" {
		return RestartHard
	}
	return o.Mode
}

// maxStopTimeout bounds what a guest can be waited for.
const maxStopTimeout = 24 * time.Hour

func (o StartVM) check() error {
	if err := checkText("the reason", o.Override); err != nil {
		return err
	}
	return checkKind(o.VM, KindVM)
}

func (o StopVM) check() error {
	if o.Force && o.Timeout > 0 {
		return Errorf(CodeInvalid, "a timeout makes no sense when the power is cut at once").
			WithHint("leave out the timeout or the force")
	}
	if err := checkTimeout(o.Timeout); err != nil {
		return err
	}
	return checkKind(o.VM, KindVM)
}

func checkTimeout(d time.Duration) error {
	switch {
	case d < 0 || d > maxStopTimeout:
		return Errorf(CodeInvalid, "the timeout %s is not between 0 and %s", d, maxStopTimeout)
	case d%time.Second != 0:
		return Errorf(CodeInvalid, "the timeout %s is not a whole number of seconds", d)
	}
	return nil
}

func (o RestartVM) check() error {
	switch o.mode() {
	case RestartHard, RestartFull:
	case RestartSoft:
		if o.Timeout != 0 {
			return Errorf(CodeInvalid, "a guest that is asked to restart has no timeout").WithHint("leave out the timeout, or restart it full")
		}
	default:
		return Errorf(CodeInvalid, "%q is not a way to restart", Printable(string(o.Mode))).WithHint("use soft, hard or full")
	}
	if err := checkTimeout(o.Timeout); err != nil {
		return err
	}
	return checkKind(o.VM, KindVM)
}

func (o StartVM) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (o StopVM) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (o RestartVM) run(ctx context.Context, w *worker) error { return w.request(ctx, o) }

func (o StartVM) charges(p *people, snap *Snapshot) []Charge { return chargeStart(p, snap, o.VM) }

func (o StartVM) override() string { return o.Override }

// charges counts a restart as a start, because a cluster starts a VM that is down
// when it is asked to restart it. For one that runs nothing is added.
func (o RestartVM) charges(p *people, snap *Snapshot) []Charge { return chargeStart(p, snap, o.VM) }

func (o RestartVM) override() string { return "" }

// chargeStart is what a VM takes when it runs. One that has no owner is reserved
// for too: it may get one before it runs.
func chargeStart(p *people, snap *Snapshot, r Ref) []Charge {
	st := snap.Clusters[r.Cluster]
	if st == nil {
		return nil
	}
	vm, ok := st.VM(r.Name)
	if !ok {
		return nil
	}
	return []Charge{{Who: p.owners[r].Owner, VM: r, Amount: vm.wouldTake()}}
}
