package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/chart"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// fleetPage is the overview: every cluster in a line, the sums, and below what
// needs attention and what was done lately.
type fleetPage struct {
	list[core.ClusterSummary]
	view   *core.View
	below  trouble
	quotas []core.Usage // of the person and their groups, where they are limited
	odd    oddMsg
	recent recentMsg
}

// oddMsg brings what is counted beside the screen, because it takes a look at
// every VM or everybody.
type oddMsg struct {
	strays map[core.StrayKind]int // VMs that need attention
	over   []core.Usage           // who is over a quota, as far as the person may know
}

func newFleetPage(h *host) *fleetPage {
	p := &fleetPage{below: trouble{at: -1}}
	p.list = newList(h, fleetFields(h.look))
	p.id = func(c *core.ClusterSummary) core.Ref { return core.ClusterRef(c.Cluster.Name) }
	p.match = func(c *core.ClusterSummary) core.Row { return c }
	p.faded = func(c *core.ClusterSummary) (fade, bool) {
		return fadeStale, !c.Health.Reachable() && !c.Health.Fetched.IsZero()
	}
	p.open = func(c *core.ClusterSummary) (place, bool) {
		return place{Page: pageVMs, On: core.ClusterRef(c.Cluster.Name)}, true
	}
	return p
}

func (p *fleetPage) at() place { return place{Page: pageFleet} }

func (p *fleetPage) traits() trait {
	all := traitMove | traitOpen | traitFilter | traitSort | traitWide
	if pr, ok := p.below.current(); ok && pr.is.What != "" {
		all |= traitProblem
	}
	return all
}

func (p *fleetPage) show(v *core.View) tea.Cmd {
	p.view = v
	clusters := v.Clusters()
	rows := make([]*core.ClusterSummary, len(clusters))
	for i := range clusters {
		rows[i] = &clusters[i]
	}
	p.trouble()
	p.quotas = limited(v, p.host.session.Personas())
	count := p.host.call(func(context.Context) tea.Msg { return oddMsg{v.StrayCounts(), overQuota(v)} })
	return tea.Batch(p.load(rows, nil), count, p.askRecent())
}

// trouble lists what needs attention.
func (p *fleetPage) trouble() {
	list, more := problems(p.view, p.odd.over)
	if odd, ok := strayProblem(p.view, p.odd.strays); ok {
		list = append(list, odd)
	}
	p.below.take(list, more)
}

func (p *fleetPage) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case oddMsg:
		if p.view != nil {
			p.odd = m
			p.trouble()
		}
	case recentMsg:
		p.recent = m
	}
	return nil
}

func (p *fleetPage) selection() selection {
	if pr, ok := p.below.current(); ok {
		on := pr.on
		if pr.is.What != "" {
			on.Problems = []core.Problem{pr.is}
		}
		return on
	}
	return p.refs()
}

// act carries out the shared actions: the cursor moves from the last cluster to
// the problems below, and back.
func (p *fleetPage) act(id string) (cmd tea.Cmd, done bool) {
	if _, row, ok := p.grid.Cursor(); ok && p.below.at < 0 && row == p.shown.len()-1 && p.below.seen > 0 {
		switch id {
		case actDown, actHalfDown, actPageDown, actBottom:
			p.below.at = 0
			return nil, true
		}
	}
	if pr, ok := p.below.current(); ok {
		if id == actOpen {
			p.host.goal = pr.goal()
			return nil, true
		}
		if p.below.move(id) {
			return nil, true
		}
	}
	return p.list.act(id)
}

func (p *fleetPage) filter(text string) (matched, total int, err error) {
	p.below.at = -1
	return p.list.filter(text)
}

// click takes the mouse on the table and on the problems.
func (p *fleetPage) click(x, y int, double bool) tea.Cmd {
	if at, ok := p.below.hit(x, y); ok {
		p.below.at = at
		if double {
			p.host.goal = p.below.list[at].goal()
		}
		return nil
	}
	p.below.at = -1
	if y > p.tall() {
		return nil
	}
	return p.list.click(x, y, double)
}

func (p *fleetPage) paint() string {
	t := p.host.look.theme
	switch {
	case p.view == nil:
		return ""
	case p.rows.len() == 0:
		return nothing(t, p.w, p.host.session, p.view, "", "clusters")
	case p.shown.len() == 0:
		return hollow(t, p.w, "no cluster matches "+core.Printable(p.find.text), "esc clears the filter")
	}
	tall := p.tall()
	p.below.seen = 0
	lines, room := "", p.h-tall-2
	if quotas := usageLines(t, p.quotas, p.w, max(room/4, min(room, 2))); len(quotas) > 0 {
		lines = "\n\n" + strings.Join(quotas, "\n")
		room -= len(quotas) + 1
	}
	if room >= 3 {
		p.below.y = p.h - room
		lines += "\n\n" + strings.Join(p.lower(room), "\n")
	}
	if p.below.seen == 0 {
		p.below.at = -1
	}
	p.grid.Blur(p.below.at >= 0)
	return p.list.view(p.w, tall) + "\n" + totals(t, p.rows.of, p.w) + lines
}

// tall is the height of the table with its header.
func (p *fleetPage) tall() int {
	if p.h >= 16 {
		return min(p.rows.len()+1, p.h*3/5)
	}
	return min(p.rows.len()+1, max(p.h-1, 2))
}

// lower draws problems and what was done lately in room lines: beside each other on a
// wide screen, else one above the other.
func (p *fleetPage) lower(room int) []string {
	t := p.host.look.theme
	if p.w >= 120 {
		left := p.w/2 - 2
		right := p.w - left - 3
		a, b := p.below.lines(t, left, room), p.lately(right, room)
		out := make([]string, max(len(a), len(b)))
		for i := range out {
			var l, r string
			if i < len(a) {
				l = a[i]
			}
			if i < len(b) {
				r = b[i]
			}
			out[i] = t.Fit(l, left) + "   " + r
		}
		return out
	}
	first := room
	if room >= 8 {
		first = max(min(len(p.below.list)+1, room/2), 2)
	}
	out := p.below.lines(t, p.w, first)
	if rest := room - len(out) - 1; rest >= 3 {
		out = append(append(out, ""), p.lately(p.w, rest)...)
	}
	return out
}

func (p *fleetPage) jobLines(w, h int) []string {
	t := p.host.look.theme
	out := []string{t.Rule("recent jobs", w)}
	jobs := p.view.Jobs()
	var rows []*core.JobRow
	lines := 0 // that rows take
	for i := range jobs {
		r := &jobs[i]
		if r.Upstream == nil && r.State.Final() && r.State != core.JobFailed || r.Upkeep() {
			continue // it only changed our records, or tags that say what they do
		}
		if len(rows) == 0 || !alike(rows[len(rows)-1], r) {
			if lines++; lines == h {
				break
			}
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return append(out, t.Dim.Render("  no job yet"))
	}
	for _, line := range jobLines(t, rows, w-2) {
		out = append(out, "  "+line)
	}
	return out
}

func fleetFields(look *look) []field[core.ClusterSummary] {
	type row = core.ClusterSummary
	return []field[row]{
		{
			Column: grid.Column{Key: "name", Title: "cluster", Min: 12, Ideal: 20},
			cmp:    byText(func(c *row) string { return c.Cluster.Name }),
			cell:   func(c *row) grid.Cell { return clusterCell(look, c) },
		},
		{
			Column: grid.Column{Key: "vms", Title: "vms", Min: 7, Ideal: 9, Drop: 1, Right: true}, desc: true,
			cmp: byNumber(func(c *row) int { return c.VMs }),
			cell: func(c *row) grid.Cell {
				if c.Health.Fetched.IsZero() {
					return grid.Cell{Text: look.theme.Sym.Dot, Style: look.theme.Dim}
				}
				return grid.Cell{Text: fmt.Sprintf("%d/%d", c.Running, c.VMs), Style: look.theme.Text}
			},
		},
		{
			Column: grid.Column{Key: "errors", Title: "errors", Min: 6, Ideal: 6, Drop: 2, Right: true}, desc: true,
			cmp: byNumber(func(c *row) int { return c.Errors }),
			cell: func(c *row) grid.Cell {
				if c.Errors == 0 {
					return grid.Cell{Text: look.theme.Sym.Dot, Style: look.theme.Dim}
				}
				return grid.Cell{Text: "! " + count(c.Errors), Style: look.theme.Error}
			},
		},
		{
			Column: grid.Column{Key: "nodes", Title: "nodes", Min: 5, Ideal: 6, Drop: 4, Right: true}, desc: true,
			cmp: byNumber(func(c *row) int { return c.Nodes }), cell: func(c *row) grid.Cell { return nodesCell(look.theme, c) },
		},
		{
			Column: grid.Column{Key: "memory", Title: "memory", Min: 13, Ideal: 22, Drop: 3}, desc: true,
			cmp:  byNumber(func(c *row) int { return percent(c.MemoryMiB-c.MemoryFreeMiB, c.MemoryMiB) }),
			cell: func(c *row) grid.Cell { return usage(look.theme, c.MemoryMiB-c.MemoryFreeMiB, c.MemoryMiB) },
		},
		{
			Column: grid.Column{Key: "disk", Title: "disk", Min: 13, Ideal: 22, Drop: 5}, desc: true,
			cmp:  byNumber(func(c *row) int { return percent(c.DiskMiB-c.DiskFreeMiB, c.DiskMiB) }),
			cell: func(c *row) grid.Cell { return usage(look.theme, c.DiskMiB-c.DiskFreeMiB, c.DiskMiB) },
		},
		{
			Column: grid.Column{Key: "jobs", Title: "jobs", Min: 4, Ideal: 5, Drop: 7, Right: true}, desc: true,
			cmp: byNumber(func(c *row) int { return c.JobsRunning }), cell: func(c *row) grid.Cell { return jobsCell(look.theme, c) },
		},
		{
			Column: grid.Column{Key: "failed", Title: "failed", Min: 6, Ideal: 6, Drop: 8, Right: true}, desc: true,
			cmp: byNumber(func(c *row) int { return c.JobsFailed }), cell: func(c *row) grid.Cell { return failedCell(look.theme, c) },
		},
		{
			Column: grid.Column{Key: "age", Title: "age", Min: 4, Ideal: 5, Drop: 6, Right: true},
			cmp:    byTime(fetched), cell: func(c *row) grid.Cell { return ageCell(look.theme, c) },
		},
		{
			Column: grid.Column{Key: "version", Title: "version", Min: 9, Ideal: 14, Drop: 9},
			cmp:    byText(func(c *row) string { return c.Info.Software }),
			cell: func(c *row) grid.Cell {
				s := c.Info.Software
				return grid.Cell{Text: s, Short: s[strings.LastIndexByte(s, ' ')+1:], Style: look.theme.Dim}
			},
		},
		{
			Column: grid.Column{Key: "notes", Title: "notes", Min: 10, Ideal: 20, Drop: 10, Elastic: true},
			cell: func(c *row) grid.Cell {
				words, style := clusterNotes(look.theme, c)
				return grid.Cell{Text: words, Style: style}
			},
		},
	}
}

// usage is a meter with its percentage, in the style that fits.
func usage(t *theme.Theme, used, total int) grid.Cell {
	if total <= 0 {
		return grid.Cell{Text: t.Sym.Dot, Style: t.Dim}
	}
	f := float64(used) / float64(total)
	return grid.Cell{
		Text:  fmt.Sprintf("%3d%% %s %s", percent(used, total), chart.MeterText(t, f, 10), size(total)),
		Short: fmt.Sprintf("%3d%% %s", percent(used, total), chart.MeterText(t, f, 8)), Style: chart.Grade(t, f),
	}
}

func percent(part, whole int) int {
	if whole <= 0 {
		return -1
	}
	return part * 100 / whole
}
