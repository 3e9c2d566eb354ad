package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"gwm/core"
)

// FPS is how often a program repaints at most.
const FPS = 30

// RunOptions say where Run finds the terminal. Zero fields mean the process's
// own.
type RunOptions struct {
	Options
	In  io.Reader
	Out io.Writer
	Env []string
}

// Run shows the screen on the local terminal until the user quits, the session
// ends or ctx ends. It restores the terminal in any case. Profile, ASCII and
// Term are found out from the environment where they are not given. The error
// is nil when the user left, and says why the session ended otherwise.
func Run(ctx context.Context, s *core.Session, o RunOptions) error {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Env == nil {
		o.Env = os.Environ()
	}
	if o.Term == "" {
		o.Term = lookup(o.Env, "TERM")
	}
	if o.Profile == colorprofile.Unknown {
		o.Profile = Profile(o.Out, o.Env)
	}
	o.ASCII = o.ASCII || ASCIIOnly(o.Env)
	app := New(s, o.Options)
	defer app.Close()
	opts := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithEnvironment(o.Env),
		tea.WithColorProfile(o.Profile), tea.WithFPS(FPS), tea.WithFilter(noSuspend),
	}
	if o.Width > 0 && o.Height > 0 {
		opts = append(opts, tea.WithWindowSize(o.Width, o.Height))
	}
	_, err := tea.NewProgram(app, opts...).Run()
	switch {
	case app.Ended() != nil:
		return app.Ended()
	case ctx.Err() != nil, errors.Is(err, tea.ErrInterrupted):
		return nil
	case err != nil:
		return fmt.Errorf("run the screen: %w", err)
	}
	return nil
}

// noSuspend keeps ctrl-z from stopping a program that others wait for.
func noSuspend(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, ok := msg.(tea.SuspendMsg); ok {
		return tea.ResumeMsg{}
	}
	return msg
}

// Profile finds out what colours a terminal shows. Any NO_COLOR but an empty one
// means none (no-color.org).
func Profile(out io.Writer, env []string) colorprofile.Profile {
	if lookup(env, "NO_COLOR") != "" {
		return colorprofile.ASCII
	}
	return colorprofile.Detect(out, env)
}

// ASCIIOnly tells whether the locale of an environment is one without UTF-8. An
// environment that says nothing (as over SSH) counts as UTF-8.
func ASCIIOnly(env []string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := lookup(env, name); v != "" {
			v = strings.ToLower(v)
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return false
}

// lookup returns the last value of a variable, "" where it is not set.
func lookup(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(env[i], name+"="); ok {
			return v
		}
	}
	return ""
}
