package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// pageMap is what is where on a cluster: a node in two lines, the VMs that run
// there and those that have their second copy there as cells.
const pageMap = "map"

// traitMap is that of the map, on which tab goes between a VM and its node.
const traitMap trait = 1 << 54

// actMapNode goes from the VM under the cursor to its node, and back.
const actMapNode = "map.node"

type mapPage struct {
	host    *host
	place   place
	view    *core.View
	cluster core.ClusterSummary
	known   bool // the cluster was seen
	gone    bool
	rows    []core.MapRow
	vms     uint64 // revisions of the lists that rows are made from
	nodes   uint64
	lane    int  // under the cursor: 2*row, and one more for the second copies
	cell    int  // in that lane
	onNode  bool // the cursor is on the node itself
	top     int  // first line of the drawing that is shown
	w, h    int
	hits    []mapHit
	laid    mapForm // for the rows and the width as they are; zero: to be found
}

// mapHit is where a cell, or with cell -1 the name of a node, was painted.
type mapHit struct{ y, from, to, lane, cell int }

// mapPlace is the map of the cluster of an object, with the cursor on the object.
func mapPlace(on core.Ref) place {
	p := place{Page: pageMap, On: core.ClusterRef(on.Cluster)}
	if on.Kind == core.KindVM || on.Kind == core.KindNode {
		p.Arg = on.String()
	}
	return p
}

func newMapPage(h *host, at place) *mapPage { return &mapPage{host: h, place: at, onNode: true} }

func (p *mapPage) at() place { return place{Page: pageMap, On: p.place.On} }

func (p *mapPage) traits() trait { return traitMap | traitMove | traitOpen }

func (p *mapPage) resize(w, h int) { p.w, p.h, p.laid = w, h, mapForm{} }

func (p *mapPage) update(tea.Msg) tea.Cmd { return nil }

func (p *mapPage) show(v *core.View) tea.Cmd {
	was := p.selection()
	p.view = v
	c, ok := v.Cluster(p.place.On.Cluster)
	p.gone = p.known && !ok
	if !ok {
		p.rows, p.vms = nil, 0
		return nil
	}
	p.cluster, p.known = c, true
	if vms, nodes := v.ListRev(core.KindVM), v.ListRev(core.KindNode); p.rows == nil || vms != p.vms || nodes != p.nodes {
		p.vms, p.nodes, p.laid = vms, nodes, mapForm{}
		p.rows, _ = v.Map(c.Cluster.Name) // what is not there was answered above
		if p.place.On != core.ClusterRef(c.Cluster.Name) || p.place.Arg != "" {
			was = p.asked()
		}
		p.follow(was)
	}
	return nil
}

// asked is the object that the page was opened for; only the first time.
func (p *mapPage) asked() selection {
	on, err := core.ParseRef(p.place.Arg)
	p.place.Arg = ""
	if err != nil {
		return selection{}
	}
	return selection{Refs: []core.Ref{on}}
}

// follow puts the cursor on what it was on, wherever that is now.
func (p *mapPage) follow(was selection) {
	at := was.ref()
	for i := range p.rows {
		r := &p.rows[i]
		if at.Kind == core.KindNode && r.Name == at.Name {
			p.lane, p.onNode = 2*i, true
			return
		}
		j := slices.IndexFunc(r.Primary, func(vm *core.VM) bool { return vm.Name == at.Name })
		if at.Kind == core.KindVM && j >= 0 && !p.second() {
			p.lane, p.cell, p.onNode = 2*i, j, false
			return
		}
	}
	if p.lane = min(p.lane, 2*len(p.rows)-1); p.lane < 0 {
		p.lane, p.onNode = 0, true
	}
	p.settle()
}

// second tells whether the cursor is among second copies.
func (p *mapPage) second() bool { return p.lane%2 == 1 }

// row is the node that the cursor is at, nil where there is none.
func (p *mapPage) row() *core.MapRow {
	if i := p.lane / 2; i < len(p.rows) {
		return &p.rows[i]
	}
	return nil
}

// cells are the VMs of a lane.
func (p *mapPage) cells(lane int) []*core.VM {
	switch {
	case lane < 0 || lane/2 >= len(p.rows):
		return nil
	case lane%2 == 0:
		return p.rows[lane/2].Primary
	}
	return p.rows[lane/2].Secondary
}

// vm is the VM under the cursor, nil where that is on a node.
func (p *mapPage) vm() *core.VM {
	if cells := p.cells(p.lane); !p.onNode && p.cell < len(cells) {
		return cells[p.cell]
	}
	return nil
}

// settle keeps the cursor within its lane; one without cells is its node.
func (p *mapPage) settle() {
	n := len(p.cells(p.lane))
	if n == 0 {
		p.lane, p.onNode = p.lane/2*2, true
	}
	p.cell = min(max(p.cell, 0), max(len(p.cells(p.lane))-1, 0))
}

func (p *mapPage) selection() selection {
	if vm := p.vm(); vm != nil {
		return selection{Refs: []core.Ref{vm.Ref()}}
	}
	if r := p.row(); r != nil && r.Node != nil && p.onNode {
		return selection{Refs: []core.Ref{r.Node.Ref()}}
	}
	return selection{}
}

func (p *mapPage) act(id string) (cmd tea.Cmd, done bool) {
	page := max(p.h/2, 1) // nodes have two lines
	switch id {
	case actUp, actDown:
		p.step(map[string]int{actUp: -1, actDown: 1}[id])
	case actLeft:
		if p.cell == 0 || p.onNode {
			p.onNode, p.lane = true, p.lane/2*2
		} else {
			p.cell--
		}
	case actRight:
		if p.onNode {
			p.enter()
		} else {
			p.cell++
		}
	case actMapNode:
		if p.onNode {
			p.enter()
		} else {
			p.lane, p.onNode = p.lane/2*2, true
		}
	case actTop:
		p.lane = 0
	case actBottom:
		p.lane = max(2*len(p.rows)-2, 0)
	case actHalfUp, actPageUp:
		p.lane = max(p.lane-2*page, p.lane%2)
	case actHalfDown, actPageDown:
		p.lane = min(p.lane+2*page, max(2*len(p.rows)-2+p.lane%2, 0))
	case actOpen:
		return nil, p.open()
	default:
		return nil, false
	}
	p.settle()
	return nil, true
}

// step goes to the next lane with something in it, or to the next node.
func (p *mapPage) step(by int) {
	for lane := p.lane + by; lane >= 0 && lane < 2*len(p.rows); lane += by {
		if lane%2 == 0 && (p.onNode || len(p.cells(lane)) > 0 || len(p.cells(lane+1)) == 0) || lane%2 == 1 && !p.onNode && len(p.cells(lane)) > 0 {
			p.lane = lane
			return
		}
	}
}

// enter goes from a node to its VMs.
func (p *mapPage) enter() {
	switch {
	case len(p.cells(p.lane)) > 0:
		p.onNode = false
	case len(p.cells(p.lane+1)) > 0:
		p.lane, p.onNode = p.lane+1, false
	}
}

// open leads to what is under the cursor.
func (p *mapPage) open() bool {
	at := p.selection()
	if len(at.Refs) == 0 {
		return false
	}
	p.host.goal = objectPlace(at.ref())
	return true
}

func (p *mapPage) click(x, y int, double bool) tea.Cmd {
	for _, hit := range p.hits {
		if hit.y != y || x < hit.from || x >= hit.to {
			continue
		}
		p.lane, p.cell, p.onNode = hit.lane, max(hit.cell, 0), hit.cell < 0
		if double {
			p.open()
		}
		return nil
	}
	return nil
}

func (p *mapPage) wheel(_, _, lines int) tea.Cmd {
	by := 1
	if lines < 0 {
		by = -1
	}
	for range max(lines, -lines) {
		p.step(by)
	}
	p.settle()
	return nil
}

// words say what the cursor is on: a VM with its nodes and the way that it would
// take, or a node and what becomes of its VMs without it.
func (p *mapPage) words(t *theme.Theme) string {
	if vm := p.vm(); vm != nil {
		symbol, word, style := vmState(t, vm)
		text := " " + style.Render(symbol+" "+word) + "  " + t.Strong.Render(core.Printable(label(vm.Name))) + "  " + vmMemory(vm) + " on " + core.Printable(label(vm.Node))
		if len(vm.Secondaries) == 0 {
			return text + t.Dim.Render(", no second node")
		}
		return text + t.Accent.Render(" "+t.Sym.Arrow+" "+core.Printable(label(vm.Secondaries[0]))) + t.Dim.Render(" if it fails over")
	}
	r := p.row()
	if r == nil {
		return ""
	}
	var parts []string
	for _, f := range r.Failovers() {
		vms := counted(f.VMs, "VM")
		switch {
		case f.To != "":
			parts = append(parts, vms+" to "+label(f.To)+" ("+size(f.MemoryMiB)+p.room(f)+")")
		case f.Shared:
			parts = append(parts, vms+" to nodes that the cluster chooses ("+size(f.MemoryMiB)+")")
		default:
			parts = append(parts, vms+" nowhere")
		}
	}
	text := " " + t.Strong.Render(core.Printable(label(r.Name))) + "  "
	if len(parts) == 0 {
		return text + t.Dim.Render("no VM runs or would run here")
	}
	return text + "if it dies: " + core.Printable(strings.Join(parts, ", "))
}

// room says how much is free for a failover, where that is known.
func (p *mapPage) room(f core.Failover) string {
	for i := range p.rows {
		if n := p.rows[i].Node; n != nil && n.Name == f.To && n.MemoryFreeMiB >= 0 {
			if f.MemoryMiB > n.MemoryFreeMiB {
				return " needed, only " + size(n.MemoryFreeMiB) + " free"
			}
			return " of " + size(n.MemoryFreeMiB) + " free"
		}
	}
	return ""
}
