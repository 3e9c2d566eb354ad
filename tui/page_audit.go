package tui

import (
	"cmp"
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// auditPage is the table of the newest audit records that the person may read.
// It is read once: reading is recorded itself.
type auditPage struct {
	list[core.Record]
	place  place
	view   *core.View
	asked  bool
	have   bool
	failed *core.Error
}

// pageAudit is the page of the audit log.
const pageAudit = "audit"

// auditRead is how many records the page reads.
const auditRead = 2000

func newAuditPage(h *host, at place) *auditPage {
	p := &auditPage{place: at}
	p.list = newList(h, recordFields(h.look))
	p.id = func(r *core.Record) core.Ref { return core.Ref{Kind: "record", Name: strconv.FormatInt(r.Seq, 10)} }
	p.match = func(r *core.Record) core.Row { return (*recordRow)(r) }
	p.bad = func(r *core.Record) bool { return r.Event == core.EventDenied || r.Event == core.EventFailed }
	p.open = recordPlace
	return p
}

// recordPlace is where a record leads: its job, or the object.
func recordPlace(r *core.Record) (place, bool) {
	if r.Job != 0 {
		return place{Page: pageJob, Arg: r.Job.String()}, true
	}
	to := objectPlace(r.Target)
	return to, to.Page != ""
}

func (p *auditPage) at() place { return p.place }

func (p *auditPage) traits() trait {
	return traitMove | traitOpen | traitFilter | traitSort | traitWide | traitTrouble
}

func (p *auditPage) show(v *core.View) tea.Cmd {
	p.view = v
	if p.asked {
		return nil
	}
	p.asked = true
	s, on := p.host.session, p.place.On
	return p.host.call(func(ctx context.Context) tea.Msg {
		records, err := s.Audit(ctx, core.AuditQuery{Target: on, Limit: auditRead})
		return recordsMsg{records, err}
	})
}

func (p *auditPage) update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(recordsMsg)
	if !ok {
		return nil
	}
	p.have, p.failed = true, core.AsError(m.err)
	rows := make([]*core.Record, len(m.records))
	for i := range m.records {
		rows[i] = &m.records[i]
	}
	return p.load(rows, nil)
}

// selection is nothing: records are not worked on.
func (p *auditPage) selection() selection { return selection{} }

func (p *auditPage) paint() string {
	t := p.host.look.theme
	switch {
	case p.shown.len() > 0:
		return p.detail()
	case p.failed != nil:
		return hollow(t, p.w, core.Printable(p.failed.Message), core.Printable(p.failed.Hint))
	case !p.have:
		return hollow(t, p.w, t.Sym.Loading+" reading the audit log"+t.Sym.Ellipsis, "")
	case p.find.text != "" && p.rows.len() > 0:
		return hollow(t, p.w, "no record matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		return hollow(t, p.w, "nothing was refused and nothing failed", "z shows everything again")
	}
	return hollow(t, p.w, "there is no record that you may read", "you may read what concerns yourself and what you administer")
}

// detail is the table and, where there is room, the record under the cursor in
// full.
func (p *auditPage) detail() string {
	t := p.host.look.theme
	r, ok := p.current()
	if !ok || p.h < 18 {
		return p.table(p.w, p.h-1)
	}
	facts := []fact{
		{"who", r.By + who(r), t.Value},
		{"what", r.Op + " " + args(r), t.Value},
		{"on", recordTarget(r), t.Value},
		{"result", string(r.Event) + resultOf(r), eventStyle(t, r.Event)},
		{"by rule", r.Rule, t.Dim},
	}
	lines := sheet(t, facts, p.w-2)
	out := p.table(p.w, p.h-len(lines)-2) + "\n" + t.Rule("record "+strconv.FormatInt(r.Seq, 10)+", "+stamp(r.At), p.w)
	for _, l := range lines {
		out += "\n  " + l
	}
	return out
}

func recordTarget(r *core.Record) string {
	if r.Target.IsZero() {
		return ""
	}
	return r.Target.String()
}

func who(r *core.Record) string {
	s := ""
	if r.Addr != "" {
		s += " from " + r.Addr
	}
	if r.Key != "" {
		s += ", key " + r.Key
	}
	return s
}

func args(r *core.Record) string {
	s := ""
	for _, c := range r.Changes {
		s += c.Field + ": " + cmp.Or(c.From, "(none)") + " to " + cmp.Or(c.To, "(none)") + "  "
	}
	if r.Job != 0 {
		s += "job " + r.Job.String()
	}
	return s
}

func resultOf(r *core.Record) string {
	if r.Result == "" {
		return ""
	}
	return ": " + r.Result
}

func eventStyle(t *theme.Theme, e core.Event) theme.Style {
	switch e {
	case core.EventDenied, core.EventFailed:
		return t.Error
	case core.EventDone:
		return t.Good
	case core.EventCanceled:
		return t.Warn
	case core.EventRequested, core.EventLogin, core.EventLogout, core.EventRead:
	}
	return t.Dim
}

func recordFields(look *look) []field[core.Record] {
	type rec = core.Record
	cell := func(f func(*rec) string) func(*rec) grid.Cell {
		return func(r *rec) grid.Cell { return grid.Cell{Text: f(r), Style: look.theme.Text} }
	}
	return []field[rec]{
		{
			Column: grid.Column{Key: "when", Title: "when", Min: 10, Ideal: 16, Drop: 4}, desc: true,
			cmp: byTime(func(r *rec) time.Time { return r.At }),
			cell: func(r *rec) grid.Cell {
				return grid.Cell{Text: clock(r.At), Short: r.At.Local().Format(time.DateOnly), Style: look.theme.Dim}
			},
		},
		{
			Column: grid.Column{Key: "event", Title: "event", Min: 11, Ideal: 11, Drop: 2}, cmp: byText(func(r *rec) string { return string(r.Event) }),
			cell: func(r *rec) grid.Cell {
				return grid.Cell{Text: eventSymbol(look.theme, r.Event) + " " + string(r.Event), Style: eventStyle(look.theme, r.Event)}
			},
		},
		{
			Column: grid.Column{Key: "by", Title: "who", Min: 8, Ideal: 12, Drop: 1},
			cmp:    byText(func(r *rec) string { return r.By }), cell: cell(func(r *rec) string { return r.By }),
		},
		{
			Column: grid.Column{Key: "op", Title: "what", Min: 12, Ideal: 16},
			cmp:    byText(func(r *rec) string { return r.Op }), cell: cell(func(r *rec) string { return r.Op }),
		},
		{Column: grid.Column{Key: "target", Title: "on", Min: 12, Ideal: 30, Drop: 3, Elastic: true}, cmp: byText(recordTarget), cell: cell(recordTarget)},
		{
			Column: grid.Column{Key: "result", Title: "result", Min: 20, Ideal: 40, Drop: 5, Elastic: true},
			cell:   func(r *rec) grid.Cell { return grid.Cell{Text: r.Result, Style: eventStyle(look.theme, r.Event)} },
		},
		{
			Column: grid.Column{Key: "addr", Title: "from", Min: 15, Ideal: 21, Drop: 6},
			cmp:    byText(func(r *rec) string { return r.Addr }), cell: cell(func(r *rec) string { return r.Addr }),
		},
	}
}

func eventSymbol(t *theme.Theme, e core.Event) string {
	switch e {
	case core.EventDone:
		return t.Sym.Done
	case core.EventDenied, core.EventFailed:
		return t.Sym.Failed
	case core.EventCanceled:
		return t.Sym.Canceled
	case core.EventRequested:
		return t.Sym.Active
	case core.EventLogin, core.EventLogout, core.EventRead:
	}
	return t.Sym.Dot
}
