package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// How long a code for a new person is good: when nothing is said, and at most.
const (
	InviteTTL    = 24 * time.Hour
	InviteMaxTTL = 7 * 24 * time.Hour
)

// AddInvite opens a code with which somebody attaches a key to an existing
// account, and closes the one that was open for it; RemoveInvite closes it. Ask
// for the first with Session.Invite, which makes the code.
type (
	AddInvite struct {
		User string        `json:"user"`
		TTL  time.Duration `json:"ttl"`
		Code Secret        `json:"-"`
	}
	RemoveInvite struct {
		User string `json:"user"`
	}
)

// span writes a duration without the zeros at its end: 24h, 90m.
func span(d time.Duration) string {
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}

// Spec describes the invitation.
func (o AddInvite) Spec() Spec {
	return Spec{
		ID: "user.invite", Title: "invite " + o.User, Verb: VerbAdmin, Target: UserRef(o.User),
		Effect:  "who has the code may attach a key to " + o.User + ", once and within " + span(o.TTL) + "; an earlier code is void",
		Command: []string{"user", "invite", o.User, "--ttl", span(o.TTL)},
	}
}

// Spec describes the removal.
func (o RemoveInvite) Spec() Spec {
	return Spec{
		ID: "user.uninvite", Title: "take back the invitation of " + o.User, Verb: VerbAdmin, Target: UserRef(o.User),
		Effect:  "the code that was made for " + o.User + " is void",
		Command: []string{"user", "uninvite", o.User},
	}
}

func (o AddInvite) check() error {
	if o.TTL <= 0 || o.TTL > InviteMaxTTL {
		return Errorf(CodeInvalid, "a code is good for at most %d days, not %s", InviteMaxTTL/(24*time.Hour), o.TTL).
			WithHint("give a time such as 24h")
	}
	if _, ok := hashCode(o.Code.Reveal()); !ok {
		return Errorf(CodeInvalid, "the invitation has no code")
	}
	return checkKind(UserRef(o.User), KindUser)
}

func (o RemoveInvite) check() error { return checkKind(UserRef(o.User), KindUser) }

func (o AddInvite) run(_ context.Context, w *worker) error {
	u, ok := w.tx.rights().users[o.User]
	switch {
	case !ok:
		return Unknown(KindUser, o.User)
	case u.Disabled:
		return Errorf(CodeState, "the account %s is disabled", o.User).WithHint("enable it first")
	}
	w.tx.removeInvites(o.User)
	hash, _ := hashCode(o.Code.Reveal())
	i := Invite{Hash: hash, User: o.User, By: w.session.who, Created: w.tx.now, Expires: w.tx.now.Add(o.TTL)}
	w.diff = []Change{{Field: "invited until", To: i.Expires.Format(time.RFC3339)}}
	return w.tx.put(inviteKey(hash), i)
}

func (o RemoveInvite) run(_ context.Context, w *worker) error {
	if !w.tx.removeInvites(o.User) {
		return Errorf(CodeNotFound, "no code is open for %s", Printable(o.User))
	}
	return nil
}

// removeInvites closes what is open for a user, and forgets what has expired; ok
// is false where nothing was open.
func (tx *txn) removeInvites(user string) (ok bool) {
	for hash, i := range tx.rights().invites {
		own := i.User == user
		ok = ok || own && !i.Expired(tx.now)
		if own || i.Expired(tx.now) {
			tx.remove(inviteKey(hash))
		}
	}
	return ok
}

// Invite makes the code with which somebody attaches a first key to the account,
// once and within ttl (0: InviteTTL). It is for a site administrator, who hands
// it over; nothing but its hash is kept.
func (s *Session) Invite(ctx context.Context, user string, ttl time.Duration) (code string, err error) {
	code = newCode()
	_, err = s.Do(ctx, AddInvite{User: user, TTL: cmp.Or(ttl, InviteTTL), Code: NewSecret(code)})
	if err != nil {
		return "", err
	}
	return code, nil
}

// Invites returns the codes that are open, without their hashes, by user: all for
// a site administrator, none for others.
func (s *Session) Invites(ctx context.Context) ([]Invite, error) {
	p, err := s.reader(ctx)
	if err != nil || !p.isAdmin(s.who) {
		return nil, err
	}
	var open []Invite
	for _, i := range p.invites {
		if i.void(p, time.Now()) == "" {
			i.Hash = ""
			open = append(open, i)
		}
	}
	slices.SortFunc(open, func(a, b Invite) int { return cmp.Compare(a.User, b.User) })
	return open, nil
}
