package command

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) nodePowercycle() *cobra.Command {
	var force bool
	c := t.nodeCommand("powercycle NODE", "Restart a node without a shutdown", 1, func(n *core.Node, _ []string) core.Op {
		if len(n.Primary) > 0 {
			t.note("these stop with it: %s", core.Printable(words(n.Primary)))
		}
		return core.PowercycleNode{Node: n.Ref(), Force: force}
	})
	c.Flags().BoolVar(&force, "force", false, "the master too")
	c.Example = "  gwm node evacuate node3 --wait && gwm node powercycle node3"
	return c
}

func (t *tree) nodeEdit() *cobra.Command {
	var master, vms, promote bool
	var params []string
	var given []core.ParamEdit
	var c *cobra.Command
	c = t.nodeCommand("edit NODE", "Change what a node may do, and its parameters", 1, func(n *core.Node, _ []string) core.Op {
		o := core.EditNode{Node: n.Ref(), Promote: promote}
		if c.Flags().Changed("master-capable") && master != n.MasterCapable {
			o.MasterCapable = &master
		}
		if c.Flags().Changed("vm-capable") && vms != n.VMCapable {
			o.VMCapable = &vms
		}
		o.Params = slices.Clone(given)
		for i, e := range given {
			if at := slices.IndexFunc(n.Params, func(p core.Param) bool { return p.Name == e.Name }); at >= 0 {
				o.Params[i].Was = new(n.Params[at])
			}
		}
		return o
	})
	c.PreRunE = func(*cobra.Command, []string) (err error) {
		given, err = edits(params)
		return err
	}
	c.Flags().BoolVar(&master, "master-capable", false, "whether it may become master")
	c.Flags().BoolVar(&vms, "vm-capable", false, "whether it may hold VMs")
	c.Flags().BoolVar(&promote, "promote", false, "let the cluster make another node a master candidate where one is missing then")
	c.Flags().StringArrayVar(&params, "param", nil, "a parameter: NAME=VALUE, with the value default for the one of its group")
	c.Example = "  gwm node edit node3 --vm-capable=false\n  gwm node edit node3 --param ssh_port=2222 --wait"
	_ = c.RegisterFlagCompletionFunc("param", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, name := range core.NodeParams() {
			names = append(names, name+"=")
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	return c
}

func (t *tree) nodeTag() *cobra.Command {
	c := t.nodeCommand("tag NODE TAG...", "Put tags on a node", -1, func(n *core.Node, args []string) core.Op {
		return core.TagNode{Node: n.Ref(), Tags: args[1:]}
	})
	c.Example = "  gwm node tag node3 rack:7"
	return c
}

func (t *tree) nodeUntag() *cobra.Command {
	c := t.nodeCommand("untag NODE TAG...", "Take tags from a node", -1, func(n *core.Node, args []string) core.Op {
		return core.UntagNode{Node: n.Ref(), Tags: args[1:]}
	})
	c.Example = "  gwm node untag node3 rack:7 --wait"
	return c
}

func (t *tree) nodeStorage() *cobra.Command {
	return groupCommand("storage", "The storage of a node: volume groups, volumes, directories", t.storageList(), t.storageSet(), t.storageRepair())
}

func (t *tree) storageList() *cobra.Command {
	var kind string
	c := &cobra.Command{
		Use:               "list NODE",
		Short:             "List the storage of a node; its cluster asks it with a job",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, nodeNames),
		Example:           "  gwm node storage list node3 --type lvm-vg",
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := t.Session.View().Find(core.KindNode, args[0])
			if err != nil {
				return err
			}
			units, err := t.Session.Storage(cmd.Context(), ref, kind)
			if err != nil {
				return err
			}
			return list(t, units, []string{"TYPE", "NAME", "SIZE", "USED", "FREE", "NEW DISKS"}, func(u core.StorageUnit) []string {
				return []string{orDash(u.Type), u.Name, mib(u.SizeMiB), mib(u.UsedMiB), mib(u.FreeMiB), yesNo(u.Allocatable)}
			})
		},
	}
	t.storageKind(c, &kind, "")
	return c
}

func (t *tree) storageSet() *cobra.Command {
	var kind string
	var open bool
	c := t.nodeCommand("set NODE NAME", "Open a physical volume of a node to new disks, or close it", 2, func(n *core.Node, args []string) core.Op {
		return core.SetStorage{Node: n.Ref(), Type: kind, Name: args[1], Allocatable: open}
	})
	c.Flags().BoolVar(&open, "allocatable", true, "whether new disks may be put there")
	c.Example = "  gwm node storage set node3 /dev/sdb --allocatable=false"
	t.storageKind(c, &kind, core.StorageVolume)
	return c
}

func (t *tree) storageRepair() *cobra.Command {
	var kind string
	c := t.nodeCommand("repair NODE NAME", "Put a volume group of a node in order that lost a volume", 2, func(n *core.Node, args []string) core.Op {
		return core.RepairStorage{Node: n.Ref(), Type: kind, Name: args[1]}
	})
	c.Example = "  gwm node storage repair node3 xenvg"
	t.storageKind(c, &kind, core.StorageGroup)
	return c
}

func (t *tree) storageKind(c *cobra.Command, kind *string, usual string) {
	help := "the kind of storage: " + strings.Join(core.StorageTypes(), ", ")
	if usual == "" {
		help += "; else every kind that the cluster keeps disks in"
	}
	c.Flags().StringVar(kind, "type", usual, help)
	_ = c.RegisterFlagCompletionFunc("type", cobra.FixedCompletions(core.StorageTypes(), cobra.ShellCompDirectiveNoFileComp))
}
