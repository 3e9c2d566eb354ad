package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// clusterPartPage is one node group with its nodes, or one network with its
// addresses and the VMs in it.
type clusterPartPage struct {
	tabbedPage
	setupReader
	ref core.Ref
	has trait // what the page is about
}

func newNodeGroupPage(h *host, at place) *clusterPartPage {
	p := newClusterPartPage(h, at, kindNodeGroup, traitNodeGroups)
	p.tabs = []tab{{"what it is", newTextPart(h, p.group)}, {"nodes", p.nodes(h)}}
	return p
}

func newNetworkPage(h *host, at place) *clusterPartPage {
	p := newClusterPartPage(h, at, kindNetwork, traitNetworks)
	p.tabs = []tab{{"what it is", newTextPart(h, p.network)}, {"VMs", p.vms(h)}}
	return p
}

func newClusterPartPage(h *host, at place, kind core.Kind, has trait) *clusterPartPage {
	p := &clusterPartPage{tabbedPage: tabbedPage{host: h, place: at, rolls: rolls{host: h}}, has: has}
	p.setupReader = setupReader{host: h, cluster: at.On.Cluster}
	p.ref = partRef(kind, at.On.Cluster, at.Arg)
	p.top = p.header
	return p
}

func (p *clusterPartPage) header(w, h int) (lines []string, ok bool) {
	if _, ok := p.view.Cluster(p.cluster); !ok {
		return nil, false
	}
	t := p.tabbedPage.host.look.theme
	line := " " + t.Strong.Render(core.Printable(p.ref.Name)) + t.Dim.Render("  "+string(p.ref.Kind)+" of "+p.cluster)
	return p.heading(line+p.since(t), w, h), true
}

// traits are those of the rows, or of what the page is about.
func (p *clusterPartPage) traits() trait {
	if p.here == 0 {
		return p.tabbedPage.traits() | p.has
	}
	return p.tabbedPage.traits()
}

func (p *clusterPartPage) selection() selection { return p.front().choice(p.ref) }

func (p *clusterPartPage) show(v *core.View) tea.Cmd {
	return tea.Batch(p.tabbedPage.show(v), p.ask(v))
}

func (p *clusterPartPage) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(setupMsg)
	if !ok {
		return p.tabbedPage.update(msg)
	}
	again := p.learn(m)
	return tea.Batch(p.front().follow(p.view), again)
}

// absent is the text while the cluster has not answered, or where it has no such part.
func (p *clusterPartPage) absent() []logview.Line {
	text := "asking" + p.tabbedPage.host.look.theme.Sym.Ellipsis
	switch {
	case p.have:
		text = p.cluster + " has no " + string(p.ref.Kind) + " " + core.Printable(p.ref.Name) + " any more; esc goes back."
	case p.failed != nil:
		text = core.Printable(p.failed.Error())
	}
	return []logview.Line{{Text: text, Level: logview.Quiet}}
}

// group tells what a node group is.
func (p *clusterPartPage) group(*core.View) []logview.Line {
	g, ok := p.offer.Group(p.ref.Name)
	if !ok {
		return p.absent()
	}
	lines := []logview.Line{head("what it is")}
	lines = row(lines, "allocation", allocationWords(g.AllocPolicy))
	lines = row(lines, "nodes", orDash(strings.Join(g.Nodes, ", ")))
	for _, n := range p.offer.Networks {
		for _, c := range n.Groups {
			if c.Group == g.Name {
				lines = row(lines, "network", n.Name+": "+strings.TrimSpace(c.Mode+" "+c.Link+" "+c.VLAN))
			}
		}
	}
	lines = row(lines, "tags", orDash(strings.Join(g.Tags, ", ")), logview.Note)
	lines = row(lines, "uuid", g.UUID)
	settings, _ := p.offer.Settings(g.Name)
	t := p.tabbedPage.host.look.theme
	lines = append(lines, params(t, "policy: what VMs may have there", under(settings, "policy/"))...)
	lines = append(lines, params(t, "parameters of its nodes", under(settings, "nd/"))...)
	return append(lines, logview.Line{}, logview.Line{Text: t.Sym.Custom + " is of the group itself; the rest is as the cluster has it.", Level: logview.Quiet})
}

// under are the settings of one section, by their names in it.
func under(settings []core.Param, section string) (out []core.Param) {
	for _, s := range settings {
		if name, ok := strings.CutPrefix(s.Name, section); ok {
			s.Name = name
			out = append(out, s)
		}
	}
	return out
}

// allocationWords says what an allocation policy does.
func allocationWords(policy string) string {
	for _, o := range policyField("").Options {
		if o.Value == policy {
			return policy + ": " + o.Note
		}
	}
	return policy
}

// network tells what a network is, with the map of its addresses.
func (p *clusterPartPage) network(*core.View) []logview.Line {
	n, ok := p.offer.Network(p.ref.Name)
	if !ok {
		return p.absent()
	}
	lines := []logview.Line{head("what it is")}
	lines = row(lines, "addresses", n.CIDR+", "+count(n.Used)+" used, "+count(n.Free)+" free")
	lines = row(lines, "gateway", orDash(n.Gateway))
	lines = row(lines, "IPv6", orDash(n.CIDR6))
	lines = row(lines, "IPv6 gateway", n.Gateway6)
	mac := n.MACPrefix
	if mac == "" {
		mac = "as the cluster has it"
	}
	lines = row(lines, "MAC prefix", mac)
	lines = row(lines, "reserved", orDash(strings.Join(n.Releasable(), ", ")))
	for _, c := range n.Groups {
		lines = row(lines, "connected", c.Group+": "+strings.TrimSpace(c.Mode+" "+c.Link+" "+c.VLAN))
	}
	if len(n.Groups) == 0 {
		lines = row(lines, "connected", "to no node group: no VM can use it", logview.Note)
	}
	lines = row(lines, "tags", orDash(strings.Join(n.Tags, ", ")), logview.Note)
	lines = row(lines, "uuid", n.UUID)
	if drawn := core.AddressLines(n.CIDR, n.Map); len(drawn) > 0 {
		lines = append(lines, head("its addresses: X is taken, . is free"))
		for _, l := range drawn {
			lines = append(lines, logview.Line{Text: l})
		}
	}
	return lines
}

// nodes is the table of the nodes of a node group.
func (p *clusterPartPage) nodes(h *host) part {
	t := newTablePart(h, "node", traitMarks, slices.DeleteFunc(nodeFields(h.look, false), func(f field[core.Node]) bool { return f.Key == "group" }))
	t.id = func(n *core.Node) core.Ref { return n.Ref() }
	t.name = func(n *core.Node) (cluster, name string) { return n.Cluster, n.Name }
	t.match = func(n *core.Node) core.Row { return n }
	t.bad = func(n *core.Node) bool { return n.Offline || n.Drained || n.MemoryMiB < 0 }
	t.open = func(n *core.Node) (place, bool) { return place{Page: pageNode, On: n.Ref()}, true }
	t.rowsOf = func(v *core.View) (rows []*core.Node) {
		for _, n := range v.Nodes() {
			if n.Cluster == p.cluster && n.Group == p.ref.Name {
				rows = append(rows, n)
			}
		}
		return rows
	}
	t.lacks = func() (string, string) { return "no node is in it", "A on the first tab assigns nodes to it" }
	return t
}

// vms is the table of the VMs with a NIC in a network.
func (p *clusterPartPage) vms(h *host) part {
	fields := vmFields(h.look, false)
	for i, f := range fields {
		if f.Key == "ip" {
			fields[i] = textField(h.look, "ip", "address in it", 13, 18, 1, p.addresses)
		}
	}
	t := newTablePart(h, "VM", traitMarks, fields)
	t.id = func(vm *core.VM) core.Ref { return vm.Ref() }
	t.name = vmFullName
	t.match = func(vm *core.VM) core.Row { return vm }
	t.open = func(vm *core.VM) (place, bool) { return place{Page: pageVM, On: vm.Ref()}, true }
	t.rowsOf = func(v *core.View) (rows []*core.VM) {
		for _, vm := range scoped(v.VMs(), p.cluster, vmCluster) {
			if slices.ContainsFunc(vm.NICs, func(n core.NIC) bool { return n.Network == p.ref.Name }) {
				rows = append(rows, vm)
			}
		}
		return rows
	}
	t.lacks = func() (string, string) { return "no VM that you may see has a NIC in it", "" }
	return t
}

// addresses are those that a VM has in the network.
func (p *clusterPartPage) addresses(vm *core.VM) string {
	var out []string
	for _, n := range vm.NICs {
		if n.Network == p.ref.Name {
			out = append(out, orDash(n.IP))
		}
	}
	return strings.Join(out, " ")
}
