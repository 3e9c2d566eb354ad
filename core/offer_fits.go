package core

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Fill says for a new VM what must be said and is not: its size and its disk
// template are as the cluster makes them by default.
func (o Offer) Fill(vm CreateVM) CreateVM {
	number := func(name string, standard int) int {
		if n, err := strconv.Atoi(findParam(o.Backend, name).Value); err == nil && n > 0 {
			return n
		}
		return max(standard, 1)
	}
	if vm.MemoryMiB == 0 {
		vm.MemoryMiB = number("maxmem", o.Policy.Standard.MemoryMiB)
		if vm.MinMemoryMiB == 0 {
			vm.MinMemoryMiB = min(number("minmem", vm.MemoryMiB), vm.MemoryMiB)
		}
	}
	if vm.VCPUs == 0 {
		vm.VCPUs = number("vcpus", o.Policy.Standard.VCPUs)
	}
	if templates := o.Templates(); vm.DiskTemplate == "" && len(templates) > 0 {
		vm.DiskTemplate = templates[0]
	}
	return vm
}

// Templates lists the disk templates that are enabled and that the cluster's
// policy allows, the default first.
func (o Offer) Templates() []string {
	return slices.DeleteFunc(slices.Clone(o.DiskTemplates), func(t string) bool {
		return len(o.Policy.DiskTemplates) > 0 && !slices.Contains(o.Policy.DiskTemplates, t)
	})
}

// Fits says what of a new VM the cluster does not offer, with what it does; nil
// where nothing speaks against it. The cluster itself decides when it is asked.
func (o Offer) Fits(vm CreateVM) error {
	for _, check := range []func(CreateVM) error{o.fitsWords, o.fitsPlace, o.fitsParams, o.fitsNetworks, o.fitsPolicy} {
		if err := check(vm); err != nil {
			return err
		}
	}
	return nil
}

// lacks says that a cluster does not have something, and what it has.
func (o Offer) lacks(what, name string, has []string) error {
	if len(has) == 0 {
		has = []string{"none"}
	}
	return Errorf(CodeInvalid, "%s offers no %s %s", o.Cluster, what, Printable(name)).WithHint("it has: %s", Printable(joinWords(has)))
}

func (o Offer) fitsWords(vm CreateVM) error {
	switch {
	case vm.Hypervisor != "" && !slices.Contains(o.Hypervisors, vm.Hypervisor):
		return o.lacks("hypervisor", vm.Hypervisor, o.Hypervisors)
	case !slices.Contains(o.DiskTemplates, vm.DiskTemplate):
		return o.lacks("disk template", vm.DiskTemplate, o.DiskTemplates)
	case !vm.imports() && len(o.OSes) > 0 && !slices.Contains(o.OSes, vm.OS):
		return o.lacks("operating system", vm.OS, o.OSes)
	}
	return nil
}

func (o Offer) fitsPlace(vm CreateVM) error {
	if _, ok := o.Group(vm.Group); vm.Group != "" && !ok {
		var names []string
		for _, g := range o.Groups {
			names = append(names, g.Name)
		}
		return o.lacks("node group", vm.Group, names)
	}
	if vm.Node.IsZero() && vm.Allocator == "" && o.Allocator == "" {
		return Errorf(CodeInvalid, "%s has no allocator that chooses a node by itself", o.Cluster).
			WithHint("name the node: --node NODE, or an allocator: --iallocator hail")
	}
	return nil
}

func (o Offer) fitsParams(vm CreateVM) error {
	hypervisor := o.hypervisor(vm)
	for _, set := range []struct {
		what   string
		values map[string]string
		known  []Param
	}{
		{"parameter of VMs", vm.Backend, o.Backend},
		{"parameter of " + hypervisor, vm.HypervisorParams, o.Hypervisor[hypervisor]},
	} {
		for name := range set.values {
			if len(set.known) > 0 && !slices.ContainsFunc(set.known, func(p Param) bool { return p.Name == name }) {
				names := make([]string, len(set.known))
				for i, p := range set.known {
					names[i] = p.Name
				}
				return o.lacks(set.what, name, names)
			}
		}
	}
	return nil
}

// hypervisor is the one that a new VM gets.
func (o Offer) hypervisor(vm CreateVM) string {
	if vm.Hypervisor == "" && len(o.Hypervisors) > 0 {
		return o.Hypervisors[0]
	}
	return vm.Hypervisor
}

// group is the node group that a new VM surely gets into; ok is false where the
// allocator chooses among several.
func (o Offer) group(vm CreateVM) (OfferGroup, bool) {
	switch {
	case !vm.Node.IsZero():
		return o.GroupOf(vm.Node.Name)
	case vm.Group != "":
		return o.Group(vm.Group)
	case len(o.Groups) == 1:
		return o.Groups[0], true
	}
	return OfferGroup{}, false
}

func (o Offer) fitsNetworks(vm CreateVM) error {
	for _, nic := range vm.NICs {
		if nic.Network == "" {
			continue
		}
		n, ok := o.Network(nic.Network)
		if !ok {
			var names []string
			for _, n := range o.Networks {
				names = append(names, n.Name)
			}
			return o.lacks("network", nic.Network, names)
		}
		in := func(g string) bool {
			return slices.ContainsFunc(n.Groups, func(c Connection) bool { return c.Group == g })
		}
		if g, ok := o.group(vm); ok && !in(g.Name) {
			return Errorf(CodeInvalid, "the network %s is not connected to the node group %s", nic.Network, Printable(g.Name)).
				WithHint("choose another network, or a node of another group")
		}
		if err := n.holds(nic.IP); err != nil {
			return err
		}
	}
	return nil
}

// holds refuses an address that the network does not have, or has no more.
func (n OfferNetwork) holds(ip string) error {
	if ip == IPPool {
		if n.Free > 0 || n.CIDR == "" {
			return nil
		}
		return Errorf(CodeLimit, "the network %s has no free address", Printable(n.Name)).WithHint("choose another network")
	}
	addr, err := netip.ParseAddr(ip)
	if ip == "" || ip == "none" {
		return nil
	} else if err != nil {
		return Errorf(CodeInvalid, "%q is not an IP address", Printable(ip))
	}
	for _, cidr := range []string{n.CIDR, n.CIDR6} {
		if prefix, err := netip.ParsePrefix(cidr); err == nil && prefix.Contains(addr) {
			return nil
		}
	}
	return Errorf(CodeInvalid, "the address %s is not in the network %s, which has %s", ip, Printable(n.Name),
		Printable(strings.TrimSpace(n.CIDR+" "+n.CIDR6)))
}

// fitsPolicy compares with the policy of the group that the VM surely gets into,
// else with the cluster's.
func (o Offer) fitsPolicy(vm CreateVM) error {
	policy, whose := o.Policy, o.Cluster
	if g, ok := o.group(vm); ok {
		policy, whose = g.Policy, "the node group "+Printable(g.Name)+" of "+o.Cluster
	}
	if vm.IgnorePolicy {
		return nil
	}
	if len(policy.DiskTemplates) > 0 && !slices.Contains(policy.DiskTemplates, vm.DiskTemplate) {
		return Errorf(CodeInvalid, "the policy of %s does not allow the disk template %s", whose, vm.DiskTemplate).
			WithHint("it allows: %s", Printable(joinWords(policy.DiskTemplates)))
	}
	if faults := policy.Faults(vm); len(faults) > 0 {
		return Errorf(CodeLimit, "the policy of %s does not allow it: %s", whose, strings.Join(faults, "; ")).
			WithHint("change the size, or ask an administrator of %s", o.Cluster)
	}
	return nil
}

// Faults says in what a new VM is outside the range that it is nearest to: "64
// virtual CPUs (at most 8)". It is empty where one range holds it.
func (p Policy) Faults(vm CreateVM) []string {
	var nearest []string
	for i, r := range p.Ranges {
		faults := r.faults(vm)
		if i == 0 || len(faults) < len(nearest) {
			nearest = faults
		}
	}
	return nearest
}

func (r PolicyRange) faults(vm CreateVM) []string {
	var faults []string
	compare := func(has, least, most int, text func(int) string, what string) {
		switch {
		case least != Unbounded && has < least:
			faults = append(faults, text(has)+" "+what+" (at least "+text(least)+")")
		case most != Unbounded && has > most:
			faults = append(faults, text(has)+" "+what+" (at most "+text(most)+")")
		}
	}
	compare(vm.VCPUs, r.Min.VCPUs, r.Max.VCPUs, strconv.Itoa, "virtual CPUs")
	compare(vm.MemoryMiB, r.Min.MemoryMiB, r.Max.MemoryMiB, FormatSize, "of memory")
	compare(len(vm.Disks), r.Min.Disks, r.Max.Disks, strconv.Itoa, "disks")
	compare(len(vm.NICs), r.Min.NICs, r.Max.NICs, strconv.Itoa, "network interfaces")
	for i, d := range vm.Disks {
		compare(d.SizeMiB, r.Min.DiskMiB, r.Max.DiskMiB, FormatSize, "in disk "+strconv.Itoa(i))
	}
	return faults
}
