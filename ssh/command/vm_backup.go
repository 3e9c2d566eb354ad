package command

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vmExport() *cobra.Command {
	var o core.ExportVM
	var to string
	c := t.power("export VM...", "Copy the disks of VMs to a node, as backups", func(c *cobra.Command) {
		f := c.Flags()
		f.StringVar(&to, "to", "", "the node that gets the copy; else the one that the VM is on")
		f.BoolVar(&o.Running, "running", false, "copy while it runs: what it was just writing may be missing; only LVM can do so")
		f.BoolVar(&o.Long, "long", false, "it may be down until all is copied; meant where its disks are not on LVM")
		f.DurationVar(&o.Timeout, "timeout", 0, "the guest's time to shut down, for example 90s")
		f.StringVar(&o.Compress, "compress", "", "compress what goes to the node, with a tool that the cluster allows: gzip ...")
		f.BoolVar(&o.ZeroFree, "zero-free-space", false, "overwrite what is free on its disks first; needs the cluster's zeroing_image")
		f.BoolVar(&o.Remove, "remove", false, "delete the VM when it is copied")
		f.BoolVar(&o.Ignore, "ignore-remove-failures", false, "with --remove: pass over what cannot be removed")
	}, func(vm core.Ref) core.Op {
		one := o
		one.VM, one.To = vm, t.nodeBeside(vm, to)
		if is, ok := t.Session.View().VM(vm); ok && !is.SetsAside() && !one.Running && !one.Remove {
			one.Long = true // there is no other way
		}
		return one
	})
	c.Long = "Copy the disks of VMs, with what they are made of, to the directory for backups of a node.\n" +
		"A VM that runs is shut down for it and started again. The copy takes the place of any older one of the VM."
	c.Example = "  gwm vm export web1 --to node3 --wait\n  gwm vm export web1 web2 --to node3 --compress gzip"
	_ = c.RegisterFlagCompletionFunc("to", t.complete(-1, nodeNames))
	_ = c.RegisterFlagCompletionFunc("compress", cobra.FixedCompletions([]string{"gzip", "gzip-fast", "gzip-slow", "lzop"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (t *tree) vmBackups() *cobra.Command {
	return &cobra.Command{
		Use:   "backups [CLUSTER]",
		Short: "List the backups of VMs that lie on nodes; their clusters are asked",
		Long: "List the backups that lie on the nodes of a cluster, or of all. Ganeti tells the node and the name;\n" +
			"when and by whom is known of those that gwm had made. A VM is made of one with vm create --from-backup.",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		Example:           "  gwm vm backups berlin\n  gwm vm create berlin/web9.example.org --from-backup node3:web1.example.org --disk 20G --wait",
		RunE: func(cmd *cobra.Command, args []string) error {
			cluster, err := t.clusterArg(args, 0)
			if err != nil {
				return err
			}
			rows, err := t.backups(cmd.Context(), cluster)
			if err != nil {
				return err
			}
			return list(t, rows, []string{"CLUSTER", "VM", "NODE", "OF", "MADE", "BY"}, func(b core.VMBackup) []string {
				return []string{b.Cluster, b.Name, b.Node, backupWord(b.Of), stamp(b.At), orDash(b.By)}
			})
		},
	}
}

// backups asks a cluster, or all that the person sees. Of all, one that does not
// answer is noted, and the rest is listed.
func (t *tree) backups(ctx context.Context, cluster string) ([]core.VMBackup, error) {
	names := []string{cluster}
	if cluster == "" {
		names = clusterNames(t.Session.View())
	}
	rows := []core.VMBackup{}
	for _, name := range names {
		found, err := t.Session.VMBackups(ctx, name)
		switch {
		case err != nil && cluster != "":
			return nil, err
		case err != nil:
			t.note("the backups of %s are not known: %s", name, core.Printable(core.AsError(err).Error()))
			continue
		}
		rows = append(rows, found.Backups...)
		for _, node := range found.Silent {
			t.note("%s is offline: what lies on it is not known", core.Printable(name+"/"+node))
		}
	}
	return rows, nil
}

// backupWord says of which VM a backup is.
func backupWord(of core.BackupOf) string {
	switch of {
	case core.BackupCurrent:
		return "the VM"
	case core.BackupEarlier:
		return "an earlier VM"
	case core.BackupGone:
		return "a VM that is gone"
	case core.BackupUnknown:
	}
	return "not made by gwm"
}

// backupNamed reads NODE:NAME, or the name alone; the node may be a short name.
func (t *tree) backupNamed(vm core.Ref, text string) core.BackupRef {
	node, name, ok := strings.Cut(text, ":")
	if !ok {
		return core.BackupRef{Name: text}
	}
	return core.BackupRef{Node: t.nodeBeside(vm, node), Name: name}
}

// restored completes what is to be made of a backup: the node, where only one has a
// backup of that name, and the size of the VM that it is of, where that is there.
func (t *tree) restored(ctx context.Context, o core.CreateVM) (core.CreateVM, error) {
	if o.From.Name == "" {
		return o, nil
	}
	if o.From.Node.IsZero() {
		found, err := t.Session.VMBackups(ctx, o.VM.Cluster)
		if err != nil {
			return o, err
		}
		if o.From, err = onlyBackup(found, o.From.Name); err != nil {
			return o, err
		}
	}
	like, err := t.Session.TemplateOf(ctx, core.VMRef(o.VM.Cluster, o.From.Name))
	if err != nil {
		return o, nil //nolint:nilerr // the VM is gone: what is not said is missing, and said so
	}
	if o.DiskTemplate == "" {
		o.DiskTemplate = like.DiskTemplate
	}
	if len(o.Disks) == 0 && o.DiskTemplate != core.DiskLess {
		o.Disks = like.Disks
	}
	if o.MemoryMiB == 0 {
		o.MemoryMiB, o.MinMemoryMiB = like.MemoryMiB, like.MinMemoryMiB
	}
	if o.VCPUs == 0 {
		o.VCPUs = like.VCPUs
	}
	return o, nil
}

// onlyBackup finds the one backup of a name, which may be short.
func onlyBackup(list core.BackupList, name string) (core.BackupRef, error) {
	var of []core.VMBackup
	for _, b := range list.Backups {
		if b.Name == name || strings.HasPrefix(b.Name, name+".") {
			of = append(of, b)
		}
	}
	switch len(of) {
	case 0:
		return core.BackupRef{}, core.Unknown("backup", name).WithHint("vm backups %s lists those that you may see", list.Cluster)
	case 1:
		return core.BackupRef{Node: core.NodeRef(list.Cluster, of[0].Node), Name: of[0].Name}, nil
	}
	return core.BackupRef{}, core.Errorf(core.CodeInvalid, "%q names several backups: %s", core.Printable(name), core.Printable(strings.Join(each(of, core.VMBackup.Path), ", "))).
		WithHint("write NODE:NAME")
}
