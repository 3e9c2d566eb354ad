package rapi

import (
	"cmp"
	"slices"

	"gwm/core"
)

// mod is one change of a NIC or a disk as Ganeti takes it: what, the number (-1
// with "add": after the others), values. They are done one after the other, so
// that changes come first and removals follow from the last one on: the numbers
// that a person saw hold for all.
type mod [3]any

func nicMods(o core.EditVM) []mod {
	var changed, removed, added []mod
	for _, e := range slices.SortedFunc(slices.Values(o.NICs), func(a, b core.NICEdit) int { return cmp.Compare(b.Index, a.Index) }) {
		if e.Remove {
			removed = append(removed, mod{"remove", e.Index, map[string]any{}})
		} else {
			changed = append(changed, mod{"modify", e.Index, nicValues(e.Set)})
		}
	}
	for _, n := range o.AddNICs {
		added = append(added, mod{"add", -1, nicValues(n)})
	}
	return slices.Concat(changed, removed, added)
}

// nicValues leaves out what is left to the cluster.
func nicValues(n core.NewNIC) map[string]any {
	values := map[string]any{}
	for name, value := range map[string]string{
		"network": n.Network, "ip": n.IP, "mac": n.MAC, "mode": n.Mode, "link": n.Link, "vlan": n.VLAN, "name": n.Name,
	} {
		setName(values, name, value)
	}
	return values
}

func diskMods(o core.EditVM) []mod {
	var changed, removed, added []mod
	for _, e := range slices.SortedFunc(slices.Values(o.Disks), func(a, b core.DiskEdit) int { return cmp.Compare(b.Index, a.Index) }) {
		if e.Remove {
			removed = append(removed, mod{"remove", e.Index, map[string]any{}})
			continue
		}
		values := map[string]any{}
		setName(values, "name", e.Name)
		setName(values, "mode", e.Mode)
		changed = append(changed, mod{"modify", e.Index, values})
	}
	for _, d := range o.AddDisks {
		added = append(added, mod{"add", -1, newDiskValues(d)})
	}
	return slices.Concat(changed, removed, added)
}

// newDiskValues leaves out what is left to the cluster.
func newDiskValues(d core.NewDisk) map[string]any {
	values := map[string]any{"size": d.SizeMiB}
	for name, value := range map[string]string{
		"name": d.Name, "mode": d.Mode, "vg": d.VG, "metavg": d.MetaVG, "access": d.Access, "provider": d.Provider,
	} {
		setName(values, name, value)
	}
	if d.Spindles > 0 {
		values["spindles"] = d.Spindles
	}
	return values
}
