package tui

import (
	"fmt"
	"strings"

	"gwm/core"
	"gwm/tui/chart"
	"gwm/tui/theme"
)

// mapForm is how a map is laid out in a width.
type mapForm struct {
	name int // cells of the nodes' names
	bar  int // of a bar, 0: numbers only
	left int // of everything before the VMs
	cell int // of a VM
	room int // cells for VMs, with the counts of those that are folded
}

// arrowWidth is the room of the failover arrow between nodes and VMs, foldWidth
// that of a count of what is folded.
const (
	arrowWidth = 3
	foldWidth  = 5
)

// form finds the layout: names beside symbols where they fit, else symbols.
func (p *mapPage) form() mapForm {
	f := mapForm{bar: 6}
	most, longest := 0, 4
	for i := range p.rows {
		r := &p.rows[i]
		f.name = max(f.name, theme.Width(label(r.Name)))
		most = max(most, len(r.Primary), len(r.Secondary))
		for _, vm := range r.Primary {
			longest = max(longest, theme.Width(label(vm.Name)))
		}
	}
	f.name = min(max(f.name, 9), max(p.w/6, 9)) // "drained" with its symbol
	switch {
	case p.w < 60:
		f.bar = 0
	case p.w >= 120:
		f.bar = 12
	}
	f.left = f.name + len("  mem 100%") + 2
	if f.bar > 0 {
		f.left += f.bar + 1
	}
	f.room = max(p.w-f.left-arrowWidth, foldWidth+2)
	f.cell = min(longest, 14) + 3
	if most*f.cell > f.room {
		f.cell = min(longest, 9) + 3
	}
	if most*f.cell > f.room*2 {
		f.cell = 2
	}
	if most*f.cell > f.room*2 {
		f.cell = 1
	}
	return f
}

func (p *mapPage) paint() string {
	t := p.host.look.theme
	p.hits = p.hits[:0]
	switch {
	case p.view == nil:
		return ""
	case !p.known || p.gone:
		return hollow(t, p.w, "there is no cluster "+core.Printable(p.place.On.Cluster)+", or you may not see it", "esc goes back")
	}
	above := notices(t, map[string]core.ClusterSummary{p.cluster.Cluster.Name: p.cluster}, "", p.w, p.h)
	if p.h >= 10 {
		above = append(above, p.title())
	}
	if len(p.rows) == 0 {
		return stack(above, nothing(t, p.w, p.host.session, p.view, p.cluster.Cluster.Name, "nodes"), p.w, p.h)
	}
	below := []string{t.Cut(p.words(t), p.w)}
	if p.h >= 10 {
		below = append(below, t.Cut(p.legend(), p.w))
	}
	h := max(p.h-len(above)-len(below), 2)
	p.top = min(p.top, p.lane/2*2)
	p.top = max(p.top, p.lane/2*2+2-h)
	p.top = max(min(p.top, 2*len(p.rows)-h), 0)
	if p.laid == (mapForm{}) {
		p.laid = p.form()
	}
	f := p.laid
	lines := above
	for lane := p.top; lane < p.top+h; lane++ {
		if lane >= 2*len(p.rows) {
			lines = append(lines, "")
			continue
		}
		lines = append(lines, p.line(t, f, lane, len(lines)))
	}
	return strings.Join(append(lines, below...), "\n")
}

// title counts what is there.
func (p *mapPage) title() string {
	t, vms := p.host.look.theme, 0
	for i := range p.rows {
		vms += len(p.rows[i].Primary)
	}
	line := " " + p.host.look.clusterHere(p.cluster.Cluster.Name, t.Strong).Render(p.cluster.Cluster.Name) +
		t.Dim.Render("  "+counted(len(p.rows), "node")+", "+counted(vms, "VM"))
	if p.cluster.Partial {
		line += t.Dim.Render(" that you see")
	}
	line += t.Dim.Render("; of a node: above what runs there, below its second copies")
	return t.Cut(line, p.w)
}

// legend explains the cells.
func (p *mapPage) legend() string {
	t := p.host.look.theme
	var parts []string
	for _, s := range []core.VMState{core.StateRunning, core.StateDown, core.StateOffline, core.StateError, core.StateUnknown} {
		symbol, _, style := vmState(t, &core.VM{State: s})
		parts = append(parts, style.Render(symbol)+t.Dim.Render(" "+string(s)))
	}
	return " " + strings.Join(append(parts, t.Accent.Render(t.Sym.Arrow)+t.Dim.Render(" would fail over to"), t.Dim.Render("+N more")), "  ")
}

// line draws a lane at a line of the page: what the node has, the arrow, its VMs.
func (p *mapPage) line(t *theme.Theme, f mapForm, lane, y int) string {
	r := &p.rows[lane/2]
	left := p.capacity(t, f, r, lane)
	p.hits = append(p.hits, mapHit{y: y, to: f.left, lane: lane / 2 * 2, cell: -1})
	return left + p.arrow(t, lane) + p.draw(t, f, lane, y)
}

// capacity is the left part of a line: the node's name and memory, or under it
// its state and disk.
func (p *mapPage) capacity(t *theme.Theme, f mapForm, r *core.MapRow, lane int) string {
	n, second, style := r.Node, lane%2 == 1, t.Strong
	if p.onNode && lane == p.lane {
		style = t.Selected
	}
	name := style.Render(t.Fit(" "+label(core.Printable(r.Name)), f.name+1))
	if second {
		symbol, word := "", ""
		if n != nil {
			symbol, word, style = nodeState(t, n)
		}
		name = style.Render(t.Fit(" "+symbol+" "+word, f.name+1))
	}
	if n == nil {
		return name + theme.Spaces(f.left-f.name-1)
	}
	word, used, total := "mem", n.MemoryMiB-n.MemoryFreeMiB, n.MemoryMiB
	if second {
		word, used, total = "dsk", n.DiskMiB-n.DiskFreeMiB, n.DiskMiB
	}
	if total <= 0 {
		return name + t.Dim.Render(t.Fit(" "+word+" not known", f.left-f.name-1))
	}
	fraction := float64(used) / float64(total)
	out := name + t.Label.Render(" "+word+" ")
	if f.bar > 0 {
		out += chart.Meter(t, fraction, f.bar) + " "
	}
	return out + chart.Grade(t, fraction).Render(fmt.Sprintf("%3d%%", percent(used, total))) + theme.Spaces(2)
}

// arrow draws the way from the node of the VM under the cursor to the one that it
// would fail over to, as far as it crosses a line.
func (p *mapPage) arrow(t *theme.Theme, lane int) string {
	from, to := p.way()
	if from < 0 || to < 0 || lane < min(from, to) || lane > max(from, to) {
		return theme.Spaces(arrowWidth)
	}
	top, bottom := t.Sym.TopLeft, t.Sym.BotLeft
	switch {
	case lane == to && to < from:
		return t.Accent.Render(top + t.Fit(t.Sym.Arrow, arrowWidth-1))
	case lane == to:
		return t.Accent.Render(bottom + t.Fit(t.Sym.Arrow, arrowWidth-1))
	case lane == from && from < to:
		return t.Accent.Render(top + t.Sym.H + " ")
	case lane == from:
		return t.Accent.Render(bottom + t.Sym.H + " ")
	}
	return t.Accent.Render(t.Sym.V) + theme.Spaces(arrowWidth-1)
}

// way are the lanes of both copies of the VM under the cursor; -1: there is none.
func (p *mapPage) way() (from, to int) {
	vm := p.vm()
	from, to = -1, -1
	if vm == nil || len(vm.Secondaries) == 0 {
		return from, to
	}
	for i := range p.rows {
		switch p.rows[i].Name {
		case vm.Node:
			from = 2 * i
		case vm.Secondaries[0]:
			to = 2*i + 1
		}
	}
	return from, to
}

// draw draws the VMs of a lane; what has no room is counted at both ends.
func (p *mapPage) draw(t *theme.Theme, f mapForm, lane, y int) string {
	vms := p.cells(lane)
	if len(vms) == 0 {
		if lane%2 == 0 && len(p.cells(lane+1)) == 0 {
			return t.Dim.Render(t.Cut("nothing here", f.room))
		}
		return ""
	}
	first, n := 0, f.room/f.cell
	if n < len(vms) {
		n = max((f.room-2*foldWidth)/f.cell, 1)
		first = min(max(p.focus(lane)-n/2, 0), max(len(vms)-n, 0))
	}
	var b strings.Builder
	x := f.left + arrowWidth
	if n < len(vms) {
		fold := ""
		if first > 0 {
			fold = "+" + count(first)
		}
		b.WriteString(t.Dim.Render(t.Fit(fold, foldWidth)))
		x += foldWidth
	}
	last := min(first+n, len(vms))
	for i := first; i < last; i++ {
		b.WriteString(p.cellText(t, f, vms[i], lane, i))
		p.hits = append(p.hits, mapHit{y: y, from: x, to: x + f.cell, lane: lane, cell: i})
		x += f.cell
	}
	if last < len(vms) {
		b.WriteString(t.Dim.Render(t.Cut(" +"+count(len(vms)-last), foldWidth)))
	}
	return b.String()
}

// focus is the cell of a lane that must be seen: the cursor, or the other copy of
// the VM under it.
func (p *mapPage) focus(lane int) int {
	if lane == p.lane {
		return p.cell
	}
	if vm := p.vm(); vm != nil {
		for i, other := range p.cells(lane) {
			if other == vm {
				return i
			}
		}
	}
	return 0
}

// cellText is one VM: its state, and its name where cells have room for one. Second
// copies are quieter.
func (p *mapPage) cellText(t *theme.Theme, f mapForm, vm *core.VM, lane, i int) string {
	symbol, _, style := vmState(t, vm)
	name := ""
	if f.cell > 2 {
		name = " " + t.Fit(core.Printable(label(vm.Name)), f.cell-3)
	}
	gap := theme.Spaces(min(f.cell-1, 1))
	at := p.vm()
	switch {
	case at == vm && lane == p.lane && i == p.cell:
		return t.Selected.Render(symbol+name) + gap
	case at == vm:
		return t.Accent.Render(symbol+name) + gap
	case !p.cluster.Health.Reachable():
		return t.Stale.Render(symbol+name) + gap
	case lane%2 == 1:
		return style.Render(symbol) + t.Dim.Render(name) + gap
	}
	return style.Render(symbol) + t.Text.Render(name) + gap
}
