package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/term"
)

// consolePage shows a serial console of a VM. While somebody may type there it
// has all keys; escapeKey opens the menu. Looking back it is an ordinary page
// over what was shown.
type consolePage struct {
	host    *host
	app     *App
	place   place
	c       *console
	looking bool
	anchor  int64 // the row where a selection of rows began; -1: there is none
	dragged bool  // the mouse marks a part of the screen
	held    bool  // a button is down that the guest was told of
	found   int   // rows with what is looked for
	w, h    int
}

// escapeKey opens the menu of a console; twice it goes to the guest. It is the
// one of telnet and virsh, and no shell or editor needs it daily.
const escapeKey = "ctrl+]"

// traitTerm is a page with what a program wrote for a terminal.
const traitTerm trait = 1 << 48

// The actions of such a page.
const (
	actSelect   = "term.select"
	actCopyRows = "term.copy"
	actLive     = "term.live"
)

func newConsolePage(h *host, a *App, at place) *consolePage {
	return &consolePage{host: h, app: a, place: at, c: a.consoleOn(at.On), anchor: -1}
}

func (p *consolePage) at() place { return p.place }

func (p *consolePage) traits() trait { return traitTerm | traitMove | traitSearch }

func (p *consolePage) resize(w, h int) {
	p.w, p.h = w, h
	p.c.view.Resize(w, h)
	cols, rows := p.c.screen.Size()
	if cols == w && rows == h || w < 2 || h < 2 {
		return
	}
	p.c.screen.Resize(w, h)
	if p.c.line != nil {
		p.c.line.Resize(w, h)
	}
}

// show opens the console where that has not been done.
func (p *consolePage) show(*core.View) tea.Cmd {
	p.c.unseen = false
	if p.c.line == nil && p.c.over == nil {
		return p.c.open(p.app)
	}
	return nil
}

func (p *consolePage) update(tea.Msg) tea.Cmd { return nil }

func (p *consolePage) selection() selection { return selection{} }

// grabs: keys are the guest's as long as one can type there.
func (p *consolePage) grabs() bool { return !p.looking && p.c.live() }

func (p *consolePage) moves() bool {
	return p.c.screen.Modes().Mouse == term.MouseMoves && p.c.typing()
}

// grab types, or opens the menu.
func (p *consolePage) grab(k tea.KeyPressMsg) tea.Cmd {
	c := p.c
	if k.String() == escapeKey {
		return p.menu()
	}
	if c.paste != nil && k.String() == "esc" {
		c.paste = nil
		return p.app.hint("the rest of the paste was not sent")
	}
	c.hidden, c.refused, c.skipped = p.notice(), nil, 0
	out := c.screen.Modes().Key(k.Key())
	if len(out) == 0 {
		return nil
	}
	c.view.Bottom()
	c.view.Unmark()
	if who, ok := c.typist(); ok {
		return p.askTake(who)
	}
	return c.send(out)
}

// askTake asks a person who typed while somebody else has the keyboard.
func (p *consolePage) askTake(who core.SeatInfo) tea.Cmd {
	return p.app.unasked(func() tea.Cmd {
		m := p.app.newMenu(core.Printable(who.User) + " has the keyboard")
		m.add(menuItem{title: "watch on", note: "what you typed was not sent", run: func() tea.Cmd { return nil }})
		m.add(menuItem{title: "take the keyboard", note: core.Printable(who.User) + " is told", run: p.take})
		return p.app.pop(m)
	})
}

func (p *consolePage) take() tea.Cmd {
	return p.c.ask("", func(_ context.Context, line core.Line) error { return line.Take() })
}

func (p *consolePage) yield() tea.Cmd {
	return p.c.ask("you gave the keyboard up: the next who types has it", func(_ context.Context, line core.Line) error {
		line.Yield()
		return nil
	})
}

// look begins to look back.
func (p *consolePage) look() tea.Cmd {
	p.looking, p.anchor = true, -1
	p.c.view.Point()
	p.app.layout()
	return nil
}

// back ends looking back; false: the shell leaves the page.
func (p *consolePage) back() bool {
	switch {
	case p.c.view.Marked():
		p.c.view.Unmark()
		p.anchor = -1
	case p.looking && p.c.live():
		p.looking = false
		p.c.view.Bottom()
		p.c.view.Find("")
		p.app.layout()
	default:
		return false
	}
	return true
}

// act moves, searches and marks while one looks back.
func (p *consolePage) act(id string) (cmd tea.Cmd, done bool) {
	v := p.c.view
	if !p.looking && !p.c.live() { // what was shown is read as it is
		p.looking = true
		v.Point()
	}
	switch id {
	case actMatchNext:
		return nil, v.FindNext(1)
	case actMatchPrev:
		return nil, v.FindNext(-1)
	case actUp, actDown, actPageUp, actPageDown, actHalfUp, actHalfDown, actTop, actBottom:
		v.MovePoint(map[string]int{
			actUp: -1, actDown: 1, actPageUp: -p.h, actPageDown: p.h, actHalfUp: -p.h / 2, actHalfDown: p.h / 2,
			actTop: -maxRowsBack, actBottom: maxRowsBack,
		}[id])
	case actSelect:
		if p.anchor >= 0 {
			p.anchor = -1
			v.Unmark()
			return nil, true
		}
		p.anchor = v.PointRow()
	case actCopyRows:
		return p.copyRows(), true
	case actLive:
		if !p.looking || !p.c.live() {
			return p.app.reopen(p), true
		}
		p.back()
	default:
		return nil, false
	}
	if p.anchor >= 0 {
		v.MarkRows(p.anchor, v.PointRow())
	}
	return nil, true
}

// maxRowsBack is more than there can be.
const maxRowsBack = term.MaxPast + term.MaxRows

// copyRows copies the selection, or else the row of the point.
func (p *consolePage) copyRows() tea.Cmd {
	v := p.c.view
	text, what := v.Selected(), "the selection"
	if text == "" {
		row := v.PointRow()
		text, what = strings.TrimRight(v.Text(row, row+1), "\n"), "the line"
	}
	v.Unmark()
	p.anchor = -1
	return p.app.copy(what, text)
}

func (p *consolePage) filter(text string) (matched, total int, err error) {
	p.found = p.c.view.Find(text)
	return p.found, p.c.screen.Len(), nil
}

func (p *consolePage) filtered() (text string, matched, total int) {
	return p.c.view.Finding(), p.found, p.c.screen.Len()
}

func (p *consolePage) click(_, _ int, _ bool) tea.Cmd { return nil }

func (p *consolePage) wheel(_, _, lines int) tea.Cmd {
	p.c.view.Scroll(lines)
	return nil
}

// cursor is the guest's.
func (p *consolePage) cursor() (x, y int, ok bool) { return p.c.view.Cursor() }
