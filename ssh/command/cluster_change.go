package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

// clusterCommand makes a command that asks for one remote Op about a cluster, the
// first of its arguments.
func (t *tree) clusterCommand(use, short string, args cobra.PositionalArgs, op func(cluster string, rest []string) core.Op) *cobra.Command {
	var wait, yes bool
	c := &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              args,
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := findCluster(t.Session.View(), args[0])
			if err != nil {
				return err
			}
			return t.submit(cmd.Context(), []core.Op{op(found.Cluster.Name, args[1:])}, wait, yes)
		},
	}
	t.waitFlags(c, &wait, &yes)
	return c
}

func (t *tree) clusterRedistribute() *cobra.Command {
	return t.clusterCommand("redistribute CLUSTER", "Have a cluster copy its configuration to all its nodes once more", cobra.ExactArgs(1), func(cluster string, _ []string) core.Op {
		return core.RedistributeConfig{Cluster: cluster}
	})
}

func (t *tree) clusterTag() *cobra.Command {
	return t.clusterCommand("tag CLUSTER TAG...", "Put tags on a cluster", cobra.MinimumNArgs(2), func(cluster string, tags []string) core.Op {
		return core.TagCluster{Cluster: cluster, Tags: tags}
	})
}

func (t *tree) clusterUntag() *cobra.Command {
	return t.clusterCommand("untag CLUSTER TAG...", "Take tags from a cluster", cobra.MinimumNArgs(2), func(cluster string, tags []string) core.Op {
		return core.UntagCluster{Cluster: cluster, Tags: tags}
	})
}
