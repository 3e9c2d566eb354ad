package command

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) grant() *cobra.Command {
	return groupCommand("grant", "Rights of users and groups", t.grantList(), t.grantSet(), t.grantRemove(), t.grantRoles())
}

func (t *tree) grantList() *cobra.Command {
	var to, on string
	c := &cobra.Command{
		Use:   "list",
		Short: "List grants",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var whoRef, onRef core.Ref
			var err error
			if to != "" {
				if whoRef, err = who(to); err != nil {
					return err
				}
			}
			if on != "" {
				if onRef, err = t.find(on); err != nil {
					return err
				}
			}
			rows, err := t.Session.Grants(cmd.Context(), whoRef, onRef)
			if err != nil {
				return err
			}
			now := time.Now()
			return list(t, rows, []string{"WHO", "ON", "VERBS", "HOURS", "UNTIL", "GIVEN BY"}, func(g core.Grant) []string {
				return []string{g.Who.String(), g.On.String(), words(g.Verbs), orDash(g.Hours.String()), grantEnd(g, now), orDash(g.By)}
			})
		},
	}
	c.Flags().StringVar(&to, "to", "", "only to this user or group")
	c.Flags().StringVar(&on, "on", "", "only on this object")
	return c
}

func (t *tree) grantSet() *cobra.Command {
	var until, hours string
	c := &cobra.Command{
		Use:   "set WHO VERBS OBJECT",
		Short: "Give a user or group verbs, or a role, on an object, in place of what they had on it",
		Example: "  gwm grant set ann operator berlin/web1\n  gwm grant set group:ops admin berlin\n" +
			"  gwm grant set ann power,console berlin/web1 --until 2027-01-31\n" +
			"  gwm grant set ann power berlin/web1 --hours 'mon-fri 08:00-18:00 Europe/Berlin'",
		Args:              cobra.ExactArgs(3),
		ValidArgsFunction: t.complete(2, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := who(args[0])
			if err != nil {
				return err
			}
			on, err := t.find(args[2])
			if err != nil {
				return t.Session.Missed(cmd.Context(), core.SetGrant{Who: to, On: named(args[2])}, err)
			}
			verbs, err := core.ParseVerbs(on.Kind, strings.Split(args[1], ","))
			if err != nil {
				return err
			}
			op := core.SetGrant{Who: to, On: on, Verbs: verbs}
			if op.Hours, err = core.ParseHours(hours); err != nil {
				return err
			}
			if until != "" {
				if op.Until, err = parseTime(until); err != nil {
					return err
				}
			}
			return t.do(cmd.Context(), op, true)
		},
	}
	c.Flags().StringVar(&hours, "hours", "", "when in the week it holds: 'mon-fri 08:00-18:00 Europe/Berlin'; without it: always")
	c.Flags().StringVar(&until, "until", "", "when it ends: 2027-01-31, an RFC 3339 time, or a duration such as 48h")
	return c
}

func (t *tree) grantRemove() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "remove WHO OBJECT",
		Short:             "Take away everything that was granted on an object",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: t.complete(1, objectNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := who(args[0])
			if err != nil {
				return err
			}
			on, err := t.find(args[1])
			if core.CodeOf(err) == core.CodeNotFound {
				// a grant outlives its object, and can be removed by its exact name
				on, err = core.ParseRef(args[1])
			}
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), core.RemoveGrant{Who: from, On: on}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (t *tree) grantRoles() *cobra.Command {
	return &cobra.Command{
		Use:   "roles",
		Short: "List the roles and their verbs",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			type role struct {
				Role  string      `json:"role"`
				On    core.Kind   `json:"on"`
				Verbs []core.Verb `json:"verbs"`
				Title string      `json:"title"`
			}
			var rows []role
			for _, r := range core.Roles() {
				for _, k := range []core.Kind{core.KindVM, core.KindCluster, core.KindGroup} {
					if verbs := r.Verbs[k]; verbs != nil {
						rows = append(rows, role{r.Name, k, verbs, r.Title})
					}
				}
			}
			return list(t, rows, []string{"ROLE", "ON A", "VERBS", "MEANING"}, func(r role) []string {
				return []string{r.Role, string(r.On), words(r.Verbs), r.Title}
			})
		},
	}
}
