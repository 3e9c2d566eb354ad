package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vmMigrate() *cobra.Command {
	var mode, to string
	var failover, cleanup bool
	c := t.power("migrate VM...", "Move VMs to another node while they run", func(c *cobra.Command) {
		c.Flags().StringVar(&mode, "mode", "", "live (it runs meanwhile) or paused (it stands still); else as its hypervisor is set")
		c.Flags().StringVar(&to, "to", "", "the node to move to; else the cluster chooses")
		c.Flags().BoolVar(&failover, "failover", false, "fail over those that are down instead of refusing them")
		c.Flags().BoolVar(&cleanup, "cleanup", false, "move nothing, tidy up after a migration that broke off")
	}, func(vm core.Ref) core.Op {
		return core.MigrateVM{VM: vm, Mode: migrationMode(mode), To: t.nodeBeside(vm, to), Down: failover, Cleanup: cleanup}
	})
	c.Example = "  gwm vm migrate web1\n  gwm vm migrate web1 --to node2 --mode live --wait"
	_ = c.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions([]string{"live", "paused"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("to", t.complete(-1, nodeNames))
	return c
}

func (t *tree) vmFailover() *cobra.Command {
	var to string
	var ignore bool
	c := t.power("failover VM...", "Stop VMs and start them on another node, also when their node is dead", func(c *cobra.Command) {
		c.Flags().StringVar(&to, "to", "", "the node to move to; else the cluster chooses")
		c.Flags().BoolVar(&ignore, "ignore-consistency", false, "do not look whether the copy of the disks is up to date: data may be lost")
	}, func(vm core.Ref) core.Op { return core.FailoverVM{VM: vm, To: t.nodeBeside(vm, to), Ignore: ignore} })
	_ = c.RegisterFlagCompletionFunc("to", t.complete(-1, nodeNames))
	return c
}

// migrationMode reads the word of a flag; what is none is left for core to refuse.
func migrationMode(word string) core.MigrationMode {
	if word == "paused" {
		return core.MigratePaused
	}
	return core.MigrationMode(word)
}

// nodeBeside is the node that a flag names, of the cluster of a VM; short names
// will do. What is unknown keeps its name, for core to refuse.
func (t *tree) nodeBeside(vm core.Ref, name string) core.Ref {
	if name == "" {
		return core.Ref{}
	}
	if r, err := t.Session.View().Find(core.KindNode, vm.Cluster+"/"+name); err == nil {
		return r
	}
	return core.NodeRef(vm.Cluster, name)
}
