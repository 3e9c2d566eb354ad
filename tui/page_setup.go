package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// pageSetup is how a cluster is set up: its settings, operating systems, node
// groups, networks and locks. The cluster is asked for it while somebody looks.
const pageSetup = "setup"

type setupPage struct {
	tabbedPage
	asked
	offer   core.Offer
	locks   []core.JobLock
	unknown error     // why the locks are not known
	told    time.Time // when the cluster answered
	jobs    string    // the newest job that had ended when it was asked
}

type setupMsg struct {
	page    *setupPage
	offer   core.Offer
	locks   []core.JobLock
	unknown error
	err     error
}

// setupPlace is the page of how a cluster is set up.
func setupPlace(cluster string) place { return place{Page: pageSetup, On: core.ClusterRef(cluster)} }

func newSetupPage(h *host, at place) *setupPage {
	p := &setupPage{tabbedPage: tabbedPage{host: h, place: at, rolls: rolls{host: h}}}
	p.top = p.header
	for _, t := range []struct {
		title string
		write func(*core.View) []logview.Line
	}{
		{"settings", p.settings}, {"systems", p.systems}, {"node groups", p.groups}, {"networks", p.networks}, {"locks", p.queue},
	} {
		p.tabs = append(p.tabs, tab{t.title, &setupPart{newTextPart(h, t.write), p}})
	}
	return p
}

// header says which cluster it is, and how old what is shown is.
func (p *setupPage) header(w, h int) (lines []string, ok bool) {
	t := p.host.look.theme
	c, ok := p.view.Cluster(p.place.On.Cluster)
	if !ok {
		return nil, false
	}
	line := " " + p.host.look.clusterHere(c.Cluster.Name, t.Strong).Render(c.Cluster.Name)
	switch {
	case p.failed != nil && p.have:
		line += "  " + t.Error.Render(t.Sym.Bad+" this is how it was "+ago(p.told)+": "+core.Printable(p.failed.Message))
	case p.have:
		line += t.Dim.Render("  asked " + ago(p.told))
	}
	return p.heading(line, w, h), true
}

func (p *setupPage) show(v *core.View) tea.Cmd {
	cmd := p.tabbedPage.show(v)
	newest := ""
	jobs := v.Jobs()
	for i := range jobs {
		if jobs[i].Cluster == p.place.On.Cluster && jobs[i].State.Final() {
			newest = jobs[i].Name + " " + string(jobs[i].State)
			break
		}
	}
	if p.asking || p.have && newest == p.jobs {
		return cmd
	}
	p.jobs = newest
	return tea.Batch(cmd, p.reread())
}

// reread asks the cluster.
func (p *setupPage) reread() tea.Cmd {
	if _, ok := p.view.Cluster(p.place.On.Cluster); !ok || !p.begin() {
		return nil
	}
	s, cluster := p.host.session, p.place.On.Cluster
	return p.host.call(func(ctx context.Context) tea.Msg {
		m := setupMsg{page: p}
		if m.offer, m.err = s.Offer(ctx, cluster); m.err == nil {
			m.locks, m.unknown = s.ClusterLocks(ctx, cluster)
		}
		return m
	})
}

func (p *setupPage) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(setupMsg)
	if !ok || m.page != p {
		return p.tabbedPage.update(msg)
	}
	again := p.end(m.err)
	if m.err == nil {
		p.offer, p.locks, p.unknown, p.told = m.offer, m.locks, m.unknown, m.offer.Fetched
	}
	cmd := p.front().follow(p.view)
	if again {
		cmd = tea.Batch(cmd, p.reread())
	}
	return cmd
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

// setupPart is a tab of the page: a text once the cluster has answered.
type setupPart struct {
	*textPart
	page *setupPage
}

func (p *setupPart) body(w, h int) string {
	if !p.page.have {
		return p.page.missing(p.host.look.theme, w)
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
			lines = append(lines, params(p.host.look.theme, "disks of the kind "+kind, p.offer.Disk[kind])...)
		}
	}
	return append(lines, params(p.host.look.theme, "what else it tells of itself", p.offer.Other)...)
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
		lines = append(lines, params(p.host.look.theme, "parameters of "+name, p.offer.OSParams[name])...)
	}
	for _, name := range slices.Sorted(maps.Keys(p.offer.OSHyper)) {
		for _, hypervisor := range slices.Sorted(maps.Keys(p.offer.OSHyper[name])) {
			lines = append(lines, params(p.host.look.theme, hypervisor+" of VMs with "+name, p.offer.OSHyper[name][hypervisor])...)
		}
	}
	return lines
}

// groups lists the node groups with what each sets by itself.
func (p *setupPage) groups(*core.View) []logview.Line {
	var lines []logview.Line
	for _, g := range p.offer.Groups {
		lines = append(lines, head(g.Name))
		lines = row(lines, "allocation", g.AllocPolicy)
		lines = row(lines, "nodes", orDash(strings.Join(g.Nodes, ", ")))
		var networks []string
		for _, n := range p.offer.Networks {
			for _, c := range n.Groups {
				if c.Group == g.Name {
					networks = append(networks, n.Name)
				}
			}
		}
		lines = row(lines, "networks", orDash(strings.Join(networks, ", ")))
		lines = row(lines, "tags", strings.Join(g.Tags, ", "), logview.Note)
		list, _ := p.offer.Settings(g.Name)
		for _, s := range list {
			if s.Custom && s.Name != core.SettingAllocPolicy {
				lines = row(lines, s.Name, s.Value)
			}
		}
	}
	return lines
}

// networks lists the networks with the map of their addresses.
func (p *setupPage) networks(*core.View) []logview.Line {
	var lines []logview.Line
	for _, n := range p.offer.Networks {
		lines = append(lines, head(n.Name))
		lines = row(lines, "addresses", n.CIDR+", "+count(n.Used)+" used, "+count(n.Free)+" free")
		lines = row(lines, "gateway", n.Gateway)
		lines = row(lines, "IPv6", strings.TrimSpace(n.CIDR6+" "+n.Gateway6))
		lines = row(lines, "MAC prefix", n.MACPrefix)
		for _, c := range n.Groups {
			lines = row(lines, "connected", c.Group+": "+strings.TrimSpace(c.Mode+" "+c.Link+" "+c.VLAN))
		}
		if len(n.Groups) == 0 {
			lines = row(lines, "connected", "to no node group: no VM can use it", logview.Note)
		}
		lines = row(lines, "tags", strings.Join(n.Tags, ", "), logview.Note)
		for _, l := range core.AddressLines(n.CIDR, n.Map) {
			lines = append(lines, logview.Line{Text: l, Level: logview.Quiet})
		}
	}
	if len(lines) == 0 {
		lines = append(lines, logview.Line{Text: "The cluster has no networks. VMs can be connected to bridges all the same.", Level: logview.Quiet})
	}
	return lines
}

// queue lists what jobs hold, and what they wait for.
func (p *setupPage) queue(*core.View) []logview.Line {
	lines := []logview.Line{head("what the jobs of the cluster hold, and wait for")}
	if p.unknown != nil {
		return append(lines, logview.Line{Text: core.Printable(core.AsError(p.unknown).Error()), Level: logview.Note})
	}
	for _, l := range p.locks {
		var said []string
		if len(l.Owners) > 0 {
			said = append(said, "held by "+jobNumbers(l.Owners))
		}
		if len(l.Waiting) > 0 {
			said = append(said, jobNumbers(l.Waiting)+" waiting")
		}
		lines = row(lines, l.Name, strings.Join(said, ", "))
	}
	if len(p.locks) == 0 {
		lines = append(lines, logview.Line{Text: "No job holds or waits for anything.", Level: logview.Quiet})
	}
	return lines
}

// jobNumbers names jobs of a cluster, few of many.
func jobNumbers(ids []string) string {
	const few = 4
	text := "job " + strings.Join(ids[:min(len(ids), few)], ", ")
	if n := len(ids) - few; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
