package core

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CreateVM makes a VM. Its owner is charged for it and gets every right on it.
//
// Memory, virtual CPUs and disks are always said, because a quota is charged for
// them before the cluster is asked; other empty fields are left to the cluster.
// With DryRun the cluster only says whether it would do it. With Override, a
// reason in words, an administrator of the cluster makes it also where the quota
// of the owner does not suffice. With From it is made of a backup: its system is
// the one that was copied, and what is not said is as the backup has it.
type CreateVM struct {
	VM           Ref    `json:"vm"` // its full name, as the cluster is to list it
	OS           string `json:"os"` // empty with From
	Hypervisor   string `json:"hypervisor,omitempty"`
	DiskTemplate string `json:"disk_template"`

	MemoryMiB    int       `json:"memory_mib"`
	MinMemoryMiB int       `json:"min_memory_mib,omitempty"` // 0: as MemoryMiB
	VCPUs        int       `json:"vcpus"`
	Disks        []NewDisk `json:"disks,omitempty"`
	NICs         []NewNIC  `json:"nics,omitempty"`

	Backend          map[string]string `json:"backend,omitempty"` // further parameters: auto_balance, ...
	HypervisorParams map[string]string `json:"hypervisor_params,omitempty"`
	OSParams         map[string]string `json:"os_params,omitempty"` // they are stored and shown: no secrets

	From BackupRef `json:"from,omitzero"` // the backup that the disks are filled from; zero: the system is installed

	Node      Ref    `json:"node,omitzero"`       // zero: the allocator chooses
	Secondary Ref    `json:"secondary,omitzero"`  // of mirrored disks, with Node
	Group     string `json:"group,omitempty"`     // node group for the allocator
	Allocator string `json:"allocator,omitempty"` // empty: the cluster's default

	Start     bool `json:"start,omitempty"`      // not where NoInstall is set
	NoInstall bool `json:"no_install,omitempty"` // the disks stay empty
	NameCheck bool `json:"name_check,omitempty"` // the name must resolve
	IPCheck   bool `json:"ip_check,omitempty"`   // nothing may answer at its address; with NameCheck
	NoSync    bool `json:"no_sync,omitempty"`    // do not wait until mirrored disks are the same

	IgnorePolicy bool     `json:"ignore_policy,omitempty"` // for administrators of the cluster
	Tags         []string `json:"tags,omitempty"`
	Owner        Ref      `json:"owner,omitzero"` // zero: who asks, or for whom they act
	DryRun       bool     `json:"dry_run,omitempty"`
	Override     string   `json:"override,omitempty"`
}

// Spec describes the creation.
func (o CreateVM) Spec() Spec {
	s := Spec{
		ID: "vm.create", Title: "create " + o.VM.Name, Verb: o.verb(), Target: ClusterRef(o.VM.Cluster), About: o.VM, Remote: true,
		Effect: theOne(o.VM) + " is made on " + o.VM.Cluster + " with " + o.size(), Command: o.command(),
	}
	if o.imports() {
		s.Effect += " from the backup of " + o.From.Name + " on " + theOne(o.From.Node)
	}
	if o.starts() {
		s.Effect += ", and started"
	}
	if !o.Owner.IsZero() {
		s.Effect += "; it belongs to " + persona(o.Owner) + ", who is charged for it and has every right on it"
	}
	if o.DryRun {
		s.Trial = true
		s.Title = "try to create " + o.VM.Name
		s.Effect = "nothing is made: the cluster says whether it would make the VM " + o.VM.Name + " with " + o.size()
	}
	return s
}

// size is how large the VM is, for people.
func (o CreateVM) size() string {
	cpus := " virtual CPUs, "
	if o.VCPUs == 1 {
		cpus = " virtual CPU, "
	}
	text := strconv.Itoa(o.VCPUs) + cpus + FormatSize(o.MemoryMiB) + " of memory and "
	if o.diskMiB() == 0 {
		return text + "no disk"
	}
	return text + FormatSize(o.diskMiB()) + " of disk"
}

// diskMiB is the sum of the disks.
func (o CreateVM) diskMiB() (sum int) {
	for _, d := range o.Disks {
		sum += d.SizeMiB
	}
	return sum
}

// starts tells whether the VM runs in the end.
func (o CreateVM) starts() bool { return o.Start && !o.NoInstall }

// imports tells whether it is made of a backup.
func (o CreateVM) imports() bool { return o.From != BackupRef{} }

// verb is what the creation needs: what reaches the node itself, or over what the
// cluster allows, is for its administrators.
func (o CreateVM) verb() Verb {
	if o.privileged() != "" {
		return VerbAdmin
	}
	return VerbCreateVM
}

// privileged names the first thing that only an administrator of the cluster may
// ask for; empty: there is none.
func (o CreateVM) privileged() string {
	for _, name := range slices.Sorted(maps.Keys(o.HypervisorParams)) {
		if v := o.HypervisorParams[name]; !OrdinaryParam(name, v) {
			return strings.TrimSuffix("the hypervisor parameter "+name+" "+v, " ")
		}
	}
	if o.IgnorePolicy {
		return "a VM outside the instance policy"
	}
	return ""
}

// command writes the creation as words.
func (o CreateVM) command() []string {
	source := []string{"--os", o.OS}
	if o.imports() {
		source = []string{"--from-backup", o.From.String()}
	}
	c := slices.Concat([]string{"vm", "create", o.VM.String()}, source, []string{
		"--disk-template", o.DiskTemplate, "--memory", sizeWord(o.MemoryMiB), "--vcpus", strconv.Itoa(o.VCPUs),
	})
	text := func(flag, value string) {
		if value != "" {
			c = append(c, "--"+flag, value)
		}
	}
	on := func(flag string, is bool) {
		if is {
			c = append(c, "--"+flag)
		}
	}
	params := func(flag string, values map[string]string) {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			c = append(c, "--"+flag, name+"="+values[name])
		}
	}
	if o.MinMemoryMiB > 0 {
		text("min-memory", sizeWord(o.MinMemoryMiB))
	}
	for _, d := range o.Disks {
		text("disk", d.String())
	}
	for _, n := range o.NICs {
		text("nic", n.String())
	}
	on("no-nic", len(o.NICs) == 0)
	text("hypervisor", o.Hypervisor)
	params("be", o.Backend)
	params("hv", o.HypervisorParams)
	params("os-param", o.OSParams)
	text("node", o.Node.Name)
	text("secondary", o.Secondary.Name)
	text("group", o.Group)
	text("iallocator", o.Allocator)
	on("no-start", !o.Start)
	on("no-install", o.NoInstall)
	on("name-check", o.NameCheck)
	on("ip-check", o.IPCheck)
	on("no-sync", o.NoSync)
	on("ignore-policy", o.IgnorePolicy)
	for _, tag := range o.Tags {
		text("tag", tag)
	}
	if !o.Owner.IsZero() {
		text("owner", whoWord(o.Owner))
	}
	on("dry-run", o.DryRun)
	text("override", o.Override)
	return c
}

// sizeWord writes whole MiB as a word of a command line.
func sizeWord(mib int) string {
	if mib%1024 == 0 && mib > 0 {
		return strconv.Itoa(mib/1024) + "G"
	}
	return strconv.Itoa(mib) + "M"
}

func (o CreateVM) names() []Ref { return []Ref{o.Node, o.Secondary, o.From.Node} }

func (o CreateVM) override() string { return o.Override }

// charges is what the VM takes once it is there.
func (o CreateVM) charges(*people, *Snapshot) []Charge {
	a := Amount{DiskMiB: o.diskMiB(), VMs: 1}
	if o.starts() {
		a.MemoryMiB, a.VCPUs = o.MemoryMiB, o.VCPUs
	}
	return []Charge{{Who: o.Owner, VM: o.VM, Amount: a}}
}

// run has the cluster make the VM, with the tags that say whose it is.
func (o CreateVM) run(ctx context.Context, w *worker) error {
	p, now := w.core.people.Load(), time.Now()
	if err := o.mayBelong(p, w.job.By, now); err != nil {
		return err
	}
	if o.imports() {
		if err := w.core.mayRestore(p, w.job.By, o.From, o.VM.Cluster, now); w.fresh && err != nil {
			return err
		}
	}
	order := o
	if w.core.writeTags && !o.DryRun {
		order.Tags = slices.Concat(o.Tags, writeTags(o.Owner, o.grants(p, w.job.By, now)))
	}
	err := w.request(ctx, order)
	if err == nil && o.imports() {
		err = unfilled(w.ended)
	}
	if CodeOf(err) != CodeJobFailed || o.DryRun {
		return err
	}
	left := o.left(ctx, w)
	if left == nil {
		return err
	}
	if err := w.core.engine.runner.save(ctx, w.job, func(tx *txn, j *Job) error {
		j.Left, j.LeftUUID = true, left.UUID
		return appendLog(tx, j, ownLine(tx.now, o.VM.Name+" is there all the same: delete it, or mend it"))
	}); err != nil {
		return err
	}
	return err
}

// left is the VM that a creation left behind which failed on its way, or nil. The
// cluster held its name from before the job began, so that one that was made
// between the job's beginning and its end is this one.
func (o CreateVM) left(ctx context.Context, w *worker) *VM {
	up := w.ended
	if up == nil || up.Untouched || up.Started.IsZero() || up.Ended.IsZero() {
		return nil
	}
	p, err := w.core.engine.inventory.Platform(o.VM.Cluster)
	if err != nil {
		return nil
	}
	vm, _, err := p.VM(ctx, o.VM.Name)
	if err != nil || vm.Created.Before(up.Started.Truncate(time.Second)) || vm.Created.After(up.Ended) {
		return nil
	}
	return vm
}
