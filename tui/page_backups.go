package tui

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// kindBackup are the rows of the page; a Ref of it has cluster and NODE:NAME.
const kindBackup core.Kind = "backup"

// backupsPage lists the backups that lie on nodes, of one cluster or of all. They are
// asked when it is opened, when somebody wants it, and after gwm had another one made.
type backupsPage struct {
	list[core.VMBackup]
	asked
	place  place
	view   *core.View
	rev    uint64 // of what is kept about people when they were asked last
	opened bool
	lists  []clusterBackups // by cluster
}

// clusterBackups is what one cluster answered.
type clusterBackups struct {
	core.BackupList
	failed *core.Error
}

type backupsMsg struct{ lists []clusterBackups }

func newBackupsPage(h *host, at place) *backupsPage {
	p := &backupsPage{place: at}
	p.list = newList(h, backupFields(h.look))
	p.id = func(b *core.VMBackup) core.Ref { return core.Ref{Kind: kindBackup, Cluster: b.Cluster, Name: b.Path()} }
	p.name = func(b *core.VMBackup) (cluster, name string) { return b.Cluster, b.Name }
	p.match = func(b *core.VMBackup) core.Row { return backupRow{b} }
	p.faded = func(b *core.VMBackup) (fade, bool) {
		return fadeGone, b.Of == core.BackupGone || b.Of == core.BackupEarlier
	}
	p.open = func(b *core.VMBackup) (place, bool) {
		return place{Page: pageVM, On: b.Ref()}, b.Of == core.BackupCurrent || b.Of == core.BackupUnknown
	}
	return p
}

func (p *backupsPage) at() place { return p.place }

func (p *backupsPage) traits() trait {
	return traitMove | traitOpen | traitFilter | traitSort | traitWide | traitBackups
}

func (p *backupsPage) show(v *core.View) tea.Cmd {
	p.view = v
	if p.opened && p.rev == v.PeopleRev() {
		return nil
	}
	p.opened, p.rev = true, v.PeopleRev()
	return p.reread()
}

// reread asks the clusters, all at once.
func (p *backupsPage) reread() tea.Cmd {
	if p.view == nil || !p.begin() {
		return nil
	}
	var names []string
	for _, c := range p.view.Clusters() {
		if p.place.On.Cluster == "" || p.place.On.Cluster == c.Cluster.Name {
			names = append(names, c.Cluster.Name)
		}
	}
	s := p.host.session
	return p.host.call(func(ctx context.Context) tea.Msg {
		lists := make([]clusterBackups, len(names))
		var all sync.WaitGroup
		for i, name := range names {
			all.Go(func() {
				found, err := s.VMBackups(ctx, name)
				lists[i] = clusterBackups{found, core.AsError(err)}
				lists[i].Cluster = name
			})
		}
		all.Wait()
		return backupsMsg{lists}
	})
}

func (p *backupsPage) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(backupsMsg)
	if !ok {
		return nil
	}
	again := p.end(nil)
	p.lists = m.lists
	rows := []*core.VMBackup{}
	for i := range p.lists {
		for k := range p.lists[i].Backups {
			rows = append(rows, &p.lists[i].Backups[k])
		}
	}
	cmd := p.load(rows, nil)
	if again {
		cmd = tea.Batch(cmd, p.reread())
	}
	return cmd
}

func (p *backupsPage) selection() selection { return p.refs() }

// notes say what is not known, and how old the answers are.
func (p *backupsPage) notes() (lines []string) {
	t := p.host.look.theme
	oldest := time.Time{}
	for _, l := range p.lists {
		if l.failed != nil {
			lines = append(lines, t.Error.Render(t.Cut(" "+t.Sym.Bad+" the backups of "+l.Cluster+" are not known: "+core.Printable(l.failed.Message), p.w)))
			continue
		}
		if oldest.IsZero() || l.Fetched.Before(oldest) {
			oldest = l.Fetched
		}
		if len(l.Silent) > 0 {
			lines = append(lines, t.Warn.Render(t.Cut(" "+t.Sym.Warn+" what lies on offline nodes of "+l.Cluster+" is not known: "+core.Printable(strings.Join(l.Silent, ", ")), p.w)))
		}
	}
	switch {
	case p.asking:
		lines = append(lines, t.Dim.Render(t.Cut(" "+t.Sym.Loading+" asking the nodes"+t.Sym.Ellipsis, p.w)))
	case !oldest.IsZero():
		lines = append(lines, t.Dim.Render(t.Cut(" as of "+ago(oldest)+"; R asks again", p.w)))
	}
	return lines
}

func (p *backupsPage) paint() string {
	if p.view == nil {
		return ""
	}
	t := p.host.look.theme
	above := p.notes()
	p.above = len(above)
	body := ""
	switch {
	case p.shown.len() > 0:
		body = p.table(p.w, p.h-len(above)-1)
	case !p.have:
	case p.find.text != "" && p.rows.len() > 0:
		body = hollow(t, p.w, "no backup matches "+core.Printable(p.find.text), "esc clears the filter")
	case slices.ContainsFunc(p.lists, func(l clusterBackups) bool { return l.failed == nil }):
		body = hollow(t, p.w, "no backup that you may see", "W e on a VM makes one; those of VMs that are gone are for administrators of the cluster")
	}
	return stack(above, body, p.w, p.h)
}

func backupFields(look *look) []field[core.VMBackup] {
	type row = core.VMBackup
	cell := func(f func(*row) string) func(*row) grid.Cell {
		return func(b *row) grid.Cell { return grid.Cell{Text: f(b), Style: look.theme.Text} }
	}
	words := func(key, title string, least, ideal, drop int, f func(*row) string) field[row] {
		return field[row]{Column: grid.Column{Key: key, Title: title, Min: least, Ideal: ideal, Drop: drop, Elastic: key == "name" || key == "node"}, cmp: byText(f), cell: cell(f)}
	}
	made := field[row]{
		Column: grid.Column{Key: "made", Title: "made", Min: 7, Ideal: 8, Drop: 0, Right: true}, desc: true,
		cmp: byTime(func(b *row) time.Time { return b.At }),
		cell: cell(func(b *row) string {
			if b.At.IsZero() {
				return "-"
			}
			return age(b.At)
		}),
	}
	cluster := field[row]{
		Column: grid.Column{Key: "cluster", Title: "cluster", Min: 7, Ideal: 12, Drop: 2}, cmp: byText(func(b *row) string { return b.Cluster }),
		cell: func(b *row) grid.Cell { return look.clusterCell(b.Cluster) },
	}
	return []field[row]{
		words("name", "name", 18, 26, 0, func(b *row) string { return b.Name }),
		cluster,
		words("node", "lies on", 12, 24, 0, func(b *row) string { return b.Node }),
		made,
		words("of", "it is of", 17, 17, 1, func(b *row) string { return backupWord(b.Of) }),
		words("by", "made by", 7, 12, 3, func(b *row) string { return b.By }),
	}
}

// backupWord says of which VM a backup is.
func backupWord(of core.BackupOf) string {
	switch of {
	case core.BackupCurrent:
		return "this VM"
	case core.BackupEarlier:
		return "an earlier VM"
	case core.BackupGone:
		return "a VM that is gone"
	case core.BackupUnknown:
	}
	return "not made by gwm"
}

// backupRow makes a backup a core.Row.
type backupRow struct{ *core.VMBackup }

func (b backupRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{b.Cluster, b.Name, b.Node, b.By, backupWord(b.Of)}, " "))
}

func (b backupRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name":
		values = []string{b.Name}
	case "cluster":
		values = []string{b.Cluster}
	case "node":
		values = []string{b.Node}
	case "by":
		values = []string{b.By}
	case "of":
		values = []string{string(b.Of)}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (b backupRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
