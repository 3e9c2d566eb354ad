package coretest

import (
	"slices"
	"strconv"

	"gwm/core"
)

// edited sets the sizes among the parameters, and what concerns NICs and disks; the
// others change nothing.
func edited(o core.EditVM) func(*core.VM) {
	return func(vm *core.VM) {
		for _, e := range o.Params {
			n, err := strconv.Atoi(e.Value)
			field := map[string]*int{core.ParamMemory: &vm.MemoryMiB, core.ParamMinMemory: &vm.MinMemoryMiB, core.ParamVCPUs: &vm.VCPUs}[e.Name]
			if err == nil && field != nil {
				*field = n
			}
			if e.Name == core.ParamOS {
				vm.OS = e.Value
			}
		}
		editNICs(vm, o)
		editDisks(vm, o)
	}
}

func editNICs(vm *core.VM, o core.EditVM) {
	nics := slices.Clone(vm.NICs)
	gone := map[int]bool{}
	for _, e := range o.NICs {
		gone[e.Index] = e.Remove
		set := func(field *string, value string) {
			switch value {
			case "":
			case core.NoneWord:
				*field = ""
			default:
				*field = value
			}
		}
		nic := &nics[e.Index]
		for field, value := range map[*string]string{
			&nic.MAC: e.Set.MAC, &nic.IP: e.Set.IP, &nic.Mode: e.Set.Mode, &nic.Link: e.Set.Link,
			&nic.Network: e.Set.Network, &nic.VLAN: e.Set.VLAN, &nic.Name: e.Set.Name,
		} {
			set(field, value)
		}
	}
	vm.NICs = kept(nics, gone)
	for _, n := range o.AddNICs {
		vm.NICs = append(vm.NICs, core.NIC{
			UUID: "new-nic", Name: n.Name, MAC: n.MAC, IP: n.IP, Mode: n.Mode, Link: n.Link, Network: n.Network, VLAN: n.VLAN,
		})
	}
}

func editDisks(vm *core.VM, o core.EditVM) {
	disks := slices.Clone(vm.Disks)
	gone := map[int]bool{}
	for _, e := range o.Disks {
		gone[e.Index] = e.Remove
		if e.Name != "" {
			disks[e.Index].Name = e.Name
		}
	}
	vm.Disks, vm.DiskMiB = kept(disks, gone), 0
	for _, n := range o.AddDisks {
		vm.Disks = append(vm.Disks, core.Disk{UUID: "new-disk", Name: n.Name, SizeMiB: n.SizeMiB})
	}
	for _, d := range vm.Disks {
		vm.DiskMiB += d.SizeMiB
	}
}

// kept leaves out those whose place is marked.
func kept[T any](list []T, gone map[int]bool) []T {
	var out []T
	for i, v := range list {
		if !gone[i] {
			out = append(out, v)
		}
	}
	return out
}
