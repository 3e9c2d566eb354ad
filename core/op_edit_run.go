package core

import (
	"context"
	"time"
)

// need is the right to change the VM and, for the restart, also to switch it: the
// one that is missing, where one is. A VM that is down has nothing to restart.
func (o EditVM) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	spec := o.Spec()
	if !o.Restart || !s.may(p, spec.Verb, spec.Target, now).OK {
		return o, spec.Verb, spec.Target, nil
	}
	if !s.may(p, VerbPower, o.VM, now).OK {
		return o, VerbPower, o.VM, nil
	}
	if st := s.core.snap.Load().Clusters[o.VM.Cluster]; st != nil {
		if vm, ok := st.VM(o.VM.Name); ok && (vm.State == StateDown || vm.State == StateOffline) {
			return o, spec.Verb, spec.Target, Errorf(CodeInvalid, "%s is down, so it cannot be restarted", o.VM.Name).
				WithHint("leave the restart out; what is changed holds when it is started")
		}
	}
	return o, spec.Verb, spec.Target, nil
}

// run asks the cluster what holds now before it changes anything: other programs
// change VMs too, and what gwm shows may be some seconds old.
func (o EditVM) run(ctx context.Context, w *worker) error {
	if !w.first() {
		return o.restart(ctx, w)
	}
	err := w.submit(ctx, func(p Platform, reason string) (string, error) {
		_, raw, err := p.VM(ctx, o.VM.Name)
		if err != nil {
			return "", err
		}
		now, err := p.Detail(raw)
		if err != nil {
			return "", err
		}
		if err := o.Stale(now); err != nil {
			return "", err
		}
		return p.Submit(ctx, o, reason)
	})
	if err != nil || !o.Restart {
		return err
	}
	if err := w.another(ctx); err != nil {
		return err
	}
	return o.restart(ctx, w)
}

// restart is the second request. The settings hold already, whatever becomes of it.
func (o EditVM) restart(ctx context.Context, w *worker) error {
	if d := allow(w.core.people.Load(), w.job.By, VerbPower, o.VM, time.Now()); !d.OK && w.fresh {
		return Errorf(CodeDenied, "%s has its new settings, but was not restarted: %s", o.VM.Name, d.Why).
			WithHint("ask somebody who may restart it")
	}
	return w.request(ctx, RestartVM{VM: o.VM, Mode: RestartFull})
}
