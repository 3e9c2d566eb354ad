package core

import (
	"context"
	"crypto/sha256"
	"time"
)

// The Ops of the audit records of what people do with their second factor.
const (
	opTOTPBegin   = "totp.begin"
	opTOTPConfirm = "totp.confirm"
	opTOTPRemove  = "totp.remove"
	opStepUp      = "totp.show"
)

// BeginTOTP makes a secret for the person's authenticator app and returns it as
// an otpauth address. It replaces one that was not confirmed; nothing is asked
// for until ConfirmTOTP. The error is CodeState where a second factor is set up.
func (s *Session) BeginTOTP(ctx context.Context) (uri string, err error) {
	secret := newTOTPSecret()
	err = s.changeFactor(ctx, opTOTPBegin, func(_ *txn, f *factor, _ *Record) error {
		if f.Secret != "" {
			return Errorf(CodeState, "you have a second factor already").WithHint("remove it first: totp remove")
		}
		f.Pending = secret
		return nil
	})
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offered = sha256.Sum256([]byte(secret))
	return totpURI(s.who, secret), nil
}

// overtaken says what another session did after this one offered a secret, nil
// for nothing.
func (s *Session) overtaken(f *factor) *Error {
	s.mu.Lock()
	offered := s.offered
	s.mu.Unlock()
	switch {
	case offered == [sha256.Size]byte{}:
		return nil
	case f.Secret != "":
		return Errorf(CodeConflict, "another session of yours has set up your second factor meanwhile").
			WithHint("use the app that was paired there; if that was not you, ask a site administrator to reset it")
	case f.Pending != "" && offered != sha256.Sum256([]byte(f.Pending)):
		return Errorf(CodeConflict, "another session of yours began anew meanwhile, so the secret from here is no longer good").
			WithHint("remove it from the app and begin again; if that was not you, look at your keys: key list")
	}
	return nil
}

// ConfirmTOTP sets the second factor up that BeginTOTP began, with a first code
// of the app. It returns the recovery codes, each good once in place of a code;
// nobody can learn them again. The error is CodeConflict where another session
// put another secret in the place of the one that this session offered.
func (s *Session) ConfirmTOTP(ctx context.Context, code string) (recovery []string, err error) {
	err = s.changeFactor(ctx, opTOTPConfirm, func(tx *txn, f *factor, r *Record) error {
		recovery = nil
		overtaken := s.overtaken(f)
		switch {
		case f.Pending == "" && overtaken != nil:
			return overtaken
		case f.Pending == "":
			return Errorf(CodeState, "no second factor waits for its first code").WithHint("begin with: totp begin")
		}
		next := factor{Secret: f.Pending}
		if _, refused := next.take(code, tx.now); refused != nil {
			if overtaken != nil {
				return overtaken
			}
			return Errorf(CodeInvalid, "this code is not right").
				WithHint("type the one that the app shows now for the secret that was made last, and check the clock of its device; this server has %s UTC", tx.now.Format("15:04:05"))
		}
		recovery = next.newRecovery()
		*f = next
		r.Changes = []Change{{Field: "second factor", To: "yes"}}
		return tx.setTOTP(s.who, true)
	})
	if err != nil {
		return nil, err
	}
	s.showed()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offered = [sha256.Size]byte{}
	return recovery, nil
}

// RemoveTOTP takes the person's second factor away. It wants a code, as StepUp
// does.
func (s *Session) RemoveTOTP(ctx context.Context, code string) error {
	return s.show(ctx, opTOTPRemove, code, func(tx *txn, f *factor, r *Record) error {
		*f = factor{}
		r.Changes = []Change{{Field: "second factor", From: "yes"}}
		return tx.setTOTP(s.who, false)
	})
}

// StepUp takes a code of the person's authenticator app, or a recovery code. For
// Tuning.StepUp the session then does what is answered with CodeStepUp otherwise.
// The error is CodeDenied for a wrong code; the fifth one ends the session, and no
// code is looked at for a while, in whatever session (CodeLimit).
func (s *Session) StepUp(ctx context.Context, code string) error {
	err := s.show(ctx, opStepUp, code, func(*txn, *factor, *Record) error { return nil })
	if err == nil {
		s.showed()
	}
	return err
}

// showed remembers that a code was shown.
func (s *Session) showed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = time.Now()
}

// show takes a code and then lets change do what it was shown for.
func (s *Session) show(ctx context.Context, op, code string, change func(*txn, *factor, *Record) error) error {
	var refused *Error
	var over bool
	err := s.changeFactor(ctx, op, func(tx *txn, f *factor, r *Record) error {
		over = false
		if f.Secret == "" {
			refused = nil
			return Errorf(CodeState, "you have no second factor").WithHint("totp begin sets one up")
		}
		wrong := f.Wrong
		var with string
		if with, refused = f.take(code, tx.now); refused != nil {
			r.Event, r.Result = EventDenied, refused.Message
			over = f.Wrong > wrong && f.Wrong%maxWrong == 0
			return nil // the refusal is the answer; what is committed is its record
		}
		r.Args = map[string]string{"with": with}
		return change(tx, f, r)
	})
	switch {
	case err != nil:
		return err
	case over:
		s.core.end(ending{s, Errorf(CodeDenied, "too many wrong codes were typed")})
	}
	if refused != nil {
		return refused
	}
	return nil
}

// changeFactor changes the person's own second factor and records that.
func (s *Session) changeFactor(ctx context.Context, op string, change func(*txn, *factor, *Record) error) error {
	if err := s.Err(); err != nil {
		return err
	}
	if isLocal(s.who) {
		return Errorf(CodeState, "who sits at the machine itself has no account and no second factor").WithHint("log in over SSH")
	}
	return s.core.update(ctx, func(tx *txn) error {
		self := UserRef(s.who)
		if d := s.may(tx.rights(), VerbModify, self, tx.now); !d.OK {
			return Errorf(CodeDenied, "%s", d.Why)
		}
		var f factor
		if _, err := tx.read(factorKey(s.who), &f); err != nil {
			return err
		}
		r := s.record(EventDone, op)
		r.Target = self
		if err := change(tx, &f, &r); err != nil {
			return err
		}
		tx.record(r)
		if f.Secret == "" && f.Pending == "" {
			tx.remove(factorKey(s.who))
			return nil
		}
		return tx.put(factorKey(s.who), f)
	})
}

// setTOTP marks an account as one with a second factor, or without.
func (tx *txn) setTOTP(name string, on bool) error {
	u, ok := tx.rights().users[name]
	if !ok {
		return Unknown(KindUser, name)
	}
	u.TOTP = on
	return tx.put(userKey(name), u)
}
