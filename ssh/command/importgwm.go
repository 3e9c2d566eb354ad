package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"gwm/core"
	"gwm/ssh/command/gwmdump"
)

const (
	// maxDump is the most that is read of a dump, in bytes once it is unpacked: it
	// holds what was cached of every VM.
	maxDump = 256 << 20
	// moveBatch is how many things are done in one transaction.
	moveBatch = 200
	// movePurpose is what the audit log says of each of them.
	movePurpose = "import from Ganeti Web Manager"
)

func (t *tree) importGWM() *cobra.Command {
	var yes, adminKeys, ask bool
	c := &cobra.Command{
		Use:   "import-gwm FILE",
		Short: "Bring in people, rights and quotas from a database dump of Ganeti Web Manager",
		Long: "Bring in clusters, people, groups, SSH keys, rights, quotas and owners from a database dump of Ganeti Web\n" +
			"Manager (manage.py dumpdata). It shows what it would do; with --yes it does that. What gwm has already\n" +
			"stays as it is: what differs is listed, and so is what cannot be carried over. It may be repeated.",
		Example: "  gwm import-gwm dump.json\n  gwm import-gwm dump.json --yes\n  ssh gwm import-gwm - < dump.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if err := t.mayMove(ctx); err != nil {
				return err
			}
			d, err := t.readDump(args[0])
			if err != nil {
				return err
			}
			m, err := t.planMove(ctx, d, adminKeys, nil)
			if err != nil {
				return err
			}
			if ask {
				passwords, err := t.askSealed(m)
				if err != nil {
					return err
				}
				if m, err = t.planMove(ctx, d, adminKeys, passwords); err != nil {
					return err
				}
			}
			if yes {
				if err := t.doMove(ctx, m); err != nil {
					return err
				}
			}
			if err := t.printMove(m, yes); err != nil {
				return err
			}
			return m.refused()
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do it, not only show it")
	c.Flags().BoolVar(&adminKeys, "admin-keys", false, "bring in the SSH keys of administrators too")
	c.Flags().BoolVar(&ask, "ask-passwords", false, "ask for the passwords of new clusters, which the dump holds sealed only")
	return c
}

// mayMove refuses who is no site administrator, before anything is read.
func (t *tree) mayMove(ctx context.Context) error {
	err := t.check(ctx, core.AddUser{User: core.User{Name: "import-gwm"}})
	if core.CodeOf(err) != core.CodeDenied {
		return err
	}
	return core.Errorf(core.CodeDenied, "only a site administrator may bring in a dump").WithHint("ask one")
}

// refused says how much gwm did not take, after all that it took.
func (m *move) refused() error {
	n := 0
	for _, it := range m.items {
		if it.State == moveFailed {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return core.Errorf(core.CodeConflict, "gwm refused %d of the things that were to be brought in", n).
		WithHint("the lines that begin with failed say why; repeat the command once that is mended")
}

// readDump reads the dump in a FILE argument.
func (t *tree) readDump(path string) (*gwmdump.Dump, error) {
	in := t.Stdin
	if path != "-" {
		f, err := t.openFile(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	d, err := gwmdump.Parse(in, maxDump)
	switch {
	case errors.Is(err, gwmdump.ErrTooLong):
		return nil, core.Errorf(core.CodeInvalid, "the file %s has more than %d MiB", core.Printable(path), maxDump>>20).
			WithHint("leave tables out: manage.py dumpdata --exclude object_log --exclude jobs --exclude sessions")
	case err != nil:
		return nil, core.Errorf(core.CodeInvalid, "%s is not a dump of Ganeti Web Manager: %w", core.Printable(path), err).
			WithHint("make one there with: manage.py dumpdata > dump.json")
	}
	return d, nil
}

// askSealed asks for the passwords of the clusters that are new. An empty answer
// leaves one out.
func (t *tree) askSealed(m *move) (map[string]core.Secret, error) {
	passwords := map[string]core.Secret{}
	for _, c := range m.unsealed() {
		password, err := t.password("", "Password of "+core.Printable(c.User)+" on "+core.Printable(c.Slug)+" (empty: leave it out)")
		if err != nil {
			return nil, err
		}
		passwords[c.Slug] = password
	}
	return passwords, nil
}

// doMove does what was planned: first people and clusters, then what is about
// them. What gwm refuses is marked, and the rest goes on.
func (t *tree) doMove(ctx context.Context, m *move) error {
	first, later := m.steps()
	done := 0
	for _, steps := range [][]*moveItem{first, later} {
		for batch := range slices.Chunk(steps, moveBatch) {
			n, err := t.doSteps(ctx, batch)
			done += n
			if err != nil {
				t.note("done: %d of %d; repeat the command to go on", done, len(first)+len(later))
				return err
			}
		}
	}
	return nil
}

// doSteps does all steps in one transaction or, where one of them is refused, each
// in its own. The error is for what the next steps would meet, too.
func (t *tree) doSteps(ctx context.Context, steps []*moveItem) (done int, err error) {
	ops := make([]core.Op, len(steps))
	for i, it := range steps {
		ops[i] = it.op
	}
	err = t.withFactor(ctx, func() error {
		_, err := t.Session.DoFor(ctx, movePurpose, ops)
		return err
	})
	switch {
	case err == nil:
		for _, it := range steps {
			it.State = moveDone
		}
		return len(steps), nil
	case !ofOneStep(err):
		return 0, err
	case len(steps) == 1:
		steps[0].State, steps[0].Why = moveFailed, core.Printable(core.AsError(err).Message)
		return 0, nil
	}
	for _, it := range steps {
		n, err := t.doSteps(ctx, []*moveItem{it})
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

// ofOneStep tells whether an error is about what a step wants, and not about who
// wants it or whether anything can be stored.
func ofOneStep(err error) bool {
	return slices.Contains([]core.Code{
		core.CodeInvalid, core.CodeNotFound, core.CodeConflict, core.CodeState, core.CodeLimit, core.CodeLocked,
	}, core.CodeOf(err))
}

// moveJSON is a plan for programs.
type moveJSON struct {
	Done    bool         `json:"done"`
	Summary []moveCounts `json:"summary"`
	Items   []moveItem   `json:"items"`
}

// printMove prints the counts and then what is not the same.
func (t *tree) printMove(m *move, done bool) error {
	counts := m.counts()
	if t.format == "json" {
		return t.json(moveJSON{Done: done, Summary: counts, Items: m.items})
	}
	news := 0
	for _, c := range counts {
		news += c.New + c.Done
	}
	if err := writeTable(t.Stdout, countTable(counts, done)); err != nil {
		return err
	}
	if err := t.printItems(m.items); err != nil {
		return err
	}
	switch {
	case news == 0 && m.refused() == nil:
		t.note("there is nothing new to bring in")
	case done:
		t.note("done: %d things were brought in; repeat the command to see what is left", news)
	default:
		t.note("nothing was changed yet; add --yes to bring in what is new")
	}
	return nil
}

// countTable is the counts as a table: of what is to be done, or of what was.
func countTable(counts []moveCounts, done bool) [][]string {
	if !done {
		table := [][]string{{"KIND", "NEW", "SAME", "DIFFERS", "CANNOT"}}
		for _, c := range counts {
			table = append(table, []string{c.Kind, number(c.New), number(c.Same), number(c.Differs), number(c.Cannot)})
		}
		return table
	}
	table := [][]string{{"KIND", "DONE", "FAILED", "SAME", "DIFFERS", "CANNOT"}}
	for _, c := range counts {
		table = append(table, []string{c.Kind, number(c.Done), number(c.Failed), number(c.Same), number(c.Differs), number(c.Cannot)})
	}
	return table
}

func (t *tree) printItems(items []moveItem) error {
	table := [][]string{{"STATE", "KIND", "NAME", "WHAT"}}
	for _, state := range []string{moveNew, moveDone, moveFailed, moveDiffers, moveCannot} {
		for _, it := range items {
			if it.State == state {
				table = append(table, []string{it.State, it.Kind, it.Name, orDash(it.Why)})
			}
		}
	}
	if len(table) == 1 {
		return nil
	}
	if _, err := fmt.Fprintln(t.Stdout); err != nil {
		return gone(err)
	}
	return writeTable(t.Stdout, table)
}
