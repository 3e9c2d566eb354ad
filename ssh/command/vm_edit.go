package command

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"gwm/core"
)

// vmEdits are the options of vm edit, as they were typed.
type vmEdits struct {
	memory, least, vcpus        string
	backend, hv, osParams       []string
	os                          string
	offline, online             bool
	nics, addNICs, removeNICs   []string
	disks, addDisks, removeDisk []string
	hotplug, force, restart     bool
	override                    string
}

func (t *tree) vmEdit() *cobra.Command {
	var o vmEdits
	var wait, yes bool
	c := &cobra.Command{
		Use:   "edit VM...",
		Short: "Change memory, VCPUs, NICs, disks and other settings of VMs",
		Long: "Change memory, VCPUs, NICs, disks and other settings of VMs. The value default has the VM inherit that of its cluster,\n" +
			"none gives up the address, the network or the name of a NIC, or the name of a disk.\n\n" +
			"NICs and disks are counted from 0, as vm show lists them now; those that are added come after the others. To make a\n" +
			"disk larger, grow it. A disk is removed with everything on it, and only from a VM that is down.\n\n" +
			"What holds now is asked for first, and the change is refused where somebody else was faster. Hypervisor parameters that\n" +
			"name files or commands of the nodes, and in which network a NIC is, are for who administers the cluster.",
		Example: "  gwm vm edit web1 --memory 4G --min-memory 1G --vcpus 4 --restart\n" +
			"  gwm vm edit web1 --hv serial_console=true --hv boot_order=default --be auto_balance=false --wait\n" +
			"  gwm vm edit web1 --add-nic network=lan,ip=pool --nic 0:ip=192.0.2.7 --remove-nic 1\n" +
			"  gwm vm edit web1 --add-disk 10G,name=data --disk 0:name=root --remove-disk 1",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: t.complete(-1, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			ops, err := t.editOps(cmd.Context(), args, o)
			if err != nil {
				return err
			}
			return t.submit(cmd.Context(), ops, wait, yes)
		},
	}
	f := c.Flags()
	f.StringVar(&o.memory, "memory", "", "the most memory, for example 4G")
	f.StringVar(&o.least, "min-memory", "", "the least memory, for example 1G")
	f.StringVar(&o.vcpus, "vcpus", "", "the number of virtual processors")
	f.StringArrayVar(&o.backend, "be", nil, "another backend parameter, NAME=VALUE: auto_balance, always_failover, spindle_use")
	f.StringArrayVar(&o.hv, "hv", nil, "a hypervisor parameter, NAME=VALUE; vm show lists them")
	f.StringVar(&o.os, "os", "", "the operating system that the next installation takes; nothing is installed now")
	f.BoolVar(&o.force, "force-variant", false, "with --os, also a variant that the cluster does not know")
	f.StringArrayVar(&o.osParams, "os-param", nil, "a parameter of the operating system's scripts, NAME=VALUE")
	f.StringArrayVar(&o.addNICs, "add-nic", nil, "a new NIC: default, or network=, ip=, mac=, mode=, link=, vlan=, name= with commas between")
	f.StringArrayVar(&o.nics, "nic", nil, "change a NIC: its number, a colon, what is to be set; 0:ip=none,name=first")
	f.StringArrayVar(&o.removeNICs, "remove-nic", nil, "the number of a NIC to remove")
	f.StringArrayVar(&o.addDisks, "add-disk", nil, "a new disk: its size, then name=, mode= with commas between; 10G,name=data")
	f.StringArrayVar(&o.disks, "disk", nil, "change a disk: its number, a colon, name= or mode=rw or ro; 0:name=root")
	f.StringArrayVar(&o.removeDisk, "remove-disk", nil, "the number of a disk to remove, with everything on it")
	f.BoolVar(&o.hotplug, "hotplug", false, "change NICs and disks of VMs that run at once, where their hypervisor can do that")
	f.BoolVar(&o.restart, "restart", false, "restart VMs in full afterwards, so that all of it holds")
	f.BoolVar(&o.offline, "offline", false, "mark VMs that are down as offline: they cannot be started")
	f.BoolVar(&o.online, "online", false, "take that mark off")
	f.StringVar(&o.override, "override", "", "why the owner's quota may be exceeded; for administrators of the cluster")
	f.BoolVar(&wait, "wait", false, "follow the job and print its log")
	f.BoolVar(&yes, "yes", false, "do not ask")
	c.MarkFlagsMutuallyExclusive("offline", "online")
	return c
}

// editOps makes an Op a VM, with what the VM has now.
func (t *tree) editOps(ctx context.Context, names []string, o vmEdits) ([]core.Op, error) {
	edit, err := o.op()
	if err != nil {
		return nil, err
	}
	var ops []core.Op
	for _, name := range names {
		op := edit
		op.Params, op.NICs, op.Disks = slices.Clone(edit.Params), slices.Clone(edit.NICs), slices.Clone(edit.Disks)
		if op.VM, err = t.Session.View().Find(core.KindVM, name); err != nil {
			op.VM = named(name)
			return nil, t.Session.Missed(ctx, op, err)
		}
		if len(op.Params)+len(op.NICs)+len(op.Disks) > 0 && t.Session.Can(op).OK { // a refusal needs no answer of the cluster
			d, err := t.Session.VMDetail(ctx, op.VM)
			if err != nil {
				return nil, err
			}
			if err := op.See(d); err != nil {
				return nil, err
			}
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// op is the edit without a VM.
func (o vmEdits) op() (core.EditVM, error) {
	op := core.EditVM{Hotplug: o.hotplug, Force: o.force, Restart: o.restart, Override: o.override}
	var err error
	if op.Params, err = o.params(); err != nil {
		return op, err
	}
	if op.NICs, err = read(op.NICs, o.nics, core.ParseNICEdit); err != nil {
		return op, err
	}
	if op.AddNICs, err = read(op.AddNICs, o.addNICs, core.ParseNewNIC); err != nil {
		return op, err
	}
	if op.Disks, err = read(op.Disks, o.disks, core.ParseDiskEdit); err != nil {
		return op, err
	}
	if op.AddDisks, err = read(op.AddDisks, o.addDisks, core.ParseNewDisk); err != nil {
		return op, err
	}
	if op.NICs, err = read(op.NICs, o.removeNICs, func(word string) (core.NICEdit, error) {
		index, err := deviceIndex("NIC", word)
		return core.NICEdit{Index: index, Remove: true}, err
	}); err != nil {
		return op, err
	}
	op.Disks, err = read(op.Disks, o.removeDisk, func(word string) (core.DiskEdit, error) {
		index, err := deviceIndex("disk", word)
		return core.DiskEdit{Index: index, Remove: true}, err
	})
	return op, err
}

// read adds what words say.
func read[T any](list []T, words []string, parse func(string) (T, error)) ([]T, error) {
	for _, word := range words {
		v, err := parse(word)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func deviceIndex(what, word string) (int, error) {
	index, err := strconv.Atoi(word)
	if err != nil || index < 0 {
		return 0, core.Errorf(core.CodeInvalid, "%q is not the number of a %s", core.Printable(word), what).WithHint("they are counted from 0")
	}
	return index, nil
}

func (o vmEdits) params() ([]core.ParamEdit, error) {
	var out []core.ParamEdit
	for _, f := range []struct{ name, value string }{{core.ParamMemory, o.memory}, {core.ParamMinMemory, o.least}} {
		if f.value != "" && f.value != core.DefaultWord {
			mib, err := core.ParseSize(f.value)
			if err != nil {
				return nil, err
			}
			f.value = strconv.Itoa(mib)
		}
		if f.value != "" {
			out = append(out, core.SetParam(f.name, f.value))
		}
	}
	if o.vcpus != "" {
		out = append(out, core.SetParam(core.ParamVCPUs, o.vcpus))
	}
	if o.os != "" {
		out = append(out, core.ParamEdit{Name: core.ParamOS, Value: o.os})
	}
	if o.offline || o.online {
		out = append(out, core.ParamEdit{Name: core.ParamOffline, Value: strconv.FormatBool(o.offline)})
	}
	for _, group := range []struct {
		prefix string
		words  []string
	}{{core.BackendParam, o.backend}, {core.HypervisorParam, o.hv}, {core.OSParam, o.osParams}} {
		given, err := edits(group.words)
		if err != nil {
			return nil, err
		}
		for _, e := range given {
			e.Name = group.prefix + e.Name
			out = append(out, e)
		}
	}
	return out, nil
}
