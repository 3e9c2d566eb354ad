package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// pageStrays is the page of VMs that need attention; place.Arg is the kind whose
// tab is in front first.
const pageStrays = "strays"

// straysPage lists the VMs that need the attention of who administers their
// cluster, a tab for each reason. Opening it asks every cluster; what a cluster
// that does not answer was known to have stays.
type straysPage struct {
	list[core.Stray]
	place    place
	view     *core.View
	clusters map[string]core.ClusterSummary
	all      []core.Stray
	kind     int // index into core.StrayKinds
	chosen   bool
	opened   bool
	fresh    bool // the clusters were asked
	busy     bool
	again    bool // something changed while it was asked
	have     bool
	failed   *core.Error
}

type (
	straysMsg struct {
		strays []core.Stray
		err    error
	}
	// freshMsg tells that every cluster answered or failed; which one failed is
	// its health.
	freshMsg struct{}
)

func newStraysPage(h *host, at place) *straysPage {
	p := &straysPage{place: at}
	p.list = newList(h, strayFields(h.look, core.StrayConflict))
	p.id = func(s *core.Stray) core.Ref { return s.VM }
	p.name = func(s *core.Stray) (cluster, name string) { return s.VM.Cluster, s.VM.Name }
	p.match = func(s *core.Stray) core.Row {
		if vm, ok := p.view.VM(s.VM); ok {
			return p.view.Row(vm)
		}
		return &core.VM{Cluster: s.VM.Cluster, Name: s.VM.Name}
	}
	p.faded = func(s *core.Stray) (fade, bool) { return fadeStale, !p.clusters[s.VM.Cluster].Health.Reachable() }
	p.open = func(s *core.Stray) (place, bool) {
		return place{Page: pageVM, On: s.VM}, s.Kind != core.StrayMissing
	}
	if i := slices.Index(core.StrayKinds(), core.StrayKind(at.Arg)); i >= 0 {
		p.kind, p.chosen = i, true
	}
	return p
}

func (p *straysPage) at() place { return p.place }

func (p *straysPage) traits() trait {
	return traitTabs | traitMove | traitOpen | traitMarks | traitFilter | traitSort | traitWide | traitStrays
}

func (p *straysPage) show(v *core.View) tea.Cmd {
	p.view, p.clusters = v, byName(v.Clusters())
	reading := p.read()
	if p.opened {
		return reading
	}
	p.opened = true
	s := p.host.session
	return tea.Batch(reading, p.host.call(func(ctx context.Context) tea.Msg {
		_ = s.Refresh(ctx, "") // who failed is shown by its health
		return freshMsg{}
	}))
}

// read asks for the list, once more where something changed meanwhile.
func (p *straysPage) read() tea.Cmd {
	if p.busy {
		p.again = true
		return nil
	}
	p.busy = true
	s := p.host.session
	return p.host.call(func(ctx context.Context) tea.Msg {
		strays, err := s.Strays(ctx)
		return straysMsg{strays, err}
	})
}

func (p *straysPage) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case freshMsg:
		p.fresh = true
		return p.read()
	case straysMsg:
		p.busy, p.have, p.failed = false, true, core.AsError(m.err)
		var cmd tea.Cmd
		if m.err == nil {
			p.all = p.keepUnknown(m.strays)
			cmd = p.fill()
		}
		if p.again {
			p.again = false
			return tea.Batch(cmd, p.read())
		}
		return cmd
	}
	return nil
}

// keepUnknown adds the VMs that were missing when their cluster last answered:
// while it does not, nobody knows better.
func (p *straysPage) keepUnknown(strays []core.Stray) []core.Stray {
	for _, old := range p.all {
		c, there := p.clusters[old.VM.Cluster]
		known := slices.ContainsFunc(strays, func(s core.Stray) bool { return s.Kind == old.Kind && s.VM == old.VM })
		if old.Kind == core.StrayMissing && there && !c.Health.Reachable() && !known {
			strays = append(strays, old)
		}
	}
	return strays
}

// fill shows the rows of the tab in front: at first the first one that has any.
func (p *straysPage) fill() tea.Cmd {
	kinds := core.StrayKinds()
	if !p.chosen {
		if i := slices.IndexFunc(kinds, func(k core.StrayKind) bool { return p.count(k) > 0 }); i >= 0 {
			p.kind, p.chosen = i, true
		}
	}
	p.setFields(strayFields(p.host.look, kinds[p.kind]))
	rows := []*core.Stray{}
	for i := range p.all {
		if p.all[i].Kind == kinds[p.kind] {
			rows = append(rows, &p.all[i])
		}
	}
	return p.load(rows, nil)
}

func (p *straysPage) count(k core.StrayKind) (n int) {
	for i := range p.all {
		if p.all[i].Kind == k {
			n++
		}
	}
	return n
}

func (p *straysPage) titles() []string {
	var out []string
	for _, k := range core.StrayKinds() {
		title := string(k)
		if n := p.count(k); n > 0 {
			title += " (" + strconv.Itoa(n) + ")"
		}
		out = append(out, title)
	}
	return out
}

func (p *straysPage) act(id string) (cmd tea.Cmd, done bool) {
	if to, ok := tabAct(id, p.kind, len(core.StrayKinds())); ok {
		return p.turn(to), true
	}
	return p.list.act(id)
}

func (p *straysPage) turn(to int) tea.Cmd {
	p.kind, p.chosen = to, true
	p.grid.ClearMarks()
	cmd := p.fill()
	p.grid.Top()
	return cmd
}

func (p *straysPage) selection() selection { return p.refs() }

// strays are the rows of the selected VMs.
func (p *straysPage) strays(sel selection) []*core.Stray {
	var out []*core.Stray
	for _, s := range p.given.of {
		if slices.Contains(sel.Refs, s.VM) {
			out = append(out, s)
		}
	}
	return out
}

func (p *straysPage) click(x, y int, double bool) tea.Cmd {
	if y == p.above-1 {
		if to := tabHit(p.host.look.theme, p.titles(), p.kind, p.w, x); to >= 0 {
			return p.turn(to)
		}
		return nil
	}
	return p.list.click(x, y, double)
}

func (p *straysPage) paint() string {
	if p.view == nil {
		return ""
	}
	t := p.host.look.theme
	kind := core.StrayKinds()[p.kind]
	above := notices(t, p.clusters, "", p.w, p.h)
	if len(above) > 0 && kind == core.StrayMissing {
		above = append(above, t.Warn.Render(t.Cut(" "+t.Sym.Warn+" what is missing there is not known; rows are of its last answer", p.w)))
	}
	if !p.fresh {
		above = append(above, t.Dim.Render(t.Cut(" "+t.Sym.Loading+" asking every cluster"+t.Sym.Ellipsis, p.w)))
	}
	above = append(above, tabBar(t, p.titles(), p.kind, p.w))
	p.above = len(above)
	body := ""
	switch {
	case p.shown.len() > 0:
		body = p.detail(p.h - len(above))
	case p.failed != nil:
		body = hollow(t, p.w, core.Printable(p.failed.Message), core.Printable(p.failed.Hint))
	case !p.have:
		body = hollow(t, p.w, t.Sym.Loading+" looking"+t.Sym.Ellipsis, "")
	case p.find.text != "" && p.rows.len() > 0:
		body = hollow(t, p.w, "no VM matches "+core.Printable(p.find.text), "esc clears the filter")
	default:
		body = hollow(t, p.w, "no VM here: "+kind.Title(), "only the clusters that you administer are looked at")
	}
	return stack(above, body, p.w, p.h)
}

// detail is the table and, where there is room, what is the matter with the VM
// under the cursor in whole sentences.
func (p *straysPage) detail(h int) string {
	t := p.host.look.theme
	s, ok := p.current()
	if !ok || h < 14 {
		return p.table(p.w, h-1)
	}
	lines := wrap(upperFirst(core.Printable(s.Why))+".", p.w-4)
	for _, c := range s.Claims {
		text := "tag: " + core.Printable(c.String())
		if c.Why != "" {
			text += " (stays a tag: " + core.Printable(c.Why) + ")"
		}
		lines = append(lines, t.Cut(text, p.w-4))
	}
	lines = lines[:min(len(lines), h/2)]
	return p.table(p.w, h-len(lines)-2) + "\n" + t.Rule(core.Printable(s.VM.String()), p.w) + "\n  " + strings.Join(lines, "\n  ")
}

// strayFields are the columns of a tab: those that may hold anything there.
func strayFields(look *look, kind core.StrayKind) []field[core.Stray] {
	type row = core.Stray
	cell := func(f func(*row) string) func(*row) grid.Cell {
		return func(s *row) grid.Cell { return grid.Cell{Text: f(s), Style: look.theme.Text} }
	}
	name := func(s *row) string { return s.VM.Name }
	cluster := func(s *row) string { return s.VM.Cluster }
	owner := func(s *row) string { return ownerName(s.Owner) }
	claims := func(s *row) string {
		words := make([]string, len(s.Claims))
		for i, c := range s.Claims {
			words[i] = c.String()
		}
		return strings.Join(words, ", ")
	}
	fields := []field[row]{
		{Column: grid.Column{Key: "name", Title: "name", Min: 18, Ideal: 26, Elastic: true}, cmp: byText(name), cell: cell(name)},
		{Column: grid.Column{Key: "cluster", Title: "cluster", Min: 7, Ideal: 12, Drop: 1}, cmp: byText(cluster), cell: func(s *row) grid.Cell { return look.clusterCell(s.VM.Cluster) }},
		{Column: grid.Column{Key: "why", Title: "what is wrong", Min: 20, Ideal: 40, Drop: 3, Elastic: true}, cell: cell(func(s *row) string { return s.Why })},
		{Column: grid.Column{Key: "owner", Title: "owner", Min: 6, Ideal: 12, Drop: 4}, cmp: byText(owner), cell: cell(owner)},
		{Column: grid.Column{Key: "claims", Title: "its tags say", Min: 14, Ideal: 30, Drop: 5, Elastic: true}, cell: cell(claims)},
	}
	switch kind {
	case core.StrayOrphan, core.StrayImportable:
		fields = slices.Delete(fields, 3, 4)
	case core.StrayUngoverned, core.StrayMissing, core.StrayConflict:
	}
	if kind != core.StrayImportable && kind != core.StrayConflict {
		fields = fields[:len(fields)-1]
	}
	return fields
}
