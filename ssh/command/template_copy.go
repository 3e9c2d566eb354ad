package command

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// assigned writes parameters as NAME=VALUE, sorted.
func assigned(values map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out = append(out, name+"="+values[name])
	}
	return out
}

func (t *tree) templateFromVM() *cobra.Command {
	var name, description string
	c := &cobra.Command{
		Use:   "from-vm VM",
		Short: "Make a template of a VM",
		Long: "Make a template of a VM of any hypervisor: its size, disks, network interfaces, system, and the parameters\n" +
			"that are its own. Names, addresses and places are left out. It is for who may create VMs on its cluster.",
		Example:           "  gwm template from-vm web1 --as small-web",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			vm, err := t.Session.View().Find(core.KindVM, args[0])
			if err != nil {
				return err
			}
			op := core.SaveTemplate{Template: core.Template{Cluster: vm.Cluster, Name: name, Description: description}}
			if name == "" {
				op.Template.Name, _, _ = strings.Cut(vm.Name, ".")
			}
			if err := t.check(cmd.Context(), op); err != nil {
				return err
			}
			if op.Template.VM, err = t.Session.TemplateOf(cmd.Context(), vm); err != nil {
				return err
			}
			return t.do(cmd.Context(), op, true)
		},
	}
	c.Flags().StringVar(&name, "as", "", "the name of the template; else that of the VM, up to the first dot")
	c.Flags().StringVar(&description, "description", "", "what it is for")
	return c
}

func (t *tree) templateCopy() *cobra.Command {
	return &cobra.Command{
		Use:   "copy TEMPLATE CLUSTER/TEMPLATE",
		Short: "Copy a template, also to another cluster",
		Long: "Copy a template, also to another cluster; where only a cluster is named, under the same name. What that cluster does not offer\n" +
			"is told; the template is copied as it is, to be changed there.",
		Example: "  gwm template copy berlin/small paris\n  gwm template copy berlin/small berlin/small-2",
		Args:    cobra.ExactArgs(2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return t.complete(0, t.templateNames)(cmd, args, word)
			}
			return t.complete(1, clusterNames)(cmd, args, word)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			to, as, _ := strings.Cut(args[1], "/")
			op := core.CopyTemplate{To: to, As: as}
			tpl, err := t.findTemplate(cmd.Context(), args[0])
			if err != nil {
				op.Cluster, op.Name, _ = strings.Cut(core.Printable(args[0]), "/")
				return t.Session.Missed(cmd.Context(), op, err)
			}
			op.Cluster, op.Name = tpl.Cluster, tpl.Name
			c, err := findCluster(t.Session.View(), to)
			if err != nil {
				return t.Session.Missed(cmd.Context(), op, err)
			}
			op.To = c.Cluster.Name
			if err := t.do(cmd.Context(), op, true); err != nil || op.To == op.Cluster {
				return err
			}
			misfits, err := t.Session.TemplateMisfits(cmd.Context(), op.Cluster, op.Name, op.To)
			if err != nil {
				t.note("it is not known what of it %s offers: %s", op.To, core.Printable(core.AsError(err).Message))
				return nil
			}
			t.noteMisfits(op.To, misfits)
			return nil
		},
	}
}

func (t *tree) templateRemove() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:               "remove TEMPLATE",
		Short:             "Remove a template; no VM changes",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, t.templateNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			tpl, err := t.findTemplate(cmd.Context(), args[0])
			if err != nil {
				op := core.RemoveTemplate{}
				op.Cluster, op.Name, _ = strings.Cut(core.Printable(args[0]), "/")
				return t.Session.Missed(cmd.Context(), op, err)
			}
			return t.do(cmd.Context(), core.RemoveTemplate{Cluster: tpl.Cluster, Name: tpl.Name, Was: &tpl}, yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}
