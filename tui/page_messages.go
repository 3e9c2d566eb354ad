package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// messagesPage lists what the bottom line said in this session, oldest first.
type messagesPage struct {
	reader
	app   *App
	noted int // messages taken over
	w, h  int
}

func newMessagesPage(h *host, a *App) *messagesPage {
	p := &messagesPage{reader: reader{host: h, text: logview.New(h.look.theme, maxNotes)}, app: a}
	p.text.SetTimes(true)
	p.text.SetWrap(true)
	return p
}

func (p *messagesPage) at() place { return place{Page: pageMessages} }

func (p *messagesPage) traits() trait { return readerTraits | traitTimes | traitFollow }

func (p *messagesPage) resize(w, h int) { p.w, p.h = w, h }

func (p *messagesPage) selection() selection { return selection{} }

func (p *messagesPage) show(*core.View) tea.Cmd { return nil }

func (p *messagesPage) update(tea.Msg) tea.Cmd { return nil }

func (p *messagesPage) paint() string {
	p.take()
	if p.text.Len() == 0 {
		return hollow(p.host.look.theme, p.w, "nothing was said yet", "answers and problems are kept here")
	}
	return p.view(p.w, p.h)
}

// take appends the messages that came since the last paint.
func (p *messagesPage) take() {
	fresh := p.app.notes[max(len(p.app.notes)-(p.app.noted-p.noted), 0):]
	p.noted = p.app.noted
	for _, n := range fresh {
		level := [...]logview.Level{Info: logview.Plain, Good: logview.Good, Warning: logview.Head, Problem: logview.Bad}[n.kind]
		p.text.Append(logview.Line{At: n.at, Text: p.app.kindSymbol(n.kind) + " " + n.text, Level: level})
	}
}

func (p *messagesPage) restore(kept map[string]string) {
	if len(kept) > 0 { // else its own defaults hold
		p.reader.restore(kept)
	}
}
