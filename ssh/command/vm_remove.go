package command

import (
	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vmDelete() *cobra.Command {
	c := t.power("delete VM...", "Delete VMs with their disks", nil, func(vm core.Ref) core.Op { return core.DeleteVM{VM: vm} })
	c.Long = "Delete VMs with all that is on their disks; those that run are shut down first.\n" +
		"Owner, rights, lock and tokens that gwm keeps for them go too. It cannot be taken back."
	c.Example = "  gwm vm delete web1\n  gwm vm delete berlin/web1 berlin/web2 --yes --wait"
	return c
}
