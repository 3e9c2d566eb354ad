package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/chart"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// quotaRow is a line of the Quotas tab: the default of a cluster (Who is zero),
// or what a user or a group uses.
type quotaRow struct {
	core.Usage
	quota *core.Quota // of their own; nil: none
}

// quotaPart is the table of quotas of a cluster, as a tab of its page.
type quotaPart struct {
	list[quotaRow]
	asked
	cluster string
	view    *core.View
}

type quotasMsg struct {
	quotas []core.Quota
	err    error
}

// quotaTraits are what a page can do while the table is in front.
const quotaTraits = traitMove | traitOpen | traitSort | traitWide | traitQuotas

func newQuotaPart(h *host, cluster string) *quotaPart {
	p := &quotaPart{cluster: cluster}
	p.list = newList(h, quotaFields(h.look))
	p.id = func(r *quotaRow) core.Ref { return r.Who }
	p.open = func(r *quotaRow) (place, bool) { return quotaPlace(r.Who, r.Cluster), true }
	return p
}

// follow takes a view while the tab is in front and asks for the quotas.
func (p *quotaPart) follow(v *core.View) tea.Cmd {
	p.view = v
	if !p.begin() {
		return nil
	}
	s, cluster := p.host.session, p.cluster
	return p.host.call(func(ctx context.Context) tea.Msg {
		quotas, err := s.Quotas(ctx, cluster)
		return quotasMsg{quotas, err}
	})
}

// take takes the quotas when they arrive; ok is false for another message.
func (p *quotaPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	m, ok := msg.(quotasMsg)
	if !ok {
		return nil, false
	}
	again := p.end(m.err)
	if m.err == nil {
		cmd = p.load(p.rowsOf(m.quotas), nil)
	}
	if again {
		cmd = tea.Batch(cmd, p.follow(p.view))
	}
	return cmd, true
}

// rowsOf are the default of the cluster and everybody who uses something there.
func (p *quotaPart) rowsOf(quotas []core.Quota) []*quotaRow {
	first := &quotaRow{Usage: core.Usage{Cluster: p.cluster, Source: core.QuotaNone}}
	own := map[core.Ref]*core.Quota{}
	for i, q := range quotas {
		own[q.Who] = &quotas[i]
	}
	if q := own[core.Ref{}]; q != nil {
		first.quota, first.Limits, first.Source = q, q.Limits, core.QuotaDefault
	}
	rows := []*quotaRow{first}
	for _, u := range p.view.UsageOn(p.cluster) {
		rows = append(rows, &quotaRow{Usage: u, quota: own[u.Who]})
	}
	return rows
}

// choice is the selection of a page with the table in front.
func (p *quotaPart) choice() selection {
	sel := selection{Refs: []core.Ref{core.ClusterRef(p.cluster)}}
	if r, ok := p.current(); ok {
		sel.Quotas = []quotaRow{*r}
	}
	return sel
}

func (p *quotaPart) body(w, h int) string {
	if missing := p.missing(p.host.look.theme, w); missing != "" {
		return missing
	}
	return p.table(w, h-1)
}

func quotaFields(look *look) []field[quotaRow] {
	who := func(r *quotaRow) string {
		if r.Who.IsZero() {
			return "default"
		}
		return r.Who.String()
	}
	fields := []field[quotaRow]{
		{
			Column: grid.Column{Key: "who", Title: "who", Min: 12, Ideal: 20, Elastic: true}, cmp: byText(who),
			cell: func(r *quotaRow) grid.Cell { return grid.Cell{Text: who(r), Style: look.theme.Text} },
		},
		{
			Column: grid.Column{Key: "limits", Title: "limits", Min: 8, Ideal: 8, Drop: 5},
			cmp:    byText(func(r *quotaRow) string { return string(r.Source) }),
			cell: func(r *quotaRow) grid.Cell {
				return grid.Cell{Text: sourceWord(r), Style: look.theme.Dim}
			},
		},
	}
	for i, res := range core.Resources() {
		fields = append(fields, field[quotaRow]{
			Column: grid.Column{
				Key: string(res), Title: []string{"memory", "disk", "cpus", "vms"}[i], Min: []int{12, 12, 9, 8}[i], Ideal: []int{24, 24, 20, 20}[i], Drop: []int{0, 3, 4, 2}[i],
			},
			desc: true, cmp: byNumber(func(r *quotaRow) int { return r.Used.Of(res) }),
			cell: func(r *quotaRow) grid.Cell {
				if r.Who.IsZero() {
					return grid.Cell{Text: limitText(r.Limits, res), Style: look.theme.Dim}
				}
				return usedCell(look.theme, r.Usage, res)
			},
		})
	}
	return fields
}

func sourceWord(r *quotaRow) string {
	switch {
	case r.Source == core.QuotaNone:
		return "none"
	case r.Who.IsZero():
		return "set"
	case r.Source == core.QuotaOwn:
		return "own"
	}
	return "default"
}

// limitText writes a limit in a few cells.
func limitText(l core.Limits, r core.Resource) string {
	n := l.Of(r)
	switch {
	case n == nil:
		return "unlimited"
	case r.IsSize():
		return size(*n)
	}
	return count(*n)
}

// usedText writes what is used of a resource, and of how much.
func usedText(u core.Usage, r core.Resource) string {
	used := count(u.Used.Of(r))
	if r.IsSize() {
		used = size(u.Used.Of(r))
	}
	if u.Limits.Of(r) == nil {
		return used
	}
	return used + "/" + limitText(u.Limits, r)
}

// usedCell is what is used of a resource with a meter; over the limit it says so.
func usedCell(t *theme.Theme, u core.Usage, r core.Resource) grid.Cell {
	limit, used, text := u.Limits.Of(r), u.Used.Of(r), usedText(u, r)
	switch {
	case limit == nil && used == 0:
		return grid.Cell{Text: t.Sym.Dot, Style: t.Dim}
	case limit == nil:
		return grid.Cell{Text: text + " of no limit", Short: text, Style: t.Text}
	case u.Exceeds(r) > 0:
		return grid.Cell{Text: "! " + text + " over", Short: "! " + text, Style: t.Error}
	}
	f := float64(share(used, *limit)) / 100
	return grid.Cell{Text: fmt.Sprintf("%s %s", chart.MeterText(t, f, 8), text), Short: text, Style: chart.Grade(t, f)}
}
