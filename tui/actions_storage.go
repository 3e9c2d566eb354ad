package tui

import "gwm/core"

// storageActions are what is done with the part of a node's storage under the cursor.
func storageActions() []action {
	rows := scope{Traits: traitStorage, Kinds: []core.Kind{core.KindNode}}
	unit := func(id, key, title, help, kind, why string, op func(core.Ref, core.StorageUnit) core.Op) action {
		return action{
			ID: id, Keys: []string{key}, Title: title, Help: help, Group: groupAct, Scope: rows, Hint: 2,
			Make: func(_ *App, sel selection) ([]core.Op, string) {
				switch {
				case len(sel.Units) == 0:
					return nil, "no storage is selected"
				case sel.Units[0].Type != kind:
					return nil, "only " + kind + " can be " + why
				}
				return []core.Op{op(sel.ref(), sel.Units[0])}, ""
			},
		}
	}
	return []action{
		unit("storage.set", "O", "open or close to new disks", "Let the cluster put new disks there, or no more.", core.StorageVolume, "opened and closed",
			func(n core.Ref, u core.StorageUnit) core.Op {
				return core.SetStorage{Node: n, Type: u.Type, Name: u.Name, Allocatable: !u.Allocatable}
			}),
		unit("storage.repair", "X", "repair", "Give up what is missing of a volume group; disks that were on it are lost there.", core.StorageGroup, "repaired",
			func(n core.Ref, u core.StorageUnit) core.Op {
				return core.RepairStorage{Node: n, Type: u.Type, Name: u.Name}
			}),
	}
}
