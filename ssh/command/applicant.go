package command

import (
	"context"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) applicant() *cobra.Command {
	return groupCommand("applicant", "People who ask for an account", t.applicantList(), t.applicantApprove(), t.applicantReject())
}

func (t *tree) applicantList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List who waits for an account (site administrators)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rows, err := t.Session.Applicants(cmd.Context())
			if err != nil {
				return err
			}
			return list(t, rows, []string{"NAME", "FULL NAME", "KEY", "FROM", "ASKED"}, func(a core.Applicant) []string {
				return []string{a.Name, orDash(a.Comment), a.Key.Fingerprint, a.Addr, stamp(a.At)}
			})
		},
	}
}

func (t *tree) applicantApprove() *cobra.Command {
	var key, as string
	c := &cobra.Command{
		Use:               "approve NAME",
		Short:             "Make an account without rights for somebody who waits",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeApplicants(),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := t.applicantKey(cmd.Context(), args[0], key)
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), core.ApproveApplicant{Name: args[0], Key: key, As: as}, true)
		},
	}
	keyFlag(c, &key)
	c.Flags().StringVar(&as, "as", "", "name of the account, where it is not the wanted one")
	return c
}

func (t *tree) applicantReject() *cobra.Command {
	var key string
	c := &cobra.Command{
		Use:               "reject NAME",
		Short:             "Forget that somebody asked for an account",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeApplicants(),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := t.applicantKey(cmd.Context(), args[0], key)
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), core.RejectApplicant{Name: args[0], Key: key}, true)
		},
	}
	keyFlag(c, &key)
	return c
}

func keyFlag(c *cobra.Command, key *string) {
	c.Flags().StringVar(key, "key", "", "fingerprint of the key that they must have; without it whoever waits under the name is meant")
}

// applicantKey is the key that was given, or the one of who waits now.
func (t *tree) applicantKey(ctx context.Context, name, key string) (string, error) {
	if key != "" {
		return key, nil
	}
	waiting, err := t.Session.Applicants(ctx)
	for _, a := range waiting {
		if a.Name == name {
			t.note("%s (%s) has the key %s", a.Name, core.Printable(a.Comment), a.Key.Fingerprint)
			return a.Key.Fingerprint, nil
		}
	}
	return "", err // who waits for nothing, and for others, is the Op's to refuse
}

func (t *tree) completeApplicants() completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		waiting, err := t.Session.Applicants(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return t.complete(0, func(*core.View) []string {
			names := make([]string, len(waiting))
			for i, a := range waiting {
				names[i] = a.Name
			}
			return names
		})(cmd, args, word)
	}
}
