package tui

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// vmPage is everything that is known of a VM. What the list knows is there at
// once; the rest comes from the session.
type vmPage struct {
	historyReader
	place   place
	view    *core.View
	cluster core.ClusterSummary
	vm      *core.VM // as it was seen last; nil: never
	gone    bool     // it is not in the view any more
	detail  core.VMDetail
	have    bool
	asking  bool
	tried   time.Time // how fresh the cluster was when the detail was asked for
	failed  *core.Error
	jobs    list[core.JobRow]
	rights  *rightsPart
	seats   *seatsPart
	tapes   *recordingsPart
	tab     int
	w, h    int
}

// The tabs of the VM page.
const (
	vmTabOverview = iota
	vmTabParams
	vmTabDisks
	vmTabNet
	vmTabJobs
	vmTabHistory
	vmTabUsers
	vmTabSeats
	vmTabTapes
	vmTabJSON
)

// vmArgConsoles is the place.Arg that begins with the tab of who sits there.
const vmArgConsoles = "consoles"

func vmTabs() []string {
	return []string{"overview", "parameters", "disks", "network", "jobs", "history", "users", "consoles", "recordings", "json"}
}

type vmDetailMsg struct {
	detail core.VMDetail
	err    error
}

func newVMPage(h *host, at place) *vmPage {
	p := &vmPage{place: at}
	p.reader = reader{host: h, text: logview.NewText(h.look.theme)}
	p.jobs = newJobList(h, false)
	p.rights = newRightsOn(h, at.On)
	p.seats, p.tapes = newSeatsPart(h, at.On), newRecordingsPart(h, at.On)
	p.history = newRecordsPart(h, core.AuditQuery{Target: at.On}, "nothing is recorded of it that you may read")
	if at.Arg == vmArgConsoles {
		p.tab = vmTabSeats
	}
	return p
}

// front is the part under the tab in front, nil where that is the text or the jobs.
func (p *vmPage) front() part {
	switch p.tab {
	case vmTabUsers:
		return rightsTab{p.rights}
	case vmTabHistory:
		return p.history
	case vmTabSeats:
		return p.seats
	case vmTabTapes:
		return p.tapes
	}
	return nil
}

func (p *vmPage) inFront() any { return p.front() }

func (p *vmPage) at() place { return p.place }

func (p *vmPage) traits() trait {
	if in := p.front(); in != nil {
		return traitTabs | in.traits()
	}
	if p.tab == vmTabJobs {
		return traitTabs | traitMove | traitOpen | traitSort | traitWide
	}
	return traitTabs | readerTraits
}

func (p *vmPage) resize(w, h int) {
	p.w, p.h = w, h
	p.jobs.resize(w, h-2)
	p.rights.resize(w, h-2)
	p.history.resize(w, h-2)
	p.seats.resize(w, h-2)
	p.tapes.resize(w, h-2)
	p.text.Resize(w, max(h-2, 0))
}

func (p *vmPage) show(v *core.View) tea.Cmd {
	p.view = v
	p.cluster, _ = v.Cluster(p.place.On.Cluster)
	vm, ok := v.VM(p.place.On)
	p.gone = !ok
	if ok {
		p.vm = vm
	}
	sorting := p.jobs.load(v.JobsOn(p.place.On), nil)
	sorting = tea.Batch(sorting, p.seats.follow(v)) // the overview tells of them too
	if in := p.front(); in != nil {
		sorting = tea.Batch(sorting, in.follow(v))
	}
	p.write()
	switch {
	case !ok || vm.Gone || p.asking || p.have && p.detail.VM.Serial == vm.Serial:
		return sorting
	case p.failed != nil && !p.cluster.Health.Fetched.After(p.tried):
		return sorting // the cluster has not answered since
	}
	return tea.Batch(sorting, p.ask())
}

// ask fetches what the list does not know.
func (p *vmPage) ask() tea.Cmd {
	p.asking, p.tried = true, p.cluster.Health.Fetched
	s, on := p.host.session, p.place.On
	return p.host.call(func(ctx context.Context) tea.Msg {
		d, err := s.VMDetail(ctx, on)
		return vmDetailMsg{d, err}
	})
}

func (p *vmPage) update(msg tea.Msg) tea.Cmd {
	for _, in := range []part{rightsTab{p.rights}, p.history, p.seats, p.tapes} {
		if cmd, ok := in.take(msg); ok {
			p.write()
			return cmd
		}
	}
	if msg, ok := msg.(vmDetailMsg); ok {
		p.asking = false
		p.failed = core.AsError(msg.err)
		if msg.err == nil {
			p.detail, p.have = msg.detail, true
		}
	}
	p.write()
	return nil
}

func (p *vmPage) act(id string) (cmd tea.Cmd, done bool) {
	if tab, ok := tabAct(id, p.tab, len(vmTabs())); ok {
		return p.turn(tab), true
	}
	if in := p.front(); in != nil {
		return in.act(id)
	}
	if p.tab == vmTabJobs {
		return p.jobs.act(id)
	}
	return p.reader.act(id)
}

// turn brings another tab to the front.
func (p *vmPage) turn(tab int) tea.Cmd {
	p.tab, p.past = tab, tab == vmTabHistory
	p.text.Search("")
	p.write()
	p.text.Top()
	if in := p.front(); in != nil {
		return in.follow(p.view)
	}
	return nil
}

func (p *vmPage) selection() selection {
	if p.tab == vmTabJobs && p.jobs.shown.len() > 0 {
		return jobSelection(&p.jobs)
	}
	if in := p.front(); in != nil {
		return in.choice(p.place.On)
	}
	return selection{Refs: []core.Ref{p.place.On}}
}

// sorter is the table in front.
func (p *vmPage) sorter() sorter {
	if in := p.front(); in != nil {
		return in
	}
	return &p.jobs
}

// filter is about the part in front, or searches the text.
func (p *vmPage) filter(text string) (matched, total int, err error) {
	if in := p.front(); in != nil {
		return in.filter(text)
	}
	return p.reader.filter(text)
}

func (p *vmPage) filtered() (text string, matched, total int) {
	if in := p.front(); in != nil {
		return in.filtered()
	}
	return p.reader.filtered()
}

func (p *vmPage) columns() []column               { return p.sorter().columns() }
func (p *vmPage) sorted() (key string, desc bool) { return p.sorter().sorted() }

func (p *vmPage) sort(key string, desc bool) tea.Cmd { return p.sorter().sort(key, desc) }

func (p *vmPage) click(x, y int, double bool) tea.Cmd {
	switch top := len(p.header()); {
	case y == top-1:
		if tab := tabHit(p.host.look.theme, vmTabs(), p.tab, p.w, x); tab >= 0 {
			return p.turn(tab)
		}
	case y >= top && p.tab == vmTabJobs:
		return p.jobs.click(x, y-top, double)
	case y >= top && p.front() != nil:
		return p.front().click(x, y-top, double)
	}
	return nil
}

func (p *vmPage) wheel(x, y, lines int) tea.Cmd {
	if in := p.front(); in != nil {
		return in.wheel(x, y, lines)
	}
	if p.tab == vmTabJobs {
		return p.jobs.wheel(x, y, lines)
	}
	return p.reader.wheel(x, y, lines)
}

// header is what stands above every tab: state and place, what is wrong, tabs.
func (p *vmPage) header() []string {
	t := p.host.look.theme
	var out []string
	if p.vm != nil {
		symbol, word, style := vmState(t, p.vm)
		if p.gone {
			symbol, word, style = t.Sym.Gone, "(gone)", t.Gone
		}
		rest := "  " + memoryOf(p.vm, " memory") + "  " + counted(p.vm.VCPUs, "vcpu") + "  on " + core.Printable(p.vm.Node)
		out = append(out, t.Cut(" "+style.Render(symbol+" "+word)+"  "+t.Strong.Render(core.Printable(p.vm.Name))+taped(t, p.cluster)+t.Dim.Render(rest), p.w))
	}
	out = append(out, p.wrong()...)
	out = append(out, lockNotes(t, p.view, p.place.On, p.w)...)
	out = append(out, unanswered(t, p.cluster, p.w)...)
	if p.gone && p.vm != nil {
		out = append(out, t.Warn.Render(t.Cut(" "+t.Sym.Warn+" the cluster no longer lists it, or you may no longer see it; this is what was known", p.w)))
	}
	tabs := tabBar(t, vmTabs(), p.tab, p.w)
	if p.tab != vmTabJobs && p.front() == nil {
		tabs = p.under(tabs, p.w)
	}
	return append(out, tabs)
}

// wrong says what is wrong with the VM, and what to do next.
func (p *vmPage) wrong() []string {
	if p.vm == nil || p.gone {
		return nil
	}
	why, hint := p.vm.Trouble()
	if why == "" {
		return nil
	}
	for _, j := range p.view.JobsOn(p.place.On) {
		if !j.State.Final() { // an export has a VM down that should run
			hint = "job " + j.Name + " (" + j.Title + ") works on it: wait until that ends"
			break
		}
	}
	t := p.host.look.theme
	symbol, _, style := vmState(t, p.vm)
	out := wrapped(t, style, " "+symbol+" "+core.Printable(why), p.w, 2)
	if hint != "" {
		out = append(out, wrapped(t, t.Dim, "   "+core.Printable(hint), p.w, 2)...)
	}
	return out
}

func (p *vmPage) paint() string {
	t := p.host.look.theme
	if p.view == nil {
		return ""
	}
	if p.vm == nil {
		return hollow(t, p.w, "there is no VM "+core.Printable(p.place.On.String())+", or you may not see it", "esc goes back")
	}
	above := p.header()
	h := p.h - len(above)
	left := p.textWidth()
	switch {
	case p.tab == vmTabJobs && p.jobs.rows.len() == 0:
		return stack(above, hollow(t, p.w, "no job worked on it lately", ""), p.w, p.h)
	case p.tab == vmTabJobs:
		return stack(above, p.jobs.table(p.w, h-1), p.w, p.h)
	case p.front() != nil:
		return stack(above, p.front().body(p.w, h), p.w, p.h)
	case p.tab == vmTabOverview && p.w >= 160 && p.have:
		middle := p.w * 3 / 10
		body := beside(t, p.reader.view(left, h), left, p.paramPanel(middle-3, h), h)
		return stack(above, beside(t, body, left+middle, p.side(p.w-left-middle-3, h), h), p.w, p.h)
	case p.tab == vmTabOverview && p.w >= 120:
		return stack(above, beside(t, p.reader.view(left, h), left, p.side(p.w-left-3, h), h), p.w, p.h)
	}
	return stack(above, p.reader.view(p.w, h), p.w, p.h)
}

// paramPanel is what a very wide overview has in its middle: the parameters.
func (p *vmPage) paramPanel(w, h int) []string {
	t := p.host.look.theme
	var out []string
	for _, part := range []struct {
		title string
		list  []core.Param
	}{{"backend", p.detail.Backend}, {"hypervisor", p.detail.Hypervisor}, {"operating system", p.detail.OSParams}} {
		var facts []fact
		for _, q := range part.list {
			f := fact{q.Name, "  " + q.Value, t.Value}
			if q.Custom {
				f.value, f.style = t.Sym.Custom+" "+q.Value, t.Custom
			}
			facts = append(facts, f)
		}
		if len(facts) > 0 {
			out = append(append(out, t.Rule(part.title, w)), append(sheet(t, facts, w), "")...)
		}
	}
	return out[:min(len(out), h)]
}

// side is what a wide overview has at its right: disks, network, jobs.
func (p *vmPage) side(w, h int) []string {
	t := p.host.look.theme
	out := []string{t.Rule("disks", w)}
	for i, d := range p.vm.Disks {
		out = append(out, t.Cut(t.Label.Render(t.Fit("disk "+strconv.Itoa(i), 8))+t.Value.Render(t.FitRight(size(d.SizeMiB), 6))+"  "+core.Printable(d.Name), w))
	}
	out = append(out, "", t.Rule("network", w))
	for i, nic := range p.vm.NICs {
		out = append(out, t.Cut(t.Label.Render(t.Fit("nic "+strconv.Itoa(i), 8))+t.Value.Render(core.Printable(nicLine(nic))), w))
	}
	out = append(out, "", t.Rule("recent jobs", w))
	jobs := p.jobs.given.of[:min(len(p.jobs.given.of), 12)]
	if len(jobs) == 0 {
		out = append(out, t.Dim.Render("no job worked on it lately"))
	}
	out = append(out, jobLines(t, jobs, w)...)
	return out[:min(len(out), h)]
}

// write puts the lines of the tab in front into the text.
func (p *vmPage) write() {
	if p.vm == nil {
		return
	}
	p.replace(p.lines())
}

// waiting says why a part is not there yet.
func (p *vmPage) waiting() []logview.Line {
	switch {
	case p.have:
		return nil
	case p.failed != nil:
		lines := row(nil, "", p.failed.Message, logview.Bad)
		return row(lines, "", p.failed.Hint, logview.Quiet)
	case p.gone || p.vm.Gone:
		return row(nil, "", "it was never read", logview.Quiet)
	}
	return row(nil, "", p.host.look.theme.Sym.Loading+" loading from "+strings.TrimSpace(p.place.On.Cluster)+p.host.look.theme.Sym.Ellipsis, logview.Quiet)
}
