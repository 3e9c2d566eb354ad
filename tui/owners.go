package tui

import (
	"strings"

	"gwm/core"
	grid "gwm/tui/table"
)

// ownerName is an owner as people write it: a user by the bare name, "group:ops",
// "" for nobody.
func ownerName(owner core.Ref) string { return strings.TrimPrefix(owner.String(), "user:") }

// layout are the columns of the page: those of every list of VMs, and where
// anybody owns anything the owner.
func (p *vmsPage) layout(look *look, clusters bool) []field[core.VM] {
	fields := vmFields(look, clusters)
	if !p.owned {
		return fields
	}
	owner := func(v *core.View, vm *core.VM) string {
		if v == nil {
			return ""
		}
		return ownerName(v.OwnerOf(vm))
	}
	compare := func() func(a, b *core.VM) int {
		v := p.view // as it is now: it may be compared beside the screen
		return byText(func(vm *core.VM) string { return owner(v, vm) })
	}
	column := field[core.VM]{
		Column: grid.Column{Key: "owner", Title: "owner", Min: 6, Ideal: 12, Drop: 4}, fit: 20,
		cmp: func(a, b *core.VM) int { return compare()(a, b) }, by: compare,
		cell: func(vm *core.VM) grid.Cell {
			text := owner(p.view, vm)
			return grid.Cell{Text: text, Short: strings.TrimPrefix(text, "group:"), Style: look.theme.Text}
		},
	}
	at := len(fields) - 6 // before os
	return append(fields[:at:at], append([]field[core.VM]{column}, fields[at:]...)...)
}
