package ssh

import (
	"context"
	"fmt"
	"io"
	"strings"

	charm "charm.land/ssh"

	"gwm/core"
	"gwm/ssh/command"
)

// terminal is what a session was asked for, and with what in front of it.
type terminal struct {
	pty   bool
	name  string // TERM
	size  size   // at the start
	env   environment
	raw   string   // the command line as sent
	words []string // the same, split as a shell does
}

// terminal reads the session's requests. It is called once.
func (ch *channel) terminal(sess charm.Session) terminal {
	t := terminal{env: sess.Environ(), raw: strings.TrimSpace(sess.RawCommand()), words: sess.Command()}
	pty, _, ok := sess.Pty()
	if !ok {
		return t
	}
	t.pty, t.name = true, terminalName(pty.Term)
	t.size = size{cells(uint32(max(pty.Window.Width, 0)), 80), cells(uint32(max(pty.Window.Height, 0)), 24)} //nolint:gosec // they came as uint32
	return t
}

// screen tells whether the session gets the screen: a terminal that can show it,
// and no command.
func (t terminal) screen() bool {
	return t.pty && t.raw == "" && t.name != "" && t.name != "dumb"
}

// runCommand runs one command line, or explains itself where there is none and
// the terminal cannot show the screen.
func (ch *channel) runCommand(ctx context.Context, sess charm.Session, s *core.Session, t terminal) int {
	cfg := ch.conn.server.cfg
	env := command.Env{
		Session: s, Stdin: sess, Stdout: sess, Stderr: sess.Stderr(), Version: cfg.Version,
	}
	if t.pty {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		k := newKeyboard(sess, cancel)
		ch.conn.work.Go(k.pump)
		env.Stdin, env.Terminal, env.ReadPassword = k, true, k.readPassword
	}
	if ch.conn.local {
		ch.remote(t, &env)
	}
	say := func(text string) { _, _ = fmt.Fprintf(env.Stderr, "gwm: %s\n", text) }
	ch.says.Store(&say)

	switch {
	case t.raw == "":
		introduce(env.Stdout, s.User(), t)
		return cfg.Run(ctx, env, []string{"--help"})
	case len(t.words) == 0:
		_, _ = fmt.Fprintln(env.Stderr, "gwm: the command line has an open quote")
		return command.ExitUsage
	case t.words[0] == "scp" || t.words[0] == "rsync" || strings.HasSuffix(t.words[0], "sftp-server"):
		_, _ = fmt.Fprintln(env.Stderr, "gwm: files are not transferred here; it runs a screen and commands, see: help")
		return command.ExitUsage
	}
	return cfg.Run(ctx, env, t.words)
}

// introduce tells who reads it what this is and who they are.
func introduce(w io.Writer, u core.User, t terminal) {
	who := core.Printable(u.Name)
	if u.Admin {
		who += " (site administrator)"
	}
	_, _ = fmt.Fprintf(w, "gwm, a control room for virtual machine clusters. You are %s.\n", who)
	if t.pty {
		_, _ = fmt.Fprintf(w, "This terminal (TERM=%s) cannot show the screen; the commands work.\n\n", t.name)
		return
	}
	_, _ = fmt.Fprint(w, "The screen needs a terminal (ssh -t); without one there are the commands.\n\n")
}
