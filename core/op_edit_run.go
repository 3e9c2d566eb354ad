package core

import (
	"context"
	"time"
)

// need refuses to restart a VM that is down, to whoever may change it: a cluster
// would start it.
func (o EditVM) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	spec := o.Spec()
	vm := s.core.snap.Load().vm(o.VM)
	if o.Restart && vm != nil && (vm.State == StateDown || vm.State == StateOffline) && s.may(p, spec.Verb, spec.Target, now).OK {
		return o, spec.Verb, spec.Target, Errorf(CodeInvalid, "%s is down, so it cannot be restarted", o.VM.Name).
			WithHint("leave the restart out; what is changed holds when it is started")
	}
	return o, spec.Verb, spec.Target, nil
}

// run restarts the VM after what it changed is done: no restart comes of a change that
// failed.
func (o EditVM) run(ctx context.Context, w *worker) error {
	if w.first() {
		if err := o.change(ctx, w); err != nil || !o.Restart {
			return err
		}
		if err := w.another(ctx); err != nil {
			return err
		}
	}
	return w.request(ctx, RestartVM{VM: o.VM, Mode: RestartFull})
}

// change is the first request. It asks the cluster what holds now before anything is
// changed: other programs change VMs too, and what gwm shows may be some seconds old.
func (o EditVM) change(ctx context.Context, w *worker) error {
	return w.submit(ctx, func(p Platform, reason string) (string, error) {
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
}
