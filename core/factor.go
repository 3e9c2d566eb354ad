package core

import (
	"crypto/subtle"
	"slices"
	"strings"
	"time"
)

// factor is somebody's second factor: a secret that their authenticator app has
// too, and codes for when the app is lost. The store keeps it sealed.
type factor struct {
	Secret   string    `json:"secret,omitempty"`   // base32; empty: there is none yet
	Pending  string    `json:"pending,omitempty"`  // the one that was offered and not confirmed yet
	Step     int64     `json:"step,omitempty"`     // of the last code that was taken: none up to it is taken again
	Recovery []string  `json:"recovery,omitempty"` // hashes of the recovery codes that were not used
	Wrong    int       `json:"wrong,omitempty"`    // wrong codes since the last right one
	Until    time.Time `json:"until,omitzero"`     // no code is looked at before
}

// How many wrong codes end a session and stop all further ones for a while,
// which doubles each time up to a day.
const (
	maxWrong  = 5
	wrongWait = 15 * time.Minute
	wrongMost = 24 * time.Hour
)

// Recovery codes: how many, and how long. 16 characters of base32 hold 80 bits.
const (
	recoveryCodes  = 8
	recoveryLength = 16
)

// take checks a code and uses it up. with says what kind of code it was.
func (f *factor) take(code string, now time.Time) (with string, refused *Error) {
	if now.Before(f.Until) {
		return "", Errorf(CodeLimit, "too many wrong codes were typed").
			WithHint("try again after %s UTC, or ask a site administrator to reset your second factor", f.Until.UTC().Format("15:04"))
	}
	step, ok := totpMatch(f.Secret, strings.ReplaceAll(strings.TrimSpace(code), " ", ""), now)
	switch {
	case ok && step <= f.Step:
		return "", Errorf(CodeDenied, "this code was used already").WithHint("wait for the next one")
	case ok:
		f.Step, f.Wrong, f.Until = step, 0, time.Time{}
		return "code", nil
	case f.recover(code):
		f.Wrong, f.Until = 0, time.Time{}
		return "recovery code", nil
	}
	f.Wrong++
	left := maxWrong - f.Wrong%maxWrong
	if left == maxWrong {
		f.Until = now.Add(min(wrongWait<<min(f.Wrong/maxWrong-1, 10), wrongMost))
		return "", Errorf(CodeDenied, "this was wrong code number %d", f.Wrong).WithHint("no code is looked at before %s UTC", f.Until.UTC().Format("15:04"))
	}
	return "", Errorf(CodeDenied, "this code is not right").
		WithHint("take the one that the app shows now and check the clock of its device; %d more may be wrong", left-1)
}

// recover uses a recovery code up. Every hash is compared, so that the time says
// nothing.
func (f *factor) recover(code string) bool {
	hash, formed := hashTyped(code, recoveryLength)
	at := -1
	for i, have := range f.Recovery {
		if subtle.ConstantTimeCompare([]byte(have), []byte(hash)) == 1 {
			at = i
		}
	}
	if !formed || at < 0 {
		return false
	}
	f.Recovery = slices.Delete(slices.Clone(f.Recovery), at, at+1)
	return true
}

// newRecovery makes recovery codes, and keeps their hashes in place of earlier
// ones.
func (f *factor) newRecovery() []string {
	codes := make([]string, recoveryCodes)
	f.Recovery = make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = newTyped(recoveryLength)
		f.Recovery[i], _ = hashTyped(codes[i], recoveryLength)
	}
	return codes
}

// guarded is an Op for which the second factor is asked for though it destroys
// nothing: it opens a way into an account, and so a way around the factor.
type guarded interface{ opensAccount() bool }

func (o AddUser) opensAccount() bool  { return o.User.Admin }
func (o EditUser) opensAccount() bool { return o.Admin != nil && *o.Admin }
func (AddKey) opensAccount() bool     { return true }
func (AddInvite) opensAccount() bool  { return true }

// ruleFactor is the rule of a refusal for want of the second factor.
const ruleFactor = "second factor"

// stepUp says what is missing of the person's second factor before the Ops may be
// done, nil for nothing. Who sits at the machine itself is not asked.
func (s *Session) stepUp(p *people, ops []Op, now time.Time) *Error {
	u := p.users[s.who]
	must := u.Admin && s.core.requireFactor
	if isLocal(s.who) || !u.TOTP && !must || !s.guards(ops) {
		return nil
	}
	title := ops[0].Spec().Title
	switch {
	case !u.TOTP:
		return Errorf(CodeDenied, "%s: site administrators need a second factor for this", title).
			WithHint("set one up first: totp begin, then totp confirm")
	case s.shownSince(now.Add(-s.core.tuning.StepUp)):
		return nil
	}
	return Errorf(CodeStepUp, "%s: your second factor is needed", title).WithHint("type the code that your authenticator app shows")
}

// guards tells whether the second factor is asked for before the Ops are done.
func (s *Session) guards(ops []Op) bool {
	opens := func(op Op) bool {
		g, ok := op.(guarded)
		return ok && g.opensAccount()
	}
	return slices.ContainsFunc(ops, opens) || s.Danger(ops...) == Destructive
}

// shownSince tells whether the person showed a code in this session since then.
func (s *Session) shownSince(then time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.shown.IsZero() && s.shown.After(then)
}
