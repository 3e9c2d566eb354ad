package tui

import (
	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/logview"
)

// messagesPage lists what the bottom line said in this session, oldest first.
type messagesPage struct {
	textView
	app   *App
	noted int // messages taken over
}

func newMessagesPage(h *host, a *App) *messagesPage {
	p := &messagesPage{textView: newTextView(h), app: a}
	p.text.SetTimes(true)
	p.text.SetWrap(true)
	return p
}

func (p *messagesPage) at() place { return place{Page: pageMessages} }

func (p *messagesPage) traits() trait { return textTraits | traitTimes | traitFollow }

func (p *messagesPage) show(*core.View) tea.Cmd { return nil }

func (p *messagesPage) update(tea.Msg) tea.Cmd { return nil }

func (p *messagesPage) paint() string {
	p.take()
	if p.text.Len() == 0 {
		return "\n  " + p.host.look.theme.Dim.Render("Nothing was said yet. Answers and problems are kept here.")
	}
	return p.textView.paint()
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

func (p *messagesPage) act(id string) (tea.Cmd, bool) {
	switch id {
	case actTimes:
		p.text.SetTimes(!p.text.Times())
		return nil, true
	case actFollow:
		p.text.SetFollow(!p.text.Following())
		return nil, true
	}
	return p.textView.act(id)
}

func (p *messagesPage) restore(kept map[string]string) {
	if kept != nil {
		p.textView.restore(kept)
	}
}
