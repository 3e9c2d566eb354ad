package core

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"
)

// The login names at which somebody whose key gwm does not know is let in to ask
// for one thing: to attach the key to an account with a code, or to ask for an
// account. No account can have such a name; one that has it from before keeps
// it, because a key that is known logs in whatever the login name.
const (
	DoorEnrol    = "enroll"
	DoorRegister = "register"
)

func isDoor(name string) bool { return name == DoorEnrol || name == DoorRegister }

// Invite lets one person attach a first key to an account that waits for it, once.
// What the person types is shown once to the administrator and kept as a hash.
type Invite struct {
	Hash    string    `json:"hash"` // SHA-256 of the code, hex
	User    string    `json:"user"`
	By      string    `json:"by"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// Expired tells whether the code lets nobody in any more.
func (i Invite) Expired(now time.Time) bool { return !now.Before(i.Expires) }

// Newcomer is somebody without an account who proved to hold a key. A front end
// fills it only with what it verified.
type Newcomer struct {
	Key  Key
	Addr string // "192.0.2.1:5555"
}

// record begins the audit record of what a newcomer did.
func (n Newcomer) record(event Event, op, door string) Record {
	return Record{Event: event, Op: op, By: door, Addr: Printable(n.Addr), Key: Printable(n.Key.Fingerprint)}
}

// The form of a code: 28 characters of base32 hold 140 bits, in groups that can
// be read aloud. The letters have no 0, 1 and 8, so those can be taken for the
// letters that they look like.
const (
	codeLength = 28
	codeGroup  = 4
)

// newCode makes a code for an invitation.
func newCode() string { return newTyped(codeLength) }

// newTyped makes a random text that people can type; length is at most 52.
func newTyped(length int) string {
	text := strings.ToLower((rand.Text() + rand.Text())[:length])
	groups := make([]string, 0, length/codeGroup)
	for ; text != ""; text = text[codeGroup:] {
		groups = append(groups, text[:codeGroup])
	}
	return strings.Join(groups, "-")
}

// hashCode is the hash of a code as somebody typed it; ok is false where it
// cannot be one.
func hashCode(code string) (hash string, ok bool) { return hashTyped(code, codeLength) }

// hashTyped is the hash of what newTyped made, as somebody typed it.
func hashTyped(code string, length int) (hash string, ok bool) {
	code = strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(code))
	if len(code) != length || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return "", false
	}
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:]), true
}

// Enrol attaches the key of a newcomer to the account that the code was made
// for, and uses the code up. The error is CodeDenied, with the same text for
// every code that is not good for it; the audit record has the reason. Where
// the code is good and the key cannot be used the code stays.
func (c *Core) Enrol(ctx context.Context, n Newcomer, code string) (user string, err error) {
	var answer error
	err = c.update(ctx, func(tx *txn) error {
		user, answer = "", nil
		invite, reason := tx.invitation(code)
		if reason != "" {
			r := n.record(EventDenied, opEnrol, DoorEnrol)
			r.Result = reason
			tx.record(r)
			answer = Errorf(CodeDenied, "this code is not valid").
				WithHint("check it, or ask the administrator for a new one: a code works once, and not for long")
			return nil
		}
		if reason := tx.enrol(n, invite); reason != nil {
			r := n.record(EventDenied, opEnrol, DoorEnrol)
			r.Target, r.Result = UserRef(invite.User), reason.Message
			tx.reset()
			tx.record(r)
			answer = reason
			return nil //nolint:nilerr // the refusal is the answer; what is committed is its record
		}
		user = invite.User
		return nil
	})
	if err != nil {
		return "", err
	}
	return user, answer
}

// opEnrol is the Op of the audit records of enrolments.
const opEnrol = "user.enrol"

// invitation finds what the code was made for. Every hash is compared in full, so
// that the time says nothing.
func (tx *txn) invitation(code string) (found Invite, reason string) {
	hash, ok := hashCode(code)
	if !ok {
		return Invite{}, "what was typed has not the form of a code"
	}
	for _, i := range tx.rights().invites {
		if subtle.ConstantTimeCompare([]byte(i.Hash), []byte(hash)) == 1 {
			found = i
		}
	}
	if found.Hash == "" {
		return Invite{}, "there is no such code"
	}
	if reason = found.void(tx.rights(), tx.now); reason != "" {
		return Invite{}, reason
	}
	return found, ""
}

// void says why the code lets nobody in; empty: it does. A code is worth no more
// than the right of who made it.
func (i Invite) void(p *people, now time.Time) string {
	u, ok := p.users[i.User]
	switch {
	case i.Expired(now):
		return "the code for " + i.User + " has expired"
	case !ok || u.Disabled:
		return "the account " + i.User + " is disabled or gone"
	case !p.isAdmin(i.By):
		return i.By + ", who made the code, is no site administrator any more"
	}
	return ""
}

// enrol attaches the key and removes the invitation.
func (tx *txn) enrol(n Newcomer, i Invite) *Error {
	n.Key.Comment = "enrolled"
	if err := tx.putKey(i.User, n.Key); err != nil {
		return AsError(err)
	}
	tx.remove(inviteKey(i.Hash))
	r := n.record(EventDone, opEnrol, i.User)
	r.Target, r.Args = UserRef(i.User), map[string]string{"invited by": i.By}
	r.Changes = []Change{{Field: "key", To: n.Key.Fingerprint}}
	tx.record(r)
	return nil
}
