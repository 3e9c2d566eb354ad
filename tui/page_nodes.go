package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// nodesPage is the table of the nodes of all clusters, or of one.
type nodesPage struct {
	list[core.Node]
	place    place
	view     *core.View
	clusters map[string]core.ClusterSummary
	spares   map[*core.Node]core.SpareState // as asked of view
}

func newNodesPage(h *host, at place) *nodesPage {
	p := &nodesPage{place: at}
	p.list = newList(h, p.fields(h.look, at.On.Cluster == ""))
	p.several = at.On.Cluster == ""
	p.id = func(n *core.Node) core.Ref { return n.Ref() }
	p.name = func(n *core.Node) (cluster, name string) { return n.Cluster, n.Name }
	p.match = func(n *core.Node) core.Row { return n }
	p.faded = func(n *core.Node) (fade, bool) {
		if n.Gone {
			return fadeGone, true
		}
		return fadeStale, !p.clusters[n.Cluster].Health.Reachable()
	}
	p.bad = func(n *core.Node) bool { return n.Offline || n.Drained || n.MemoryMiB < 0 }
	p.open = func(n *core.Node) (place, bool) { return place{Page: pageNode, On: n.Ref()}, true }
	if at.Arg != "" {
		_, _, _ = p.filter(at.Arg) // a bad one shows everything
	}
	return p
}

// fields are the columns of the table of nodes with whether others could stand in.
func (p *nodesPage) fields(look *look, clusters bool) []field[core.Node] {
	return append(nodeFields(look, clusters), p.spareField(look))
}

func (p *nodesPage) at() place { return p.place }

func (p *nodesPage) traits() trait {
	return traitMove | traitOpen | traitMarks | traitFilter | traitSort | traitWide | traitTrouble
}

func (p *nodesPage) show(v *core.View) tea.Cmd {
	p.view, p.spares = v, map[*core.Node]core.SpareState{}
	p.clusters = byName(v.Clusters())
	p.divide(p.place.On.Cluster == "" && len(p.clusters) > 1, p.fields)
	return p.load(scoped(v.Nodes(), p.place.On.Cluster, func(n *core.Node) string { return n.Cluster }), nil)
}

func (p *nodesPage) update(tea.Msg) tea.Cmd { return nil }

func (p *nodesPage) selection() selection { return p.refs() }

func (p *nodesPage) paint() string {
	if p.view == nil {
		return ""
	}
	t := p.host.look.theme
	notes := notices(t, p.clusters, p.place.On.Cluster, p.w, p.h)
	p.above = len(notes)
	if p.shown.len() > 0 {
		return stack(notes, p.table(p.w, p.h-len(notes)-1), p.w, p.h)
	}
	body := ""
	switch {
	case p.find.text != "" && p.rows.len() > 0:
		body = hollow(t, p.w, "no node matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		body = hollow(t, p.w, "no node has a problem", "z shows all of them again")
	case p.partial():
		body = hollow(t, p.w, "you have rights on VMs only", "nodes are shown to who may see a whole cluster; ask an administrator")
	default:
		body = nothing(t, p.w, p.host.session, p.view, p.place.On.Cluster, "nodes")
	}
	return stack(notes, body, p.w, p.h)
}

// partial tells whether the person sees no cluster in scope as a whole.
func (p *nodesPage) partial() bool {
	some := false
	for name, c := range p.clusters {
		if p.place.On.Cluster != "" && p.place.On.Cluster != name {
			continue
		}
		if !c.Partial {
			return false
		}
		some = true
	}
	return some
}

// nodeState is the symbol and the word for a node's state, and their style.
func nodeState(t *theme.Theme, n *core.Node) (symbol, word string, style theme.Style) {
	switch {
	case n.Gone:
		return t.Sym.Gone, "(gone)", t.Gone
	case n.Offline:
		return t.Sym.Off, "offline", t.Error
	case n.MemoryMiB < 0:
		return t.Sym.Unknown, "silent", t.Warn
	case n.Drained:
		return t.Sym.Down, "drained", t.Warn
	}
	return t.Sym.Running, "up", t.Running
}

func nodeFields(look *look, clusters bool) []field[core.Node] {
	cell := func(f func(*core.Node) string) func(*core.Node) grid.Cell {
		return func(n *core.Node) grid.Cell { return grid.Cell{Text: f(n), Style: look.theme.Text} }
	}
	name := func(n *core.Node) string { return n.Name }
	cluster := func(n *core.Node) string { return n.Cluster }
	tags := func(n *core.Node) string { return strings.Join(n.Tags, " ") }
	fields := []field[core.Node]{
		{Column: grid.Column{Key: "name", Title: "name", Min: 17, Ideal: 26, Elastic: true}, cmp: byText(name), cell: cell(name)},
		{Column: grid.Column{Key: "cluster", Title: "cluster", Min: 7, Ideal: 12, Drop: 3}, cmp: byText(cluster), cell: func(n *core.Node) grid.Cell { return look.clusterCell(n.Cluster) }},
		{
			Column: grid.Column{Key: "state", Title: "state", Min: 9, Ideal: 9, Drop: 1},
			cmp:    byNumber(func(n *core.Node) int { return percent(n.MemoryFreeMiB, n.MemoryMiB) }),
			cell: func(n *core.Node) grid.Cell {
				symbol, word, style := nodeState(look.theme, n)
				return grid.Cell{Text: symbol + " " + word, Style: style}
			},
		},
		{
			Column: grid.Column{Key: "role", Title: "role", Min: 9, Ideal: 9, Drop: 5},
			cmp:    byText(func(n *core.Node) string { return string(n.Role) }), cell: cell(func(n *core.Node) string { return string(n.Role) }),
		},
		{
			Column: grid.Column{Key: "vms", Title: "vms", Min: 4, Ideal: 5, Drop: 2, Right: true}, desc: true,
			cmp: byNumber(func(n *core.Node) int { return len(n.Primary) }), cell: cell(func(n *core.Node) string { return count(len(n.Primary)) }),
		},
		{
			Column: grid.Column{Key: "memory", Title: "memory", Min: 13, Ideal: 22, Drop: 4}, desc: true,
			cmp:  byNumber(func(n *core.Node) int { return percent(n.MemoryMiB-n.MemoryFreeMiB, n.MemoryMiB) }),
			cell: func(n *core.Node) grid.Cell { return usage(look.theme, n.MemoryMiB-n.MemoryFreeMiB, n.MemoryMiB) },
		},
		{
			Column: grid.Column{Key: "disk", Title: "disk", Min: 13, Ideal: 22, Drop: 6}, desc: true,
			cmp:  byNumber(func(n *core.Node) int { return percent(n.DiskMiB-n.DiskFreeMiB, n.DiskMiB) }),
			cell: func(n *core.Node) grid.Cell { return usage(look.theme, n.DiskMiB-n.DiskFreeMiB, n.DiskMiB) },
		},
		{
			Column: grid.Column{Key: "cpus", Title: "cpu", Min: 3, Ideal: 4, Drop: 8, Right: true}, desc: true,
			cmp: byNumber(func(n *core.Node) int { return n.CPUs }), cell: cell(func(n *core.Node) string { return countOr(n.CPUs) }),
		},
		{
			Column: grid.Column{Key: "secondary", Title: "2nd", Min: 4, Ideal: 5, Drop: 9, Right: true}, desc: true,
			cmp:  byNumber(func(n *core.Node) int { return len(n.Secondary) }),
			cell: cell(func(n *core.Node) string { return count(len(n.Secondary)) }),
		},
		{
			Column: grid.Column{Key: "group", Title: "group", Min: 8, Ideal: 12, Drop: 10},
			cmp:    byText(func(n *core.Node) string { return n.Group }), cell: cell(func(n *core.Node) string { return n.Group }),
		},
		{
			Column: grid.Column{Key: "ip", Title: "ip", Min: 13, Ideal: 15, Drop: 7},
			cmp:    byText(func(n *core.Node) string { return n.PrimaryIP }), cell: cell(func(n *core.Node) string { return n.PrimaryIP }),
		},
		{Column: grid.Column{Key: "tags", Title: "tags", Min: 10, Ideal: 20, Drop: 11}, cmp: byText(tags), cell: cell(tags)},
	}
	if !clusters {
		return append(fields[:1], fields[2:]...)
	}
	return fields
}

// countOr is a number, "?" for one that is not known.
func countOr(n int) string {
	if n < 0 {
		return "?"
	}
	return count(n)
}
