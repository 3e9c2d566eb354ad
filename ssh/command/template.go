package command

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"gwm/core"
)

func (t *tree) template() *cobra.Command {
	return groupCommand("template", "What VMs are made from",
		t.templateList(), t.templateShow(), t.templateSave(), t.templateFromVM(), t.templateCopy(), t.templateRemove())
}

// templateNames completes CLUSTER/TEMPLATE.
func (t *tree) templateNames(*core.View) []string {
	list, _ := t.Session.Templates(context.Background(), "") // it reads what is in memory
	return each(list, core.Template.Path)
}

// findTemplate reads CLUSTER/TEMPLATE, or a bare name that one cluster has. op is
// what is asked for: recorded where there is none that the person may use.
func (t *tree) findTemplate(ctx context.Context, text string) (core.Template, error) {
	if !strings.Contains(text, "/") {
		list, err := t.Session.Templates(ctx, "")
		if err != nil {
			return core.Template{}, err
		}
		var found []core.Template
		for _, tpl := range list {
			if tpl.Name == text {
				found = append(found, tpl)
			}
		}
		switch len(found) {
		case 0:
			return core.Template{}, core.Unknown("template", text).WithHint("template list shows those that you may use")
		case 1:
			return found[0], nil
		}
		return core.Template{}, core.Errorf(core.CodeInvalid, "%q is the name of several templates: %s", core.Printable(text), strings.Join(each(found, core.Template.Path), ", ")).
			WithHint("write CLUSTER/TEMPLATE")
	}
	cluster, name, err := core.ParseTemplate(text)
	if err != nil {
		return core.Template{}, err
	}
	return t.Session.Template(ctx, cluster, name)
}

func (t *tree) templateList() *cobra.Command {
	return &cobra.Command{
		Use:               "list [CLUSTER]",
		Short:             "List the templates of a cluster, or of all on which you may create VMs",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, err := t.clusterArg(args, 0)
			if err != nil {
				return err
			}
			rows, err := t.Session.Templates(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			header := []string{"CLUSTER", "NAME", "SYSTEM", "HYPERVISOR", "VCPUS", "MEMORY", "DISK", "NICS", "DESCRIPTION"}
			return list(t, rows, header, func(tpl core.Template) []string {
				vm := tpl.VM
				return []string{
					tpl.Cluster, tpl.Name, vm.OS, orDash(vm.Hypervisor), number(vm.VCPUs), mib(vm.MemoryMiB),
					mib(tpl.DiskMiB()) + " " + vm.DiskTemplate, number(len(vm.NICs)), orDash(tpl.Description),
				}
			})
		},
	}
}

func (t *tree) templateShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show TEMPLATE",
		Short:             "Show a template, and the command that makes a VM of it",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, t.templateNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			tpl, err := t.findTemplate(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return object(t, tpl, templateFields(tpl))
		},
	}
}

func templateFields(tpl core.Template) [][2]string {
	vm := tpl.VM
	start := "yes"
	if !vm.Start {
		start = "no"
	}
	f := [][2]string{
		{"cluster", tpl.Cluster},
		{"name", tpl.Name},
		{"description", orDash(tpl.Description)},
		{"system", vm.OS},
		{"hypervisor", orDash(vm.Hypervisor)},
		{"vcpus", number(vm.VCPUs)},
		{"memory", mib(vm.MemoryMiB)},
		{"disk template", vm.DiskTemplate},
		{"start", start},
		{"tags", words(vm.Tags)},
		{"by", tpl.By},
		{"at", stamp(tpl.At)},
	}
	if vm.MinMemoryMiB > 0 {
		f = append(f, [2]string{"least memory", mib(vm.MinMemoryMiB)})
	}
	for i, d := range vm.Disks {
		f = append(f, [2]string{"disk/" + number(i), d.String()})
	}
	for i, n := range vm.NICs {
		f = append(f, [2]string{"nic/" + number(i), n.String()})
	}
	for _, set := range []struct {
		prefix string
		values map[string]string
	}{{"be", vm.Backend}, {"hv", vm.HypervisorParams}, {"os", vm.OSParams}} {
		for _, word := range assigned(set.values) {
			name, value, _ := strings.Cut(word, "=")
			f = append(f, [2]string{set.prefix + "/" + name, orDash(value)})
		}
	}
	return append(f, [2]string{"create", "gwm vm create " + tpl.Cluster + "/NAME --template " + tpl.Path()})
}

// notOfTemplates are the flags of a new VM that a template does not say.
func notOfTemplates() []string {
	return []string{"node", "secondary", "group", "iallocator", "owner", "override", "dry-run", "ignore-policy", "from-backup"}
}

func (t *tree) templateSave() *cobra.Command {
	var w createWords
	var description string
	var replace bool
	c := &cobra.Command{
		Use:   "save CLUSTER/TEMPLATE",
		Short: "Keep what VMs are made of as a template",
		Long: "Keep what VMs of a cluster are made of as a template: everything but name, owner and place.\n" +
			"What is not said is as the cluster makes VMs by default. With --replace flags change a template that is there.",
		Example: "  gwm template save berlin/small --os debootstrap+default --disk 10G --memory 1G --description 'for tests'\n" +
			"  gwm template save berlin/small --replace --memory 2G",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, t.templateNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			op := core.SaveTemplate{}
			var err error
			if op.Template.Cluster, op.Template.Name, err = core.ParseTemplate(args[0]); err != nil {
				return err
			}
			words := &w
			if replace {
				was, err := t.Session.Template(cmd.Context(), op.Template.Cluster, op.Template.Name)
				if err != nil {
					return t.Session.Missed(cmd.Context(), op, err)
				}
				op.Was, op.Template.Description = &was, was.Description
				if words, err = overlaid(cmd.Flags(), was.Flags()); err != nil {
					return err
				}
			}
			if cmd.Flags().Changed("description") {
				op.Template.Description = description
			}
			return t.saveTemplate(cmd.Context(), op, words)
		},
	}
	all := pflag.NewFlagSet("all", pflag.ContinueOnError)
	w.flags(all)
	all.VisitAll(func(f *pflag.Flag) {
		for _, name := range notOfTemplates() {
			if f.Name == name {
				return
			}
		}
		c.Flags().AddFlag(f)
	})
	c.Flags().StringVar(&description, "description", "", "what it is for")
	c.Flags().BoolVar(&replace, "replace", false, "change the template of this name")
	t.completeCreate(c)
	return c
}

// saveTemplate keeps what words say, with what the cluster takes where they say
// nothing.
func (t *tree) saveTemplate(ctx context.Context, op core.SaveTemplate, words *createWords) error {
	vm, err := words.op(t, core.VMRef(op.Template.Cluster, op.Template.Name))
	if err != nil {
		return err
	}
	op.Template.VM = vm.Shape()
	if err := t.check(ctx, op); err != nil { // who may not is told so before anything else
		return err
	}
	offer, err := t.Session.Offer(ctx, op.Template.Cluster)
	if err != nil {
		return err
	}
	op.Template.VM = offer.Fill(op.Template.VM)
	t.noteMisfits(op.Template.Cluster, offer.Misfits(op.Template.VM))
	return t.do(ctx, op, true)
}

// noteMisfits tells what of a template a cluster does not offer.
func (t *tree) noteMisfits(cluster string, misfits []string) {
	for _, m := range misfits {
		t.note("does not fit %s: %s", cluster, core.Printable(m))
	}
}

// overlaid reads the words of an older command with the flags that were given now
// in their place.
func overlaid(given *pflag.FlagSet, words []string) (*createWords, error) {
	var w createWords
	flags := pflag.NewFlagSet("again", pflag.ContinueOnError)
	w.flags(flags)
	if err := flags.Parse(words); err != nil {
		return nil, core.Errorf(core.CodeInternal, "read what was asked for before: %w", err)
	}
	given.Visit(func(f *pflag.Flag) {
		to := flags.Lookup(f.Name)
		if to == nil {
			return
		}
		if from, ok := f.Value.(pflag.SliceValue); ok {
			_ = to.Value.(pflag.SliceValue).Replace(from.GetSlice()) // of the same kind
			return
		}
		_ = to.Value.Set(f.Value.String())
	})
	if given.Changed("nic") {
		w.noNIC = false
	}
	if given.Changed("no-nic") && w.noNIC {
		w.nics = nil
	}
	return &w, nil
}
