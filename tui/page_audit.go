package tui

import (
	"cmp"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// auditPage is the audit log as far as the person may read it.
type auditPage struct {
	*recordsPart
	place place
}

// pageAudit is the page of the audit log.
const pageAudit = "audit"

func newAuditPage(h *host, at place) *auditPage {
	p := &auditPage{place: at}
	p.recordsPart = newRecordsPart(h, core.AuditQuery{Target: at.On}, "there is no record that you may read")
	if at.Arg != "" {
		_, _, _ = p.filter(at.Arg) // a bad one shows everything
		p.asking = p.restricted()
	}
	return p
}

func (p *auditPage) at() place { return p.place }

func (p *auditPage) show(v *core.View) tea.Cmd { return p.follow(v) }

func (p *auditPage) update(msg tea.Msg) tea.Cmd {
	cmd, _ := p.take(msg)
	return cmd
}

func (p *auditPage) selection() selection { return p.choice(core.Ref{}) }

// paint is the table and, where there is room, the record under the cursor.
func (p *auditPage) paint() string {
	t := p.host.look.theme
	r, ok := p.current()
	if !ok || p.h < 18 {
		return p.body(p.w, p.h)
	}
	facts := []fact{
		{"who", r.By + who(r), t.Value},
		{"what", r.Op + of(r), t.Value},
		{"on", recordTarget(r), t.Value},
		{"result", string(r.Event) + resultOf(r), eventStyle(t, r.Event)},
		{"by rule", r.Rule, t.Dim},
	}
	lines := sheet(t, facts, p.w-2)
	for _, c := range r.Changes[:min(len(r.Changes), 3)] {
		lines = append(lines, t.Cut(core.Printable(c.Field)+": "+t.Error.Render("- "+core.Printable(cmp.Or(c.From, "(none)")))+"  "+
			t.Good.Render("+ "+core.Printable(cmp.Or(c.To, "(none)"))), p.w-2))
	}
	out := p.body(p.w, p.h-len(lines)-1) + "\n" + t.Rule("record "+strconv.FormatInt(r.Seq, 10)+", "+stamp(r.At), p.w)
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

// of names the job of a record.
func of(r *core.Record) string {
	if r.Job == 0 {
		return ""
	}
	return ", job " + r.Job.String()
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
