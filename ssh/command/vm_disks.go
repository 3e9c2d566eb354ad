package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vmDisks() *cobra.Command {
	return groupCommand("disks", "Activate, replace and recreate the disks of VMs",
		t.disksActivate(), t.disksDeactivate(), t.disksReplace(), t.disksRecreate())
}

func (t *tree) disksActivate() *cobra.Command {
	var ignore bool
	return t.power("activate VM...", "Make the disks of VMs that are down reachable on their node", func(c *cobra.Command) {
		c.Flags().BoolVar(&ignore, "ignore-size", false, "also where their sizes are not those that the cluster wrote down")
	}, func(vm core.Ref) core.Op { return core.ActivateDisks{VM: vm, IgnoreSize: ignore} })
}

func (t *tree) disksDeactivate() *cobra.Command {
	return t.power("deactivate VM...", "End that the disks of VMs that are down are reachable", nil,
		func(vm core.Ref) core.Op { return core.DeactivateDisks{VM: vm} })
}

func (t *tree) disksRecreate() *cobra.Command {
	return t.power("recreate VM...", "Make the disks of VMs that are down anew and empty, after they were lost", nil,
		func(vm core.Ref) core.Op { return core.RecreateDisks{VM: vm} })
}

func (t *tree) disksReplace() *cobra.Command {
	var mode, to string
	c := t.power("replace VM...", "Make one copy of the disks of VMs with DRBD anew from the other", func(c *cobra.Command) {
		c.Flags().StringVar(&mode, "mode", string(core.ReplaceAuto), "auto (what is broken), primary, secondary (in place), or new (on another node)")
		c.Flags().StringVar(&to, "to", "", "the node for the new second copy; else the cluster chooses")
	}, func(vm core.Ref) core.Op {
		return core.ReplaceDisks{VM: vm, Mode: core.ReplaceMode(mode), To: t.nodeBeside(vm, to)}
	})
	c.Example = "  gwm vm disks replace web1\n  gwm vm disks replace web1 --mode new --to node3 --wait"
	_ = c.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions([]string{"auto", "primary", "secondary", "new"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("to", t.complete(-1, nodeNames))
	return c
}
