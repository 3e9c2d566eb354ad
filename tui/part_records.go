package tui

import (
	"cmp"
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// recordsPart is a table of audit records, newest first: the audit log, and the
// history tab of the pages about an object. It is read page by page as the person
// goes back, first when the tab comes to the front (follow): reading is recorded
// itself. The page that has it hands over what arrives (take).
type recordsPart struct {
	list[core.Record]
	query  core.AuditQuery // what is asked for in any case
	asking core.AuditQuery // the same with what the filter restricts
	none   string          // what is said where there is no record
	held   []*core.Record
	next   int64     // where to go on; 0: that is all
	back   time.Time // how far was searched
	asked  bool
	busy   bool
	have   bool
	again  bool // the filter changed while it was asked
	typed  int  // changes of the filter
	failed *core.Error
}

type (
	// partRecordsMsg brings a page of records.
	partRecordsMsg struct {
		part *recordsPart
		more bool // they follow those that are there
		page core.AuditPage
		err  error
	}
	// partTypedMsg tells that nothing was typed into the filter for a moment.
	partTypedMsg struct {
		part *recordsPart
		at   int
	}
)

// Numbers of records: read at first, read at a time further back, and held at
// most.
const (
	recordsFirst = 200
	recordsMore  = 500
	recordsMost  = 20_000
)

// typePause is how long nothing must have been typed before a filter is asked
// for: each question is recorded.
const typePause = 500 * time.Millisecond

// kindRecord is the kind of the rows of such a table.
const kindRecord core.Kind = "record"

// recordsTraits are what a page can do while the table is in front.
const recordsTraits = traitMove | traitOpen | traitFilter | traitSort | traitWide | traitTrouble

// newRecordsPart makes the table of the records that answer q.
func newRecordsPart(h *host, q core.AuditQuery, none string) *recordsPart {
	p := &recordsPart{query: q, asking: q, none: none}
	p.list = newList(h, recordFields(h.look))
	p.id = func(r *core.Record) core.Ref { return core.Ref{Kind: kindRecord, Name: strconv.FormatInt(r.Seq, 10)} }
	p.match = func(r *core.Record) core.Row { return r }
	p.bad = func(r *core.Record) bool { return r.Event == core.EventDenied || r.Event == core.EventFailed }
	p.open = func(r *core.Record) (place, bool) { return objectPlace(p.id(r)), true }
	if q.Broad() {
		p.upkeep = (*core.Record).Upkeep
	}
	return p
}

func (p *recordsPart) traits() trait { return recordsTraits }

// follow reads the newest records when the part first comes to the front.
func (p *recordsPart) follow(*core.View) tea.Cmd {
	if p.asked {
		return nil
	}
	p.asked = true
	return p.read(false)
}

// reread reads the newest records again.
func (p *recordsPart) reread() tea.Cmd {
	if !p.asked {
		return nil
	}
	return p.read(false)
}

// read asks for the newest records, or for more further back.
func (p *recordsPart) read(more bool) tea.Cmd {
	if p.busy {
		p.again = p.again || !more
		return nil
	}
	p.busy = true
	s, q := p.host.session, p.asking
	q.Limit = recordsFirst
	if more {
		q.Limit, q.Before = recordsMore, p.next
	}
	return p.host.call(func(ctx context.Context) tea.Msg {
		page, err := s.SearchAudit(ctx, q)
		return partRecordsMsg{p, more, page, err}
	})
}

func (p *recordsPart) take(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	switch m := msg.(type) {
	case partTypedMsg:
		if m.part != p {
			return nil, false
		}
		if q := p.restricted(); m.at == p.typed && q != p.asking {
			p.asking = q
			return p.read(false), true
		}
		return nil, true
	case partRecordsMsg:
		if m.part != p {
			return nil, false
		}
		p.busy = false
		if p.again {
			p.again = false
			return p.read(false), true
		}
		return p.accept(m), true
	}
	return nil, false
}

// accept shows records that were read.
func (p *recordsPart) accept(m partRecordsMsg) tea.Cmd {
	p.have, p.failed = true, core.AsError(m.err)
	if m.err != nil {
		return nil
	}
	if !m.more {
		p.held = nil
	}
	rows := make([]*core.Record, 0, len(p.held)+len(m.page.Records))
	rows = append(rows, p.held...)
	for i := range m.page.Records {
		rows = append(rows, &m.page.Records[i])
	}
	p.held, p.next, p.back = rows, m.page.Next, m.page.Searched
	return tea.Batch(p.load(rows, nil), p.further())
}

// further reads on where the cursor comes near the end of what is there.
func (p *recordsPart) further() tea.Cmd {
	_, row, _ := p.grid.Cursor()
	if p.next == 0 || p.busy || len(p.held) >= recordsMost || p.shown.len()-row > max(p.h, 1) {
		return nil
	}
	if p.shown.len() > 0 && row < p.shown.len()-max(p.h, 1) {
		return nil
	}
	return p.read(true)
}

// act is the list's; going down reads on.
func (p *recordsPart) act(id string) (cmd tea.Cmd, done bool) {
	cmd, done = p.list.act(id)
	switch id {
	case actDown, actBottom, actHalfDown, actPageDown:
		cmd = tea.Batch(cmd, p.further())
	}
	return cmd, done
}

func (p *recordsPart) wheel(x, y, lines int) tea.Cmd {
	return tea.Batch(p.list.wheel(x, y, lines), p.further())
}

// choice is the record under the cursor, or else the object that the page is about.
func (p *recordsPart) choice(about core.Ref) selection {
	if r, ok := p.current(); ok {
		return selection{Refs: []core.Ref{p.id(r)}}
	}
	if about.IsZero() {
		return selection{}
	}
	return selection{Refs: []core.Ref{about}}
}

// records are the one under the cursor and those that are shown.
func (p *recordsPart) records() (here *core.Record, shown []*core.Record) {
	here, _ = p.current()
	for i := range p.shown.len() {
		shown = append(shown, p.shown.row(i))
	}
	return here, shown
}

// question is what is asked for, for the command that exports it.
func (p *recordsPart) question() core.AuditQuery { return p.asking }

// body draws the table, or why there is none.
func (p *recordsPart) body(w, h int) string {
	t := p.host.look.theme
	more := ""
	if p.next != 0 || p.busy {
		more = "there may be more before " + clock(cmp.Or(p.back, time.Now())) + "; "
	}
	switch {
	case p.shown.len() > 0:
		return p.view(w, h-1) + "\n" + t.Dim.Render(t.Cut("  "+p.grid.Footer()+p.place(), w))
	case p.failed != nil:
		return hollow(t, w, core.Printable(p.failed.Message), core.Printable(p.failed.Hint))
	case !p.have || p.busy:
		return hollow(t, w, t.Sym.Loading+" reading the audit log"+t.Sym.Ellipsis, "that it is read is recorded too")
	case p.find.text != "":
		return hollow(t, w, "no record matches "+core.Printable(p.find.text), more+"esc clears the filter")
	case p.z && p.rows.len() > 0:
		return hollow(t, w, "nothing was refused and nothing failed", more+"z shows everything again")
	case p.leftOut() != "":
		return hollow(t, w, "there is no record of what people did", more+p.leftOut())
	}
	return hollow(t, w, p.none, "you may read what concerns yourself and what you administer")
}

// place says how far back what is shown reaches.
func (p *recordsPart) place() string {
	dot := " " + p.host.look.theme.Sym.Dot + " "
	text := ""
	if p.z {
		text += " with problems" + dot + "z shows all"
	}
	if out := p.leftOut(); out != "" {
		text += dot + out
	}
	switch {
	case p.busy:
		text += dot + "reading on" + p.host.look.theme.Sym.Ellipsis
	case p.failed != nil:
		text += dot + core.Printable(p.failed.Message)
	case len(p.held) >= recordsMost:
		text += dot + "until:" + p.back.Format(time.DateOnly) + " goes further back"
	case p.next != 0:
		text += dot + "back to " + clock(p.back)
	default:
		text += dot + "that is all"
	}
	return text + dot + "reading is recorded"
}
