package tui

import (
	"cmp"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
)

// jobsPage is the table of all jobs, ours and the clusters': those that are not
// final first, then the newest.
type jobsPage struct {
	list[core.JobRow]
	place    place
	view     *core.View
	clusters map[string]core.ClusterSummary
}

func newJobsPage(h *host, at place) *jobsPage {
	p := &jobsPage{place: at}
	p.list = newJobList(h, at.On.Cluster == "")
	p.setFields(p.columnsOf(h.look, at.On.Cluster == ""))
	p.match = func(row *core.JobRow) core.Row {
		if p.view != nil && p.asksView() {
			return p.view.JobRow(row)
		}
		return row
	}
	p.far = func() func(*core.JobRow) core.Row {
		if p.view == nil || !p.asksView() {
			return nil
		}
		return p.view.JobRow // of the view as it is now
	}
	p.told = func(row *core.JobRow) core.Row { return p.view.JobRow(row) }
	p.upkeep = (*core.JobRow).Upkeep
	p.several = at.On.Cluster == ""
	if at.Arg != "" {
		arg := at.Arg
		if _, ok := jobRank(core.JobState(arg)); ok { // ":jobs failed"
			arg = "state:" + arg
		}
		_, _, _ = p.filter(arg) // a bad one shows everything
	}
	return p
}

// newJobList makes the table of jobs that the jobs page and the pages of objects
// show.
func newJobList(h *host, clusters bool) list[core.JobRow] {
	l := newList(h, jobFields(h.look, clusters))
	l.id = func(row *core.JobRow) core.Ref { return jobRef(*row) }
	l.match = func(row *core.JobRow) core.Row { return row }
	l.bad = func(row *core.JobRow) bool { return row.State == core.JobFailed }
	l.open = func(row *core.JobRow) (place, bool) { return jobPlace(*row), true }
	return l
}

func (p *jobsPage) at() place { return p.place }

func (p *jobsPage) traits() trait {
	return traitMove | traitOpen | traitMarks | traitFilter | traitSort | traitWide | traitTrouble
}

func (p *jobsPage) show(v *core.View) tea.Cmd {
	p.view = v
	p.clusters = byName(v.Clusters())
	p.divide(p.place.On.Cluster == "" && len(p.clusters) > 1, p.columnsOf)
	jobs := v.Jobs()
	var live, ended []*core.JobRow
	for i := range jobs {
		switch row := &jobs[i]; {
		case p.place.On.Cluster != "" && row.Cluster != p.place.On.Cluster:
		case row.State.Final():
			ended = append(ended, row)
		default:
			live = append(live, row)
		}
	}
	return tea.Batch(p.load(append(live, ended...), nil), p.renew(v.Rev(), "stuck"))
}

// asksView tells whether the filter looks at what only a view knows of jobs.
func (p *jobsPage) asksView() bool {
	return p.find.parsed.Asks("stuck") || p.find.parsed.Asks("from")
}

// columnsOf are the columns, with why jobs do not go on.
func (p *jobsPage) columnsOf(look *look, clusters bool) []field[core.JobRow] {
	fields := jobFields(look, clusters)
	stuck := func(r *core.JobRow) core.Stuck {
		if p.view == nil || r.State.Final() {
			return ""
		}
		return p.view.Stuck(r)
	}
	for i := range fields {
		plain := fields[i].cell
		switch fields[i].Key {
		case "state":
			fields[i].fit = 16
			fields[i].cell = func(r *core.JobRow) grid.Cell {
				c := plain(r)
				if s := stuck(r); s != "" {
					symbol, _, _ := strings.Cut(c.Text, " ")
					c.Text, c.Short, c.Style = c.Text+" "+string(s), symbol+" "+string(s), look.theme.Warn
				}
				return c
			}
		case "error":
			fields[i].cell = func(r *core.JobRow) grid.Cell {
				if s := stuck(r); s != "" {
					return grid.Cell{Text: s.Words(), Style: look.theme.Warn}
				}
				return plain(r)
			}
		}
	}
	return fields
}

func (p *jobsPage) update(tea.Msg) tea.Cmd { return nil }

func (p *jobsPage) selection() selection { return jobSelection(&p.list) }

func (p *jobsPage) paint() string {
	if p.view == nil {
		return ""
	}
	t := p.host.look.theme
	notes := notices(t, p.clusters, p.place.On.Cluster, p.w, p.h)
	p.above = len(notes)
	if p.shown.len() > 0 {
		return stack(notes, p.table(p.w, p.h-len(notes)-1), p.w, p.h)
	}
	body := ""
	switch {
	case p.find.text != "" && p.rows.len() > 0:
		body = hollow(t, p.w, "no job matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		body = hollow(t, p.w, "no job failed", "z shows all of them again")
	case p.leftOut() != "":
		body = hollow(t, p.w, "there are no jobs that people asked for", p.leftOut())
	default:
		body = nothing(t, p.w, p.host.session, p.view, p.place.On.Cluster, "jobs")
	}
	return stack(notes, body, p.w, p.h)
}

// jobRank orders states: what runs before what waits before what is over.
func jobRank(s core.JobState) (rank int, ok bool) {
	switch s {
	case core.JobRunning:
		return 0, true
	case core.JobSubmitting:
		return 1, true
	case core.JobQueued:
		return 2, true
	case core.JobFailed:
		return 3, true
	case core.JobCanceled:
		return 4, true
	case core.JobDone:
		return 5, true
	case core.JobUnseen:
		return 6, true
	}
	return 7, false
}

// jobTarget names what a job works on; several are counted.
func jobTarget(row *core.JobRow) string {
	if len(row.Targets) == 0 {
		return ""
	}
	name := cmp.Or(row.Targets[0].Name, row.Targets[0].Cluster)
	if n := len(row.Targets) - 1; n > 0 {
		name += " +" + count(n)
	}
	return name
}

// jobBegin is when a job really began, as far as it is known.
func jobBegin(row *core.JobRow) time.Time {
	switch {
	case row.Upstream != nil && !row.Upstream.Started.IsZero():
		return row.Upstream.Started
	case row.Ours != nil && !row.Ours.Started.IsZero():
		return row.Ours.Started
	}
	return time.Time{}
}

func jobFields(look *look, clusters bool) []field[core.JobRow] {
	type row = core.JobRow
	cell := func(f func(*row) string) func(*row) grid.Cell {
		return func(r *row) grid.Cell { return grid.Cell{Text: f(r), Style: look.theme.Text} }
	}
	quiet := func(f func(*row) string) func(*row) grid.Cell {
		return func(r *row) grid.Cell { return grid.Cell{Text: f(r), Style: look.theme.Dim} }
	}
	took := func(r *row) string {
		if r.State == core.JobUnseen {
			return ""
		}
		return duration(jobBegin(r), r.Ended)
	}
	fields := []field[row]{
		{
			Column: grid.Column{Key: "job", Title: "job", Min: 6, Ideal: 8, Drop: 5},
			cell: func(r *row) grid.Cell {
				if r.Ours != nil {
					return grid.Cell{Text: r.Name, Style: look.theme.Accent}
				}
				return grid.Cell{Text: r.Name[strings.LastIndexByte(r.Name, '/')+1:], Style: look.theme.Dim}
			},
		},
		{
			Column: grid.Column{Key: "state", Title: "state", Min: 10, Ideal: 12, Drop: 1},
			cmp:    byNumber(func(r *row) int { n, _ := jobRank(r.State); return n }),
			cell: func(r *row) grid.Cell {
				symbol, style := jobState(look.theme, r.State)
				c := grid.Cell{Text: symbol + " " + string(r.State), Style: style}
				if r.Archived() {
					c.Text, c.Short = c.Text+" archived", symbol+" archived"
				}
				return c
			},
		},
		{
			Column: grid.Column{Key: "title", Title: "what", Min: 22, Ideal: 44, Elastic: true},
			cmp:    byText((*row).Words), cell: cell((*row).Words), fit: 44,
		},
		{
			Column: grid.Column{Key: "cluster", Title: "cluster", Min: 7, Ideal: 12, Drop: 4},
			cmp:    byText(func(r *row) string { return r.Cluster }), cell: func(r *row) grid.Cell { return look.clusterCell(r.Cluster) },
		},
		{Column: grid.Column{Key: "target", Title: "target", Min: 12, Ideal: 24, Drop: 8}, cmp: byText(jobTarget), cell: cell(jobTarget), fit: 26},
		{
			Column: grid.Column{Key: "by", Title: "by", Min: 8, Ideal: 12, Drop: 3},
			cmp:    byText(func(r *row) string { return r.By }), cell: cell(func(r *row) string { return r.By }), fit: 20,
		},
		{
			Column: grid.Column{Key: "age", Title: "age", Min: 4, Ideal: 5, Drop: 2, Right: true}, desc: true,
			cmp: byTime(func(r *row) time.Time { return r.Created }), cell: quiet(func(r *row) string { return age(r.Created) }),
		},
		{Column: grid.Column{Key: "took", Title: "took", Min: 5, Ideal: 5, Drop: 7, Right: true}, cell: quiet(took)},
		{
			Column: grid.Column{Key: "error", Title: "error", Min: 20, Ideal: 30, Drop: 9, Elastic: true}, fit: 20,
			cell: func(r *row) grid.Cell {
				if r.State != core.JobFailed {
					return grid.Cell{Text: r.ArchivedWords(), Style: look.theme.Dim}
				}
				why, _ := r.Failure()
				return grid.Cell{Text: why, Style: look.theme.Error}
			},
		},
	}
	if !clusters { // what it does names its target
		return append(fields[:3], fields[5:]...)
	}
	return fields
}
