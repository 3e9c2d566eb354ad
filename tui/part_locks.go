package tui

import (
	"slices"
	"strings"

	"gwm/core"
)

// kindClusterLock is the kind of rows that are locks of a cluster's jobs.
const kindClusterLock core.Kind = "cluster lock"

// lockRow is what jobs of a cluster hold or wait for.
type lockRow struct {
	core.JobLock
	cluster string
	job     *core.JobRow // that holds it, or waits first; nil: it is not seen
}

func newLocksPart(h *host, p *setupPage) part {
	t := newTablePart(h, "lock", 0, lockFields(h.look))
	t.id = func(l *lockRow) core.Ref { return partRef(kindClusterLock, l.cluster, l.Name) }
	t.match = func(l *lockRow) core.Row { return l }
	t.bad = func(l *lockRow) bool { return len(l.Waiting) > 0 }
	t.open = func(l *lockRow) (place, bool) {
		if l.job != nil {
			return jobPlace(*l.job), true
		}
		return place{}, false
	}
	t.chosen = func(l *lockRow) (selection, bool) {
		if l.job == nil {
			return selection{}, false
		}
		return selection{Jobs: []core.JobRow{*l.job}}, true
	}
	t.missing = p.lacking
	t.rowsOf = func(v *core.View) (rows []*lockRow) {
		known := map[string]*core.JobRow{}
		jobs := v.Jobs()
		for i := range jobs {
			if u := jobs[i].Upstream; u != nil && jobs[i].Cluster == p.place.On.Cluster {
				known[u.ID] = &jobs[i]
			}
		}
		for _, l := range p.locks {
			row := &lockRow{JobLock: l, cluster: p.place.On.Cluster}
			for _, id := range slices.Concat(l.Owners, l.Waiting) {
				if row.job = known[id]; row.job != nil {
					break
				}
			}
			rows = append(rows, row)
		}
		return rows
	}
	t.lacks = func() (string, string) {
		if p.unknown != nil {
			e := core.AsError(p.unknown)
			return core.Printable(e.Message), core.Printable(e.Hint)
		}
		return "no job holds or waits for anything", "R asks again"
	}
	return t
}

// title is what the job does that holds it, or waits first.
func (l *lockRow) title() string {
	if l.job == nil {
		return ""
	}
	if len(l.Owners) == 0 {
		return "waits: " + l.job.Title
	}
	return l.job.Title
}

func lockFields(look *look) []field[lockRow] {
	waiting := textField(look, "waiting", "wait for it", 12, 20, 1, func(l *lockRow) string { return orDash(jobNumbers(l.Waiting)) })
	return []field[lockRow]{
		textField(look, "name", "what", 18, 44, 0, func(l *lockRow) string { return l.Name }),
		textField(look, "held", "held by", 10, 18, 1, func(l *lockRow) string { return orDash(jobNumbers(l.Owners)) }),
		waiting,
		textField(look, "job", "which does", 12, 36, 2, (*lockRow).title),
	}
}

// FilterText, FilterField and FilterNumber make it a core.Row.
func (l *lockRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{l.Name, strings.Join(l.Owners, " "), strings.Join(l.Waiting, " "), l.title()}, " "))
}

func (l *lockRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name":
		values = []string{l.Name}
	case "job":
		values = slices.Concat(l.Owners, l.Waiting)
	default:
		return nil, false
	}
	return lowered(values), true
}

func (l *lockRow) FilterNumber(string) (n int64, ok bool) { return 0, false }
