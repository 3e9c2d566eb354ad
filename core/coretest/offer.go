package coretest

import (
	"context"
	"time"

	"gwm/core"
)

// offer is what VMs can be made of. The lock is held.
func (p *Platform) offer() core.Offer {
	spec := func(memory, disk, vcpus, disks, nics int) core.PolicySpec {
		return core.PolicySpec{MemoryMiB: memory, DiskMiB: disk, VCPUs: vcpus, Disks: disks, NICs: nics, Spindles: core.Unbounded}
	}
	o := core.Offer{
		Hypervisors: p.info.Hypervisors, DiskTemplates: p.info.DiskTemplates, Allocator: "hail",
		Policy: core.Policy{
			Ranges:        []core.PolicyRange{{Min: spec(128, 1024, 1, 0, 0), Max: spec(32768, 1048576, 16, 8, 8)}},
			Standard:      spec(1024, 10240, 1, 1, 1),
			DiskTemplates: p.info.DiskTemplates,
		},
		Backend: []core.Param{{Name: "auto_balance", Value: "true"}, {Name: "maxmem", Value: "1024"}, {Name: "minmem", Value: "1024"}, {Name: "vcpus", Value: "1"}},
		NIC:     []core.Param{{Name: "link", Value: "br0"}, {Name: "mode", Value: "bridged"}, {Name: "vlan"}},
		Hypervisor: map[string][]core.Param{"kvm": {
			{Name: "acpi", Value: "true"}, {Name: "boot_order", Value: "disk"}, {Name: "kernel_path"}, {Name: "serial_console", Value: "true"},
		}},
		Disk: map[string][]core.Param{"plain": {{Name: "stripes", Value: "1"}}},
	}
	for _, g := range p.info.NodeGroups {
		group := core.OfferGroup{Name: g.Name, UUID: g.UUID, AllocPolicy: g.AllocPolicy, Policy: o.Policy, Serial: 1}
		for _, n := range p.nodes {
			if n.Group == g.Name {
				group.Nodes = append(group.Nodes, n.Name)
			}
		}
		o.Groups = append(o.Groups, group)
	}
	for _, n := range p.info.Networks {
		network := core.OfferNetwork{Network: n, Serial: 1}
		for _, g := range p.info.NodeGroups {
			network.Groups = append(network.Groups, core.Connection{Group: g.Name, Mode: "bridged", Link: "br0"})
		}
		o.Networks = append(o.Networks, network)
	}
	if p.reshape != nil {
		p.reshape(&o)
	}
	return o
}

// Reshape makes the cluster offer something else: change gets a new offer each time.
func (p *Platform) Reshape(change func(*core.Offer)) { p.set(func() { p.reshape = change }) }

// Slow makes a method take d, or until its caller gives up; 0: no time.
func (p *Platform) Slow(method string, d time.Duration) {
	p.set(func() {
		if p.slow == nil {
			p.slow = map[string]time.Duration{}
		}
		p.slow[method] = d
	})
}

func (p *Platform) takes(method string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slow[method]
}

// create queues the job that makes a VM. One that is there already makes it fail.
func (p *Platform) create(ctx context.Context, o core.CreateVM, reason string) (string, error) {
	id, err := p.submit(ctx, "CreateVM", "INSTANCE_CREATE", o.VM.Name, reason,
		[]string{"* creating instance disks...", "* running the instance OS create scripts..."}, p.making(o))
	p.mu.Lock()
	defer p.mu.Unlock()
	if u, _ := p.find(id); u != nil && p.vms[o.VM.Name] != nil {
		u.fail, u.untouched = "there is a VM named "+o.VM.Name+" already", true
	}
	return id, err
}

// making is the effect of a creation.
func (p *Platform) making(o core.CreateVM) func(*core.VM) {
	if o.DryRun {
		return nil
	}
	return func(vm *core.VM) {
		*vm = core.VM{
			Cluster: p.cluster, Name: o.VM.Name, UUID: "uuid-of-" + o.VM.Name, OS: o.OS, Hypervisor: o.Hypervisor, DiskTemplate: o.DiskTemplate,
			Node: o.Node.Name, VCPUs: o.VCPUs, MemoryMiB: o.MemoryMiB, MinMemoryMiB: o.MinMemoryMiB, Tags: o.Tags, Serial: 1,
		}
		if vm.Node == "" && len(p.nodes) > 0 {
			vm.Node = p.nodes[0].Name
		}
		for _, d := range o.Disks {
			vm.Disks = append(vm.Disks, core.Disk{Name: d.Name, SizeMiB: d.SizeMiB})
			vm.DiskMiB += d.SizeMiB
		}
		for _, n := range o.NICs {
			vm.NICs = append(vm.NICs, core.NIC{Name: n.Name, MAC: "aa:00:00:00:00:01", IP: n.IP, Mode: n.Mode, Link: n.Link, Network: n.Network})
		}
		setStatus(vm, "ADMIN_down")
		if o.Start && !o.NoInstall {
			setStatus(vm, "running")
		}
	}
}
