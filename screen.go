package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"gwm/core"
	"gwm/ssh"
	"gwm/tui"
)

// screen shows the screen on this terminal: on the running server where there is
// one, on the local store otherwise.
func (p *program) screen(ctx context.Context) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	client, err := p.attach(ctx, c)
	switch {
	case err == nil:
		defer func() { _ = client.Close() }() // the screen has ended
		p.code, err = p.remoteScreen(ctx, client)
		return err
	case !errors.Is(err, ssh.ErrNotServing):
		return err
	}
	return p.local(ctx, c, "tui", func(_ *site, s *core.Session) error {
		welcome := ""
		if len(s.View().Clusters()) == 0 {
			welcome = "No cluster yet. Add one: gwm cluster add NAME --url https://HOST:5080 --user USER. Or try gwm demo."
		}
		return p.localScreen(ctx, s, tui.Options{Welcome: welcome})
	})
}

// drawable tells whether the screen can be drawn on the terminal that TERM names.
func (p *program) drawable() (term string, ok bool) {
	term = core.Printable(p.env("TERM"))
	return term, !oneOf(term, "", "dumb", "unknown")
}

// localScreen runs the screen of a session in this process.
func (p *program) localScreen(ctx context.Context, s *core.Session, o tui.Options) error {
	o.Version = buildVersion()
	if err := tui.Run(ctx, s, tui.RunOptions{Options: o, In: p.stdin, Out: p.stdout, Env: p.environ}); err != nil {
		return fmt.Errorf("show the screen: %w", err)
	}
	return nil
}

// remoteScreen shows the screen of the running server.
func (p *program) remoteScreen(ctx context.Context, client *ssh.Client) (code int, err error) {
	in, okIn := p.stdin.(*os.File)
	out, okOut := p.stdout.(*os.File)
	if !okIn || !okOut {
		return 0, core.Errorf(core.CodeInvalid, "the screen needs a terminal")
	}
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return 0, fmt.Errorf("prepare the terminal: %w", err)
	}
	defer func() { err = errors.Join(err, term.Restore(int(in.Fd()), state)) }()
	size := func() ssh.Window {
		w, h, err := term.GetSize(int(out.Fd()))
		if err != nil {
			return ssh.Window{Width: 80, Height: 24}
		}
		return ssh.Window{Width: w, Height: h}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGWINCH)
	resize := make(chan ssh.Window, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(resize)
		for range signals {
			select {
			case <-resize: // an older size that nobody took
			default:
			}
			resize <- size()
		}
	}()
	defer func() {
		signal.Stop(signals)
		close(signals)
		<-ended
	}()
	return client.Shell(ctx, p.env("TERM"), size(), resize, in, out)
}
