package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// recentMsg brings the last records that concern the person.
type recentMsg struct {
	have    bool
	records []core.Record
	failed  *core.Error
}

// recentMost is how many are asked for.
const recentMost = 20

// roomForRecent is how many lines there must be before recent activity stands
// under the recent jobs: each a title and two lines, and one between them.
const roomForRecent = 7

func (p *fleetPage) askRecent() tea.Cmd {
	s := p.host.session
	return p.host.call(func(ctx context.Context) tea.Msg {
		records, err := s.Recent(ctx, recentMost)
		return recentMsg{have: true, records: records, failed: core.AsError(err)}
	})
}

// lately draws recent jobs in room lines, and recent activity below where there
// is room for both.
func (p *fleetPage) lately(w, room int) []string {
	if room < roomForRecent || !p.recent.have {
		return p.jobLines(w, room)
	}
	out := p.jobLines(w, room-room/2)
	return append(append(out, ""), recentLines(p.host.look.theme, p.recent, w, room-len(out)-1)...)
}

// recentLines draws what concerns the person in at most room lines.
func recentLines(t *theme.Theme, m recentMsg, w, room int) []string {
	out := []string{t.Rule("recent activity", w)}
	switch {
	case m.failed != nil:
		return append(out, t.Warn.Render(t.Cut("  "+t.Sym.Warn+" "+core.Printable(m.failed.Message), w)))
	case len(m.records) == 0:
		return append(out, t.Dim.Render(t.Cut("  nothing that concerns you lately", w)))
	}
	for i := range m.records {
		if len(out) == room {
			break
		}
		r := &m.records[i]
		when := age(r.At)
		room := max(w-5-theme.Width(when), 4)
		text := recentText(t, r, recordTarget(r))
		if theme.Width(text) > room {
			text = recentText(t, r, shortTarget(r))
		}
		fit := t.Fit(text, room)
		out = append(out, "  "+eventStyle(t, r.Event).Render(eventSymbol(t, r.Event))+" "+fit+" "+t.Dim.Render(when))
	}
	return out
}

// recentText is a record in a line: what came of what, on what, by whom.
func recentText(t *theme.Theme, r *core.Record, on string) string {
	text := r.Op
	if on != "" {
		text += " " + on
	}
	if r.Event != core.EventDone {
		text = string(r.Event) + ": " + text
	}
	return core.Printable(text + " " + t.Sym.Dot + " " + r.By)
}

// shortTarget names what a record is about without a domain, for where the line
// is too long.
func shortTarget(r *core.Record) string {
	if r.Target.Kind == core.KindVM || r.Target.Kind == core.KindNode {
		return r.Target.Cluster + "/" + label(r.Target.Name)
	}
	return recordTarget(r)
}
