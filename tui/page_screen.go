package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/qr"
)

// screenPage gives a person the way to the screen of a VM: a link for a browser,
// or a port for a VNC viewer. What it shows is in no message of the shell and goes
// with the page; what was opened stays until its own end or that of the session.
type screenPage struct {
	app    *App
	host   *host
	place  place
	asked  bool
	failed *core.Error // why there is no way
	ticket core.Ticket
	code   *qr.Code // the link as a picture; nil where it fits none
	port   core.Forward
	seat   *core.Seat     // of the port; nil: there is none
	viewer *core.SeatInfo // who opened the link; nil: nobody yet
	closed bool           // and left again
	w, h   int
}

type (
	// ticketMsg brings a link.
	ticketMsg struct {
		ticket core.Ticket
		err    error
	}
	// portMsg brings a port for a viewer.
	portMsg struct {
		port core.Forward
		seat *core.Seat
		err  error
	}
	// seatsMsg brings where the person sits.
	seatsMsg struct{ seats []core.SeatInfo }
)

func newScreenPage(h *host, a *App, p place) *screenPage {
	return &screenPage{app: a, host: h, place: p}
}

func (p *screenPage) at() place { return p.place }

func (p *screenPage) traits() trait { return 0 }

func (p *screenPage) selection() selection { return selection{} }

func (p *screenPage) act(string) (tea.Cmd, bool) { return nil, false }

func (p *screenPage) resize(w, h int) { p.w, p.h = w, h }

// show asks for the first link, once.
func (p *screenPage) show(*core.View) tea.Cmd {
	if p.asked {
		return nil
	}
	p.asked = true
	return tea.Batch(p.link(), p.look())
}

// link asks for a link.
func (p *screenPage) link() tea.Cmd {
	p.wipe()
	p.failed, p.viewer, p.closed = nil, nil, false
	s, vm := p.host.session, p.place.On
	return p.host.call(func(ctx context.Context) tea.Msg {
		ticket, err := s.NewTicket(ctx, vm, core.ConsoleVNC)
		return ticketMsg{ticket, err}
	})
}

// forward asks for a port.
func (p *screenPage) forward() tea.Cmd {
	p.wipe()
	p.failed = nil
	s, vm := p.host.session, p.place.On
	return p.host.call(func(ctx context.Context) tea.Msg {
		port, seat, err := s.Forward(ctx, vm)
		return portMsg{port, seat, err}
	})
}

// look sees after a second who sits at the screen.
func (p *screenPage) look() tea.Cmd {
	s := p.host.session
	return p.host.call(func(ctx context.Context) tea.Msg {
		if !pause(ctx, time.Second) {
			return nil
		}
		seats, _ := s.AllSeats(ctx) // a session that ended says so itself
		return seatsMsg{seats}
	})
}

func (p *screenPage) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case ticketMsg:
		if msg.err != nil {
			p.failed = core.AsError(msg.err)
			return nil
		}
		p.ticket = msg.ticket
		p.code, _ = qr.New(msg.ticket.Link) // what is too long is copied
	case portMsg:
		if msg.err != nil {
			p.failed = core.AsError(msg.err)
			return nil
		}
		p.port, p.seat = msg.port, msg.seat
	case seatsMsg:
		p.seen(msg.seats)
		return p.look()
	}
	return nil
}

// seen notes whether the link was opened, and whether that has ended.
func (p *screenPage) seen(seats []core.SeatInfo) {
	i := slices.IndexFunc(seats, func(s core.SeatInfo) bool {
		return s.Via == core.ViaBrowser && s.VM == p.place.On && s.Session == p.host.session.ID()
	})
	switch {
	case i >= 0:
		p.viewer, p.closed = &seats[i], false
		p.ticket, p.code = core.Ticket{}, nil // it is worth nothing any more
	case p.viewer != nil:
		p.closed = true
	}
}

// wipe forgets what nobody else may learn. The shell calls it when the page goes.
func (p *screenPage) wipe() {
	p.ticket, p.code, p.port, p.seat = core.Ticket{}, nil, core.Forward{}, nil
}

func (p *screenPage) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch k.String() {
	case "esc", "q":
		return p.app.leave(), true
	case "v":
		return p.link(), true
	case "f":
		return p.forward(), true
	case "y":
		return p.copy(), true
	}
	return nil, false
}

// copy puts the link or the password on the clipboard.
func (p *screenPage) copy() tea.Cmd {
	what, text := "the link", p.ticket.Link
	if p.seat != nil {
		what, text = "the password", p.port.Password.Reveal()
	}
	if text == "" {
		return nil
	}
	return p.app.copySecret(what, text)
}

func (p *screenPage) paste(string) tea.Cmd { return nil }

func (p *screenPage) cursor() (x, y int, ok bool) { return 0, 0, false }

func (p *screenPage) keys() [][2]string {
	return [][2]string{
		{"y", "copy the link, or the password"},
		{"v", "make a new link"},
		{"f", "open a port for a VNC viewer instead"},
		{"esc", "leave; what is open stays open"},
	}
}
