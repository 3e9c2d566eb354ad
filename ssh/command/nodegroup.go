package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) nodegroup() *cobra.Command {
	const kind, name = core.PartNodeGroup, "NODEGROUP"
	return groupCommand("nodegroup", "Groups of nodes, with policy and parameters of their own",
		t.nodegroupList(), t.nodegroupShow(), t.nodegroupAdd(), t.nodegroupSet(), t.nodegroupRename(), t.nodegroupAssign(), t.nodegroupDelete(), t.partTag(kind, name), t.partUntag(kind, name))
}

func (t *tree) nodegroupAdd() *cobra.Command {
	var policy string
	c := t.partCommand(core.PartNodeGroup, "add NODEGROUP", "Add a node group without nodes: CLUSTER/NAME", cobra.ExactArgs(1), func(cluster, name string, _ []string) core.Op {
		return core.AddNodeGroup{Cluster: cluster, Name: name, Policy: policy}
	})
	c.Flags().StringVar(&policy, "policy", "", "whether VMs are put there: preferred, last_resort or unallocable")
	_ = c.RegisterFlagCompletionFunc("policy", cobra.FixedCompletions(core.AllocPolicies(), cobra.ShellCompDirectiveNoFileComp))
	c.Example = "  gwm nodegroup add berlin/rack2 --policy last_resort --wait"
	c.ValidArgsFunction = t.complete(0, clusterSlashes)
	return c
}

// clusterSlashes begin the names of what is new on a cluster.
func clusterSlashes(v *core.View) []string {
	out := clusterNames(v)
	for i := range out {
		out[i] += "/"
	}
	return out
}

func (t *tree) nodegroupRename() *cobra.Command {
	c := t.partCommand(core.PartNodeGroup, "rename NODEGROUP NAME", "Give a node group another name", cobra.ExactArgs(2), func(cluster, name string, rest []string) core.Op {
		return core.RenameNodeGroup{Cluster: cluster, Name: name, To: rest[0]}
	})
	c.Example = "  gwm nodegroup rename berlin/rack2 rack3 --wait"
	return c
}

func (t *tree) nodegroupAssign() *cobra.Command {
	var force bool
	c := t.partCommand(core.PartNodeGroup, "assign NODEGROUP NODE...", "Move nodes into a node group; their VMs stay where they are", cobra.MinimumNArgs(2), func(cluster, name string, rest []string) core.Op {
		op := core.AssignNodes{Cluster: cluster, Name: name, Force: force}
		for _, node := range rest {
			op.Nodes = append(op.Nodes, t.nodeBeside(core.ClusterRef(cluster), node))
		}
		return op
	})
	c.Flags().BoolVar(&force, "force", false, "also where a VM and its second copy come to be in two groups")
	c.Example = "  gwm nodegroup assign berlin/rack2 node3 node4 --wait"
	c.ValidArgsFunction = byArgs(t.complete(0, allParts(core.PartNodeGroup)), t.complete(-1, nodeNames))
	return c
}

func (t *tree) nodegroupDelete() *cobra.Command {
	return t.partCommand(core.PartNodeGroup, "delete NODEGROUP", "Delete a node group that has no nodes", cobra.ExactArgs(1), func(cluster, name string, _ []string) core.Op {
		return core.RemoveNodeGroup{Cluster: cluster, Name: name}
	})
}
