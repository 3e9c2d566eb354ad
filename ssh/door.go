package ssh

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	charm "charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/ssh/command"
)

// A door lets somebody in whose key gwm does not know, for one dialogue with the
// server: it is no login. The key is the one whose signature was checked.

// doorTime is how long somebody without an account may stay.
const doorTime = 5 * time.Minute

// maxGuesses is how many codes or passwords one connection may try.
const maxGuesses = 3

// guessPause is what a wrong code costs its sender.
const guessPause = time.Second

// extDoor and extLine are the door and the key of somebody without an account in
// gossh.Permissions.Extensions. They never stand beside extUser.
const (
	extDoor = "door"
	extLine = "line"
)

// opens tells whether a key that nobody has may come in at a login name.
func (c *connection) opens(login string, key gossh.PublicKey) bool {
	if login != core.DoorEnrol && (login != core.DoorRegister || !c.server.cfg.Core.Registration()) {
		return false
	}
	_, err := core.ParseKey(line(key))
	return err == nil // certificates and weak keys are not
}

// line writes a key as a line of an authorized_keys file.
func line(key gossh.PublicKey) string {
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(key)))
}

// atDoor lets a verified key in at a door.
func (c *connection) atDoor(login string, key gossh.PublicKey) *gossh.Permissions {
	c.stranger.Store(true)
	return &gossh.Permissions{Extensions: map[string]string{extDoor: login, extLine: line(key)}}
}

// dialogue is what somebody without an account and the server say to each other.
type dialogue struct {
	ctx      context.Context
	conn     *connection
	newcomer core.Newcomer
	in       *bufio.Reader
	out      io.Writer
}

// serveDoor holds the dialogue of a door; ok is false for somebody who logged in.
func (ch *channel) serveDoor(sess charm.Session, t terminal) (ok bool) {
	p := sess.Permissions()
	if p.Permissions == nil || p.Extensions[extDoor] == "" || p.Extensions[extUser] != "" {
		return false
	}
	ctx, cancel := context.WithCancel(ch.ctx)
	defer cancel()
	ch.conn.spawn(func() {
		select {
		case <-ch.conn.stop:
			ch.conn.close()
		case <-ctx.Done():
		}
	})
	d := dialogue{ctx: ctx, conn: ch.conn, out: t.errors(sess)}
	var in io.Reader = sess
	if t.pty {
		k := newKeyboard(sess, cancel)
		ch.conn.spawn(k.pump)
		in = k
	}
	d.in = bufio.NewReader(io.LimitReader(in, 2*maxLine))
	key, err := core.ParseKey(p.Extensions[extLine])
	d.newcomer = core.Newcomer{Key: key, Addr: sess.RemoteAddr().String()}
	switch {
	case err != nil:
	case t.raw != "":
		err = core.Errorf(core.CodeInvalid, "%s@ takes no command", p.Extensions[extDoor]).WithHint("connect without one; you are asked here")
	case p.Extensions[extDoor] == core.DoorRegister:
		err = d.register()
	default:
		err = d.enrol()
	}
	code := command.ExitDone
	if err != nil {
		d.report(err)
		code = command.ExitFailed
	}
	_ = sess.Exit(code)
	return true
}

// report shows why it did not work.
func (d *dialogue) report(err error) {
	e := core.AsError(err)
	if e.Code == core.CodeInternal && d.ctx.Err() == nil {
		d.conn.server.log.Error("enrolment failed", "err", err)
	}
	command.PrintError(d.out, e)
}

func (d *dialogue) say(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

// ask reads one line. The error says that the person has gone.
func (d *dialogue) ask(question string) (string, error) {
	d.say("%s: ", question)
	answer, err := d.in.ReadString('\n')
	if err != nil && (answer == "" || !errors.Is(err, io.EOF)) {
		d.say("\n")
		return "", core.Errorf(core.CodeInvalid, "nothing was typed, nothing was changed")
	}
	return strings.TrimSpace(answer), nil
}

// enrol attaches the key to the account that a code was made for.
func (d *dialogue) enrol() error {
	d.say("This attaches your key %s\n(%s) to the account that an administrator made the code for.\n",
		d.newcomer.Key.Fingerprint, d.newcomer.Key.Type)
	for d.conn.guesses.Load() < maxGuesses {
		code, err := d.ask("Code")
		if err != nil {
			return err
		}
		user, err := d.conn.server.cfg.Core.Enrol(d.ctx, d.newcomer, code)
		switch {
		case err == nil:
			d.conn.known.Store(true)
			d.say("Done: this key logs in as %s. Connect again, with %s@ in place of %s@.\n", user, user, core.DoorEnrol)
			return nil
		case core.CodeOf(err) != core.CodeDenied:
			return err
		}
		d.conn.guessed()
		select {
		case <-time.After(guessPause):
		case <-d.ctx.Done():
			return err
		}
		d.report(err)
	}
	return core.Errorf(core.CodeDenied, "too many codes were wrong").WithHint("ask the administrator for a new one")
}

// register keeps that somebody wants an account.
func (d *dialogue) register() error {
	d.say("This asks the administrators for an account with your key\n%s (%s).\n",
		d.newcomer.Key.Fingerprint, d.newcomer.Key.Type)
	for range maxGuesses {
		name, err := d.ask("User name, for example ann")
		if err != nil {
			return err
		}
		comment, err := d.ask("Your full name")
		if err != nil {
			return err
		}
		err = d.conn.server.cfg.Core.Apply(d.ctx, d.newcomer, name, comment)
		switch core.CodeOf(err) {
		case "":
			d.conn.known.Store(true)
			d.say("Thank you. An administrator looks at it; when they agree, ssh %s@ this server lets you in.\n", name)
			return nil
		case core.CodeInvalid, core.CodeConflict:
			d.report(err)
		default:
			return err
		}
	}
	return core.Errorf(core.CodeInvalid, "you are not on the list").WithHint("connect again, or ask the administrator")
}
