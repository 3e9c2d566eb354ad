package ssh

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	charm "charm.land/ssh"
	"github.com/charmbracelet/colorprofile"

	"gwm/core"
	"gwm/ssh/command"
	"gwm/tui"
	"gwm/tui/qr"
)

// terminal is what a session was asked for, and with what in front of it.
type terminal struct {
	pty  bool
	name string // TERM
	size size   // at the start
	env  environment
	raw  string // the command line as sent
}

// terminal reads the session's requests. It is called once.
func (ch *channel) terminal(sess charm.Session) terminal {
	t := terminal{env: sess.Environ(), raw: strings.TrimSpace(sess.RawCommand())}
	pty, _, ok := sess.Pty()
	if !ok {
		return t
	}
	t.pty, t.name = true, terminalName(pty.Term)
	t.size = size{cells(uint32(max(pty.Window.Width, 0)), 80), cells(uint32(max(pty.Window.Height, 0)), 24)}
	return t
}

// screen tells whether the session gets the screen: a terminal that can show it,
// and no command.
func (t terminal) screen() bool {
	return t.draws() && t.raw == ""
}

// draws tells whether the session has a terminal that shows more than lines of
// text.
func (t terminal) draws() bool {
	return t.pty && !slices.Contains([]string{"", "dumb", "unknown"}, t.name)
}

// qr draws QR codes on the terminal, nil where it cannot.
func (t terminal) qr() func(text string) (string, bool) {
	if !t.draws() {
		return nil
	}
	look := tui.QRLook(colorprofile.Env(t.env.screen(t.name)), t.env.ascii())
	return func(text string) (string, bool) {
		code, err := qr.New(text)
		if err != nil {
			return "", false
		}
		lines, ok := code.Draw(look, t.size.width, t.size.height)
		return strings.Join(lines, "\n"), ok
	}
}

// errors is where messages go. On a terminal there is one stream only: two would
// arrive in any order.
func (t terminal) errors(sess charm.Session) io.Writer {
	if t.pty {
		return sess
	}
	return sess.Stderr()
}

// runCommand runs one command line, or explains itself where there is none and
// the terminal cannot show the screen.
func (ch *channel) runCommand(ctx context.Context, sess charm.Session, s *core.Session, t terminal) int {
	cfg := ch.conn.server.cfg
	env := command.Env{
		Session: s, Stdin: sess, Stdout: sess, Stderr: t.errors(sess), Version: cfg.Version,
		Form: tui.Plain, Forms: tui.FormNames(),
	}
	if t.pty {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		k := newKeyboard(sess, cancel)
		ch.conn.spawn(k.pump)
		env.Stdin, env.Terminal, env.ReadPassword = k, true, k.readPassword
		env.QR = t.qr()
		env.Raw = func() (command.Raw, error) { return ch.raw(k, t.size) }
	}
	if ch.conn.local {
		ch.remote(t, &env)
	}
	say := func(text string) { _, _ = fmt.Fprintf(env.Stderr, "gwm: %s\n", text) }
	ch.says.Store(&say)

	if t.raw == "" {
		introduce(env.Stdout, s.User(), t)
		if t.pty {
			return ch.prompt(ctx, env)
		}
		return cfg.Run(ctx, env, []string{"--help"})
	}
	words, err := splitWords(t.raw)
	switch {
	case err != nil:
		_, _ = fmt.Fprintf(env.Stderr, "gwm: %v\n", err)
		return command.ExitUsage
	case words[0] == "scp" || words[0] == "rsync" || strings.HasSuffix(words[0], "sftp-server"):
		_, _ = fmt.Fprintln(env.Stderr, "gwm: files are not transferred here; it runs a screen and commands, see: help")
		return command.ExitUsage
	}
	return cfg.Run(ctx, env, words)
}

// introduce tells who reads it what this is and who they are.
func introduce(w io.Writer, u core.User, t terminal) {
	who := core.Printable(u.Name)
	if u.Admin {
		who += " (site administrator)"
	}
	_, _ = fmt.Fprintf(w, "gwm, a control room for virtual machine clusters. You are %s.\n", who)
	if t.pty {
		_, _ = fmt.Fprintf(w, "This terminal (TERM=%s) cannot show the screen; the commands work.\n", t.name)
		return
	}
	_, _ = fmt.Fprint(w, "The screen needs a terminal (ssh -t); without one there are the commands.\n\n")
}
