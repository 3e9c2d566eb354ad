package command

import (
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

// inviteJSON is an invitation as programs see it. The code is shown this once.
type inviteJSON struct {
	User string `json:"user"`
	Code string `json:"code"`
	TTL  int    `json:"ttl_seconds"`
}

func (t *tree) userInvite() *cobra.Command {
	var ttl time.Duration
	c := &cobra.Command{
		Use:   "invite USER",
		Short: "Make a code with which a person attaches their own key, once",
		Long: "Make a code with which a person attaches their own key to an account that there is, once.\n" +
			"Hand it over by a way that you trust, for example by telephone: it is shown now and never again.\n" +
			"They run ssh " + core.DoorEnrol + "@HOST and type it. A new code for the same account makes the earlier one void.",
		Example:           "  gwm user add ann --comment \"Ann Arbor\"\n  gwm user invite ann --ttl 48h",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			var code string
			err := t.withFactor(cmd.Context(), func() (err error) {
				code, err = t.Session.Invite(cmd.Context(), args[0], ttl)
				return err
			})
			if err != nil {
				return err
			}
			t.note("%s", core.AddInvite{User: args[0], TTL: ttl}.Spec().Sentence())
			t.note("it is typed after: ssh %s@HOST", core.DoorEnrol)
			if t.format == "json" {
				return t.json(inviteJSON{User: args[0], Code: code, TTL: int(ttl / time.Second)})
			}
			return writeTable(t.Stdout, [][]string{{code}})
		},
	}
	c.Flags().DurationVar(&ttl, "ttl", core.InviteTTL, "how long the code is good, at most 168h")
	return c
}

func (t *tree) userUninvite() *cobra.Command {
	return &cobra.Command{
		Use:               "uninvite USER",
		Short:             "Make the code void that was made for a user",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.RemoveInvite{User: args[0]}, true)
		},
	}
}
