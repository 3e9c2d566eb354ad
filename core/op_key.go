package core

import (
	"context"
	"encoding/base64"
	"time"
)

// maxKeys is how many keys a user may have.
const maxKeys = 50

// AddKey and RemoveKey manage a user's keys: one's own, or anybody's for an
// administrator. The key that one is logged in with goes only while another is
// left.
type (
	AddKey struct {
		User string `json:"user"`
		Key  Key    `json:"key"`
	}
	RemoveKey struct {
		User        string `json:"user"`
		Fingerprint string `json:"fingerprint"`
	}
)

// Spec describes the addition.
func (o AddKey) Spec() Spec {
	s := Spec{
		ID: "key.add", Title: "add a key to " + o.User, Verb: VerbModify, Target: UserRef(o.User),
		Effect:  "who holds the key " + o.Key.Fingerprint + " may log in as " + o.User,
		Command: []string{"key", "add", o.User, "--key", o.Key.line()},
		Diff:    []Change{{Field: "key", To: o.Key.Fingerprint}},
	}
	if !o.Key.Expires.IsZero() {
		s.Command = append(s.Command, "--expires", o.Key.Expires.UTC().Format(time.RFC3339))
	}
	return s
}

// Spec describes the removal.
func (o RemoveKey) Spec() Spec {
	return Spec{
		ID: "key.remove", Title: "remove a key of " + o.User, Verb: VerbModify, Target: UserRef(o.User), Danger: Disruptive,
		Effect:  "the key " + o.Fingerprint + " logs in no more; sessions that it opened end now",
		Command: []string{"key", "remove", o.Fingerprint, "--user", o.User},
		Diff:    []Change{{Field: "key", From: o.Fingerprint}},
	}
}

// line writes the key as a line of an authorized_keys file.
func (k Key) line() string {
	line := k.Type + " " + base64.StdEncoding.EncodeToString(k.Blob)
	if k.Comment != "" {
		line += " " + k.Comment
	}
	return line
}

// checked reads the key again from its own bytes, so that type and fingerprint
// are theirs.
func (k Key) checked() (Key, error) {
	again, err := ParseKey(k.line())
	if err != nil {
		return Key{}, err
	}
	again.Expires = k.Expires
	return again, checkText("the comment of the key", again.Comment)
}

func (o AddKey) check() error {
	if _, err := o.Key.checked(); err != nil {
		return err
	}
	return checkKind(UserRef(o.User), KindUser)
}

func (o RemoveKey) check() error {
	if o.Fingerprint == "" || len(o.Fingerprint) > 100 {
		return Errorf(CodeInvalid, "%q is not a fingerprint", cut(Printable(o.Fingerprint))).
			WithHint("it looks like SHA256:AbC...; key list shows it")
	}
	return checkKind(UserRef(o.User), KindUser)
}

func (o AddKey) run(_ context.Context, w *worker) error {
	if _, ok := w.tx.rights().users[o.User]; !ok {
		return Unknown(KindUser, o.User)
	}
	return w.tx.putKey(o.User, o.Key)
}

// putKey stores a key of a user.
func (tx *txn) putKey(user string, key Key) error {
	k, err := key.checked()
	if err != nil {
		return err
	}
	if !k.Expires.IsZero() && !tx.now.Before(k.Expires) {
		return Errorf(CodeInvalid, "the key would have expired at %s already", k.Expires.UTC().Format(time.RFC3339))
	}
	if len(tx.rights().keysOf(user)) >= maxKeys {
		return Errorf(CodeLimit, "%s has %d keys, which is the limit", user, maxKeys).WithHint("remove one first")
	}
	other, taken := tx.rights().keys[k.Fingerprint]
	if _, again := tx.puts[keyKey(k.Fingerprint)]; again {
		return Errorf(CodeInvalid, "the key %s is given twice", k.Fingerprint)
	}
	switch {
	case taken && other.User == user:
		return Errorf(CodeConflict, "%s has this key already", user)
	case taken:
		return Errorf(CodeConflict, "this key belongs to another account").WithHint("make a new one with ssh-keygen")
	}
	k.User, k.Added, k.Expires = user, tx.now, k.Expires.UTC()
	return tx.put(keyKey(k.Fingerprint), k)
}

func (o RemoveKey) run(_ context.Context, w *worker) error {
	p := w.tx.rights()
	k, ok := p.keys[o.Fingerprint]
	if !ok || k.User != o.User {
		return Errorf(CodeNotFound, "%s has no key %s", o.User, Printable(o.Fingerprint)).WithHint("key list shows the keys")
	}
	if own := w.session; own.who == o.User && own.cred.Key == o.Fingerprint && own.cred.Cert == "" {
		left := 0
		for _, other := range p.keysOf(o.User) {
			if other.Fingerprint != o.Fingerprint && !other.Expired(w.tx.now) {
				left++
			}
		}
		if left == 0 {
			return Errorf(CodeState, "this is your only key, and you are logged in with it").WithHint("add another one first")
		}
	}
	w.tx.remove(keyKey(o.Fingerprint))
	return nil
}
