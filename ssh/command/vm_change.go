package command

import (
	"strconv"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vmReinstall() *cobra.Command {
	var op core.ReinstallVM
	var params []string
	c := t.power("reinstall VM...", "Install the operating system of VMs anew", func(c *cobra.Command) {
		c.Flags().StringVar(&op.OS, "os", "", "another operating system; else the one that it has")
		c.Flags().StringArrayVar(&params, "os-param", nil, "NAME=VALUE, a parameter of the operating system; may be repeated")
		c.Flags().BoolVar(&op.Stopped, "no-start", false, "do not start it afterwards")
	}, func(vm core.Ref) core.Op {
		op := op
		op.VM = vm
		return op
	})
	c.PreRunE = func(*cobra.Command, []string) (err error) {
		op.Params, err = assignments(params)
		return err
	}
	c.Long = "Shut VMs down and install their operating system anew; all that is on their disks is lost."
	c.Example = "  gwm vm reinstall web1\n  gwm vm reinstall web1 --os debootstrap+default --os-param fs=ext4 --wait"
	_ = c.RegisterFlagCompletionFunc("os", t.complete(-1, osNames))
	return c
}

// osNames are the operating systems of all clusters that can be seen.
func osNames(v *core.View) []string {
	var names []string
	for _, c := range v.Clusters() {
		names = append(names, c.Info.OSes...)
	}
	return names
}

func (t *tree) vmGrow() *cobra.Command {
	var by, to, override string
	var wait, yes bool
	c := &cobra.Command{
		Use:               "grow VM DISK",
		Short:             "Make a disk of a VM larger",
		Long:              "Make a disk of a VM larger: by an amount, or to a size. Disks are numbered from 0; vm show lists them.\nIt cannot be made smaller again.",
		Example:           "  gwm vm grow web1 0 --by 10G\n  gwm vm grow web1 1 --to 100G --wait",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: t.complete(0, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			op := core.GrowDisk{VM: named(args[0]), Override: override}
			disk, err := strconv.Atoi(args[1])
			if err != nil {
				return core.Errorf(core.CodeInvalid, "%q is not the number of a disk", core.Printable(args[1])).
					WithHint("disks are numbered from 0; vm show lists them")
			}
			op.Disk = disk
			if op.By, err = sizeOr(by); err != nil {
				return err
			}
			if op.To, err = sizeOr(to); err != nil {
				return err
			}
			ref, err := t.Session.View().Find(core.KindVM, args[0])
			if err != nil {
				return t.Session.Missed(cmd.Context(), op, err)
			}
			op.VM = ref
			return t.submit(cmd.Context(), []core.Op{op}, wait, yes)
		},
	}
	c.Flags().StringVar(&by, "by", "", "how much larger, for example 10G")
	c.Flags().StringVar(&to, "to", "", "the size that it is to have, for example 100G")
	c.Flags().StringVar(&override, "override", "", "why the owner's quota may be exceeded; for administrators of the cluster")
	waitFlags(c, &wait, &yes)
	return c
}

// sizeOr reads a size; an empty one is 0.
func sizeOr(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	return core.ParseSize(text)
}

func waitFlags(c *cobra.Command, wait, yes *bool) {
	c.Flags().BoolVar(wait, "wait", false, "follow the job and print its log")
	c.Flags().BoolVar(yes, "yes", false, "do not ask")
}

func (t *tree) vmRename() *cobra.Command {
	c := t.onOneVM("rename VM NAME", "Give a VM that is down another name", 2, func(vm core.Ref, args []string, flags *cobra.Command) core.Op {
		op := core.RenameVM{VM: vm, Name: args[0]}
		op.NoCheck, _ = flags.Flags().GetBool("no-name-check")
		op.InUse, _ = flags.Flags().GetBool("no-ip-check")
		return op
	})
	c.Flags().Bool("no-name-check", false, "the name need not resolve")
	c.Flags().Bool("no-ip-check", false, "its address may answer already")
	c.Long = "Give a VM that is down another name, written with its domain.\nIts owner, rights and tokens in gwm follow."
	c.Example = "  gwm vm rename web1 web2.example.org --wait"
	return c
}

func (t *tree) vmTag() *cobra.Command {
	c := t.onOneVM("tag VM TAG...", "Put tags on a VM", -1, func(vm core.Ref, args []string, _ *cobra.Command) core.Op {
		return core.TagVM{VM: vm, Tags: args}
	})
	c.Example = "  gwm vm tag web1 env:prod web"
	return c
}

func (t *tree) vmUntag() *cobra.Command {
	c := t.onOneVM("untag VM TAG...", "Take tags from a VM", -1, func(vm core.Ref, args []string, _ *cobra.Command) core.Op {
		return core.UntagVM{VM: vm, Tags: args}
	})
	c.Example = "  gwm vm untag web1 env:test --wait"
	return c
}

// onOneVM makes a command of which the first word is a VM and the others are of
// the Op; count is how many words there are in all, -1 for two or more.
func (t *tree) onOneVM(use, short string, count int, op func(vm core.Ref, args []string, flags *cobra.Command) core.Op) *cobra.Command {
	var wait, yes bool
	args := cobra.MinimumNArgs(2)
	if count > 0 {
		args = cobra.ExactArgs(count)
	}
	c := &cobra.Command{
		Use: use, Short: short, Args: args, ValidArgsFunction: t.complete(0, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := t.Session.View().Find(core.KindVM, args[0])
			if err != nil {
				return t.Session.Missed(cmd.Context(), op(named(args[0]), args[1:], cmd), err)
			}
			return t.submit(cmd.Context(), []core.Op{op(ref, args[1:], cmd)}, wait, yes)
		},
	}
	waitFlags(c, &wait, &yes)
	return c
}
