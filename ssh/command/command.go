// Package command is the command tree of gwm over one core.Session: the same
// words on the local machine, over SSH and through the control socket.
//
// The tree reads and changes through the session only. What it prints on
// standard output is for people (aligned columns) or for programs (--output
// json); everything else goes to standard error. It never ends the process:
// Run returns the exit code.
package command

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// Env is where a command runs.
type Env struct {
	Session *core.Session
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	// Files opens the FILE arguments of the person who typed them.
	Files Files
	// Terminal tells that Stdin is a person who can be asked.
	Terminal bool
	// ReadPassword asks for a password without echo; nil where that cannot be
	// done, and a file must be given.
	ReadPassword func(prompt string) (core.Secret, error)
	// Raw takes the terminal over for keys that are not lines; nil where there is
	// none.
	Raw func() (Raw, error)
	// QR draws a text as a QR code; ok is false where the terminal has no room. It
	// is nil where there is nobody with a camera before it, or no terminal that
	// shows blocks.
	QR      func(text string) (drawing string, ok bool)
	Version string
	// Form asks for a form of the screen line by line (word and argument); Forms
	// names them. Both may be nil.
	Form  func(ctx context.Context, s *core.Session, word, arg string, in io.Reader, out io.Writer) error
	Forms []string
}

// Files opens files on the side where the command was typed. Paths are as
// typed; "-" never reaches it.
type Files interface {
	Open(path string) (io.ReadCloser, error)
	Create(path string) (File, error)
}

// File is a file under way. It appears under its name, in place of what was
// there, when Keep returns nil; Close without Keep leaves no trace of it. Close
// after Keep does nothing.
type File interface {
	io.WriteCloser
	Keep() error
}

// tree is one command line under way.
type tree struct {
	Env
	format string // "table" or "json"
	actAs  string // on whose behalf to work; empty: one's own
	seeAs  string // through whose eyes to look; empty: one's own
}

// New builds the tree. Its root has the name gwm and only explains itself; a
// caller may give it more to do and add commands.
func New(env Env) *cobra.Command {
	t := &tree{Env: env}
	root := groupCommand("gwm", "Control room for virtual machine clusters")
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions = cobra.CompletionOptions{HiddenDefaultCmd: true}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := t.checkFormat(); err != nil {
			return err
		}
		return t.become(cmd.Context())
	}
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.PersistentFlags().StringVarP(&t.format, "output", "o", "table", "how to print: table or json")
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
	root.PersistentFlags().StringVar(&t.actAs, "act-as", "", "work on behalf of a group of yours: group:NAME owns what you make")
	root.PersistentFlags().StringVar(&t.seeAs, "see-as", "", "look through a user's eyes (site administrators; nothing can be changed)")
	root.AddCommand(
		t.cluster(), t.node(), t.nodegroup(), t.network(), t.vm(), t.job(),
		t.user(), t.applicant(), t.group(), t.grant(), t.quota(), t.owner(), t.key(), t.token(), t.console(), t.recording(), t.totp(), t.form(), t.lock(),
		t.trend(), t.template(), t.clusterMap(), t.search(), t.problem(),
		t.audit(), t.whoami(), t.can(), t.rights(), t.sessions(), t.backup(), t.importGWM(), t.version(),
	)
	return root
}

// Run carries out one command line and returns the exit code. The error, if
// any, has been printed.
func Run(ctx context.Context, env Env, args []string) int {
	root := New(env)
	return Execute(ctx, root, env, args)
}

// Execute is Run for a tree to which the caller added commands.
func Execute(ctx context.Context, root *cobra.Command, env Env, args []string) int {
	if args == nil {
		args = []string{} // cobra would read the arguments of the process
	}
	voice(root)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	return report(cmd, env.Stderr, err)
}

// groupCommand makes a command that only holds others, and says so when it is called
// with a word that it does not know.
func groupCommand(use, short string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ArbitraryArgs,
		// cobra suggests only what begins alike without it
		SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	c.AddCommand(children...)
	return c
}

func unknownCommand(cmd *cobra.Command, word string) error {
	e := core.Errorf(core.CodeInvalid, "%s has no command %q", cmd.CommandPath(), core.Printable(word))
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		begins := slices.IndexFunc(near, func(s string) bool { return strings.HasPrefix(s, word) })
		return e.WithHint("did you mean %s %s?", cmd.CommandPath(), near[max(begins, 0)])
	}
	return e.WithHint("%s --help lists them", cmd.CommandPath())
}

// become takes on what --act-as and --see-as ask for. A preview ends with the
// session.
func (t *tree) become(ctx context.Context) error {
	if t.actAs != "" {
		as, err := who(t.actAs)
		if err != nil {
			return err
		}
		if err := t.Session.SetActAs(as); err != nil {
			return err
		}
	}
	if t.seeAs == "" {
		return nil
	}
	preview, err := t.Session.Preview(ctx, t.seeAs)
	if err == nil {
		t.Session = preview
	}
	return err
}

func (t *tree) checkFormat() error {
	if t.format == "table" || t.format == "json" {
		return nil
	}
	return core.Errorf(core.CodeInvalid, "--output %s is not known", core.Printable(t.format)).WithHint("use table or json")
}
