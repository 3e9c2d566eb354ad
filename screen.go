package main

import (
	"context"
	"errors"
	"fmt"

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
		p.code, err = p.onTerminal(ctx, client)
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

// onTerminal works on the running server with the terminal of this machine: on its
// screen, or with one command.
func (p *program) onTerminal(ctx context.Context, client *ssh.Client, args ...string) (code int, err error) {
	raw, err := p.rawTerminal()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, raw.Restore()) }()
	return client.Shell(ctx, p.env("TERM"), raw, args...)
}
