// Command gwm is a control room for virtual machine clusters in the terminal.
//
// This package reads flags and the configuration, opens the store, puts the
// domain (package core) on it and gives it its faces: the screen, the commands,
// the SSH server. It holds no rules of its own.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // hours of grants name time zones, also where the system has none

	"github.com/spf13/cobra"

	"gwm/core"
	"gwm/ssh/command"
	"gwm/tui"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(command.ExitFailed) // whatever hangs; the store survives it
	}()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program. It returns the exit code; what went wrong has been
// written to stderr.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{args: args, environ: environ, stdin: stdin, stdout: stdout, stderr: stderr}
	if code := command.Execute(ctx, p.tree(), p.commandEnv(nil), args); code != command.ExitDone {
		return code
	}
	return p.code
}

// program is one run of gwm.
type program struct {
	args    []string
	environ []string
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer

	configFile string // --config
	code       int    // of a command that was carried out elsewhere
}

// env returns a variable of the environment.
func (p *program) env(name string) string {
	for _, kv := range slices.Backward(p.environ) {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}

// ownCommand marks a command that needs no session.
const ownCommand = "gwm.own"

// tree is the command tree on this machine: the commands of every session, which
// are only checked here and then carried out where the store is (dispatch), and
// those that make sense on this machine only.
func (p *program) tree() *cobra.Command {
	root := command.New(p.commandEnv(nil))
	root.Long = "gwm shows virtual machine clusters and works with them.\nWithout a command it opens the screen on this terminal."
	root.PersistentFlags().StringVar(&p.configFile, "config", "", "configuration file (default: $GWM_CONFIG, gwm.yaml in the data directory, /etc/gwm/gwm.yaml)")
	unknown := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknown(cmd, args)
		}
		return p.root(cmd)
	}
	own := []*cobra.Command{p.initCommand(), p.serveCommand(), p.demoCommand(), p.restoreCommand(), p.compactCommand(), p.bastionCommand()}
	for _, c := range own {
		c.Annotations = map[string]string{ownCommand: ""}
	}
	root.AddCommand(own...)
	check := root.PersistentPreRunE
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return err
		}
		if needsSession(root, cmd, args) {
			if err := checkFiles(cmd, args); err != nil {
				return err
			}
			cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
				p.code, err = p.dispatch(cmd.Context(), cmd)
				return err
			}
		}
		return nil
	}
	return root
}

// needsSession tells whether a command of the tree works on the store.
func needsSession(root, cmd *cobra.Command, args []string) bool {
	switch cmd.Name() {
	case "version", "help":
		return false
	case cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
		if len(args) < 2 {
			return false // the commands themselves are completed
		}
		first, _, err := root.Find(args[:1])
		return err == nil && first != root && needsSession(root, first, nil) || err == nil && first.HasSubCommands() && first != root
	}
	_, own := cmd.Annotations[ownCommand]
	return !own && cmd != root && !cmd.HasSubCommands() && cmd.Parent().Name() != "completion"
}

// root is gwm without a command: the screen.
func (p *program) root(cmd *cobra.Command) error {
	if !isTerminal(p.stdin) || !isTerminal(p.stdout) {
		cmd.SetOut(p.stderr)
		p.code = command.ExitUsage
		return cmd.Help()
	}
	if term, ok := p.drawable(); !ok {
		fmt.Fprintf(p.stdout, "gwm, a control room for virtual machine clusters.\nThis terminal (TERM=%s) cannot show the screen; the commands work.\n\n", term)
		return cmd.Help()
	}
	return p.screen(cmd.Context())
}

// commandEnv is where a command runs on this machine.
func (p *program) commandEnv(s *core.Session) command.Env {
	env := command.Env{
		Session: s, Stdin: p.stdin, Stdout: p.stdout, Stderr: p.stderr,
		Files: command.LocalFiles{}, Terminal: isTerminal(p.stdin), Version: buildVersion(),
		Form: tui.Plain, Forms: tui.FormNames(),
	}
	if env.Terminal {
		env.ReadPassword = p.readPassword
		if isTerminal(p.stdout) {
			env.Raw = p.rawTerminal
		}
	}
	return env
}

// config reads the configuration that this run uses.
func (p *program) config() (config, error) { return loadConfig(p.configFile, p.env) }

// withoutConfig takes --config, which only this machine knows, out of a command
// line.
func withoutConfig(args []string) []string {
	out := []string{}
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return append(out, args[i:]...)
		case args[i] == "--config":
			i++
		case strings.HasPrefix(args[i], "--config="):
		default:
			out = append(out, args[i])
		}
	}
	return out
}
