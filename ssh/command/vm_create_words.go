package command

import (
	"github.com/spf13/pflag"

	"gwm/core"
)

// createWords are the flags of a new VM as they are typed.
type createWords struct {
	os, template, hypervisor      string
	memory, minMemory             string
	vcpus                         int
	disks, nics                   []string
	noNIC                         bool
	backend, hv, osParams         []string
	node, secondary, group, alloc string
	backup                        string
	noStart, noInstall            bool
	nameCheck, ipCheck, noSync    bool
	ignorePolicy, dryRun          bool
	tags                          []string
	owner, override               string
}

func (w *createWords) flags(f *pflag.FlagSet) {
	f.StringVar(&w.os, "os", "", "operating system with its variant, for example debootstrap+default")
	f.StringVar(&w.template, "disk-template", "", "how disks are kept: plain, drbd, sharedfile ...; else the cluster's first")
	f.StringArrayVar(&w.disks, "disk", nil, "a disk, may be repeated: 10G or 10G,name=root,mode=ro")
	f.StringArrayVar(&w.nics, "nic", nil, "a network interface, may be repeated: default, network=lan,ip=pool or mode=bridged,link=br0; else one as the cluster makes them")
	f.BoolVar(&w.noNIC, "no-nic", false, "no network interface")
	f.StringVar(&w.memory, "memory", "", "memory, for example 2G; else the cluster's default")
	f.StringVar(&w.minMemory, "min-memory", "", "memory that it has in any case; else all of it")
	f.IntVar(&w.vcpus, "vcpus", 0, "virtual CPUs; else the cluster's default")
	f.StringVar(&w.hypervisor, "hypervisor", "", "kvm, xen-pvm ...; else the cluster's default")
	f.StringArrayVar(&w.hv, "hv", nil, "a parameter of the hypervisor, may be repeated: boot_order=cdrom")
	f.StringArrayVar(&w.backend, "be", nil, "a further parameter, may be repeated: auto_balance=false")
	f.StringArrayVar(&w.osParams, "os-param", nil, "a parameter of the operating system, may be repeated; it is stored and shown, so no secrets")
	f.StringVar(&w.node, "node", "", "the node; else the cluster chooses")
	f.StringVar(&w.secondary, "secondary", "", "the node of the second copy of mirrored disks")
	f.StringVar(&w.group, "group", "", "the node group in which the cluster chooses")
	f.StringVar(&w.alloc, "iallocator", "", "what chooses the node; else the cluster's default")
	f.StringVar(&w.backup, "from-backup", "", "NODE:NAME of a backup that its disks are filled from, with the system that was copied")
	f.BoolVar(&w.noStart, "no-start", false, "leave it down")
	f.BoolVar(&w.noInstall, "no-install", false, "leave its disks empty, and it down")
	f.BoolVar(&w.nameCheck, "name-check", false, "refuse a name that does not resolve")
	f.BoolVar(&w.ipCheck, "ip-check", false, "refuse a name at whose address something answers; with --name-check")
	f.BoolVar(&w.noSync, "no-sync", false, "do not wait until mirrored disks are the same")
	f.BoolVar(&w.ignorePolicy, "ignore-policy", false, "pass over the instance policy; for administrators of the cluster")
	f.StringArrayVar(&w.tags, "tag", nil, "a tag, may be repeated")
	f.StringVar(&w.owner, "owner", "", "USER or group:GROUP who owns it; else you, or for whom you act")
	f.BoolVar(&w.dryRun, "dry-run", false, "make nothing: let the cluster say whether it would")
	f.StringVar(&w.override, "override", "", "why the owner's quota may be exceeded; for administrators of the cluster")
}

// op reads the words.
func (w *createWords) op(t *tree, vm core.Ref) (core.CreateVM, error) {
	o := core.CreateVM{
		VM: vm, OS: w.os, Hypervisor: w.hypervisor, DiskTemplate: w.template, VCPUs: w.vcpus,
		Node: t.nodeBeside(vm, w.node), Secondary: t.nodeBeside(vm, w.secondary), Group: w.group, Allocator: w.alloc,
		Start: !w.noStart && !w.noInstall, NoInstall: w.noInstall, NameCheck: w.nameCheck, IPCheck: w.ipCheck, NoSync: w.noSync,
		IgnorePolicy: w.ignorePolicy, Tags: w.tags, DryRun: w.dryRun, Override: w.override,
	}
	if w.backup != "" {
		o.From = t.backupNamed(vm, w.backup)
	}
	var err error
	for _, size := range []struct {
		text string
		to   *int
	}{{w.memory, &o.MemoryMiB}, {w.minMemory, &o.MinMemoryMiB}} {
		if size.text == "" {
			continue
		}
		if *size.to, err = core.ParseSize(size.text); err != nil {
			return o, err
		}
	}
	for _, text := range w.disks {
		d, err := core.ParseNewDisk(text)
		if err != nil {
			return o, err
		}
		o.Disks = append(o.Disks, d)
	}
	if o.NICs, err = w.interfaces(); err != nil {
		return o, err
	}
	for _, set := range []struct {
		texts []string
		to    *map[string]string
	}{{w.backend, &o.Backend}, {w.hv, &o.HypervisorParams}, {w.osParams, &o.OSParams}} {
		if *set.to, err = assignments(set.texts); err != nil {
			return o, err
		}
	}
	if w.owner != "" {
		o.Owner, err = who(w.owner)
	}
	return o, err
}

// interfaces reads the NICs: one as the cluster makes them where none is said.
func (w *createWords) interfaces() ([]core.NewNIC, error) {
	switch {
	case w.noNIC && len(w.nics) > 0:
		return nil, core.Errorf(core.CodeInvalid, "there are network interfaces, and none").WithHint("leave out --nic or --no-nic")
	case w.noNIC:
		return nil, nil
	case len(w.nics) == 0:
		return []core.NewNIC{{}}, nil
	}
	var nics []core.NewNIC
	for _, text := range w.nics {
		n, err := core.ParseNewNIC(text)
		if err != nil {
			return nil, err
		}
		nics = append(nics, n)
	}
	return nics, nil
}

// assignments reads NAME=VALUE words; the last one of a name counts.
func assignments(texts []string) (map[string]string, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	values := map[string]string{}
	for _, text := range texts {
		name, value, err := core.ParseParam(text)
		if err != nil {
			return nil, err
		}
		values[name] = value
	}
	return values, nil
}
