package core

import (
	"slices"
	"strings"
)

// OwnerOf returns the owner of a VM that VMs lists, zero where it has none. It is
// one look into a map; View.Owner is for a name that may not be seen.
func (v *View) OwnerOf(vm *VM) Ref { return v.people.owners[vm.Ref()].Owner }

// OwnersRev is another number where the owner of any VM is another one. The VMs
// themselves do not change with their owner.
func (v *View) OwnersRev() uint64 { return v.people.ownersRev }

// AnyOwned tells whether any VM that VMs lists has an owner.
func (v *View) AnyOwned() bool {
	if len(v.people.owners) > len(v.vms.all) {
		return slices.ContainsFunc(v.vms.all, func(vm *VM) bool { return !v.OwnerOf(vm).IsZero() })
	}
	for vm := range v.people.owners {
		if _, ok := v.VM(vm); ok {
			return true
		}
	}
	return false
}

// UsageWith returns what a user or a group would use once these VMs are charged
// to them too, on the clusters of the VMs, by cluster. VMs that the person does
// not see are left out. It is nothing for who may not know what they use.
func (v *View) UsageWith(who Ref, vms []Ref) []Usage {
	a := v.account()
	more := map[string]Usage{}
	for _, vm := range vms {
		u, known := more[vm.Cluster]
		switch _, seen := v.VM(vm); {
		case !seen:
			continue
		case known:
		case v.snap.Clusters[vm.Cluster] == nil || !v.accountable(who, vm.Cluster):
			continue
		default:
			u = a.usage(who, vm.Cluster)
		}
		if a.payer(Charge{VM: vm}) != who {
			u.Used = u.Used.plus(a.takes(vm))
			u.Owned++
		}
		more[vm.Cluster] = u
	}
	var all []Usage
	for _, u := range more {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Usage) int { return strings.Compare(a.Cluster, b.Cluster) })
	return all
}
