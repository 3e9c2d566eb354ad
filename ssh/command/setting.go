package command

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// edits reads NAME=VALUE words; default is the value that is inherited.
func edits(words []string) ([]core.ParamEdit, error) {
	out := make([]core.ParamEdit, len(words))
	for i, word := range words {
		var err error
		if out[i], err = core.ParseSetting(word); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// set changes settings of a cluster or one of its node groups, as they are now.
func (t *tree) set(ctx context.Context, cluster, group string, words []string, wait, yes bool) error {
	params, err := edits(words)
	if err != nil {
		return err
	}
	op := core.SetClusterParams{Cluster: cluster, Group: group, Params: params}
	if d := t.Session.Can(op); d.OK {
		now, err := t.Session.Offer(ctx, cluster)
		if err == nil {
			err = op.See(now)
		}
		if err != nil {
			return err
		}
	}
	return t.submit(ctx, []core.Op{op}, wait, yes)
}

func (t *tree) clusterSet() *cobra.Command {
	var wait, yes bool
	c := &cobra.Command{
		Use:   "set CLUSTER SETTING...",
		Short: "Change what holds for a whole cluster: NAME=VALUE as cluster params shows them",
		Args:  cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := findCluster(t.Session.View(), args[0])
			if err != nil {
				return err
			}
			return t.set(cmd.Context(), found.Cluster.Name, "", args[1:], wait, yes)
		},
	}
	t.waitFlags(c, &wait, &yes)
	c.Example = "  gwm cluster set berlin be/maxmem=512 policy/max/memory-size=16384 --wait\n  gwm cluster set berlin default_iallocator=hail hv/kvm/acpi=true"
	c.ValidArgsFunction = byArgs(t.complete(0, clusterNames), t.settingsOf(func(arg string) (string, string) { return arg, "" }))
	return c
}

func (t *tree) nodegroupSet() *cobra.Command {
	var wait, yes bool
	c := &cobra.Command{
		Use:   "set NODEGROUP SETTING...",
		Short: "Change what holds for a node group: NAME=VALUE as cluster params shows them, NAME=default for the cluster's",
		Args:  cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, name, err := t.partOf(core.PartNodeGroup, args[0])
			if err != nil {
				return err
			}
			return t.set(cmd.Context(), cluster, name, args[1:], wait, yes)
		},
	}
	t.waitFlags(c, &wait, &yes)
	c.Example = "  gwm nodegroup set berlin/rack2 alloc_policy=unallocable\n  gwm nodegroup set berlin/rack2 policy/max/cpu-count=8 nd/ssh_port=default --wait"
	c.ValidArgsFunction = byArgs(t.complete(0, allParts(core.PartNodeGroup)), t.settingsOf(func(arg string) (string, string) {
		cluster, name, err := t.partOf(core.PartNodeGroup, arg)
		if err != nil {
			return "", ""
		}
		return cluster, name
	}))
	return c
}

// settingsOf completes names of settings, with the values that they have now.
func (t *tree) settingsOf(of func(arg string) (cluster, group string)) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		cluster, group := of(args[0])
		now, err := t.Session.Offer(cmd.Context(), cluster)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		settings, _ := now.Settings(group)
		return t.complete(-1, func(*core.View) (out []string) {
			for _, p := range settings {
				out = append(out, p.Name+"="+p.Value)
			}
			return out
		})(cmd, args, word)
	}
}

func (t *tree) clusterParams() *cobra.Command {
	var group string
	c := &cobra.Command{
		Use:   "params CLUSTER [WORD]",
		Short: "Show the settings of a cluster, or of a node group of it, those with a word in their name or all",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := findCluster(t.Session.View(), args[0])
			if err != nil {
				return err
			}
			now, err := t.Session.Offer(cmd.Context(), found.Cluster.Name)
			if err != nil {
				return err
			}
			settings, ok := now.Settings(group)
			if !ok {
				return core.Errorf(core.CodeNotFound, "%s has no node group %s", found.Cluster.Name, core.Printable(group))
			}
			if len(args) == 2 {
				settings = slices.DeleteFunc(settings, func(p core.Param) bool { return !strings.Contains(p.Name, args[1]) })
			}
			header := []string{"NAME", "VALUE"}
			if group != "" {
				header = append(header, "OF ITS OWN")
			}
			return list(t, settings, header, func(p core.Param) []string {
				return []string{p.Name, orDash(p.Value), yesNo(p.Custom)}[:len(header)]
			})
		},
	}
	c.Flags().StringVar(&group, "group", "", "of this node group")
	c.Example = "  gwm cluster params berlin policy\n  gwm cluster params berlin --group rack2"
	c.ValidArgsFunction = t.complete(0, clusterNames)
	_ = c.RegisterFlagCompletionFunc("group", t.groupsBeside(-1))
	return c
}
