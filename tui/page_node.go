package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// nodePage is a node: how full it is, the VMs on it, and everything else that
// its cluster tells.
type nodePage struct {
	historyReader
	place   place
	view    *core.View
	cluster core.ClusterSummary
	node    *core.Node // as it was seen last; nil: never
	gone    bool
	vms     list[core.VM]
	jobs    list[core.JobRow]
	storage *storagePart
	tab     int
	w, h    int
}

// The tabs of the node page.
const (
	nodeTabVMs = iota
	nodeTabDetails
	nodeTabJobs
	nodeTabHistory
	nodeTabJSON
	nodeTabStorage
)

func nodeTabs() []string { return []string{"VMs", "details", "jobs", "history", "json", "storage"} }

func newNodePage(h *host, at place) *nodePage {
	p := &nodePage{place: at}
	p.reader = reader{host: h, text: logview.NewText(h.look.theme)}
	p.history = newRecordsPart(h, core.AuditQuery{Target: at.On}, "nothing is recorded of it that you may read")
	p.jobs = newJobList(h, false)
	p.storage = newStoragePart(h, at.On)
	p.vms = newList(h, p.vmFields())
	p.vms.id = func(vm *core.VM) core.Ref { return vm.Ref() }
	p.vms.name = vmFullName
	p.vms.match = func(vm *core.VM) core.Row { return vm }
	p.vms.faded = func(vm *core.VM) (fade, bool) {
		if vm.Gone {
			return fadeGone, true
		}
		return fadeStale, !p.cluster.Health.Reachable()
	}
	p.vms.open = func(vm *core.VM) (place, bool) { return place{Page: pageVM, On: vm.Ref()}, true }
	return p
}

// vmFields are the columns of the VM list without the node, and with what the
// node is to the VM.
func (p *nodePage) vmFields() []field[core.VM] {
	look := p.host.look
	role := field[core.VM]{
		Column: grid.Column{Key: "role", Title: "here", Min: 9, Ideal: 9, Drop: 2},
		cmp:    byText(func(vm *core.VM) string { return p.role(vm) }),
		cell:   func(vm *core.VM) grid.Cell { return grid.Cell{Text: p.role(vm), Style: look.theme.Dim} },
	}
	fields := slices.DeleteFunc(vmFields(look, false), func(f field[core.VM]) bool { return f.Key == "node" })
	return slices.Insert(fields, 2, role)
}

func (p *nodePage) role(vm *core.VM) string {
	if vm.Node == p.place.On.Name {
		return "primary"
	}
	return "secondary"
}

func (p *nodePage) at() place { return p.place }

func (p *nodePage) traits() trait {
	switch {
	case p.past:
		return traitTabs | recordsTraits
	case p.tab == nodeTabStorage:
		return traitTabs | p.storage.traits()
	case p.front():
		return traitTabs | traitMove | traitOpen | traitMarks | traitSort | traitWide
	}
	return traitTabs | readerTraits
}

// front tells whether a table is in front.
func (p *nodePage) front() bool {
	return p.tab == nodeTabVMs || p.tab == nodeTabJobs || p.tab == nodeTabStorage || p.past
}

func (p *nodePage) resize(w, h int) {
	p.w, p.h = w, h
	p.vms.resize(w, h-4)
	p.jobs.resize(w, h-4)
	p.history.resize(w, h-4)
	p.storage.resize(w, h-4)
	p.text.Resize(w, max(h-4, 0))
}

func (p *nodePage) show(v *core.View) tea.Cmd {
	p.view = v
	p.cluster, _ = v.Cluster(p.place.On.Cluster)
	n, ok := v.Node(p.place.On)
	p.gone = !ok
	if ok {
		p.node = n
	}
	var here []*core.VM
	for _, vm := range scoped(v.VMs(), p.place.On.Cluster, vmCluster) {
		if vm.Node == p.place.On.Name || slices.Contains(vm.Secondaries, p.place.On.Name) {
			here = append(here, vm)
		}
	}
	slices.SortStableFunc(here, func(a, b *core.VM) int { return strings.Compare(p.role(a), p.role(b)) })
	sorting := tea.Batch(p.vms.load(here, nil), p.jobs.load(v.JobsOn(p.place.On), nil))
	p.write()
	if p.tab == nodeTabStorage {
		return tea.Batch(sorting, p.storage.follow(v))
	}
	return sorting
}

func (p *nodePage) update(msg tea.Msg) tea.Cmd {
	if cmd, ok := p.storage.take(msg); ok {
		return cmd
	}
	cmd, _ := p.history.take(msg)
	return cmd
}

func (p *nodePage) act(id string) (cmd tea.Cmd, done bool) {
	if tab, ok := tabAct(id, p.tab, len(nodeTabs())); ok {
		return p.turn(tab), true
	}
	switch p.tab {
	case nodeTabVMs:
		return p.vms.act(id)
	case nodeTabJobs:
		return p.jobs.act(id)
	case nodeTabHistory:
		return p.history.act(id)
	case nodeTabStorage:
		return p.storage.act(id)
	}
	return p.reader.act(id)
}

func (p *nodePage) turn(tab int) tea.Cmd {
	p.tab, p.past = tab, tab == nodeTabHistory
	p.text.Search("")
	p.write()
	p.text.Top()
	switch {
	case p.past:
		return p.history.follow(p.view)
	case tab == nodeTabStorage:
		return p.storage.follow(p.view)
	}
	return nil
}

func (p *nodePage) selection() selection {
	switch {
	case p.tab == nodeTabVMs && p.vms.shown.len() > 0:
		return p.vms.refs()
	case p.tab == nodeTabJobs && p.jobs.shown.len() > 0:
		return jobSelection(&p.jobs)
	case p.tab == nodeTabStorage:
		return p.storage.choice(p.place.On)
	case p.past:
		return p.history.choice(p.place.On)
	}
	return selection{Refs: []core.Ref{p.place.On}}
}

// sorter is the table in front.
func (p *nodePage) sorter() sorter {
	switch {
	case p.past:
		return p.history
	case p.tab == nodeTabStorage:
		return p.storage
	case p.tab == nodeTabJobs:
		return &p.jobs
	}
	return &p.vms
}

func (p *nodePage) columns() []column {
	return p.sorter().columns()
}

func (p *nodePage) sorted() (key string, desc bool) {
	return p.sorter().sorted()
}

func (p *nodePage) sort(key string, desc bool) tea.Cmd {
	return p.sorter().sort(key, desc)
}

func (p *nodePage) click(x, y int, double bool) tea.Cmd {
	top := len(p.header())
	switch {
	case y == top-1:
		if tab := tabHit(p.host.look.theme, nodeTabs(), p.tab, p.w, x); tab >= 0 {
			return p.turn(tab)
		}
	case y >= top && p.tab == nodeTabVMs:
		return p.vms.click(x, y-top, double)
	case y >= top && p.tab == nodeTabJobs:
		return p.jobs.click(x, y-top, double)
	case y >= top && p.tab == nodeTabStorage:
		return p.storage.click(x, y-top, double)
	case y >= top && p.past:
		return p.history.click(x, y-top, double)
	}
	return nil
}

func (p *nodePage) wheel(x, y, lines int) tea.Cmd {
	switch p.tab {
	case nodeTabVMs:
		return p.vms.wheel(x, y, lines)
	case nodeTabJobs:
		return p.jobs.wheel(x, y, lines)
	case nodeTabHistory:
		return p.history.wheel(x, y, lines)
	case nodeTabStorage:
		return p.storage.wheel(x, y, lines)
	}
	return p.reader.wheel(x, y, lines)
}

// header is what stands above every tab: state, how full it is, tabs.
func (p *nodePage) header() []string {
	t := p.host.look.theme
	var out []string
	if n := p.node; n != nil {
		symbol, word, style := nodeState(t, n)
		if p.gone {
			symbol, word, style = t.Sym.Gone, "(gone)", t.Gone
		}
		rest := "  " + string(n.Role) + "  " + counted(len(n.Primary), "VM") + " here, " + count(len(n.Secondary)) + " second copies"
		out = append(out, t.Cut(" "+style.Render(symbol+" "+word)+"  "+t.Strong.Render(core.Printable(n.Name))+t.Dim.Render(rest), p.w))
		if p.h >= 10 {
			out = append(out, p.gauges()...)
		}
	}
	out = append(out, lockNotes(t, p.view, p.place.On, p.w)...)
	out = append(out, unanswered(t, p.cluster, p.w)...)
	tabs := tabBar(t, nodeTabs(), p.tab, p.w)
	if !p.front() {
		tabs = p.under(tabs, p.w)
	}
	return append(out, tabs+p.elsewhere(p.w-theme.Width(tabs)))
}

// elsewhere says in at most w cells how the node itself is worked on, where the
// keys are about a VM or a job under the cursor.
func (p *nodePage) elsewhere(w int) string {
	const key, title = "2 " + subNode, "maintain node"
	room := w - theme.Width(key+" "+title) - 1
	if room < 2 || p.gone || p.tab != nodeTabVMs && p.tab != nodeTabJobs || p.selection().kind() == core.KindNode {
		return ""
	}
	t := p.host.look.theme
	return theme.Spaces(room) + t.Key.Render(key) + " " + t.Hint.Render(title)
}

func (p *nodePage) paint() string {
	t := p.host.look.theme
	if p.view == nil {
		return ""
	}
	if p.node == nil {
		return hollow(t, p.w, "there is no node "+core.Printable(p.place.On.String())+", or you may not see it", "esc goes back")
	}
	above := p.header()
	h := p.h - len(above)
	switch {
	case p.tab == nodeTabVMs && p.vms.rows.len() == 0:
		return stack(above, hollow(t, p.w, "no VM has anything on this node", ""), p.w, p.h)
	case p.tab == nodeTabVMs:
		return stack(above, p.vms.table(p.w, h-1), p.w, p.h)
	case p.tab == nodeTabJobs && p.jobs.rows.len() == 0:
		return stack(above, hollow(t, p.w, "no job worked on it lately", ""), p.w, p.h)
	case p.tab == nodeTabJobs:
		return stack(above, p.jobs.table(p.w, h-1), p.w, p.h)
	case p.tab == nodeTabStorage:
		return stack(above, p.storage.body(p.w, h), p.w, p.h)
	case p.past:
		return stack(above, p.history.body(p.w, h), p.w, p.h)
	}
	return stack(above, p.reader.view(p.w, h), p.w, p.h)
}

// write puts the lines of the tab in front into the text.
func (p *nodePage) write() {
	switch {
	case p.node == nil:
	case p.tab == nodeTabJSON:
		p.replace(jsonLines(p.node))
	default:
		p.replace(p.details())
	}
}

func (p *nodePage) details() []logview.Line {
	n := p.node
	lines := []logview.Line{head("what it is")}
	lines = row(lines, "name", n.Name)
	lines = row(lines, "role", string(n.Role))
	lines = row(lines, "group", n.Group)
	lines = row(lines, "tags", strings.Join(n.Tags, ", "), logview.Note)
	lines = row(lines, "address", n.PrimaryIP)
	lines = row(lines, "second address", n.SecondaryIP)
	lines = row(lines, "may hold VMs", yes(n.VMCapable))
	lines = row(lines, "may be master", yes(n.MasterCapable))
	lines = append(lines, writtenNote(p.view, n.Ref())...)
	lines = append(lines, head("what it has"))
	lines = row(lines, "memory", sizeOr(n.MemoryMiB)+", free "+sizeOr(n.MemoryFreeMiB)+", its own system "+sizeOr(n.MemoryNodeMiB))
	lines = row(lines, "disk", sizeOr(n.DiskMiB)+", free "+sizeOr(n.DiskFreeMiB))
	lines = row(lines, "cpus", countOr(n.CPUs)+" in "+counted(n.Sockets, "socket"))
	lines = spareLines(lines, p.view.Spare(p.place.On))
	lines = row(lines, "as of", ago(p.cluster.Health.NodesFetched))
	lines = append(lines, trendLines(p.host, p.place.On, limits{
		core.MeasureMemory: n.MemoryMiB, core.MeasureConfigured: n.MemoryMiB, core.MeasureDisk: n.DiskMiB,
	}, p.w)...)
	lines = append(lines, head("when"))
	lines = row(lines, "created", ago(n.Created))
	lines = row(lines, "changed", ago(n.Modified))
	lines = row(lines, "uuid", n.UUID)
	return append(lines, params(p.host.look.theme, "parameters", n.Params)...)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
