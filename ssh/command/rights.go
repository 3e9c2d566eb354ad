package command

import (
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) rights() *cobra.Command {
	return groupCommand("rights", "Who holds what, and why", t.rightsOn(), t.rightsOf())
}

func (t *tree) rightsOn() *cobra.Command {
	return &cobra.Command{
		Use:               "on OBJECT",
		Short:             "List who holds what on an object, and where it comes from",
		Example:           "  gwm rights on berlin/web1",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			on, err := t.find(args[0])
			if err != nil {
				return err
			}
			rows, err := t.Session.RightsOn(cmd.Context(), on)
			if err != nil {
				return err
			}
			return t.listRights(rows, "WHO", func(r core.Right) string { return r.Who.String() })
		},
	}
}

func (t *tree) rightsOf() *cobra.Command {
	return &cobra.Command{
		Use:     "of WHO",
		Short:   "List what a user or a group holds; for a user also what comes from their groups",
		Example: "  gwm rights of ann\n  gwm rights of group:ops",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := who(args[0])
			if err != nil {
				return err
			}
			rows, err := t.Session.RightsOf(cmd.Context(), ref)
			if err != nil {
				return err
			}
			return t.listRights(rows, "ON", func(r core.Right) string {
				if r.Who != ref {
					return r.On.String() + " (by " + r.Who.String() + ")"
				}
				return r.On.String()
			})
		},
	}
}

// listRights prints rights; first is the heading of the first column and what is
// in it.
func (t *tree) listRights(rows []core.Right, first string, cell func(core.Right) string) error {
	now := time.Now()
	return list(t, rows, []string{first, "VERBS", "WHY", "HOURS", "UNTIL"}, func(r core.Right) []string {
		hours, until := "-", "-"
		if g := r.Grant; g != nil {
			hours, until = orDash(g.Hours.String()), grantEnd(*g, now)
		}
		return []string{cell(r), words(r.Verbs), r.Why(), hours, until}
	})
}

// grantEnd writes when a grant ends, and that it does not hold now.
func grantEnd(g core.Grant, now time.Time) string {
	switch until := stamp(g.Until); {
	case g.Expired(now):
		return until + " (ended)"
	case !g.Holds(now):
		return until + " (not at this hour)"
	default:
		return until
	}
}
