package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) audit() *cobra.Command {
	return groupCommand("audit", "The audit log: who asked for what, and what came of it", t.auditList(), t.auditVerify(), t.auditExport())
}

// auditFlags select records.
type auditFlags struct {
	by, on, op, event, since string
	limit                    int
}

func (f *auditFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.by, "by", "", "only what this user did")
	c.Flags().StringVar(&f.on, "on", "", "only on this object, or on this cluster and what is on it")
	c.Flags().StringVar(&f.op, "op", "", "only this operation, for example vm.stop")
	c.Flags().StringVar(&f.event, "event", "", "only this event: "+eventWords())
	c.Flags().StringVar(&f.since, "since", "", "only from this time on: 2026-12-31 or an RFC 3339 time")
}

func eventWords() string { return strings.ReplaceAll(words(core.Events()), ",", ", ") }

func (f *auditFlags) query(t *tree) (core.AuditQuery, error) {
	q := core.AuditQuery{By: f.by, Op: f.op, Event: core.Event(f.event), Limit: f.limit}
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
	if q.Event != "" && !slices.Contains(core.Events(), q.Event) {
		return q, core.Errorf(core.CodeInvalid, "there is no event %q", core.Printable(f.event)).
			WithHint("the events are %s", eventWords())
	}
	return q, nil
}

func (t *tree) auditList() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "List audit records, newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.query(t)
			if err != nil {
				return err
			}
			rows, err := t.Session.Audit(cmd.Context(), q)
			if err != nil {
				return err
			}
			return list(t, rows, []string{"SEQ", "TIME", "BY", "EVENT", "OPERATION", "TARGET", "JOB", "RESULT"}, func(r core.Record) []string {
				job := "-"
				if r.Job != 0 {
					job = r.Job.String()
				}
				target := "-"
				if !r.Target.IsZero() {
					target = r.Target.String()
				}
				return []string{number(r.Seq), stamp(r.At), orDash(r.By), string(r.Event), r.Op, target, job, orDash(r.Result)}
			})
		},
	}
	f.register(c)
	c.Flags().IntVar(&f.limit, "limit", 100, "how many at most")
	return c
}

func (t *tree) auditVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Check that no audit record was changed or removed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, err := t.Session.VerifyAudit(cmd.Context())
			if err != nil {
				return err
			}
			return object(t, map[string]any{"records": n, "valid": true}, [][2]string{{"audit log", fmt.Sprintf("valid, %d records", n)}})
		},
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
				rows, err := t.Session.Audit(cmd.Context(), q)
				if err != nil {
					return err
				}
				for _, r := range rows {
					if err := writeJSON(t.Stdout, r, ""); err != nil {
						return gone(err)
					}
				}
				if len(rows) < q.Limit {
					return nil
				}
				q.Before = rows[len(rows)-1].Seq
			}
		},
	}
	f.register(c)
	return c
}
