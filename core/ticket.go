package core

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Ticket is a link that opens one console in a browser, once.
type Ticket struct {
	Link  string    `json:"link"` // holds the secret: it is shown to its person and kept nowhere
	Until time.Time `json:"until"`
	// Note is where the link works, if not everywhere, and what to do about it; empty:
	// wherever the server is reached.
	Note string `json:"note,omitempty"`
}

// opRedeem is the Op of the audit records of tickets that are redeemed.
const opRedeem = "console.redeem"

// ticketRecord is what is kept of a ticket until it is redeemed or too old. Its
// secret is not: the key of the record is the hash of it, and what the time of a
// look-up may tell of a hash tells nothing of its secret.
type ticketRecord struct {
	Session string      `json:"session"`
	User    string      `json:"user"`
	VM      Ref         `json:"vm"`
	Kind    ConsoleKind `json:"kind"`
	Until   time.Time   `json:"until"`
}

// newTicketSecret makes a secret of 260 bits in lower-case letters and digits.
func newTicketSecret() Secret {
	return NewSecret(strings.ToLower(rand.Text() + rand.Text()))
}

// NewTicket makes a link that opens a console in a browser for this person, once
// and soon (Tuning.TicketLife). It is recorded as the opening of the console. The
// seat that it is redeemed for ends with this session. The error is CodeUnsupported
// where there is no page to open it with, which nobody is asked for, and for a screen
// those of Forward; nothing is kept or recorded then.
func (s *Session) NewTicket(ctx context.Context, vm Ref, kind ConsoleKind) (Ticket, error) {
	if s.core.consoles == nil {
		return Ticket{}, errNoConsoles()
	}
	secret := newTicketSecret()
	link, err := s.core.consoles.Link(secret)
	if err != nil {
		return Ticket{}, err
	}
	open := OpenConsole{VM: vm, Kind: kind, Via: ViaBrowser, Ticket: secret}
	if err := s.hasScreen(ctx, open); err != nil {
		return Ticket{}, err
	}
	until := time.Now().UTC().Round(0).Add(s.core.tuning.TicketLife)
	if _, err := s.Do(ctx, open); err != nil {
		return Ticket{}, err
	}
	return Ticket{Link: link, Until: until, Note: linkNote(link, s.info.Addr)}, nil
}

// linkNote says what there is to know about a link that leads to the loopback, to
// somebody whose session comes from addr.
func linkNote(link, addr string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	if ip, err := netip.ParseAddr(u.Hostname()); (err != nil || !ip.IsLoopback()) && u.Hostname() != "localhost" {
		return ""
	}
	if from, _ := SourceOf(addr); !from.IsValid() || from.IsLoopback() {
		return "the link works on this machine only"
	}
	return "the link works on the machine of gwm only, until the administrator sets web.listen and web.public_url in the configuration; " +
		"on yours it works while ssh -L " + u.Port() + ":" + u.Host + " leads to that machine"
}

// putTicket stores the ticket of an opening, in the transaction that records it.
func (tx *txn) putTicket(s *Session, o OpenConsole) error {
	live, err := tx.sweepTickets(s.info.ID)
	if err != nil {
		return err
	}
	tuning := tx.core.tuning
	if live >= tuning.Seats {
		return Errorf(CodeLimit, "%d links of yours wait to be opened, which is the limit", live).
			WithHint("open one of them, or wait until they have expired: %s", tuning.TicketLife)
	}
	t := ticketRecord{Session: s.info.ID, User: s.who, VM: o.VM, Kind: o.Kind, Until: tx.now.Add(tuning.TicketLife)}
	return tx.put(ticketKey(hashSecret(o.Ticket)), t)
}

// sweepTickets removes the tickets that are too old, and counts those of a
// session that are not.
func (tx *txn) sweepTickets(session string) (live int, err error) {
	fault := tx.core.store.List(tx.ctx, prefixTicket, "", func(it Item) bool {
		var t ticketRecord
		switch {
		case json.Unmarshal(it.Value, &t) != nil || !tx.now.Before(t.Until):
			tx.remove(it.Key)
		case t.Session == session:
			live++
		}
		return true
	})
	if fault != nil {
		return 0, notRead(fault)
	}
	return live, nil
}

// Redeem takes a ticket and gives the seat that it was made for; addr is where
// the browser is. A ticket is good once, also for two who come at the same time.
// The error is CodeDenied with one text for a secret that nobody was given, one
// that was used and one that is too old, and says more only where the ticket was
// good. Who calls counts failures: nothing here slows down guesses.
func (c *Core) Redeem(ctx context.Context, secret Secret, addr string) (*Seat, error) {
	var s *Session
	var t ticketRecord
	var refused *Error
	var reason string
	err := c.update(ctx, func(tx *txn) error {
		s, refused, reason = nil, nil, ""
		key := ticketKey(hashSecret(secret))
		found, err := tx.read(key, &t)
		switch {
		case err != nil:
			return err
		case !found:
			refused = errTicket()
			return nil
		}
		tx.remove(key)
		if s = c.sessions.find(t.Session); s == nil || s.who != t.User {
			refused, reason = errTicket(), "the session that it was made in has ended"
		} else if !tx.now.Before(t.Until) {
			refused, reason = errTicket(), "it was too old"
		} else if d := s.may(tx.rights(), VerbConsole, t.VM, tx.now); !d.OK {
			refused, reason = Errorf(CodeDenied, "you may not use the console of %s any more", t.VM), d.Why
		} else if full := c.seats.room(s, c.tuning.Seats); full != nil {
			refused = AsError(full)
			reason = refused.Message
		}
		tx.record(t.redeemed(s, addr, reason))
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case refused != nil && reason == "":
		return nil, c.refuseTicket(ctx, addr, refused)
	case refused != nil:
		return nil, refused
	}
	return c.seat(s, t.VM, t.Kind, addr, ViaBrowser)
}

// redeemed is the record of a ticket that somebody came with; an empty reason is
// that of one that was good, and s may be nil.
func (t ticketRecord) redeemed(s *Session, addr, reason string) Record {
	r := Record{Event: EventDone, Op: opRedeem, By: t.User, Session: t.Session}
	if s != nil {
		r = s.record(EventDone, opRedeem)
	}
	if reason != "" {
		r.Event, r.Result = EventDenied, reason
	}
	r.Addr, r.Target, r.Verb = Printable(addr), t.VM, VerbConsole
	r.Args = map[string]string{"kind": string(t.Kind)}
	return r
}

// refuseTicket records that somebody came with a secret that is none, once in
// readEvery for each source.
func (c *Core) refuseTicket(ctx context.Context, addr string, refused *Error) error {
	_, source := SourceOf(addr)
	r := Record{Event: EventDenied, Op: opRedeem, Target: Site(), By: "ticket:unknown", Addr: Printable(addr), Result: "the secret is not that of a ticket"}
	if err := c.recordSeldom(ctx, r, "ticket "+source.String()); err != nil {
		return err
	}
	return refused
}

// errTicket is the one answer for tickets that are not good.
func errTicket() *Error {
	return Errorf(CodeDenied, "this link does not open a console: it was used already, it is too old, or it is not complete").
		WithHint("ask gwm for a new one; each link is good once and only for a short time")
}
