package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"gwm/core"
	"gwm/ssh"
	"gwm/ssh/command"
	"gwm/store"
)

// checkFiles refuses, on the side where the person is, to write a backup over
// something precious.
func checkFiles(cmd *cobra.Command, args []string) error {
	if cmd.CommandPath() != "gwm backup" || len(args) == 0 || args[0] == "-" {
		return nil
	}
	return store.MayReplace(args[0])
}

// dispatch carries the command line out where the store is: on the running
// server through its control socket, or here where none runs. It returns the
// exit code. Where no server runs, the clusters are asked first that the command
// shows.
func (p *program) dispatch(ctx context.Context, cmd *cobra.Command) (int, error) {
	c, err := p.config()
	if err != nil {
		return 0, err
	}
	args := withoutConfig(p.args)
	client, err := p.attach(ctx, c)
	if err == nil {
		defer func() { _ = client.Close() }() // the answer is here
		if _, ok := cmd.Annotations[command.TakesTerminal]; ok && isTerminal(p.stdin) && isTerminal(p.stdout) {
			return p.onTerminal(ctx, client, args...)
		}
		return client.Run(ctx, args, p.stdin, p.stdout, p.stderr)
	}
	if !errors.Is(err, ssh.ErrNotServing) {
		return 0, err
	}
	code := command.ExitDone
	err = p.local(ctx, c, "command", func(_ *site, s *core.Session) error {
		if showsClusters(cmd) {
			// What goes wrong here is in the health of the cluster.
			limited, cancel := context.WithTimeout(ctx, freshFor)
			defer cancel()
			_ = s.Refresh(limited, "")
		}
		code = command.Run(ctx, p.commandEnv(s), args)
		return p.finishJobs(ctx, s)
	})
	return code, err
}

// freshFor is how long a command waits for news from the clusters where no
// server has been asking them.
const freshFor = 15 * time.Second

// showsClusters tells whether a command shows or finds what clusters say.
func showsClusters(cmd *cobra.Command) bool {
	switch words := strings.Fields(cmd.CommandPath()); {
	case len(words) < 2:
		return false
	case words[1] == "cluster":
		return cmd.Name() == "list" || cmd.Name() == "show"
	default:
		return oneOf(words[1], "node", "vm", "job", "can", "grant", "lock", "import-gwm")
	}
}

// finishJobs waits for the jobs that this session queued: without a server there
// is nobody else to carry them out.
func (p *program) finishJobs(ctx context.Context, s *core.Session) error {
	for _, row := range s.View().Jobs() {
		if row.Ours == nil || row.Ours.Session != s.ID() || row.Ours.State.Final() {
			continue
		}
		job := *row.Ours
		fmt.Fprintf(p.stderr, "gwm: no server runs: carrying out job %s (%s) here\n", job.ID, core.Printable(job.Title))
		for !job.State.Final() {
			var err error
			if job, err = s.WaitJob(ctx, job.ID, job.LogLines); ctx.Err() != nil {
				return core.Errorf(core.CodeState, "job %s goes on without us", job.ID).
					WithHint("the next gwm follows it up: gwm job wait %s", job.ID)
			} else if err != nil {
				return err
			}
		}
		if job.State == core.JobFailed && job.Error != nil {
			return command.JobFailed(job.ID.String(), core.Printable(job.Title), job.Error)
		}
	}
	return nil
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
