package command

import (
	"slices"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) group() *cobra.Command {
	return groupCommand("group", "Groups of people", t.groupList(), t.groupShow(), t.groupAdd(), t.groupEdit(), t.groupDelete(), t.groupMember())
}

func (t *tree) groupList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List groups",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rows, err := t.Session.Groups(cmd.Context())
			if err != nil {
				return err
			}
			return list(t, rows, []string{"NAME", "COMMENT", "MEMBERS"}, func(g core.Group) []string {
				return []string{g.Name, orDash(g.Comment), words(g.Members)}
			})
		},
	}
}

func (t *tree) groupShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show GROUP",
		Short: "Show a group",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			groups, err := t.Session.Groups(cmd.Context())
			if err != nil {
				return err
			}
			for _, g := range groups {
				if g.Name != args[0] {
					continue
				}
				fields := [][2]string{{"name", g.Name}, {"comment", orDash(g.Comment)}, {"source", orDash(g.Source)}, {"members", words(g.Members)}, {"created", stamp(g.Created)}}
				grants, err := t.Session.Grants(cmd.Context(), core.GroupRef(g.Name), core.Ref{})
				if err != nil {
					return err
				}
				for _, gr := range grants {
					fields = append(fields, [2]string{"grant", gr.On.String() + " " + words(gr.Verbs)})
				}
				return object(t, g, fields)
			}
			return core.Unknown(core.KindGroup, args[0])
		},
	}
}

// groupsOf names the groups that a user is in.
func groupsOf(groups []core.Group, user string) []string {
	var names []string
	for _, g := range groups {
		if slices.Contains(g.Members, user) {
			names = append(names, g.Name)
		}
	}
	return names
}

func (t *tree) groupAdd() *cobra.Command {
	var g core.Group
	var ldap bool
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a group",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g.Name = args[0]
			if ldap {
				g.Source = core.SourceLDAP
			}
			return t.do(cmd.Context(), core.AddGroup{Group: g}, false)
		},
	}
	c.Flags().StringVar(&g.Comment, "comment", "", "any text")
	c.Flags().BoolVar(&ldap, "ldap", false, "the directory says who is in it; for a group that nobody of it has shown yet")
	c.Flags().StringSliceVar(&g.Members, "member", nil, "users that belong to it")
	return c
}

func (t *tree) groupEdit() *cobra.Command {
	var comment string
	c := &cobra.Command{
		Use:   "edit GROUP --comment TEXT",
		Short: "Change the comment of a group",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("comment") {
				return core.Errorf(core.CodeInvalid, "nothing to change on %s", core.Printable(args[0])).WithHint("add --comment")
			}
			return t.do(cmd.Context(), core.EditGroup{Name: args[0], Comment: comment}, true)
		},
	}
	c.Flags().StringVar(&comment, "comment", "", "any text")
	return c
}

func (t *tree) groupDelete() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "delete GROUP",
		Short: "Delete a group and what was granted to it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), core.DeleteGroup{Name: args[0]}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (t *tree) groupMember() *cobra.Command {
	return groupCommand("member", "Members of a group",
		&cobra.Command{
			Use:               "add GROUP USER",
			Short:             "Add a member",
			Args:              cobra.ExactArgs(2),
			ValidArgsFunction: t.completeUsers(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return t.do(cmd.Context(), core.AddMember{Group: args[0], User: args[1]}, false)
			},
		},
		&cobra.Command{
			Use:               "remove GROUP USER",
			Short:             "Remove a member",
			Args:              cobra.ExactArgs(2),
			ValidArgsFunction: t.completeUsers(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return t.do(cmd.Context(), core.RemoveMember{Group: args[0], User: args[1]}, false)
			},
		})
}
