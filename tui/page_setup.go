package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// pageSetup is how a cluster is set up: its settings, operating systems, node
// groups, networks and locks. The cluster is asked for it while somebody looks.
const pageSetup = "setup"

type setupPage struct {
	tabbedPage
	setupReader
}

// setupPlace is the page of how a cluster is set up.
func setupPlace(cluster string) place { return place{Page: pageSetup, On: core.ClusterRef(cluster)} }

func newSetupPage(h *host, at place) *setupPage {
	p := &setupPage{tabbedPage: tabbedPage{host: h, place: at, rolls: rolls{host: h}}}
	p.setupReader = setupReader{host: h, cluster: at.On.Cluster, queue: true}
	p.top = p.header
	p.tabs = []tab{
		{"settings", newSetupText(h, p, p.settings)},
		{"systems", newSetupText(h, p, p.systems)},
		{"node groups", newNodeGroupsPart(h, p)},
		{"networks", newNetworksPart(h, p)},
		{"locks", newLocksPart(h, p)},
	}
	return p
}

// header says which cluster it is, and how old what is shown is.
func (p *setupPage) header(w, h int) (lines []string, ok bool) {
	look := p.tabbedPage.host.look
	c, ok := p.view.Cluster(p.place.On.Cluster)
	if !ok {
		return nil, false
	}
	line := " " + look.clusterHere(c.Cluster.Name, look.theme.Strong).Render(c.Cluster.Name)
	line += p.since(look.theme)
	return p.heading(line, w, h), true
}

func (p *setupPage) show(v *core.View) tea.Cmd {
	return tea.Batch(p.tabbedPage.show(v), p.ask(v))
}

func (p *setupPage) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(setupMsg)
	if !ok {
		return p.tabbedPage.update(msg)
	}
	again := p.learn(m)
	return tea.Batch(p.front().follow(p.view), again)
}

// act brings another tab to the front with what the cluster says now.
func (p *setupPage) act(id string) (cmd tea.Cmd, done bool) {
	was := p.here
	cmd, done = p.tabbedPage.act(id)
	if p.here != was {
		cmd = tea.Batch(cmd, p.reread())
	}
	return cmd, done
}

// setupText is a tab with a text, once the cluster has answered.
type setupText struct {
	*textPart
	of *setupReader
}

func newSetupText(h *host, p *setupPage, write func(*core.View) []logview.Line) *setupText {
	return &setupText{newTextPart(h, write), &p.setupReader}
}

func (p *setupText) body(w, h int) string {
	if text := p.of.lacking(w); text != "" {
		return text
	}
	return p.textPart.body(w, h)
}

// sections are the headings of settings, by what stands before their names.
var sections = map[string]string{
	"": "the cluster", "be": "backend of VMs", "nic": "NICs", "nd": "nodes", "policy": "policy: what VMs may have",
}

// settings lists what can be changed, and what else the cluster says.
func (p *setupPage) settings(*core.View) []logview.Line {
	var lines []logview.Line
	list, _ := p.offer.Settings("")
	by := map[string][]core.Param{}
	var order []string
	for _, s := range list {
		where, name, sub := strings.Cut(s.Name, "/")
		if !sub {
			where, name = "", s.Name
		}
		if where == "hv" {
			hypervisor, rest, _ := strings.Cut(name, "/")
			where, name = "hypervisor "+hypervisor, rest
		}
		if by[where] == nil {
			order = append(order, where)
		}
		by[where] = append(by[where], core.Param{Name: name, Value: s.Value})
	}
	for _, where := range order {
		title := where
		if known, ok := sections[where]; ok {
			title = known
		}
		lines = append(lines, head(title))
		for _, s := range by[where] {
			lines = row(lines, s.Name, orDash(s.Value))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(p.offer.Disk)) {
		if len(p.offer.Disk[kind]) > 0 {
			lines = append(lines, params(p.tabbedPage.host.look.theme, "disks of the kind "+kind, p.offer.Disk[kind])...)
		}
	}
	return append(lines, params(p.tabbedPage.host.look.theme, "what else it tells of itself", p.offer.Other)...)
}

// systems lists the operating systems with their variants and parameters.
func (p *setupPage) systems(*core.View) []logview.Line {
	lines := []logview.Line{head("operating systems that VMs can be installed with")}
	for _, o := range p.offer.Systems() {
		lines = row(lines, o.Name, orDash(strings.Join(o.Variants, ", ")))
	}
	if len(p.offer.OSes) == 0 {
		lines = append(lines, logview.Line{Text: "The cluster lists none.", Level: logview.Quiet})
	}
	for _, name := range slices.Sorted(maps.Keys(p.offer.OSParams)) {
		lines = append(lines, params(p.tabbedPage.host.look.theme, "parameters of "+name, p.offer.OSParams[name])...)
	}
	for _, name := range slices.Sorted(maps.Keys(p.offer.OSHyper)) {
		for _, hypervisor := range slices.Sorted(maps.Keys(p.offer.OSHyper[name])) {
			lines = append(lines, params(p.tabbedPage.host.look.theme, hypervisor+" of VMs with "+name, p.offer.OSHyper[name][hypervisor])...)
		}
	}
	return lines
}

// jobNumbers names jobs of a cluster, few of many.
func jobNumbers(ids []string) string {
	const few = 4
	if len(ids) == 0 {
		return ""
	}
	text := "job " + strings.Join(ids[:min(len(ids), few)], ", ")
	if n := len(ids) - few; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
