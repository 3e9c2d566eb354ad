package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) user() *cobra.Command {
	return groupCommand("user", "People", t.userList(), t.userShow(), t.userAdd(), t.userEdit(),
		t.userAble("disable", "Keep a user from logging in, and end their sessions now", true),
		t.userAble("enable", "Let a disabled user log in again", false), t.userDelete(),
		t.userInvite(), t.userUninvite())
}

func (t *tree) userList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List users",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rows, err := t.Session.Users(cmd.Context())
			if err != nil {
				return err
			}
			return list(t, rows, []string{"NAME", "COMMENT", "ADMIN", "DISABLED", "LAST SEEN"}, func(u core.User) []string {
				return []string{u.Name, orDash(u.Comment), yesNo(u.Admin), yesNo(u.Disabled), stamp(u.LastSeen)}
			})
		},
	}
}

// userJSON is a user with everything that belongs to them, for programs.
type userJSON struct {
	core.User
	Groups []string     `json:"groups"`
	Keys   []core.Key   `json:"keys"`
	Grants []core.Grant `json:"grants"`
}

func (t *tree) userShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show [USER]",
		Short:             "Show a user, yourself by default",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, name := cmd.Context(), t.Session.User().Name
			if len(args) == 1 {
				name = args[0]
			}
			users, err := t.Session.Users(ctx)
			if err != nil {
				return err
			}
			for _, u := range users {
				if u.Name != name {
					continue
				}
				out := userJSON{User: u}
				if out.Keys, err = t.Session.Keys(ctx, name); err != nil && core.CodeOf(err) != core.CodeNotFound {
					return err
				}
				if out.Grants, err = t.Session.Grants(ctx, core.UserRef(name), core.Ref{}); err != nil {
					return err
				}
				groups, err := t.Session.Groups(ctx)
				if err != nil {
					return err
				}
				out.Groups = groupsOf(groups, name)
				return object(t, out, userFields(out))
			}
			return core.Unknown(core.KindUser, name)
		},
	}
}

func userFields(u userJSON) [][2]string {
	f := [][2]string{
		{"name", u.Name},
		{"comment", orDash(u.Comment)},
		{"site administrator", yesNo(u.Admin)},
		{"second factor", yesNo(u.TOTP)},
		{"disabled", yesNo(u.Disabled)},
		{"source", orDash(u.Source)},
		{"groups", words(u.Groups)},
		{"created", stamp(u.Created)},
		{"last seen", stamp(u.LastSeen)},
	}
	for _, k := range u.Keys {
		f = append(f, [2]string{"key", k.Fingerprint + " " + k.Type + " " + k.Comment})
	}
	for _, g := range u.Grants {
		f = append(f, [2]string{"grant", g.On.String() + " " + words(g.Verbs)})
	}
	return f
}

func (t *tree) userAdd() *cobra.Command {
	var u core.User
	var keys []string
	var ldap bool
	c := &cobra.Command{
		Use:     "add NAME",
		Short:   "Add a user",
		Example: "  gwm user add ann --key ann.pub\n  ssh gwm user add ann --key - < ann.pub",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			op := core.AddUser{User: u}
			op.User.Name = args[0]
			if ldap {
				op.User.Source = core.SourceLDAP
			}
			for _, arg := range keys {
				read, err := t.readKeys(arg)
				if err != nil {
					return err
				}
				op.Keys = append(op.Keys, read...)
			}
			return t.do(cmd.Context(), op, false)
		},
	}
	c.Flags().StringVar(&u.Comment, "comment", "", "full name, or any text")
	c.Flags().BoolVar(&u.Admin, "admin", false, "site administrator: may do everything")
	c.Flags().BoolVar(&ldap, "ldap", false, "the password of the directory logs in, too; for people who have not logged in yet")
	c.Flags().StringArrayVar(&keys, "key", nil, "file with public keys, - for standard input, or the key itself; may be repeated")
	return c
}

func (t *tree) userEdit() *cobra.Command {
	var comment string
	var admin, disabled, ldap bool
	c := &cobra.Command{
		Use:               "edit USER",
		Short:             "Change a user",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			op := core.EditUser{Name: args[0]}
			if cmd.Flags().Changed("comment") {
				op.Comment = &comment
			}
			if cmd.Flags().Changed("admin") {
				op.Admin = &admin
			}
			if cmd.Flags().Changed("disabled") {
				op.Disabled = &disabled
			}
			if cmd.Flags().Changed("ldap") {
				source := ""
				if ldap {
					source = core.SourceLDAP
				}
				op.Source = &source
			}
			if cmd.Flags().NFlag() == 0 {
				return core.Errorf(core.CodeInvalid, "nothing to change on %s", core.Printable(args[0])).WithHint("add --comment, --admin, --ldap or --disabled")
			}
			return t.do(cmd.Context(), op, true)
		},
	}
	c.Flags().StringVar(&comment, "comment", "", "full name, or any text")
	c.Flags().BoolVar(&admin, "admin", false, "site administrator; --admin=false takes it away")
	c.Flags().BoolVar(&ldap, "ldap", false, "the password of the directory logs in, too; --ldap=false ends that")
	c.Flags().BoolVar(&disabled, "disabled", false, "may not log in; --disabled=false lets them in again")
	return c
}

func (t *tree) userAble(use, short string, disabled bool) *cobra.Command {
	return &cobra.Command{
		Use:               use + " USER",
		Short:             short,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.EditUser{Name: args[0], Disabled: &disabled}, true)
		},
	}
}

func (t *tree) userDelete() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "delete USER",
		Short:             "Delete a user with their keys, rights and memberships",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.completeUsers(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.DeleteUser{Name: args[0]}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (t *tree) completeUsers(at int) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		users, err := t.Session.Users(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return t.complete(at, func(*core.View) []string {
			var names []string
			for _, u := range users {
				names = append(names, u.Name)
			}
			return names
		})(cmd, args, word)
	}
}
