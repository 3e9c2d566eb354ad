package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// vmsPage is the table of the VMs of all clusters, or of one.
type vmsPage struct {
	list[core.VM]
	place    place
	view     *core.View
	panel    string // "on" and "off" as the person chose, "" by the width
	owned    bool   // the column of the owners is there
	clusters map[string]core.ClusterSummary
}

func newVMsPage(h *host, at place) *vmsPage {
	p := &vmsPage{place: at, owned: true} // until the view tells
	p.list = newList(h, p.layout(h.look, at.On.Cluster == ""))
	p.several = at.On.Cluster == ""
	p.id = func(vm *core.VM) core.Ref { return vm.Ref() }
	p.name = vmFullName
	p.match = func(vm *core.VM) core.Row {
		if p.view != nil && p.find.parsed.Asks("owner") {
			return p.view.Row(vm)
		}
		return vm
	}
	p.far = func() func(*core.VM) core.Row {
		if p.view == nil || !p.find.parsed.Asks("owner") {
			return nil
		}
		return p.view.Row // of the view as it is now
	}
	p.told = func(vm *core.VM) core.Row { return p.view.Row(vm) }
	p.faded = func(vm *core.VM) (fade, bool) {
		if vm.Gone {
			return fadeGone, true
		}
		return fadeStale, !p.clusters[vm.Cluster].Health.Reachable()
	}
	p.bad = func(vm *core.VM) bool {
		return vm.State == core.StateError || vm.State == core.StateUnknown
	}
	p.open = func(vm *core.VM) (place, bool) { return place{Page: pageVM, On: vm.Ref()}, true }
	if at.Arg != "" {
		_, _, _ = p.filter(at.Arg) // a bad one shows everything
	}
	return p
}

func (p *vmsPage) at() place { return p.place }

func (p *vmsPage) traits() trait {
	return traitMove | traitOpen | traitMarks | traitFilter | traitSort | traitWide | traitTrouble | traitPanel
}

func (p *vmsPage) show(v *core.View) tea.Cmd {
	p.view = v
	p.clusters = byName(v.Clusters())
	if owned := v.AnyOwned(); owned != p.owned {
		p.owned = owned
		p.setFields(p.layout(p.host.look, p.several))
	}
	p.divide(p.place.On.Cluster == "" && len(p.clusters) > 1, p.layout)
	all := v.VMs()
	from, to := stretch(all, p.place.On.Cluster, vmCluster)
	loading := p.load(all[from:to:to], func() []string { return v.VMTexts()[from:to] })
	return tea.Batch(loading, p.renew(v.OwnersRev(), "owner"))
}

func (p *vmsPage) update(tea.Msg) tea.Cmd { return nil }

func (p *vmsPage) selection() selection { return p.refs() }

func (p *vmsPage) paint() string {
	if p.view == nil {
		return ""
	}
	notes := notices(p.host.look.theme, p.clusters, p.place.On.Cluster, p.w, p.h)
	p.above = len(notes)
	if p.shown.len() == 0 {
		return stack(notes, p.empty(), p.w, p.h)
	}
	side := 0
	if p.panelShown() {
		side = min(p.w/3, 56)
	}
	body := p.h - len(notes) - 1
	main := p.table(p.w-side, body)
	if side > 0 {
		if vm, ok := p.current(); ok {
			main = beside(p.host.look.theme, main, p.w-side, vmPanel(p.host.look, vm, p.view, side-3, body), body)
		}
	}
	return stack(notes, main, p.w, p.h)
}

// table is the table with its footer.
func (l *list[T]) table(w, h int) string {
	t := l.host.look.theme
	place := "  " + l.grid.Footer()
	if l.z {
		place += " with problems " + t.Sym.Dot + " z shows all"
	}
	if out := l.leftOut(); out != "" {
		place += " " + t.Sym.Dot + " " + out
	}
	if l.sorts.busy {
		place += " " + t.Sym.Dot + " sorting" + t.Sym.Ellipsis // the header shows the order that is there
	}
	if l.seeks.busy {
		place += " " + t.Sym.Dot + " filtering" + t.Sym.Ellipsis
	}
	return l.view(w, h) + "\n" + t.Dim.Render(t.Cut(place, w))
}

// empty says why no VM is there.
func (p *vmsPage) empty() string {
	t := p.host.look.theme
	switch {
	case p.seeks.busy:
		return hollow(t, p.w, "filtering"+t.Sym.Ellipsis, "")
	case p.find.text != "" && p.rows.len() > 0:
		return hollow(t, p.w, "no VM matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		return hollow(t, p.w, "no VM has a problem", "z shows all of them again")
	}
	return nothing(t, p.w, p.host.session, p.view, p.place.On.Cluster, "VMs")
}

func vmFields(look *look, clusters bool) []field[core.VM] {
	cell := func(f func(*core.VM) string) func(*core.VM) grid.Cell {
		return func(vm *core.VM) grid.Cell { return grid.Cell{Text: f(vm), Style: look.theme.Text} }
	}
	quiet := func(f func(*core.VM) string) func(*core.VM) grid.Cell {
		return func(vm *core.VM) grid.Cell { return grid.Cell{Text: f(vm), Style: look.theme.Dim} }
	}
	tags := func(vm *core.VM) string { return strings.Join(vm.Tags, " ") }
	fields := []field[core.VM]{
		{Column: grid.Column{Key: "name", Title: "name", Min: 18, Ideal: 26, Elastic: true}, cmp: byText(vmName), cell: cell(vmName)},
		{
			Column: grid.Column{Key: "cluster", Title: "cluster", Min: 7, Ideal: 12, Drop: 2}, cmp: byText(vmCluster),
			cell: func(vm *core.VM) grid.Cell { return look.clusterCell(vm.Cluster) },
		},
		{
			Column: grid.Column{Key: "state", Title: "state", Min: 9, Ideal: 13, Drop: 1}, cmp: byNumber(vmRank),
			cell: func(vm *core.VM) grid.Cell {
				symbol, word, style := vmState(look.theme, vm)
				return grid.Cell{Text: symbol + " " + word, Short: symbol + " " + string(vm.State), Style: style}
			},
		},
		{
			Column: grid.Column{Key: "node", Title: "node", Min: 7, Ideal: 20, Drop: 3}, cmp: byText(vmNode),
			cell: func(vm *core.VM) grid.Cell {
				return grid.Cell{Text: vm.Node, Short: label(vm.Node), Style: look.theme.Text}
			},
		},
		{
			Column: grid.Column{Key: "vcpus", Title: "cpu", Min: 3, Ideal: 4, Drop: 6, Right: true}, desc: true,
			cmp: byNumber(func(vm *core.VM) int { return vm.VCPUs }), cell: cell(func(vm *core.VM) string { return count(vm.VCPUs) }),
		},
		{
			Column: grid.Column{Key: "memory", Title: "memory", Min: 6, Ideal: 7, Drop: 4, Right: true}, desc: true,
			cmp: byNumber(func(vm *core.VM) int { return vm.MemoryMiB }), cell: cell(func(vm *core.VM) string { return size(vm.MemoryMiB) }),
		},
		{
			Column: grid.Column{Key: "disk", Title: "disk", Min: 5, Ideal: 6, Drop: 7, Right: true}, desc: true,
			cmp: byNumber(func(vm *core.VM) int { return vm.DiskMiB }), cell: cell(func(vm *core.VM) string { return size(vm.DiskMiB) }),
		},
		{Column: grid.Column{Key: "ip", Title: "ip", Min: 13, Ideal: 15, Drop: 5}, cmp: byText(vmIP), cell: cell(vmIP)},
		{
			Column: grid.Column{Key: "os", Title: "os", Min: 10, Ideal: 18, Drop: 9}, cmp: byText(func(vm *core.VM) string { return vm.OS }),
			cell: quiet(func(vm *core.VM) string { return vm.OS }),
		},
		{Column: grid.Column{Key: "tags", Title: "tags", Min: 10, Ideal: 22, Drop: 10}, cmp: byText(tags), cell: quiet(tags)},
		{
			Column: grid.Column{Key: "hypervisor", Title: "hyp", Min: 4, Ideal: 8, Drop: 11},
			cmp:    byText(func(vm *core.VM) string { return vm.Hypervisor }), cell: quiet(func(vm *core.VM) string { return vm.Hypervisor }),
		},
		{
			Column: grid.Column{Key: "template", Title: "disks", Min: 5, Ideal: 8, Drop: 12},
			cmp:    byText(func(vm *core.VM) string { return vm.DiskTemplate }), cell: quiet(func(vm *core.VM) string { return vm.DiskTemplate }),
		},
		{
			Column: grid.Column{Key: "status", Title: "status", Min: 8, Ideal: 16, Drop: 13},
			cmp:    byText(func(vm *core.VM) string { return vm.Status }), cell: quiet(func(vm *core.VM) string { return vm.Status }),
		},
		{
			Column: grid.Column{Key: "age", Title: "age", Min: 4, Ideal: 5, Drop: 8, Right: true}, desc: true,
			cmp:  byTime(vmCreated),
			cell: quiet(func(vm *core.VM) string { return age(vm.Created) }),
		},
	}
	if !clusters {
		return append(fields[:1], fields[2:]...)
	}
	return fields
}
