package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/term"
)

// consolePage shows a serial console of a VM. While somebody may type there it
// has all keys but one, which opens the menu. Looking back it is an ordinary page
// over what was shown.
type consolePage struct {
	termReader
	host    *host
	app     *App
	place   place
	c       *console
	looking bool
	w, h    int
}

// escapes tells whether a key opens the menu; twice it goes to the guest. It is
// known by what it sends: on some keyboards ctrl-5 is ctrl-].
func (p *consolePage) escapes(k tea.KeyPressMsg) bool {
	out := term.Modes{}.Key(k.Key())
	return len(out) == 1 && out[0] == byte(p.escape())
}

func (p *consolePage) escape() core.Escape { return p.host.look.escape }

// The traits of pages with what a program wrote for a terminal.
const (
	traitTerm trait = 1 << (iota + 48)
	traitSeat       // it is a console
	traitPlay       // it is a recording
)

// The actions of such a page.
const (
	actConsole  = "vm.console"
	actEscape   = "console.escape"
	actSelect   = "term.select"
	actCopyRows = "term.copy"
	actLive     = "term.live"
	actPlay     = "play.pause"
	actSlower   = "play.slower"
	actFaster   = "play.faster"
	actSeekBack = "play.back"
	actSeekOn   = "play.on"
)

func newConsolePage(h *host, a *App, at place) *consolePage {
	p := &consolePage{host: h, app: a, place: at, c: a.consoleOn(at.On)}
	p.termReader = termReader{emulator: p.c.screen, view: p.c.view, anchor: -1}
	return p
}

func (p *consolePage) at() place { return p.place }

func (p *consolePage) traits() trait { return traitTerm | traitSeat | traitMove | traitSearch }

func (p *consolePage) resize(w, h int) {
	p.w, p.h, p.height = w, h, h
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
	if p.escapes(k) {
		return p.menu()
	}
	if c.paste != nil && k.String() == "esc" {
		c.paste = nil
		return p.app.hint("the rest of the paste was not sent")
	}
	if !c.silent() || k.Code != tea.KeyEnter { // whoever tries again sees that nothing has changed
		c.hidden = p.notice()
	}
	c.refused, c.skipped = nil, 0
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
		p.unmark()
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

// act reads back, or ends that.
func (p *consolePage) act(id string) (cmd tea.Cmd, done bool) {
	if !p.looking && !p.c.live() { // what was shown is read as it is
		p.looking = true
		p.view.Point()
	}
	if id != actLive {
		return p.termReader.act(id)
	}
	if !p.looking || !p.c.live() {
		return p.app.reopen(p), true
	}
	p.back()
	return nil, true
}

// cursor is the guest's.
func (p *consolePage) cursor() (x, y int, ok bool) { return p.c.view.Cursor() }
