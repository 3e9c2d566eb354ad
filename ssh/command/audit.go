package command

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) audit() *cobra.Command {
	return groupCommand("audit", "The audit log: who asked for what, and what came of it", t.auditList(), t.auditVerify(), t.auditExport())
}

// auditFlags select records.
type auditFlags struct {
	by, on, op, event, text, since, until string
	limit                                 int
	before                                int64
}

func (f *auditFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.by, "by", "", "only what this user did")
	c.Flags().StringVar(&f.on, "on", "", "only on this object, or on this cluster and what is on it")
	c.Flags().StringVar(&f.op, "op", "", "only this operation, for example vm.stop; with a dot at the end all that begin so: vm.")
	c.Flags().StringVar(&f.event, "event", "", "only this event: "+eventWords())
	c.Flags().StringVar(&f.text, "text", "", "only with this text in the result, the arguments or what was changed")
	c.Flags().StringVar(&f.since, "since", "", "only from this time on: 2026-12-31 or an RFC 3339 time")
	c.Flags().StringVar(&f.until, "until", "", "only before this time; of a day its end")
	c.Flags().Int64Var(&f.before, "before", 0, "only records with a smaller number: to page on")
}

func eventWords() string { return strings.ReplaceAll(words(core.Events()), ",", ", ") }

func (f *auditFlags) query(t *tree) (core.AuditQuery, error) {
	q := core.AuditQuery{By: f.by, Op: f.op, Event: core.Event(f.event), Text: f.text, Before: f.before, Limit: f.limit}
	var err error
	if f.on != "" {
		if q.Target, err = t.find(f.on); err != nil {
			return q, err
		}
	}
	if f.since != "" {
		if q.Since, err = parseSince(f.since); err != nil {
			return q, err
		}
	}
	if f.until != "" {
		if q.Until, err = parseUntil(f.until); err != nil {
			return q, err
		}
	}
	if q.Event != "" && !slices.Contains(core.Events(), q.Event) {
		return q, core.Errorf(core.CodeInvalid, "there is no event %q", core.Printable(f.event)).
			WithHint("the events are %s", eventWords())
	}
	return q, nil
}

func (t *tree) auditList() *cobra.Command {
	var f auditFlags
	var changes, upkeep bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List audit records, newest first",
		Long: "List audit records, newest first.\n" +
			"Of everything, or of a whole cluster, without another filter, the records of how gwm itself keeps the tags of VMs in step are left out, but for those that failed.",
		Example: "  gwm audit list --on berlin --op vm. --since 2026-11-01 --changes",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.query(t)
			if err != nil {
				return err
			}
			q.Tidy = q.Broad() && !upkeep
			page, err := t.Session.SearchAudit(cmd.Context(), q)
			if err != nil {
				return err
			}
			if err := t.auditTable(page.Records, changes); err != nil {
				return err
			}
			t.upkeepNote(page.LeftOut)
			if page.Next != 0 {
				t.note("searched back to %s; for more: --before %d", stamp(page.Searched), page.Next)
			}
			return nil
		},
	}
	f.register(c)
	c.Flags().IntVar(&f.limit, "limit", 100, "how many at most")
	upkeepFlag(c, &upkeep)
	c.Flags().BoolVar(&changes, "changes", false, "show below each record what was changed, from what to what")
	return c
}

// auditTable prints records, and with changes the fields that each changed on
// lines of their own below it.
func (t *tree) auditTable(records []core.Record, changes bool) error {
	if t.format == "json" {
		return t.json(records)
	}
	table := [][]string{{"SEQ", "TIME", "BY", "EVENT", "OPERATION", "TARGET", "JOB", "RESULT"}}
	for i := range records {
		r := &records[i]
		job := "-"
		if r.Job != 0 {
			job = r.Job.String()
		}
		table = append(table, []string{
			number(r.Seq), stamp(r.At), orDash(r.By), string(r.Event), r.Op, orDash(r.Target.String()), job, orDash(r.Result),
		})
	}
	if !changes {
		return writeTable(t.Stdout, table)
	}
	var text bytes.Buffer
	if err := writeTable(&text, table); err != nil {
		return err
	}
	lines := strings.SplitAfter(text.String(), "\n")
	for i, line := range lines {
		out := line
		if i > 0 && i <= len(records) {
			out += changeLines(records[i-1].Changes)
		}
		if _, err := io.WriteString(t.Stdout, out); err != nil {
			return gone(err)
		}
	}
	return nil
}

// changeLines writes each change on a line: field, from, to.
func changeLines(changes []core.Change) string {
	var out strings.Builder
	for _, c := range changes {
		from, to := core.Printable(c.From), core.Printable(c.To)
		switch {
		case from == "":
			fmt.Fprintf(&out, "      + %s: %s\n", core.Printable(c.Field), to)
		case to == "":
			fmt.Fprintf(&out, "      - %s: %s\n", core.Printable(c.Field), from)
		default:
			fmt.Fprintf(&out, "      ~ %s: %s -> %s\n", core.Printable(c.Field), from, to)
		}
	}
	return out.String()
}

// auditCheckJSON is what was verified as programs see it.
type auditCheckJSON struct {
	Valid   bool      `json:"valid"`
	Records int64     `json:"records"`
	First   int64     `json:"first"`
	From    time.Time `json:"from,omitzero"`
}

func (t *tree) auditVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Check that no audit record was changed or removed",
		Long: "Check that no audit record was changed or removed.\n" +
			"Where old records were pruned (audit.keep of the configuration) the check begins at the first that is kept, and says so.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := t.Session.VerifyAudit(cmd.Context(), t.verifyProgress())
			if err != nil {
				return err
			}
			text := fmt.Sprintf("valid, %d records", c.Records)
			if c.First > 1 {
				text += fmt.Sprintf(", from record %d of %s on; what was before is pruned", c.First, stamp(c.From))
			}
			return object(t, auditCheckJSON{true, c.Records, c.First, c.From}, [][2]string{{"audit log", text}})
		},
	}
}

// verifyProgress tells a person who waits how far it is, a tenth at a time;
// programs and pipes are told nothing.
func (t *tree) verifyProgress() func(done, total int64) {
	if !t.Terminal || t.format == "json" {
		return nil
	}
	told := int64(0)
	return func(done, total int64) {
		if tenth := done * 10 / total; tenth != told {
			told = tenth
			t.note("%d of %d records checked", done, total)
		}
	}
}

func (t *tree) auditExport() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "export",
		Short: "Print audit records as JSON lines, newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.query(t)
			if err != nil {
				return err
			}
			q.Limit = 1000
			for {
				page, err := t.Session.SearchAudit(cmd.Context(), q)
				if err != nil {
					return err
				}
				for _, r := range page.Records {
					if err := writeJSON(t.Stdout, r, ""); err != nil {
						return gone(err)
					}
				}
				if page.Next == 0 {
					return nil
				}
				q.Before = page.Next
			}
		},
	}
	f.register(c)
	return c
}
