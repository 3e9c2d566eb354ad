package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"gwm/core"
	"gwm/ssh"
	"gwm/ssh/command"
)

// dispatch carries the command line out where the store is: on the running
// server through its control socket, or here where none runs. It returns the
// exit code.
func (p *program) dispatch(ctx context.Context) (int, error) {
	c, err := p.config()
	if err != nil {
		return 0, err
	}
	args := withoutConfig(p.args)
	client, err := p.attach(ctx, c)
	if err == nil {
		defer client.Close()
		return client.Run(ctx, args, p.stdin, p.stdout, p.stderr)
	}
	if !errors.Is(err, ssh.ErrNotServing) {
		return 0, err
	}
	code := command.ExitDone
	err = p.local(ctx, c, "command", func(_ *site, s *core.Session) error {
		code = command.Run(ctx, p.commandEnv(s), args)
		return nil
	})
	return code, err
}

// attach connects to the control socket of a running server.
func (p *program) attach(ctx context.Context, c config) (*ssh.Client, error) {
	o := ssh.AttachOptions{Ask: isTerminal(p.stdin), Env: p.environ}
	if o.Ask {
		o.Password = func(prompt string) (string, error) {
			secret, err := p.readPassword(prompt)
			return secret.Reveal(), err
		}
	}
	return ssh.Attach(ctx, c.path(c.ControlSocket), o)
}

// readPassword asks the person at the terminal, without echo.
func (p *program) readPassword(prompt string) (core.Secret, error) {
	f, ok := p.stdin.(*os.File)
	if !ok {
		return core.Secret{}, core.Errorf(core.CodeInvalid, "a password is needed and nobody can be asked").
			WithHint("add --password-file FILE")
	}
	fmt.Fprintf(p.stderr, "%s: ", core.Printable(prompt))
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(p.stderr)
	if err != nil {
		return core.Secret{}, core.Errorf(core.CodeInvalid, "no password was typed: %w", err)
	}
	return core.NewSecret(string(text)), nil
}

// localFiles opens the FILE arguments of a command that runs here.
type localFiles struct{}

// Open implements command.Files.
func (localFiles) Open(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, plainCause(err)
	}
	return f, nil
}
