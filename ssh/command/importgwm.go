package command

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"gwm/core"
	"gwm/ssh/command/gwmdump"
)

const (
	// maxDump is the most that is read of a dump, in bytes: it holds what was
	// cached of every VM.
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
			return t.printMove(m, yes)
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
	limited := &io.LimitedReader{R: in, N: maxDump}
	d, err := gwmdump.Parse(limited)
	switch {
	case limited.N == 0:
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

// doMove does what was planned: first people and clusters, then what is about them.
func (t *tree) doMove(ctx context.Context, m *move) error {
	first, later := m.ops()
	done := 0
	for _, ops := range [][]core.Op{first, later} {
		for batch := range slices.Chunk(ops, moveBatch) {
			if err := t.withFactor(ctx, func() error {
				_, err := t.Session.DoFor(ctx, movePurpose, batch)
				return err
			}); err != nil {
				t.note("done: %d of %d; repeat the command to go on", done, len(first)+len(later))
				return err
			}
			done += len(batch)
		}
	}
	return nil
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
	table := [][]string{{"KIND", "NEW", "SAME", "DIFFERS", "CANNOT"}}
	news := 0
	for _, c := range counts {
		table = append(table, []string{c.Kind, number(c.New), number(c.Same), number(c.Differs), number(c.Cannot)})
		news += c.New
	}
	if err := writeTable(t.Stdout, table); err != nil {
		return err
	}
	if err := t.printItems(m.items); err != nil {
		return err
	}
	switch {
	case news == 0:
		t.note("there is nothing new to bring in")
	case done:
		t.note("done: %d things were brought in; repeat the command to see what is left", news)
	default:
		t.note("nothing was changed yet; add --yes to bring in what is new")
	}
	return nil
}

func (t *tree) printItems(items []moveItem) error {
	table := [][]string{{"STATE", "KIND", "NAME", "WHAT"}}
	for _, state := range []string{moveNew, moveDiffers, moveCannot} {
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
