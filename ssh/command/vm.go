package command

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gwm/core"
)

func (t *tree) vm() *cobra.Command {
	return groupCommand("vm", "Virtual machines",
		t.vmList(), t.vmShow(),
		t.vmCreate(),
		t.vmStart(), t.vmStop(), t.vmRestart(),
		t.vmEdit(),
		t.vmMigrate(), t.vmFailover(),
		t.vmReinstall(), t.vmGrow(), t.vmRename(), t.vmTag(), t.vmUntag(), t.vmDisks(),
		t.vmDelete(),
		t.vmNote(), t.vmExport(), t.vmBackups(),
		t.vmConsole(), t.vmVNC(),
	)
}

func (t *tree) vmList() *cobra.Command {
	var cluster string
	c := &cobra.Command{
		Use:     "list [FILTER...]",
		Short:   "List VMs, those that match a filter or all",
		Example: "  gwm vm list\n  gwm vm list state:error\n  gwm vm list --cluster berlin web 'memory>4G' --output json",
		RunE: func(_ *cobra.Command, args []string) error {
			v := t.Session.View()
			shown, err := selected(v, cluster, args)
			if err != nil {
				return err
			}
			var rows []ownedVM
			for _, vm := range v.VMs() {
				if shown.has(vm.Cluster, v.Row(vm)) {
					rows = append(rows, ownedVM{vm, ownerText(v, vm.Ref())})
				}
			}
			t.staleNote(v, shown.cluster)
			header := []string{"CLUSTER", "NAME", "STATUS", "NODE", "VCPUS", "MEMORY", "DISK", "OS", "OWNER", "TAGS"}
			return list(t, rows, header, func(vm ownedVM) []string {
				status := vm.Status
				if vm.Gone {
					status += " (gone)"
				}
				return []string{
					vm.Cluster, vm.Name, status, orDash(vm.Node), number(vm.VCPUs), mib(vm.MemoryMiB), mibOrDash(vm.DiskMiB),
					orDash(vm.OS), shortOwner(vm.Owner), words(vm.Tags),
				}
			})
		},
	}
	t.clusterFlag(c, &cluster)
	return c
}

func (t *tree) vmShow() *cobra.Command {
	return &cobra.Command{
		Use:               "show VM",
		Short:             "Show everything known of a VM",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			v := t.Session.View()
			ref, err := v.Find(core.KindVM, args[0])
			if err != nil {
				return err
			}
			d, err := t.Session.VMDetail(cmd.Context(), ref)
			if err != nil {
				return err
			}
			owner, fields := ownerText(v, ref), [][2]string(nil)
			shown := ownedDetail{VMDetail: d, Owner: owner}
			if m, ok := v.LastBackup(&d.VM); ok {
				shown.Backup, fields = &m, [][2]string{{"backup", m.Node + ", " + stamp(m.At) + ", by " + m.By}}
			}
			return object(t, shown, append(vmFields(d, owner), fields...))
		},
	}
}

// ownedVM and ownedDetail are a VM with the owner that gwm keeps for it, as
// ownerText writes it.
type (
	ownedVM struct {
		*core.VM
		Owner string `json:"owner"`
	}
	ownedDetail struct {
		core.VMDetail
		Owner  string           `json:"owner"`
		Backup *core.BackupMark `json:"backup,omitempty"` // the last one that gwm had made
	}
)

func vmFields(d core.VMDetail, owner string) [][2]string {
	vm := d.VM
	f := [][2]string{
		{"cluster", vm.Cluster},
		{"name", vm.Name},
		{"status", vm.Status},
		{"asked for", orDash(vm.AdminState)},
		{"node", orDash(vm.Node)},
		{"secondaries", words(vm.Secondaries)},
		{"os", orDash(vm.OS)},
		{"hypervisor", orDash(vm.Hypervisor)},
		{"vcpus", number(vm.VCPUs)},
		{"memory", mib(vm.MemoryMiB) + " (at least " + mib(vm.MinMemoryMiB) + ", in use " + mib(vm.RunMemoryMiB) + ")"},
		{"disk", mib(vm.DiskMiB) + " " + vm.DiskTemplate},
		{"owner", shortOwner(owner)},
		{"tags", words(vm.Tags)},
		{"created", stamp(vm.Created)},
		{"modified", stamp(vm.Modified)},
		{"uuid", orDash(vm.UUID)},
		{"serial", number(vm.Serial)},
		{"fetched", stamp(d.Fetched)},
	}
	for i, disk := range vm.Disks {
		f = append(f, [2]string{"disk/" + number(i), strings.TrimSpace(mib(disk.SizeMiB) + " " + disk.Name + " " + disk.UUID)})
	}
	for i, nic := range vm.NICs {
		f = append(f, [2]string{"nic/" + number(i), strings.Join([]string{
			nic.MAC, orDash(nic.IP), nic.Mode, orDash(nic.Link), orDash(nic.Network),
		}, " ")})
	}
	f = append(f, paramFields("be", d.Backend)...)
	f = append(f, paramFields("hv", d.Hypervisor)...)
	f = append(f, paramFields("os", d.OSParams)...)
	return append(f, paramFields("other", d.Other)...)
}

func paramFields(prefix string, params []core.Param) [][2]string {
	var f [][2]string
	for _, p := range params {
		value := orDash(p.Value)
		if p.Custom {
			value += " (set on this VM)"
		}
		f = append(f, [2]string{prefix + "/" + p.Name, value})
	}
	return f
}

func (t *tree) vmStart() *cobra.Command {
	var override string
	var degraded, forget bool
	return t.power("start VM...", "Start VMs", func(c *cobra.Command) {
		c.Flags().BoolVar(&degraded, "degraded", false, "also where the second copy of the disks fails")
		c.Flags().BoolVar(&forget, "no-remember", false, "do not write down that it is to run")
		c.Flags().StringVar(&override, "override", "", "why the owner's quota may be exceeded; for administrators of the cluster")
	}, func(vm core.Ref) core.Op {
		return core.StartVM{VM: vm, Override: override, Degraded: degraded, Forget: forget}
	})
}

func (t *tree) vmStop() *cobra.Command {
	var force, forget bool
	var timeout time.Duration
	return t.power("stop VM...", "Shut VMs down", func(c *cobra.Command) {
		c.Flags().BoolVar(&force, "force", false, "cut the power at once")
		c.Flags().BoolVar(&forget, "no-remember", false, "do not write down that it is to be down: the cluster's watcher starts it again")
		c.Flags().DurationVar(&timeout, "timeout", 0, "the guest's time before the power is cut, for example 90s")
	}, func(vm core.Ref) core.Op {
		return core.StopVM{VM: vm, Force: force, Timeout: timeout, Forget: forget}
	})
}

func (t *tree) vmRestart() *cobra.Command {
	var mode string
	var timeout time.Duration
	c := t.power("restart VM...", "Restart VMs", func(c *cobra.Command) {
		c.Flags().StringVar(&mode, "mode", "hard", "soft (ask the guest), hard (reset) or full (stop and start again)")
		c.Flags().DurationVar(&timeout, "timeout", 0, "hard and full: the guest's time before the power is cut, for example 90s")
	}, func(vm core.Ref) core.Op {
		return core.RestartVM{VM: vm, Mode: core.RestartMode(mode), Timeout: timeout}
	})
	_ = c.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions([]string{"soft", "hard", "full"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// power makes a command that asks for one Op a VM: one job for one VM, a bulk
// job for several.
func (t *tree) power(use, short string, flags func(*cobra.Command), op func(vm core.Ref) core.Op) *cobra.Command {
	var wait, yes bool
	c := &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: t.complete(-1, vmNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			v := t.Session.View()
			var ops []core.Op
			for _, arg := range args {
				ref, err := v.Find(core.KindVM, arg)
				if err != nil {
					return t.Session.Missed(cmd.Context(), op(named(arg)), err)
				}
				ops = append(ops, op(ref))
			}
			return t.submit(cmd.Context(), ops, wait, yes)
		},
	}
	c.Flags().BoolVar(&wait, "wait", false, "follow the job and print its log")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	if flags != nil {
		flags(c)
	}
	return c
}
