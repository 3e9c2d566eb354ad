package command

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// inherited is the word for a value that the VM inherits from its cluster.
const inherited = "default"

// vmEdits are the options of vm edit, as they were typed.
type vmEdits struct {
	memory, least, vcpus string
	backend, hv, os      []string
	override             string
}

func (t *tree) vmEdit() *cobra.Command {
	var o vmEdits
	var wait, yes bool
	c := &cobra.Command{
		Use:   "edit VM...",
		Short: "Change memory, VCPUs and other parameters of VMs",
		Long: "Change memory, VCPUs and other parameters of VMs. The value default has the VM inherit that of its cluster.\n\n" +
			"What holds now is asked for first, and the change is refused where somebody else was faster. Hypervisor parameters that\n" +
			"name files, addresses or commands of the nodes are for who administers the cluster.",
		Example: "  gwm vm edit web1 --memory 4G --min-memory 1G --vcpus 4\n" +
			"  gwm vm edit web1 --hv serial_console=true --hv boot_order=default --be auto_balance=false --wait",
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
	f.StringArrayVar(&o.os, "os-param", nil, "a parameter of the operating system's scripts, NAME=VALUE")
	f.StringVar(&o.override, "override", "", "why the owner's quota may be exceeded; for administrators of the cluster")
	f.BoolVar(&wait, "wait", false, "follow the job and print its log")
	f.BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// editOps makes an Op a VM, with what the VM has now.
func (t *tree) editOps(ctx context.Context, names []string, o vmEdits) ([]core.Op, error) {
	params, err := o.params()
	if err != nil {
		return nil, err
	}
	var ops []core.Op
	for _, name := range names {
		op := core.EditVM{Params: slices.Clone(params), Override: o.override}
		if op.VM, err = t.Session.View().Find(core.KindVM, name); err != nil {
			op.VM = named(name)
			return nil, t.Session.Missed(ctx, op, err)
		}
		if len(params) > 0 && t.Session.Can(op).OK { // a refusal needs no answer of the cluster
			d, err := t.Session.VMDetail(ctx, op.VM)
			if err != nil {
				return nil, err
			}
			op.See(d)
		}
		ops = append(ops, op)
	}
	return ops, nil
}

func (o vmEdits) params() ([]core.ParamEdit, error) {
	var out []core.ParamEdit
	for _, f := range []struct{ name, value string }{{core.ParamMemory, o.memory}, {core.ParamMinMemory, o.least}} {
		if f.value != "" && f.value != inherited {
			mib, err := core.ParseSize(f.value)
			if err != nil {
				return nil, err
			}
			f.value = strconv.Itoa(mib)
		}
		if f.value != "" {
			out = append(out, paramEdit(f.name, f.value))
		}
	}
	if o.vcpus != "" {
		out = append(out, paramEdit(core.ParamVCPUs, o.vcpus))
	}
	for _, group := range []struct {
		flag, prefix string
		words        []string
	}{{"--be", core.BackendParam, o.backend}, {"--hv", core.HypervisorParam, o.hv}, {"--os-param", core.OSParam, o.os}} {
		for _, word := range group.words {
			name, value, ok := strings.Cut(word, "=")
			if !ok {
				return nil, core.Errorf(core.CodeInvalid, "%s %s has no value", group.flag, core.Printable(word)).WithHint("write NAME=VALUE")
			}
			out = append(out, paramEdit(group.prefix+name, value))
		}
	}
	return out, nil
}

func paramEdit(name, value string) core.ParamEdit {
	if value == inherited {
		return core.ParamEdit{Name: name, Inherit: true}
	}
	return core.ParamEdit{Name: name, Value: value}
}
