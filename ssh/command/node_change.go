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
// arguments; args is how many there are, -1 for two or more.
func (t *tree) nodeCommand(use, short string, args int, op func(n *core.Node, args []string) core.Op) *cobra.Command {
	var wait, yes bool
	count := cobra.ExactArgs(args)
	if args < 0 {
		count = cobra.MinimumNArgs(2)
	}
	c := &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              count,
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

func (t *tree) nodeMigrate() *cobra.Command {
	var mode string
	c := t.nodeCommand("migrate NODE", "Migrate every running VM of a node to other nodes", 1, func(n *core.Node, _ []string) core.Op {
		t.leaving(n.Primary)
		return core.MigrateNode{Node: n.Ref(), Mode: migrationMode(mode)}
	})
	c.Flags().StringVar(&mode, "mode", "", "live (they run meanwhile) or paused (they stand still); else as their hypervisors are set")
	_ = c.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions([]string{"live", "paused"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (t *tree) nodeEvacuate() *cobra.Command {
	var what, to, allocator string
	var early bool
	c := t.nodeCommand("evacuate NODE", "Move VMs away from a node, those that are down too", 1, func(n *core.Node, _ []string) core.Op {
		o := core.EvacuateNode{Node: n.Ref(), What: core.Evacuation(what), To: t.nodeBeside(n.Ref(), to), Allocator: allocator, Early: early}
		if o.What != core.EvacuateSecondary {
			t.leaving(n.Primary)
		}
		if o.What != core.EvacuatePrimary {
			t.leaving(n.Secondary)
		}
		return o
	})
	c.Flags().StringVar(&what, "what", string(core.EvacuatePrimary), "primary (the VMs that run there), secondary (second copies of disks) or all")
	c.Flags().StringVar(&to, "to", "", "the node that second copies go to; else an allocator chooses for each")
	c.Flags().StringVar(&allocator, "allocator", "", "the allocator that chooses where each goes; else the cluster's default")
	c.Flags().BoolVar(&early, "early-release", false, "give old copies of disks up before the new ones are complete")
	c.Example = "  gwm node evacuate node3 --wait\n  gwm node evacuate node3 --what secondary --to node1"
	_ = c.RegisterFlagCompletionFunc("what", cobra.FixedCompletions([]string{"primary", "secondary", "all"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("to", t.complete(-1, nodeNames))
	return c
}

// leaving says which VMs would move.
func (t *tree) leaving(names []string) {
	if len(names) > 0 {
		t.note("to be moved: %s", core.Printable(words(names)))
	}
}
