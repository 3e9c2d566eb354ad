package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/chart"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// usagePart is a tab with what a user or a group uses of their quotas, a row for
// each cluster.
type usagePart struct {
	list[core.Usage]
	who core.Ref
}

func newUsagePart(h *host, who core.Ref) *usagePart {
	p := &usagePart{who: who}
	p.list = newList(h, usageFields(h.look))
	p.id = func(u *core.Usage) core.Ref { return core.ClusterRef(u.Cluster) }
	p.open = func(u *core.Usage) (place, bool) {
		return place{Page: pageVMs, On: core.ClusterRef(u.Cluster), Arg: "owner:" + ownerWord(who)}, true
	}
	return p
}

func (p *usagePart) traits() trait { return traitMove | traitOpen | traitSort | traitWide }

func (p *usagePart) follow(v *core.View) tea.Cmd {
	all := v.Usage(p.who)
	rows := make([]*core.Usage, len(all))
	for i := range all {
		rows[i] = &all[i]
	}
	return p.load(rows, nil)
}

func (p *usagePart) take(tea.Msg) (cmd tea.Cmd, ok bool) { return nil, false }

func (p *usagePart) choice(about core.Ref) selection { return selection{Refs: []core.Ref{about}} }

func (p *usagePart) body(w, h int) string {
	if p.rows.len() == 0 {
		return hollow(p.host.look.theme, w, core.Printable(p.who.Name)+" uses nothing that you may see", "a row comes for each cluster where they hold a right, own a VM or have a quota")
	}
	return p.table(w, h-1)
}

func usageFields(look *look) []field[core.Usage] {
	fields := []field[core.Usage]{{
		Column: grid.Column{Key: "cluster", Title: "cluster", Min: 8, Ideal: 14},
		cmp:    byText(func(u *core.Usage) string { return u.Cluster }),
		cell:   func(u *core.Usage) grid.Cell { return look.clusterCell(u.Cluster) },
	}}
	for i, r := range []core.Resource{core.ResourceMemory, core.ResourceDisk, core.ResourceVMs, core.ResourceVCPUs} {
		title := string(r)
		if r == core.ResourceVCPUs {
			title = "vcpus"
		}
		fields = append(fields, field[core.Usage]{
			Column: grid.Column{Key: title, Title: title, Min: 11, Ideal: 30, Drop: i + 1}, desc: true,
			cmp:  byNumber(func(u *core.Usage) int { return u.Used.Of(r) }),
			cell: func(u *core.Usage) grid.Cell { return usageCell(look.theme, u, r) },
		})
	}
	return append(fields, field[core.Usage]{
		Column: grid.Column{Key: "source", Title: "quota", Min: 9, Ideal: 20, Drop: 5},
		cmp:    byText(func(u *core.Usage) string { return string(u.Source) }),
		cell: func(u *core.Usage) grid.Cell {
			words := map[core.QuotaSource]string{core.QuotaOwn: "its own", core.QuotaDefault: "the cluster's default", core.QuotaNone: "none"}
			return grid.Cell{Text: words[u.Source], Short: string(u.Source), Style: look.theme.Dim}
		},
	})
}

// usageCell is what is used of a resource, with a bar where there is a limit.
func usageCell(t *theme.Theme, u *core.Usage, r core.Resource) grid.Cell {
	used, limit := u.Used.Of(r), u.Limits.Of(r)
	if limit == nil {
		return grid.Cell{Text: r.Text(used) + ", no limit", Short: r.Text(used), Style: t.Text}
	}
	f := 0.0
	switch {
	case *limit > 0:
		f = float64(used) / float64(*limit)
	case used > 0:
		f = 1
	}
	numbers := r.Text(used) + " of " + r.Text(*limit)
	short := count(used) + "/" + count(*limit)
	if r.IsSize() {
		short = size(used) + "/" + size(*limit)
	}
	cell := grid.Cell{Text: chart.MeterText(t, f, 8) + " " + numbers, Short: short, Style: chart.Grade(t, f)}
	if u.Exceeds(r) > 0 {
		cell.Text, cell.Short, cell.Style = t.Sym.Bad+" "+numbers+", over", t.Sym.Bad+" "+short, t.Error
	}
	return cell
}

// ownerWord is how a filter names an owner.
func ownerWord(who core.Ref) string {
	if who.Kind == core.KindGroup {
		return who.String()
	}
	return who.Name
}
