package core

import (
	"context"
	"slices"
	"strings"
	"time"
)

// TemplateOf is what a VM that is there would be made of again: its size, disks,
// network interfaces, system and the parameters that are its own. It is for who
// sees the VM and may create VMs on its cluster. Nothing is kept; SaveTemplate
// does that.
func (s *Session) TemplateOf(ctx context.Context, vm Ref) (CreateVM, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return CreateVM{}, err
	}
	if _, ok := s.View().VM(vm); !ok {
		return CreateVM{}, Unknown(KindVM, vm.String())
	}
	on := ClusterRef(vm.Cluster)
	if !s.holds(p, VerbCreateVM, on) {
		return CreateVM{}, Errorf(CodeDenied, "a template of %s is for who may create VMs on %s: %s", vm.Name, on, lacking(VerbCreateVM, on))
	}
	d, err := s.VMDetail(ctx, vm)
	if err != nil {
		return CreateVM{}, err
	}
	return shapeOf(d), nil
}

// shapeOf reads what a VM is made of.
func shapeOf(d VMDetail) CreateVM {
	vm := d.VM
	o := CreateVM{
		OS: vm.OS, Hypervisor: vm.Hypervisor, DiskTemplate: vm.DiskTemplate, VCPUs: vm.VCPUs,
		MemoryMiB: vm.MemoryMiB, MinMemoryMiB: vm.MinMemoryMiB, Start: vm.AdminState == "up",
		Backend: own(d.Backend), HypervisorParams: own(d.Hypervisor), OSParams: own(d.OSParams),
	}
	if o.MinMemoryMiB == o.MemoryMiB {
		o.MinMemoryMiB = 0
	}
	for _, name := range []string{"memory", "maxmem", "minmem", "vcpus"} {
		delete(o.Backend, name)
	}
	for _, disk := range vm.Disks {
		o.Disks = append(o.Disks, NewDisk{SizeMiB: disk.SizeMiB, Name: disk.Name, Spindles: disk.Spindles})
	}
	for _, nic := range vm.NICs {
		one := NewNIC{Network: nic.Network, Name: nic.Name}
		if nic.Network == "" {
			one.Mode, one.Link, one.VLAN = nic.Mode, nic.Link, nic.VLAN
		} else {
			one.IP = IPPool
		}
		o.NICs = append(o.NICs, one)
	}
	return o.Shape()
}

// own are the parameters that are set on the VM itself and can be said again.
func own(params []Param) map[string]string {
	out := map[string]string{}
	for _, p := range params {
		if p.Custom && !strings.HasPrefix(p.Value, "<") && Printable(p.Value) == p.Value {
			out[p.Name] = p.Value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// Misfits lists what of a template a cluster does not offer, each with what it
// does; nil where everything fits.
func (o Offer) Misfits(vm CreateVM) []string {
	vm = o.Fill(vm)
	hypervisor, template, system := vm, vm, vm
	template.Hypervisor, system.Hypervisor = "", ""
	if len(o.DiskTemplates) > 0 {
		hypervisor.DiskTemplate, system.DiskTemplate = o.DiskTemplates[0], o.DiskTemplates[0]
	}
	if len(o.OSes) > 0 {
		hypervisor.OS, template.OS = o.OSes[0], o.OSes[0]
	}
	var out []string
	say := func(err error) {
		if err != nil {
			out = append(out, AsError(err).Error())
		}
	}
	for _, part := range []CreateVM{hypervisor, template, system} {
		say(o.fitsWords(part))
	}
	say(o.fitsParams(vm))
	for _, nic := range vm.NICs {
		one := vm
		one.NICs = []NewNIC{nic}
		say(o.fitsNetworks(one))
	}
	say(o.fitsPolicy(vm))
	return slices.Compact(out)
}

// TemplateMisfits asks a cluster what of a template it does not offer. It is for
// who may use the template and create VMs on that cluster.
func (s *Session) TemplateMisfits(ctx context.Context, cluster, name, to string) ([]string, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	t, refusal := s.template(p, templateID{cluster, name}, time.Now())
	if refusal != nil {
		return nil, refusal
	}
	offer, err := s.Offer(ctx, to)
	if err != nil {
		return nil, err
	}
	return offer.Misfits(t.VM), nil
}

// CheckVMName refuses what cannot be the name of a VM, with CodeInvalid.
func CheckVMName(name string) error { return checkVMName(name) }
