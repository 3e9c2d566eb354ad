package tui

import (
	"strings"

	"gwm/core"
	grid "gwm/tui/table"
)

// networkRow is a network with the node groups that it is connected to.
type networkRow struct {
	core.OfferNetwork
	cluster string
}

func newNetworksPart(h *host, p *setupPage) part {
	t := newTablePart(h, "network", traitNetworks, networkFields(h.look))
	t.id = func(n *networkRow) core.Ref { return partRef(kindNetwork, n.cluster, n.Name) }
	t.match = func(n *networkRow) core.Row { return n }
	t.open = func(n *networkRow) (place, bool) { return partPlace(t.id(n)), true }
	t.bad = func(n *networkRow) bool { return len(n.Groups) == 0 || n.Free == 0 }
	t.missing = p.lacking
	t.rowsOf = func(*core.View) (rows []*networkRow) {
		for _, n := range p.offer.Networks {
			rows = append(rows, &networkRow{n, p.place.On.Cluster})
		}
		return rows
	}
	t.lacks = func() (string, string) {
		return "the cluster has no networks; VMs can be connected to bridges all the same", "a adds one"
	}
	return t
}

// ways are the node groups of a network; its page says how it is reached there.
func (n *networkRow) ways() string {
	var out []string
	for _, c := range n.Groups {
		out = append(out, c.Group)
	}
	if len(out) == 0 {
		return "no node group"
	}
	return strings.Join(out, ", ")
}

func networkFields(look *look) []field[networkRow] {
	free := countField(look, "free", "free", 6, 2, func(n *networkRow) int { return n.Free })
	drawn := free.cell
	free.cell = func(n *networkRow) (c grid.Cell) {
		if c = drawn(n); n.Free == 0 {
			c.Style = look.theme.Warn
		}
		return c
	}
	ways := textField(look, "connected", "connected to", 14, 34, 3, (*networkRow).ways)
	plain := ways.cell
	ways.cell = func(n *networkRow) (c grid.Cell) {
		if c = plain(n); len(n.Groups) == 0 {
			c.Style = look.theme.Warn
		}
		return c
	}
	return []field[networkRow]{
		textField(look, "name", "name", 12, 22, 0, func(n *networkRow) string { return n.Name }),
		textField(look, "addresses", "addresses", 15, 18, 1, func(n *networkRow) string { return n.CIDR }),
		textField(look, "gateway", "gateway", 13, 15, 5, func(n *networkRow) string { return orDash(n.Gateway) }),
		countField(look, "used", "used", 6, 4, func(n *networkRow) int { return n.Used }),
		free, ways,
		textField(look, "ipv6", "ipv6", 12, 20, 8, func(n *networkRow) string { return n.CIDR6 }),
		textField(look, "tags", "tags", 8, 18, 7, func(n *networkRow) string { return strings.Join(n.Tags, " ") }),
	}
}

// FilterText, FilterField and FilterNumber make it a core.Row.
func (n *networkRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{n.Name, n.CIDR, n.Gateway, n.CIDR6, n.ways(), strings.Join(n.Tags, " ")}, " "))
}

func (n *networkRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name":
		values = []string{n.Name}
	case "group":
		for _, c := range n.Groups {
			values = append(values, c.Group)
		}
	case "tag":
		values = n.Tags
	default:
		return nil, false
	}
	return lowered(values), true
}

func (n *networkRow) FilterNumber(string) (v int64, ok bool) { return 0, false }
