package core

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// AddToken lets a machine read the key feed of the site, a cluster or a VM;
// RemoveToken ends that. Both need what changing the rights on the object needs:
// whose keys are on a machine is decided where rights are. Ask for the first with
// Session.NewToken, which makes the secret.
type (
	AddToken struct {
		On      Ref       `json:"on"`
		Comment string    `json:"comment,omitempty"`
		Expires time.Time `json:"expires,omitzero"` // zero: never
		Secret  Secret    `json:"-"`
	}
	RemoveToken struct {
		ID string `json:"id"`
		On Ref    `json:"on,omitzero"` // filled in: what the token is for
	}
)

// maxTokens is how many tokens there may be for one object.
const maxTokens = 50

// Spec describes the addition.
func (o AddToken) Spec() Spec {
	s := Spec{
		ID: "token.add", Title: "add a token for the keys of " + o.On.String(), Verb: VerbManage, Target: o.On,
		Effect:  "whoever has the secret reads the names and public keys of who may log in to " + o.On.String(),
		Command: []string{"token", "add", o.On.String()},
	}
	if o.Comment != "" {
		s.Command = append(s.Command, "--comment", o.Comment)
	}
	if !o.Expires.IsZero() {
		s.Command = append(s.Command, "--expires", o.Expires.UTC().Format(time.RFC3339))
	}
	return s
}

// Spec describes the removal.
func (o RemoveToken) Spec() Spec {
	return Spec{
		ID: "token.remove", Title: "remove token " + o.ID, Verb: VerbManage, Target: o.On, Danger: Disruptive,
		Effect:  "machines that use the token get no keys any more and keep those that they have",
		Command: []string{"token", "remove", o.ID},
		Diff:    []Change{{Field: "token", From: o.ID}},
	}
}

func (o AddToken) check() error {
	if o.On != Site() {
		if err := checkKind(o.On, KindCluster, KindVM); err != nil {
			return err
		}
	}
	if _, ok := tokenID(o.Secret); !ok {
		return Errorf(CodeInvalid, "the token has no secret")
	}
	return checkText("the comment", o.Comment)
}

func (o RemoveToken) check() error {
	if o.ID == "" {
		return Errorf(CodeInvalid, "no token is named").WithHint("token list shows the tokens")
	}
	return nil
}

// need finds what the token is for. One on what the person does not administer
// answers as one that does not exist.
func (o RemoveToken) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	t, ok := p.tokens[o.ID]
	if !ok || !p.held(s.who, VerbManage, t.On, now).OK {
		return o, VerbManage, Ref{}, unknownToken(o.ID)
	}
	o.On = t.On
	return o, VerbManage, t.On, nil
}

func unknownToken(id string) *Error { return Unknown("token", cut(id)) }

func (o AddToken) run(_ context.Context, w *worker) error {
	p := w.tx.rights()
	if !w.core.exists(o.On) {
		return notFound(o.On)
	}
	if !o.Expires.IsZero() && !w.tx.now.Before(o.Expires) {
		return Errorf(CodeInvalid, "the token would have expired at %s already", o.Expires.UTC().Format(time.RFC3339))
	}
	if end, _ := p.extent(w.session.who, VerbManage, o.On, w.tx.now); !end.IsZero() && (o.Expires.IsZero() || o.Expires.After(end)) {
		return endsEarlier(o.On, end).WithHint("let the token end until then: --expires %s", end.UTC().Format(time.RFC3339))
	}
	n := 0
	for _, t := range p.tokens {
		if t.On == o.On {
			n++
		}
	}
	if n >= maxTokens {
		return Errorf(CodeLimit, "there are %d tokens for %s, which is the limit", n, o.On).WithHint("remove one that is not used first")
	}
	id, _ := tokenID(o.Secret)
	if _, taken := p.tokens[id]; taken {
		return Errorf(CodeConflict, "there is such a token already").WithHint("try again")
	}
	w.diff = []Change{{Field: "token", To: id}}
	return w.tx.put(tokenKey(id), Token{
		ID: id, Hash: hashSecret(o.Secret), On: o.On, Comment: o.Comment,
		By: w.session.who, Created: w.tx.now, Expires: o.Expires.UTC(),
	})
}

func (o RemoveToken) run(_ context.Context, w *worker) error {
	if t, ok := w.tx.rights().tokens[o.ID]; !ok || t.On != o.On {
		return unknownToken(o.ID)
	}
	w.tx.remove(tokenKey(o.ID))
	return nil
}

// removeTokens deletes the tokens for what concern says is gone, and returns
// their ids, sorted.
func (tx *txn) removeTokens(concern func(on Ref) bool) []string {
	var ids []string
	for id, t := range tx.rights().tokens {
		if concern(t.On) {
			tx.remove(tokenKey(id))
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// NewToken makes a token for the key feed of the site, a cluster or a VM and
// returns its secret, which nobody can learn again: nothing but its hash is kept.
// A zero expires is never.
func (s *Session) NewToken(ctx context.Context, on Ref, comment string, expires time.Time) (secret string, err error) {
	made := newTokenSecret()
	if _, err := s.Do(ctx, AddToken{On: on, Comment: comment, Expires: expires, Secret: made}); err != nil {
		return "", err
	}
	return made.Reveal(), nil
}

// Tokens returns the tokens for what the person administers, without their
// hashes, by object and age, also those that have expired.
func (s *Session) Tokens(ctx context.Context) ([]Token, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	var tokens []Token
	for _, t := range p.tokens {
		if s.holds(p, VerbManage, t.On) {
			t.Hash = ""
			tokens = append(tokens, t)
		}
	}
	slices.SortFunc(tokens, func(a, b Token) int {
		return cmp.Or(cmp.Compare(a.On.String(), b.On.String()), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return tokens, nil
}
