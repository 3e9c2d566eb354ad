package tui

import (
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/logview"
)

// header is what stands above every tab: name, health, what is special, tabs.
func (p *clusterPage) header() []string {
	t := p.host.look.theme
	var out []string
	if p.known {
		c := p.row
		symbol, sentence, style := health(t, c.Health)
		if p.gone {
			symbol, sentence, style = t.Sym.Gone, "(gone)", t.Gone
		}
		line := " " + style.Render(symbol) + " " + p.host.look.clusterHere(c.Cluster.Name, t.Strong).Render(c.Cluster.Name) + taped(t, c)
		if sentence != "" {
			line += "  " + style.Render(sentence)
		} else if words := c.Cluster.Description; words != "" {
			line += "  " + t.Dim.Render(core.Printable(words))
		}
		out = append(out, t.Cut(line, p.w))
		if c.Lock != nil {
			out = append(out, t.Warn.Render(t.Cut(" "+t.Sym.Lock+" "+lockText(*c.Lock), p.w)))
		}
		if c.Cluster.Insecure {
			out = append(out, t.Danger.Render(t.Cut(" "+t.Sym.Warn+" its certificate is not verified: whoever stands between can read the password", p.w)))
		}
	}
	tabs := tabBar(t, p.tabs(), p.tab, p.w)
	if p.table() == nil {
		tabs = p.under(tabs, p.w)
	}
	return append(out, tabs)
}

func (p *clusterPage) paint() string {
	t := p.host.look.theme
	switch {
	case p.view == nil:
		return ""
	case !p.known:
		return hollow(t, p.w, "there is no cluster "+core.Printable(p.place.On.Cluster)+", or you may not see it", "esc goes back")
	}
	above := p.header()
	h := p.h - len(above)
	switch {
	case p.tab == clusterTabUsers:
		return stack(above, p.rights.body(p.w, h), p.w, p.h)
	case p.tab == clusterTabQuotas:
		return stack(above, p.quotas.body(p.w, h), p.w, p.h)
	case p.tab == clusterTabHosts:
		return stack(above, p.hosts.body(p.w, h), p.w, p.h)
	case p.past:
		return stack(above, p.history.body(p.w, h), p.w, p.h)
	case p.tab == clusterTabJobs && p.jobs.shown.len() == 0 && p.jobs.find.text != "":
		return stack(above, hollow(t, p.w, "no job matches "+core.Printable(p.jobs.find.text), "esc clears the filter"), p.w, p.h)
	case p.tab == clusterTabJobs && p.jobs.shown.len() == 0:
		return stack(above, hollow(t, p.w, "no job worked on it lately", p.jobs.leftOut()), p.w, p.h)
	case p.tab == clusterTabJobs:
		return stack(above, p.jobs.table(p.w, h-1), p.w, p.h)
	}
	return stack(above, p.reader.view(p.w, h), p.w, p.h)
}

// write puts the lines of the tab in front into the text.
func (p *clusterPage) write() {
	if p.known {
		p.replace(p.overview())
	}
}

func (p *clusterPage) overview() []logview.Line {
	lines := append(p.numbers(), writtenNote(p.view, p.place.On)...)
	lines = append(lines, p.settings()...)
	if p.row.Partial {
		return append(append(lines, p.trend()...), logview.Line{Text: "You see a part of this cluster; the rest is for who may see it as a whole.", Level: logview.Quiet})
	}
	lines = append(lines, p.trend()...)
	info := p.row.Info
	lines = append(lines, head("what it tells of itself"))
	lines = row(lines, "its own name", info.Name)
	lines = row(lines, "software", info.Software)
	lines = row(lines, "master", info.Master)
	lines = row(lines, "hypervisors", strings.Join(info.Hypervisors, ", "))
	lines = row(lines, "disk templates", strings.Join(info.DiskTemplates, ", "))
	lines = row(lines, "operating systems", strings.Join(info.OSes, ", "))
	lines = row(lines, "tags", strings.Join(info.Tags, ", "), logview.Note)
	for i, g := range info.NodeGroups {
		if i == 0 {
			lines = append(lines, head("node groups"))
		}
		lines = row(lines, g.Name, counted(g.Nodes, "node")+", allocation "+g.AllocPolicy)
	}
	for i, n := range info.Networks {
		if i == 0 {
			lines = append(lines, head("networks"))
		}
		lines = row(lines, n.Name, n.CIDR+", "+count(n.Used)+" used, "+count(n.Free)+" free")
	}
	return append(lines, logview.Line{Text: "I: its settings, operating systems, node groups, networks and locks.", Level: logview.Quiet})
}

// numbers say what is there.
func (p *clusterPage) numbers() []logview.Line {
	c := p.row
	lines := []logview.Line{head("what is there")}
	vms := strconv.Itoa(c.Running) + " of " + counted(c.VMs, "VM") + " running"
	level := logview.Plain
	if c.Errors > 0 {
		vms += ", " + count(c.Errors) + " in error"
		level = logview.Bad
	}
	lines = row(lines, "VMs", vms, level)
	if !c.Partial {
		level = logview.Plain
		nodes := counted(c.Nodes, "node")
		if c.NodesDown > 0 {
			nodes += ", " + count(c.NodesDown) + " down"
			level = logview.Bad
		}
		lines = row(lines, "nodes", nodes, level)
		ok, lacking, unknown := p.view.Spares(c.Cluster.Name)
		level = logview.Plain
		if lacking > 0 {
			level = logview.Bad
		}
		lines = row(lines, "n+1", core.SpareWords(ok, lacking, unknown), level)
		t := p.host.look.theme
		lines = row(lines, "memory", meterWords(t, c.MemoryMiB-c.MemoryFreeMiB, c.MemoryMiB))
		lines = row(lines, "disk", meterWords(t, c.DiskMiB-c.DiskFreeMiB, c.DiskMiB))
	}
	lines = row(lines, "jobs", count(c.JobsRunning)+" running, "+count(c.JobsFailed)+" failed today")
	return row(lines, "data of", ago(c.Health.Fetched))
}

// trend tells what it used over the last day; that is for who sees all of it.
func (p *clusterPage) trend() []logview.Line {
	if p.row.Partial {
		return nil
	}
	return trendLines(p.host, p.place.On, limits{
		core.MeasureMemory: p.row.MemoryMiB, core.MeasureConfigured: p.row.MemoryMiB, core.MeasureDisk: p.row.DiskMiB, core.MeasureRunning: p.row.VMs,
	}, p.w)
}

// settings say how gwm works with it.
func (p *clusterPage) settings() []logview.Line {
	c := p.row.Cluster
	lines := []logview.Line{head("how gwm works with it")}
	lines = row(lines, "address", c.URL)
	lines = row(lines, "user", c.User)
	trust := "the system's certificates"
	level := logview.Plain
	switch {
	case c.Insecure:
		trust, level = "NOT VERIFIED: whoever stands between can read the password and give orders", logview.Bad
	case c.Fingerprint != "":
		trust = "only the certificate " + c.Fingerprint
	case c.CA != "":
		trust = "a CA of its own"
	case !p.row.Managed: // which CA is for others to know
		trust = ""
	}
	lines = row(lines, "trusts", trust, level)
	lines = row(lines, "read-only", yes(p.row.Lock != nil))
	lines = row(lines, "protected", yes(c.Protected))
	lines = row(lines, "consoles", tapedWords(c.Recording))
	lines = row(lines, "description", c.Description)
	lines = row(lines, "added", ago(c.Added))
	for _, u := range p.mine() {
		label, text := "quota of ", usageLine(u)
		if u.Limits == (core.Limits{}) {
			label, text = "used by ", text+"; no limit"
		}
		lines = row(lines, label+u.Who.Name, text)
	}
	return lines
}

// mine is what the person and their groups use there.
func (p *clusterPage) mine() []core.Usage {
	var out []core.Usage
	for _, who := range p.host.session.Personas() {
		for _, u := range p.view.Usage(who) {
			if u.Cluster == p.place.On.Cluster {
				out = append(out, u)
			}
		}
	}
	return out
}

// usageLine is what somebody uses of everything, in a line.
func usageLine(u core.Usage) string {
	var parts []string
	for i, r := range core.Resources() {
		text := usedText(u, r) + " " + []string{"memory", "disk", "cpus", "VMs"}[i]
		if u.Exceeds(r) > 0 {
			text += " (over)"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}
