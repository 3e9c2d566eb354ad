package core

import "context"

// ResetTOTP takes the second factor of somebody away who lost both the app and
// the recovery codes.
type ResetTOTP struct {
	User string `json:"user"`
}

// Spec describes the reset.
func (o ResetTOTP) Spec() Spec {
	return Spec{
		ID: "totp.reset", Title: "reset the second factor of " + o.User, Verb: VerbAdmin, Target: UserRef(o.User), Danger: Destructive,
		Effect:  "the user " + o.User + " is not asked for a code any more, whoever holds their key, until they set up a second factor again",
		Command: []string{"totp", "reset", o.User, "--yes"},
		Diff:    []Change{{Field: "second factor", From: "yes"}},
	}
}

func (o ResetTOTP) check() error { return checkKind(UserRef(o.User), KindUser) }

func (o ResetTOTP) run(_ context.Context, w *worker) error {
	u, ok := w.tx.rights().users[o.User]
	switch {
	case !ok:
		return Unknown(KindUser, o.User)
	case !u.TOTP:
		return Errorf(CodeState, "%s has no second factor", o.User)
	}
	w.tx.remove(factorKey(o.User))
	return w.tx.setTOTP(o.User, false)
}
