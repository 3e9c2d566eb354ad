package core

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
)

// Credential is how somebody proved who they are. A front end fills it only with
// what it verified.
type Credential struct {
	User string // found by UserByKey, or the principal of a verified certificate
	Key  string // fingerprint of the key or of the certificate's key
	Cert string // id and serial of the certificate; then Key needs not be registered
	// Method is MethodPassword where there is neither key nor certificate.
	Method string
	Addr   string    // "192.0.2.1:5555"
	Via    string    // "tui", "command"
	Until  time.Time // a certificate's end: ends the session; zero: none
}

// localName is who sits at the machine itself; with a name of the operating
// system it is NAME@local. No account can have such a name.
const localName = "local"

// isLocal tells whether who is somebody at the machine itself.
func isLocal(who string) bool { return who == localName || strings.HasSuffix(who, "@"+localName) }

// Local tells whether this is somebody at the machine itself, who has no account,
// no keys and every right.
func (u User) Local() bool { return isLocal(u.Name) }

// localUser describes somebody at the machine itself.
func localUser(who string, since time.Time) User {
	return User{Name: who, Comment: "at the machine itself", Admin: true, Created: since, LastSeen: since}
}

// opLogin is the Op of the audit records of logins.
const opLogin = "login"

// Login opens a session. What the directory says of one of its people is taken
// over first. The error is CodeDenied, with the same text for every
// reason; the audit record has the reason. CodeLimit where too many are open.
func (c *Core) Login(ctx context.Context, cred Credential) (*Session, error) {
	s := c.newSession(cred, cred.User)
	person, no := c.look(ctx, cred)
	var answer error
	err := c.update(ctx, func(tx *txn) error {
		answer = nil
		if person != nil {
			if err := tx.follow(*person, s.record(EventDone, opLogin)); err != nil {
				return err
			}
		}
		reason := no
		if reason == nil {
			reason = s.refused(tx.rights(), tx.now)
		}
		if reason != nil {
			tx.reset()
			r := s.record(EventDenied, opLogin)
			r.By, r.ActAs, r.Result = cut(Printable(cred.User)), Ref{}, reason.Message
			tx.record(r)
			answer = Errorf(CodeDenied, "login refused").WithHint("ask the administrator")
			return nil //nolint:nilerr // the refusal is the answer; what is committed is its record
		}
		r := s.record(EventLogin, opLogin)
		switch {
		case cred.Cert != "":
			r.Args = map[string]string{"certificate": cut(Printable(cred.Cert))}
		case cred.Method != "":
			r.Args = map[string]string{"method": cred.Method}
		}
		tx.record(r)
		return tx.put(seenKey(s.who), tx.now)
	})
	if err != nil {
		return nil, err
	}
	if answer != nil {
		return nil, answer
	}
	return c.admit(s)
}

// refused says why the credential does not open a session, nil where it does.
func (s *Session) refused(p *people, now time.Time) *Error {
	if isLocal(s.who) {
		return Errorf(CodeDenied, "the name is reserved")
	}
	if s.cred.Cert == "" && s.cred.Key == "" && s.cred.Method != MethodPassword {
		return Errorf(CodeDenied, "no key was verified")
	}
	return s.invalid(p, now)
}

// Local opens the session of who sits at the machine itself, or at its control
// socket: a site administrator named name (by default "local"), who needs no
// account.
func (c *Core) Local(ctx context.Context, name, via string) (*Session, error) {
	who := localName
	if name != "" && name != localName {
		if err := checkName(name); err != nil {
			return nil, Errorf(CodeInvalid, "%q cannot be a name: %v", Printable(name), err)
		}
		who = name + "@" + localName
	}
	s := c.newSession(Credential{User: who, Via: via}, who)
	err := c.update(ctx, func(tx *txn) error {
		tx.record(s.record(EventLogin, opLogin))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.admit(s)
}

func (c *Core) newSession(cred Credential, who string) *Session {
	now := time.Now().UTC().Round(0)
	return &Session{
		core: c, who: who, cred: cred,
		info: SessionInfo{
			ID: strings.ToLower(rand.Text()[:16]), User: who, Addr: cred.Addr, Key: cred.Key, Via: cred.Via, Since: now,
		},
		user:    User{Name: who},
		changed: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// admit takes a session whose login is recorded among the live ones.
func (c *Core) admit(s *Session) (*Session, error) {
	if err := c.sessions.add(s, c.tuning); err != nil {
		c.end(ending{s, AsError(err)})
		return nil, err
	}
	// The account may have changed between the record and now.
	p, now := c.people.Load(), time.Now()
	if reason := s.invalid(p, now); reason != nil {
		c.end(ending{s, reason})
		return nil, Errorf(CodeDenied, "login refused").WithHint("ask the administrator")
	}
	s.setTimer(p, now)
	return s, nil
}

// UserByKey tells whose key this is (wire format). ok is false for an unknown or
// expired key or a disabled user. It proves nothing by itself: see Login.
func (c *Core) UserByKey(blob []byte) (user string, ok bool) {
	p := c.people.Load()
	k, ok := p.keys[Fingerprint(blob)]
	if !ok || k.Expired(time.Now()) {
		return "", false
	}
	u, ok := p.users[k.User]
	if !ok || u.Disabled {
		return "", false
	}
	return u.Name, true
}
