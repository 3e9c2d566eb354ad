package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) key() *cobra.Command {
	return groupCommand("key", "Public SSH keys of users", t.keyList(), t.keyAdd(), t.keyRemove(), t.keyFeed())
}

// keyOwner is the user that a key command is about: the first of args, or the
// person themselves.
func (t *tree) keyOwner(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return t.Session.User().Name
}

func (t *tree) keyList() *cobra.Command {
	return &cobra.Command{
		Use:               "list [USER]",
		Short:             "List the keys of a user, yours by default",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			rows, err := t.Session.Keys(cmd.Context(), t.keyOwner(args))
			if err != nil {
				return err
			}
			return list(t, rows, []string{"FINGERPRINT", "TYPE", "COMMENT", "ADDED", "EXPIRES"}, func(k core.Key) []string {
				return []string{k.Fingerprint, k.Type, orDash(k.Comment), stamp(k.Added), stamp(k.Expires)}
			})
		},
	}
}

func (t *tree) keyAdd() *cobra.Command {
	var file, expires string
	c := &cobra.Command{
		Use:               "add [USER] --key FILE",
		Short:             "Add public keys",
		Example:           "  ssh gwm key add --key - < ~/.ssh/id_ed25519.pub",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return core.Errorf(core.CodeInvalid, "no key is given").WithHint("add --key FILE, or --key - and pipe it in")
			}
			keys, err := t.readKeys(file)
			if err != nil {
				return err
			}
			for _, k := range keys {
				if expires != "" {
					if k.Expires, err = parseTime(expires); err != nil {
						return err
					}
				}
				if err := t.do(cmd.Context(), core.AddKey{User: t.keyOwner(args), Key: k}, true); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&file, "key", "", "file with public keys, - for standard input, or the key itself")
	c.Flags().StringVar(&expires, "expires", "", "when it stops working: 2027-01-31, an RFC 3339 time, or a duration such as 48h")
	return c
}

func (t *tree) keyRemove() *cobra.Command {
	var user string
	c := &cobra.Command{
		Use:   "remove FINGERPRINT",
		Short: "Remove a key, and end the sessions that it opened",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if user == "" {
				user = t.Session.User().Name
			}
			return t.do(cmd.Context(), core.RemoveKey{User: user, Fingerprint: args[0]}, true)
		},
	}
	c.Flags().StringVar(&user, "user", "", "whose key it is; yours by default")
	_ = c.RegisterFlagCompletionFunc("user", t.completeUsers(-1))
	return c
}
