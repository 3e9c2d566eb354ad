package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) nodeRole() *cobra.Command {
	var promote, force bool
	roles := []string{string(core.RoleCandidate), string(core.RoleRegular), string(core.RoleDrained), string(core.RoleOffline)}
	names := t.complete(0, nodeNames)
	c := t.nodeCommand("role NODE ROLE", "Change what a node does: candidate, regular, drained or offline", 2, func(n *core.Node, args []string) core.Op {
		return core.SetNodeRole{Node: n.Ref(), Role: core.NodeRole(args[1]), Was: n.Role, Promote: promote, Force: force}
	})
	c.Flags().BoolVar(&promote, "promote", false, "let the cluster make another node a master candidate where one is missing then")
	c.Flags().BoolVar(&force, "force", false, "without the cluster's own precautions, for example where the node is dead")
	c.Example = "  gwm node role node3 drained\n  gwm node role node3 regular --wait"
	c.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return roles, cobra.ShellCompDirectiveNoFileComp
		}
		return names(cmd, args, word)
	}
	return c
}

// nodeCommand makes a command that asks for one Op about a node, the first of its
// arguments.
func (t *tree) nodeCommand(use, short string, args int, op func(n *core.Node, args []string) core.Op) *cobra.Command {
	var wait, yes bool
	c := &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              cobra.ExactArgs(args),
		ValidArgsFunction: t.complete(0, nodeNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			v := t.Session.View()
			ref, err := v.Find(core.KindNode, args[0])
			if err != nil {
				return err
			}
			n, ok := v.Node(ref)
			if !ok {
				return core.Unknown(core.KindNode, args[0])
			}
			return t.submit(cmd.Context(), []core.Op{op(n, args)}, wait, yes)
		},
	}
	c.Flags().BoolVar(&wait, "wait", false, "follow the job and print its log")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}
