package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// pageCluster is the page of a cluster: what it tells of itself, who may do what
// there, how much, and what happened. Its last tabs are lists of their own and
// lead there.
const pageCluster = "cluster"

type clusterPage struct {
	historyReader
	place  place
	view   *core.View
	row    core.ClusterSummary // as it was seen last
	known  bool                // it was seen
	gone   bool
	rights *rightsPart
	quotas *quotaPart
	hosts  *hostsPart
	jobs   list[core.JobRow]
	tab    int
	w, h   int
}

// The tabs of the cluster page.
const (
	clusterTabOverview = iota
	clusterTabUsers
	clusterTabQuotas
	clusterTabJobs
	clusterTabHistory
	clusterTabHosts
	clusterTabVMs
	clusterTabNodes
)

// clusterArgHosts is the place.Arg that begins with the tab of the nodes' keys.
const clusterArgHosts = "host keys"

func (p *clusterPage) tabs() []string {
	out := []string{"overview", "users", "quotas", "jobs", "history", "keys"}
	for _, s := range []string{"VMs", "nodes"} {
		out = append(out, s+" "+p.host.look.theme.Sym.Crumb)
	}
	return out
}

func newClusterPage(h *host, at place) *clusterPage {
	p := &clusterPage{
		place: at, rights: newRightsOn(h, at.On), quotas: newQuotaPart(h, at.On.Cluster), jobs: newJobList(h, false),
	}
	p.reader = reader{host: h, text: logview.NewText(h.look.theme)}
	p.jobs.upkeep = (*core.JobRow).Upkeep
	p.history = newRecordsPart(h, core.AuditQuery{Target: at.On}, "nothing is recorded of it that you may read")
	p.hosts = newHostsPart(h, at.On.Cluster)
	if at.Arg == clusterArgHosts {
		p.tab = clusterTabHosts
	}
	return p
}

// clusterPlace is the page of a cluster.
func clusterPlace(name string) place { return place{Page: pageCluster, On: core.ClusterRef(name)} }

func (p *clusterPage) at() place { return p.place }

func (p *clusterPage) traits() trait {
	switch p.tab {
	case clusterTabUsers:
		return traitTabs | rightsTraits
	case clusterTabQuotas:
		return traitTabs | quotaTraits
	case clusterTabJobs:
		return traitTabs | traitMove | traitOpen | traitFilter | traitSort | traitWide
	case clusterTabHistory:
		return traitTabs | recordsTraits
	case clusterTabHosts:
		return traitTabs | p.hosts.traits()
	}
	return traitTabs | readerTraits
}

func (p *clusterPage) resize(w, h int) {
	p.w, p.h = w, h
	p.jobs.resize(w, h-2)
	p.rights.resize(w, h-2)
	p.quotas.resize(w, h-2)
	p.history.resize(w, h-2)
	p.hosts.resize(w, h-2)
	p.text.Resize(w, max(h-2, 0))
}

func (p *clusterPage) show(v *core.View) tea.Cmd {
	p.view = v
	row, ok := v.Cluster(p.place.On.Cluster)
	p.gone = !ok
	if ok {
		p.row, p.known = row, true
	}
	jobs := v.Jobs()
	var rows []*core.JobRow
	for i := range jobs {
		if jobs[i].Cluster == p.place.On.Cluster {
			rows = append(rows, &jobs[i])
		}
	}
	cmd := p.jobs.load(rows, nil)
	p.write()
	return tea.Batch(cmd, p.follow())
}

// follow asks for what the tab in front shows besides the view.
func (p *clusterPage) follow() tea.Cmd {
	switch p.tab {
	case clusterTabUsers:
		return p.rights.follow(p.view)
	case clusterTabQuotas:
		return p.quotas.follow(p.view)
	case clusterTabHistory:
		return p.history.follow(p.view)
	case clusterTabHosts:
		return p.hosts.follow(p.view)
	}
	return nil
}

func (p *clusterPage) update(msg tea.Msg) tea.Cmd {
	if cmd, ok := p.rights.take(msg); ok {
		return cmd
	}
	if cmd, ok := p.history.take(msg); ok {
		return cmd
	}
	if cmd, ok := p.hosts.take(msg); ok {
		return cmd
	}
	cmd, _ := p.quotas.take(msg)
	return cmd
}

func (p *clusterPage) act(id string) (cmd tea.Cmd, done bool) {
	if tab, ok := tabAct(id, p.tab, len(p.tabs())); ok {
		return p.turn(tab), true
	}
	switch p.tab {
	case clusterTabUsers:
		return p.rights.act(id)
	case clusterTabQuotas:
		return p.quotas.act(id)
	case clusterTabJobs:
		return p.jobs.act(id)
	case clusterTabHistory:
		return p.history.act(id)
	case clusterTabHosts:
		return p.hosts.act(id)
	}
	return p.reader.act(id)
}

// turn brings another tab to the front, or leads to the list that it stands for.
func (p *clusterPage) turn(tab int) tea.Cmd {
	for at, page := range map[int]string{clusterTabVMs: pageVMs, clusterTabNodes: pageNodes} {
		if tab == at {
			p.host.goal = place{Page: page, On: p.place.On}
			return nil
		}
	}
	p.tab, p.past = tab, tab == clusterTabHistory
	p.text.Search("")
	p.write()
	p.text.Top()
	return p.follow()
}

func (p *clusterPage) selection() selection {
	switch {
	case p.tab == clusterTabUsers:
		return p.rights.choice(p.place.On)
	case p.tab == clusterTabQuotas:
		return p.quotas.choice()
	case p.tab == clusterTabHosts:
		return p.hosts.choice(p.place.On)
	case p.tab == clusterTabJobs && p.jobs.shown.len() > 0:
		return jobSelection(&p.jobs)
	case p.past:
		return p.history.choice(p.place.On)
	}
	return selection{Refs: []core.Ref{p.place.On}}
}

// table is the table in front, nil where a text is.
func (p *clusterPage) table() interface {
	sorter
	clicker
} {
	switch p.tab {
	case clusterTabUsers:
		return p.rights
	case clusterTabQuotas:
		return p.quotas
	case clusterTabJobs:
		return &p.jobs
	case clusterTabHistory:
		return p.history
	case clusterTabHosts:
		return p.hosts
	}
	return nil
}

// sieve is what the filter is about: the jobs while they are in front.
func (p *clusterPage) sieve() interface {
	filterer
	suggester
} {
	switch p.tab {
	case clusterTabJobs:
		return &p.jobs
	case clusterTabHosts:
		return p.hosts
	}
	return &p.historyReader
}

func (p *clusterPage) filter(text string) (matched, total int, err error) {
	return p.sieve().filter(text)
}

func (p *clusterPage) filtered() (text string, matched, total int) { return p.sieve().filtered() }

func (p *clusterPage) suggest(field, prefix string) []string { return p.sieve().suggest(field, prefix) }

func (p *clusterPage) columns() []column {
	if t := p.table(); t != nil {
		return t.columns()
	}
	return nil
}

func (p *clusterPage) sorted() (key string, desc bool) {
	if t := p.table(); t != nil {
		return t.sorted()
	}
	return "", false
}

func (p *clusterPage) sort(key string, desc bool) tea.Cmd {
	if t := p.table(); t != nil {
		return t.sort(key, desc)
	}
	return nil
}

func (p *clusterPage) click(x, y int, double bool) tea.Cmd {
	top := len(p.header())
	if y == top-1 {
		if tab := tabHit(p.host.look.theme, p.tabs(), p.tab, p.w, x); tab >= 0 {
			return p.turn(tab)
		}
	}
	if t := p.table(); t != nil && y >= top {
		return t.click(x, y-top, double)
	}
	return nil
}

func (p *clusterPage) wheel(x, y, lines int) tea.Cmd {
	if t := p.table(); t != nil {
		return t.wheel(x, y, lines)
	}
	return p.reader.wheel(x, y, lines)
}
