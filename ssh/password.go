package ssh

import (
	"context"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// passwordTime is how long somebody may take to type a password.
const passwordTime = time.Minute

// maxLogin bounds the memory that a name can take, in bytes.
const maxLogin = 64

// password is the method keyboard-interactive, which is offered where there is a
// directory. What earlier methods of the connection said is not looked at. Every
// refusal reads the same and takes as long, but for one: that the directory does
// not answer is said, and not held against anybody.
func (c *connection) password(ctx context.Context, login string, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
	if c.guesses.Load() >= maxGuesses {
		return nil, errRefused
	}
	// The library took the time of a handshake, which is too short to type. It
	// lifts this deadline after the login.
	_ = c.net.SetDeadline(time.Now().Add(passwordTime))
	answers, err := ask("", "", []string{"Password: "}, []bool{false})
	if err != nil || len(answers) != 1 {
		return nil, errRefused
	}
	user, err := c.tryPassword(ctx, login, core.NewSecret(answers[0]))
	switch {
	case err == nil:
		return &gossh.Permissions{Extensions: map[string]string{extUser: user, extMethod: core.MethodPassword}}, nil
	case core.CodeOf(err) == core.CodeDenied:
		c.guessed()
		return nil, errRefused
	}
	c.excused.Store(true)
	e := core.AsError(err)
	if e.Code == core.CodeInternal && ctx.Err() == nil {
		c.server.log.Error("password login failed", "err", err)
	}
	_, _ = ask("", e.Error(), nil, nil)
	return nil, errRefused
}

// tryPassword asks the directory, unless too many passwords were tried for the
// name lately, or are being tried: then it takes the time of a refusal and asks
// nobody. Whatever is no login counts as a wrong password, but for a directory that
// does not answer: who hangs up before the refusal must not have guessed for free.
func (c *connection) tryPassword(ctx context.Context, login string, password core.Secret) (user string, err error) {
	name := strings.ToLower(login[:min(len(login), maxLogin)])
	if !c.server.names.begin(name, time.Now()) {
		select {
		case <-time.After(guessPause):
		case <-ctx.Done():
		}
		return "", core.Errorf(core.CodeDenied, "too many passwords were tried for this name")
	}
	wrong := true
	defer func() {
		if until := c.server.names.end(name, wrong, time.Now()); !until.IsZero() {
			c.server.log.Warn("password logins of a name blocked", "addr", c.ip.String(), "until", until)
		}
	}()
	user, err = c.server.cfg.Core.CheckPassword(ctx, login, password, c.net.RemoteAddr().String())
	wrong = err != nil && core.CodeOf(err) != core.CodeUnreachable
	return user, err
}
