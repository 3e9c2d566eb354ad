package core_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
)

// secretOf is what the link of a ticket ends with.
func secretOf(t *testing.T, ticket core.Ticket) core.Secret {
	t.Helper()
	_, secret, ok := strings.Cut(ticket.Link, "#")
	if !ok || len(secret) < 43 {
		t.Fatalf("the link is %q", ticket.Link)
	}
	return core.NewSecret(secret)
}

const browser = "198.51.100.7:4321"

func TestTicket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.grant(core.UserRef("bob"), web1, core.VerbConsole)
		bob, ctx := h.login("bob"), t.Context()
		ticket, err := bob.NewTicket(ctx, web1, core.ConsoleVNC)
		if err != nil {
			t.Fatal(err)
		}
		if d := time.Until(ticket.Until); d != 30*time.Second {
			t.Errorf("the ticket is good for %s", d)
		}
		if r := h.lastRecord(core.EventDone); r.Op != "vm.console" || r.By != "bob" || r.Target != web1 || r.Args["via"] != core.ViaBrowser || r.Args["kind"] != "vnc" {
			t.Errorf("recorded is %+v", r)
		}
		secret := secretOf(t, ticket)
		h.inNothing(t, secret.Reveal())
		// Nobody is let in by what resembles it.
		for _, guess := range []string{"", secret.Reveal()[1:], strings.ToUpper(secret.Reveal()), secret.Reveal() + "x"} {
			_, err := h.core.Redeem(ctx, core.NewSecret(guess), browser)
			wantError(t, err, core.CodeDenied, "this link does not open a console")
		}
		if r := h.lastRecord(core.EventDenied); r.Op != "console.redeem" || r.By != "ticket:unknown" || r.Addr != browser {
			t.Errorf("recorded is %+v", r)
		}
		seat, err := h.core.Redeem(ctx, secret, browser)
		if err != nil {
			t.Fatal(err)
		}
		if i := seat.Info(); i.User != "bob" || i.VM != web1 || i.Kind != core.ConsoleVNC || i.Addr != browser || i.Via != core.ViaBrowser || i.Session != bob.ID() {
			t.Errorf("the seat is %+v", i)
		}
		if r := h.lastRecord(core.EventDone); r.Op != "console.redeem" || r.By != "bob" || r.Target != web1 || r.Addr != browser || r.Session != bob.ID() {
			t.Errorf("recorded is %+v", r)
		}
		_, err = h.core.Redeem(ctx, secret, browser)
		wantError(t, err, core.CodeDenied, "this link does not open a console")
		h.do(h.root, core.RemoveGrant{Who: core.UserRef("bob"), On: web1})
		<-seat.Done()
		if _, err := bob.NewTicket(ctx, web1, core.ConsoleVNC); core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("a ticket without the right: %v", err)
		}
		if n := h.tickets(); n != 0 {
			t.Errorf("%d tickets are kept", n)
		}
	})
}

// tickets counts the tickets in the store.
func (h *house) tickets() (n int) {
	h.t.Helper()
	if err := h.store.List(h.t.Context(), "ticket/", "", func(core.Item) bool { n++; return true }); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// opened counts the records of consoles that somebody opened.
func (h *house) opened() int {
	h.t.Helper()
	records, err := h.root.Audit(h.t.Context(), core.AuditQuery{Op: "vm.console", Event: core.EventDone})
	if err != nil {
		h.t.Fatal(err)
	}
	return len(records)
}

// TestTicketWithoutSeat holds that a ticket of somebody who has no seat left is
// refused, recorded as refused, and spent.
func TestTicketWithoutSeat(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ticket, err := h.root.NewTicket(t.Context(), web1, core.ConsoleVNC)
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		h.openConsole(h.root, web1)
	}
	_, err = h.core.Redeem(t.Context(), secretOf(t, ticket), browser)
	wantError(t, err, core.CodeLimit, "you sit at 8 consoles in this session")
	if r := h.lastRecord(core.EventDenied); r.Op != "console.redeem" || r.Target != web1 || r.Addr != browser || !strings.Contains(r.Result, "you sit at 8 consoles") {
		t.Errorf("recorded is %+v", r)
	}
	if n := h.tickets(); n != 0 {
		t.Errorf("%d tickets are kept", n)
	}
}

// TestTicketThatIsNotGood holds that a ticket opens nothing once what it stood on
// is gone, and says the same as one that never was wherever that is possible.
func TestTicketThatIsNotGood(t *testing.T) {
	t.Parallel()
	yes := true
	for _, tt := range []struct {
		name, why, reason string
		meanwhile         func(h *house, s *core.Session)
	}{
		{"too old", "this link does not open a console", "it was too old", func(*house, *core.Session) { time.Sleep(30 * time.Second) }}, // in a bubble
		{"session closed", "this link does not open a console", "the session that it was made in has ended", func(_ *house, s *core.Session) { s.Close() }},
		{"user disabled", "this link does not open a console", "the session that it was made in has ended", func(h *house, _ *core.Session) {
			h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes})
		}},
		{"right gone", "you may not use the console of berlin/web1 any more", "needs console on berlin/web1; ask an administrator of berlin", func(h *house, _ *core.Session) {
			h.do(h.root, core.RemoveGrant{Who: core.UserRef("bob"), On: web1})
		}},
		{"locked", "you may not use the console of berlin/web1 any more", "berlin/web1 is locked by root@local: x", func(h *house, _ *core.Session) {
			h.do(h.root, core.SetLock{On: web1, Reason: "x"})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.grant(core.UserRef("bob"), web1, core.VerbConsole)
				bob := h.login("bob")
				ticket, err := bob.NewTicket(t.Context(), web1, core.ConsoleVNC)
				if err != nil {
					t.Fatal(err)
				}
				tt.meanwhile(h, bob)
				_, err = h.core.Redeem(t.Context(), secretOf(t, ticket), browser)
				wantError(t, err, core.CodeDenied, tt.why)
				if r := h.lastRecord(core.EventDenied); r.Op != "console.redeem" || r.By != "bob" || r.Target != web1 || r.Addr != browser || !strings.HasPrefix(r.Result, strings.Split(tt.reason, " by ")[0]) {
					t.Errorf("recorded is %+v", r)
				}
				if n := h.tickets(); n != 0 {
					t.Errorf("%d tickets are kept", n)
				}
			})
		})
	}
}

// TestTicketsAtOnce holds that one of many who come with one ticket is let in.
func TestTicketsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ticket, err := h.root.NewTicket(t.Context(), web1, core.ConsoleVNC)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for range 8 {
		all.Go(func() {
			if _, err := h.core.Redeem(t.Context(), secretOf(t, ticket), browser); err == nil {
				mu.Lock()
				in++
				mu.Unlock()
			} else if core.CodeOf(err) != core.CodeDenied {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if in != 1 || len(h.root.SeatsTaken()) != 1 {
		t.Errorf("%d were let in", in)
	}
}

func TestTicketLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, ctx := newHouse(t), t.Context()
		for range 8 {
			if _, err := h.root.NewTicket(ctx, web1, core.ConsoleVNC); err != nil {
				t.Fatal(err)
			}
		}
		_, err := h.root.NewTicket(ctx, web1, core.ConsoleVNC)
		wantError(t, err, core.CodeLimit, "8 links of yours wait to be opened")
		if n := h.opened(); n != 8 {
			t.Errorf("%d openings are recorded, of which one was refused", n)
		}
		time.Sleep(time.Minute) // in a bubble
		if _, err := h.root.NewTicket(ctx, web1, core.ConsoleVNC); err != nil {
			t.Error(err)
		}
		if n := h.tickets(); n != 1 {
			t.Errorf("%d tickets are kept", n)
		}
		h.consoles.noLink = true
		if _, err := h.root.NewTicket(ctx, web1, core.ConsoleVNC); core.CodeOf(err) != core.CodeUnsupported {
			t.Errorf("without a page: %v", err)
		}
		if n := h.tickets(); n != 1 {
			t.Errorf("%d tickets are kept, one of which nobody can redeem", n)
		}
		none := h.withConfig(func(c *core.Config) { c.Consoles = nil })
		s, err := none.Local(ctx, "", "test")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.NewTicket(ctx, web1, core.ConsoleVNC); core.CodeOf(err) != core.CodeUnsupported {
			t.Errorf("without consoles: %v", err)
		}
		if _, _, err := s.Forward(ctx, web1); core.CodeOf(err) != core.CodeUnsupported {
			t.Errorf("without consoles: %v", err)
		}
	})
}

// TestNoScreen holds that where there is no way to a screen both ways say so alike,
// and nothing is kept or recorded.
func TestNoScreen(t *testing.T) {
	t.Parallel()
	serial := core.Endpoint{Kind: core.ConsoleSerial, Node: "n1"}
	for _, tt := range []struct {
		name  string
		has   []core.Endpoint
		fault error
		code  core.Code
		says  string
	}{
		{"serial only", []core.Endpoint{serial}, nil, core.CodeUnsupported, "berlin/web1 has no vnc console"},
		{"none", nil, nil, core.CodeUnsupported, "berlin/web1 has no vnc console"},
		{"SPICE", []core.Endpoint{serial, {Kind: core.ConsoleSPICE, Problem: "it speaks SPICE"}}, nil, core.CodeUnsupported, "gwm cannot show the screen of berlin/web1: it speaks SPICE"},
		{"stopped", nil, core.Errorf(core.CodeState, "web1 does not run"), core.CodeState, "web1 does not run"},
		{"dead cluster", nil, core.Errorf(core.CodeUnreachable, "berlin does not answer"), core.CodeUnreachable, "berlin does not answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.consoles.has, h.consoles.fault = tt.has, tt.fault
			before := h.lastRecord(core.EventDone)
			_, err := h.root.NewTicket(t.Context(), web1, core.ConsoleVNC)
			wantError(t, err, tt.code, tt.says)
			_, _, err = h.root.Forward(t.Context(), web1)
			wantError(t, err, tt.code, tt.says)
			if after := h.lastRecord(core.EventDone); after.Seq != before.Seq {
				t.Errorf("recorded is %+v", after)
			}
			if n := h.tickets() + len(h.consoles.forwarded) + len(h.root.SeatsTaken()); n != 0 {
				t.Errorf("%d tickets, ports and seats were made", n)
			}
			// Whether the VM has a screen is nothing for who may not use it.
			_, err = h.login("bob").NewTicket(t.Context(), web1, core.ConsoleVNC)
			wantError(t, err, core.CodeNotFound, "web1")
		})
	}
}

// TestNoPage holds that without a page nobody is asked for the screen, and nothing
// is kept or recorded.
func TestNoPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.consoles.noLink, h.consoles.fault = true, errors.New("the cluster was asked")
	before := h.lastRecord(core.EventDone)
	_, err := h.root.NewTicket(t.Context(), web1, core.ConsoleVNC)
	wantError(t, err, core.CodeUnsupported, "there is no page")
	if after := h.lastRecord(core.EventDone); after.Seq != before.Seq || h.tickets() != 0 {
		t.Errorf("%d tickets are kept; recorded is %+v", h.tickets(), after)
	}
}

// TestLinkNote tells people of links that do not work where they sit.
func TestLinkNote(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, link, addr, note string }{
		{"a name", "https://gwm.example:8889/console#", "198.51.100.7:1", ""},
		{"an address", "https://192.0.2.1:8889/console#", "198.51.100.7:1", ""},
		{"on the machine", "https://127.0.0.1:8889/console#", "@", "the link works on this machine only"},
		{"through the loopback", "https://127.0.0.1:8889/console#", "[::1]:1", "the link works on this machine only"},
		{"from elsewhere", "https://127.0.0.1:8889/console#", "198.51.100.7:1", "ssh -L 8889:127.0.0.1:8889 leads to that machine"},
		{"from elsewhere, IPv6", "https://[::1]:8889/console#", "[2001:db8::1]:1", "sets web.listen and web.public_url"},
		{"localhost", "https://localhost:8889/console#", "198.51.100.7:1", "the link works on the machine of gwm only"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.consoles.link = tt.link
			h.grant(core.UserRef("bob"), web1, core.VerbConsole)
			who := credential(t, "bob")
			who.Addr = tt.addr
			bob, err := h.core.Login(t.Context(), who)
			if err != nil {
				t.Fatal(err)
			}
			ticket, err := bob.NewTicket(t.Context(), web1, core.ConsoleVNC)
			if err != nil || !strings.Contains(ticket.Note, tt.note) || tt.note == "" && ticket.Note != "" {
				t.Errorf("the note is %q, %v; want %q", ticket.Note, err, tt.note)
			}
		})
	}
}
