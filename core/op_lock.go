package core

import "context"

// SetLock freezes an object, a user, a group or the site; ClearLock lifts it.
// Both are for site administrators.
type (
	SetLock struct {
		On     Ref    `json:"on"`
		Reason string `json:"reason"`
	}
	ClearLock struct {
		On Ref `json:"on"`
	}
)

// Spec describes the lock.
func (o SetLock) Spec() Spec {
	return Spec{
		ID: "lock.set", Title: "lock " + o.On.String(), Verb: VerbLock, Target: o.On, Danger: Disruptive,
		Effect:  "nothing but looking is possible " + o.where() + " until the lock is lifted",
		Command: []string{"lock", "set", o.On.String(), "--reason", o.Reason},
		Diff:    []Change{{Field: "lock", To: o.Reason}},
	}
}

func (o SetLock) where() string {
	switch o.On.Kind {
	case KindSite:
		return "anywhere"
	case KindUser, KindGroup:
		return "for " + o.On.String()
	default:
		return "on " + o.On.String()
	}
}

// Spec describes the end of the lock.
func (o ClearLock) Spec() Spec {
	return Spec{
		ID: "lock.clear", Title: "lift the lock on " + o.On.String(), Verb: VerbLock, Target: o.On,
		Effect:  "what grants allow on " + o.On.String() + " is possible again",
		Command: []string{"lock", "clear", o.On.String()},
	}
}

func (o SetLock) check() error {
	if o.Reason == "" {
		return Errorf(CodeInvalid, "a lock needs a reason").WithHint("the people whom it stops read it: --reason TEXT")
	}
	if err := checkText("the reason", o.Reason); err != nil {
		return err
	}
	return checkLockRef(o.On)
}

func (o ClearLock) check() error { return checkLockRef(o.On) }

func checkLockRef(on Ref) error {
	return checkKind(on, KindSite, KindCluster, KindNode, KindVM, KindUser, KindGroup)
}

func (o SetLock) run(_ context.Context, w *worker) error {
	if !w.core.exists(o.On) {
		return notFound(o.On)
	}
	if l, ok := w.tx.rights().locks[o.On]; ok {
		return Errorf(CodeConflict, "%s is locked by %s already: %s", o.On, l.By, Printable(l.Reason))
	}
	return w.tx.put(lockKey(o.On), Lock{On: o.On, Reason: o.Reason, By: w.session.who, At: w.tx.now})
}

func (o ClearLock) run(_ context.Context, w *worker) error {
	l, ok := w.tx.rights().locks[o.On]
	if !ok {
		return Errorf(CodeNotFound, "%s is not locked", o.On).WithHint("lock list shows what is")
	}
	w.diff = []Change{{Field: "lock", From: l.Reason}}
	w.tx.remove(lockKey(o.On))
	return nil
}
