package core

import "context"

// ApproveApplicant makes an account without rights for somebody who asked for
// one, and RejectApplicant forgets them. Key is the fingerprint of the applicant
// whom the administrator looked at, so that nobody can take their place
// meanwhile; As is the name of the account, where it is not the wanted one.
type (
	ApproveApplicant struct {
		Name string `json:"name"`
		Key  string `json:"key"`
		As   string `json:"as,omitempty"`
	}
	RejectApplicant struct {
		Name string `json:"name"`
		Key  string `json:"key"`
	}
)

// Spec describes the approval.
func (o ApproveApplicant) Spec() Spec {
	s := Spec{
		ID: "applicant.approve", Title: "approve applicant " + o.Name, Verb: VerbAdmin, Target: Site(), About: UserRef(o.account()),
		Effect:  "the account " + o.account() + " is made; who holds the key " + o.Key + " may log in and sees nothing until rights are granted",
		Command: []string{"applicant", "approve", o.Name, "--key", o.Key},
		Diff:    []Change{{Field: "user", To: o.account()}, {Field: "key", To: o.Key}},
	}
	if o.As != "" {
		s.Command = append(s.Command, "--as", o.As)
	}
	return s
}

// Spec describes the rejection.
func (o RejectApplicant) Spec() Spec {
	return Spec{
		ID: "applicant.reject", Title: "reject applicant " + o.Name, Verb: VerbAdmin, Target: Site(), About: UserRef(o.Name),
		Danger:  Disruptive,
		Effect:  "the wish for an account named " + o.Name + " is forgotten; the same person may ask again",
		Command: []string{"applicant", "reject", o.Name, "--key", o.Key},
		Diff:    []Change{{Field: "applicant", From: o.Name}},
	}
}

func (o ApproveApplicant) account() string {
	if o.As != "" {
		return o.As
	}
	return o.Name
}

func (o ApproveApplicant) check() error { return CheckNewName(KindUser, o.account()) }

func (o RejectApplicant) check() error { return CheckNewName(KindUser, o.Name) }

func (o ApproveApplicant) run(_ context.Context, w *worker) error {
	a, err := w.tx.applicant(o.Name, o.Key)
	if err != nil {
		return err
	}
	u := User{Name: o.account(), Comment: a.Comment, Created: w.tx.now}
	if _, ok := w.tx.rights().users[u.Name]; ok {
		return Errorf(CodeConflict, "there is a user %s already", u.Name).
			WithHint("if this is somebody else give another name (--as NAME); if it is the same person, invite them with a code")
	}
	if err := w.tx.putKey(u.Name, a.Key); err != nil {
		return err
	}
	w.tx.remove(applicantKey(a.Name))
	return w.tx.put(userKey(u.Name), u)
}

func (o RejectApplicant) run(_ context.Context, w *worker) error {
	a, err := w.tx.applicant(o.Name, o.Key)
	if err == nil {
		w.tx.remove(applicantKey(a.Name))
	}
	return err
}

// applicant finds who waits under a name with a key.
func (tx *txn) applicant(name, key string) (Applicant, error) {
	a, ok := tx.rights().waiting[name]
	switch {
	case !ok:
		return a, Errorf(CodeNotFound, "nobody waits for an account named %s", Printable(name)).WithHint("applicant list shows who does")
	case a.Key.Fingerprint != key:
		return a, Errorf(CodeConflict, "somebody else asks for the name %s meanwhile, with another key", name).WithHint("look at them again")
	}
	return a, nil
}
