package command

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// partOf is the node group or network that was typed, with the cluster that has it:
// CLUSTER/NAME, or a bare name that only one of the visible clusters has.
func (t *tree) partOf(kind core.PartKind, text string) (cluster, name string, err error) {
	v := t.Session.View()
	if at, rest, ok := strings.Cut(text, "/"); ok {
		c, err := findCluster(v, at)
		return c.Cluster.Name, rest, err
	}
	var found []string
	for _, c := range v.Clusters() {
		if slices.Contains(partNames(kind, c.Info), text) {
			found = append(found, c.Cluster.Name)
		}
	}
	switch len(found) {
	case 0:
		return "", "", core.Errorf(core.CodeNotFound, "no %s named %q that you may see", partWord(kind), core.Printable(text)).WithHint("write CLUSTER/NAME")
	case 1:
		return found[0], text, nil
	}
	return "", "", core.Errorf(core.CodeInvalid, "%q is the name of several %ss: of %s", core.Printable(text), partWord(kind), strings.Join(found, ", ")).
		WithHint("write CLUSTER/NAME")
}

func partWord(kind core.PartKind) string {
	if kind == core.PartNodeGroup {
		return "node group"
	}
	return "network"
}

// partNames are the node groups or networks of a cluster.
func partNames(kind core.PartKind, info core.ClusterInfo) (names []string) {
	if kind == core.PartNodeGroup {
		for _, g := range info.NodeGroups {
			names = append(names, g.Name)
		}
		return names
	}
	for _, n := range info.Networks {
		names = append(names, n.Name)
	}
	return names
}

// allParts offers node groups or networks as CLUSTER/NAME.
func allParts(kind core.PartKind) func(v *core.View) []string {
	return func(v *core.View) (out []string) {
		for _, c := range v.Clusters() {
			for _, name := range partNames(kind, c.Info) {
				out = append(out, c.Cluster.Name+"/"+name)
			}
		}
		return out
	}
}

// groupsBeside offers the node groups of the cluster that the first argument names.
func (t *tree) groupsBeside(at int) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		return t.complete(at, func(v *core.View) (out []string) {
			for _, c := range v.Clusters() {
				if cluster, _, ok := strings.Cut(args[0], "/"); !ok || cluster == c.Cluster.Name {
					out = append(out, partNames(core.PartNodeGroup, c.Info)...)
				}
			}
			return out
		})(cmd, args, word)
	}
}

// byArgs completes each argument in its own way; the last one counts for those
// that follow.
func byArgs(each ...completer) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		return each[min(len(args), len(each)-1)](cmd, args, word)
	}
}

// partCommand makes a command that asks for one Op about a node group or a network,
// the first of its arguments.
func (t *tree) partCommand(kind core.PartKind, use, short string, args cobra.PositionalArgs, op func(cluster, name string, rest []string) core.Op) *cobra.Command {
	var wait, yes bool
	c := &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              args,
		ValidArgsFunction: t.complete(0, allParts(kind)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, name, err := t.partOf(kind, args[0])
			if err != nil {
				return err
			}
			return t.submit(cmd.Context(), []core.Op{op(cluster, name, args[1:])}, wait, yes)
		},
	}
	t.waitFlags(c, &wait, &yes)
	return c
}

func (t *tree) waitFlags(c *cobra.Command, wait, yes *bool) {
	c.Flags().BoolVar(wait, "wait", false, "follow the job and print its log")
	c.Flags().BoolVar(yes, "yes", false, "do not ask")
}

// partTag and partUntag are the commands about the tags of node groups or networks.
func (t *tree) partTag(kind core.PartKind, name string) *cobra.Command {
	return t.partCommand(kind, "tag "+name+" TAG...", "Put tags on a "+partWord(kind), cobra.MinimumNArgs(2), func(cluster, name string, tags []string) core.Op {
		return core.TagCluster{Cluster: cluster, Of: core.Part{Kind: kind, Name: name}, Tags: tags}
	})
}

func (t *tree) partUntag(kind core.PartKind, name string) *cobra.Command {
	return t.partCommand(kind, "untag "+name+" TAG...", "Take tags from a "+partWord(kind), cobra.MinimumNArgs(2), func(cluster, name string, tags []string) core.Op {
		return core.UntagCluster{Cluster: cluster, Of: core.Part{Kind: kind, Name: name}, Tags: tags}
	})
}
