package tui

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// recordsPart is a tab with audit records. They are read when the tab is first
// shown: reading is recorded itself.
type recordsPart struct {
	list[core.Record]
	query  core.AuditQuery
	none   string // what is said where there is no record
	asked  bool
	have   bool
	failed *core.Error
}

// partRecordsMsg brings the records of one such tab.
type partRecordsMsg struct {
	part    *recordsPart
	records []core.Record
	err     error
}

func newRecordsPart(h *host, q core.AuditQuery, none string) *recordsPart {
	p := &recordsPart{query: q, none: none}
	p.query.Limit = auditRead
	p.list = newList(h, recordFields(h.look))
	p.id = func(r *core.Record) core.Ref { return core.Ref{Kind: "record", Name: strconv.FormatInt(r.Seq, 10)} }
	p.match = func(r *core.Record) core.Row { return (*recordRow)(r) }
	p.bad = func(r *core.Record) bool { return r.Event == core.EventDenied || r.Event == core.EventFailed }
	p.open = recordPlace
	return p
}

func (p *recordsPart) traits() trait {
	return traitMove | traitOpen | traitFilter | traitSort | traitWide | traitTrouble
}

func (p *recordsPart) follow(*core.View) tea.Cmd {
	if p.asked {
		return nil
	}
	p.asked = true
	s, q := p.host.session, p.query
	return p.host.call(func(ctx context.Context) tea.Msg {
		records, err := s.Audit(ctx, q)
		return partRecordsMsg{p, records, err}
	})
}

func (p *recordsPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	m, ok := msg.(partRecordsMsg)
	if !ok || m.part != p {
		return nil, false
	}
	p.have, p.failed = true, core.AsError(m.err)
	rows := make([]*core.Record, len(m.records))
	for i := range m.records {
		rows[i] = &m.records[i]
	}
	return p.load(rows, nil), true
}

// choice is nothing: records are not worked on.
func (p *recordsPart) choice(core.Ref) selection { return selection{} }

func (p *recordsPart) body(w, h int) string {
	t := p.host.look.theme
	switch {
	case p.shown.len() > 0:
		return p.table(w, h-1)
	case p.failed != nil:
		return hollow(t, w, core.Printable(p.failed.Message), core.Printable(p.failed.Hint))
	case !p.have:
		return "\n  " + t.Dim.Render(t.Sym.Loading+" reading the audit log"+t.Sym.Ellipsis)
	case p.find.text != "" && p.rows.len() > 0:
		return hollow(t, w, "no record matches "+core.Printable(p.find.text), "esc clears the filter")
	case p.z && p.rows.len() > 0:
		return hollow(t, w, "nothing was refused and nothing failed", "z shows everything again")
	}
	return hollow(t, w, p.none, "you may read what concerns yourself and what you administer")
}
