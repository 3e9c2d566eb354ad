package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// The pages that are one table: who sits at consoles, and what was recorded of
// them, of one VM, of a cluster or of all.
const pageSeats = "seats"

// partPage is a page that shows one part and nothing else.
type partPage struct {
	part
	place place
	w, h  int
}

func newSeatsPage(h *host, at place) *partPage {
	return newPartPage(at, newSeatsPart(h, at.On))
}

func newRecordingsPage(h *host, at place) *partPage {
	return newPartPage(at, newRecordingsPart(h, at.On))
}

func newPartPage(at place, shown part) *partPage {
	if at.Arg != "" {
		_, _, _ = shown.filter(at.Arg) // a bad one shows everything
	}
	return &partPage{part: shown, place: at}
}

func (p *partPage) at() place { return p.place }

func (p *partPage) inFront() any { return p.part }

func (p *partPage) resize(w, h int) {
	p.w, p.h = w, h
	p.part.resize(w, h)
}

func (p *partPage) show(v *core.View) tea.Cmd { return p.follow(v) }

func (p *partPage) update(msg tea.Msg) tea.Cmd {
	cmd, _ := p.take(msg)
	return cmd
}

func (p *partPage) selection() selection { return p.choice(core.Ref{}) }

func (p *partPage) paint() string { return p.body(p.w, p.h) }

func (p *partPage) idle(id string) bool {
	in, ok := p.part.(idler)
	return ok && in.idle(id)
}

// keep and restore are those of the table.
func (p *partPage) keep() map[string]string {
	if k, ok := p.part.(keeper); ok {
		return k.keep()
	}
	return nil
}

func (p *partPage) restore(kept map[string]string) {
	if k, ok := p.part.(keeper); ok {
		k.restore(kept)
	}
}
