package tui

import (
	"strings"

	"gwm/core"
	grid "gwm/tui/table"
)

// The kinds of rows that are parts of a cluster; a Ref of them has cluster and name.
const (
	kindNodeGroup core.Kind = "node group"
	kindNetwork   core.Kind = "network"
)

// traitParts: rows are node groups or networks, or the page is about one.
const (
	traitNodeGroups trait = 1 << (iota + 58)
	traitNetworks

	traitParts = traitNodeGroups | traitNetworks
)

// The pages of one node group and of one network; Arg is its name.
const (
	pageNodeGroup = "nodegroup"
	pageNetwork   = "network"
)

func partRef(kind core.Kind, cluster, name string) core.Ref {
	return core.Ref{Kind: kind, Cluster: cluster, Name: name}
}

// partPlace is the page of a node group or a network.
func partPlace(r core.Ref) place {
	page := pageNodeGroup
	if r.Kind == kindNetwork {
		page = pageNetwork
	}
	return place{Page: page, On: core.ClusterRef(r.Cluster), Arg: r.Name}
}

// nodeGroupRow is a node group with the networks that it is connected to.
type nodeGroupRow struct {
	core.OfferGroup
	cluster  string
	networks []string
	own      int // settings of its own
}

func newNodeGroupsPart(h *host, p *setupPage) part {
	t := newTablePart(h, "node group", traitNodeGroups, nodeGroupFields(h.look))
	t.id = func(g *nodeGroupRow) core.Ref { return partRef(kindNodeGroup, g.cluster, g.Name) }
	t.match = func(g *nodeGroupRow) core.Row { return g }
	t.open = func(g *nodeGroupRow) (place, bool) { return partPlace(t.id(g)), true }
	t.missing = p.lacking
	t.rowsOf = func(*core.View) (rows []*nodeGroupRow) {
		for _, g := range p.offer.Groups {
			rows = append(rows, nodeGroupOf(p.place.On.Cluster, g, p.offer))
		}
		return rows
	}
	t.lacks = func() (string, string) {
		return "the cluster does not tell its node groups", "its version is too old, or its user may not read them"
	}
	return t
}

func nodeGroupOf(cluster string, g core.OfferGroup, offer core.Offer) *nodeGroupRow {
	row := &nodeGroupRow{OfferGroup: g, cluster: cluster}
	for _, n := range offer.Networks {
		for _, c := range n.Groups {
			if c.Group == g.Name {
				row.networks = append(row.networks, n.Name)
			}
		}
	}
	settings, _ := offer.Settings(g.Name)
	for _, s := range settings {
		if s.Custom && s.Name != core.SettingAllocPolicy {
			row.own++
		}
	}
	return row
}

// textField makes a column of texts.
func textField[T any](look *look, key, title string, least, ideal, drop int, f func(*T) string) field[T] {
	return field[T]{
		Column: grid.Column{Key: key, Title: title, Min: least, Ideal: ideal, Drop: drop, Elastic: drop == 0},
		cmp:    byText(f), cell: func(r *T) grid.Cell { return grid.Cell{Text: f(r), Style: look.theme.Text} },
	}
}

// countField makes a column of numbers.
func countField[T any](look *look, key, title string, ideal, drop int, f func(*T) int) field[T] {
	return field[T]{
		Column: grid.Column{Key: key, Title: title, Min: len(title) + 1, Ideal: ideal, Drop: drop, Right: true}, desc: true,
		cmp: byNumber(f), cell: func(r *T) grid.Cell { return grid.Cell{Text: count(f(r)), Style: look.theme.Text} },
	}
}

func nodeGroupFields(look *look) []field[nodeGroupRow] {
	return []field[nodeGroupRow]{
		textField(look, "name", "name", 14, 26, 0, func(g *nodeGroupRow) string { return g.Name }),
		countField(look, "nodes", "nodes", 6, 1, func(g *nodeGroupRow) int { return len(g.Nodes) }),
		textField(look, "policy", "allocation", 11, 12, 2, func(g *nodeGroupRow) string { return g.AllocPolicy }),
		textField(look, "networks", "networks", 10, 24, 4, func(g *nodeGroupRow) string { return orDash(strings.Join(g.networks, " ")) }),
		countField(look, "own", "settings", 9, 5, func(g *nodeGroupRow) int { return g.own }),
		textField(look, "tags", "tags", 8, 24, 6, func(g *nodeGroupRow) string { return strings.Join(g.Tags, " ") }),
	}
}

// FilterText, FilterField and FilterNumber make it a core.Row.
func (g *nodeGroupRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{g.Name, g.AllocPolicy, strings.Join(g.Nodes, " "), strings.Join(g.networks, " "), strings.Join(g.Tags, " ")}, " "))
}

func (g *nodeGroupRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name":
		values = []string{g.Name}
	case "node":
		values = g.Nodes
	case "network":
		values = g.networks
	case "tag":
		values = g.Tags
	default:
		return nil, false
	}
	return lowered(values), true
}

func (g *nodeGroupRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
