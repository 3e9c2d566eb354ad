package tui

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// pageRecord is the page of one audit record; place.Arg is its number.
const pageRecord = "record"

// recordPage is one audit record with everything in it.
type recordPage struct {
	reader
	place  place
	record *core.Record
	failed *core.Error
	asked  bool
	w, h   int
}

type recordMsg struct {
	record *core.Record
	err    error
}

func newRecordPage(h *host, at place) *recordPage {
	return &recordPage{place: at, reader: reader{host: h, text: logview.NewText(h.look.theme)}}
}

func (p *recordPage) at() place { return p.place }

func (p *recordPage) traits() trait { return readerTraits | traitOpen }

func (p *recordPage) resize(w, h int) {
	p.w, p.h = w, h
	p.text.Resize(w, h)
}

func (p *recordPage) show(*core.View) tea.Cmd {
	if p.asked {
		return nil
	}
	p.asked = true
	s, arg := p.host.session, p.place.Arg
	return p.host.call(func(ctx context.Context) tea.Msg {
		r, err := findRecord(ctx, s, arg)
		return recordMsg{r, err}
	})
}

// findRecord reads one record by its number.
func findRecord(ctx context.Context, s *core.Session, number string) (*core.Record, error) {
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || seq <= 0 {
		return nil, core.Errorf(core.CodeNotFound, "there is no record %s that you may read", core.Printable(number))
	}
	records, err := s.Audit(ctx, core.AuditQuery{Before: seq + 1, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || records[0].Seq != seq {
		return nil, core.Errorf(core.CodeNotFound, "there is no record %d that you may read", seq)
	}
	return &records[0], nil
}

func (p *recordPage) update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(recordMsg); ok {
		p.record, p.failed = m.record, core.AsError(m.err)
		if p.record != nil {
			p.replace(recordLines(p.record))
			p.text.Top()
		}
	}
	return nil
}

// act is the reader's; enter goes to the job, or else to the object.
func (p *recordPage) act(id string) (tea.Cmd, bool) {
	if id != actOpen {
		return p.reader.act(id)
	}
	if p.idle(id) {
		return nil, false
	}
	p.host.goal = recordPlace(p.record)
	return nil, true
}

func (p *recordPage) idle(id string) bool {
	return id == actOpen && (p.record == nil || recordPlace(p.record).Page == "")
}

// recordPlace is where a record leads: its job, or the object.
func recordPlace(r *core.Record) place {
	if r.Job != 0 {
		return objectPlace(core.Ref{Kind: core.KindJob, Name: r.Job.String()})
	}
	return objectPlace(r.Target)
}

func (p *recordPage) selection() selection {
	if p.record == nil {
		return selection{}
	}
	return selection{Refs: []core.Ref{{Kind: kindRecord, Name: p.place.Arg}}}
}

// records are what the copy menu of a table of records finds.
func (p *recordPage) records() (here *core.Record, shown []*core.Record) {
	if p.record == nil {
		return nil, nil
	}
	return p.record, []*core.Record{p.record}
}

func (p *recordPage) question() core.AuditQuery {
	if p.record == nil {
		return core.AuditQuery{}
	}
	return core.AuditQuery{Target: p.record.Target}
}

func (p *recordPage) paint() string {
	t := p.host.look.theme
	switch {
	case p.failed != nil:
		return hollow(t, p.w, core.Printable(p.failed.Message), core.Printable(cmp.Or(p.failed.Hint, "esc goes back")))
	case p.record == nil:
		return hollow(t, p.w, t.Sym.Loading+" reading the audit log"+t.Sym.Ellipsis, "that it is read is recorded too")
	}
	return p.view(p.w, p.h)
}

// recordLines are all that a record says.
func recordLines(r *core.Record) []logview.Line {
	lines := []logview.Line{head("record " + strconv.FormatInt(r.Seq, 10))}
	lines = row(lines, "when", ago(r.At))
	lines = row(lines, "who", r.By)
	if r.ActAs.Kind == core.KindGroup {
		lines = row(lines, "acting as", r.ActAs.String())
	}
	lines = row(lines, "from", r.Addr)
	lines = row(lines, "key", r.Key)
	lines = row(lines, "session", r.Session, logview.Quiet)
	lines = row(lines, "what", r.Op)
	lines = row(lines, "on", recordTarget(r))
	lines = row(lines, "event", string(r.Event), eventLevel(r.Event))
	lines = row(lines, "result", r.Result, eventLevel(r.Event))
	lines = row(lines, "right needed", string(r.Verb))
	lines = row(lines, "by rule", r.Rule)
	if r.Job != 0 {
		lines = row(lines, "job", r.Job.String()+" (enter opens it)", logview.Note)
	}
	lines = row(lines, "cluster's job", r.Upstream)
	if r.Millis > 0 {
		lines = row(lines, "took", strconv.FormatInt(r.Millis, 10)+" ms")
	}
	if len(r.Changes) > 0 {
		lines = append(lines, head("what changed"))
	}
	for _, c := range r.Changes {
		lines = append(lines, diffLines(c)...)
	}
	if len(r.Args) > 0 {
		lines = append(lines, head("what was asked for"))
		names := map[string]bool{}
		for name := range r.Args {
			names[name] = true
		}
		for _, name := range sortedKeys(names) {
			lines = row(lines, name, r.Args[name])
		}
	}
	lines = append(lines, head("chain"))
	lines = row(lines, "hash", r.Hash, logview.Quiet)
	return row(lines, "hash before it", r.Prev, logview.Quiet)
}

// diffLines is a changed field as a diff.
func diffLines(c core.Change) []logview.Line {
	label := core.Printable(c.Field)
	var out []logview.Line
	add := func(sign, value string, level logview.Level) {
		for part := range strings.SplitSeq(value, "\n") {
			out = append(out, logview.Line{Label: label, Text: sign + " " + core.Printable(part), Level: level})
			label = ""
		}
	}
	if c.From != "" {
		add("-", c.From, logview.Bad)
	}
	if c.To != "" {
		add("+", c.To, logview.Good)
	}
	return out
}

func eventLevel(e core.Event) logview.Level {
	switch e {
	case core.EventDenied, core.EventFailed:
		return logview.Bad
	case core.EventDone:
		return logview.Good
	case core.EventRead, core.EventRequested, core.EventCanceled, core.EventLogin, core.EventLogout:
	}
	return logview.Plain
}
