package core

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The Ops of the audit records of consoles that are left, and of keyboards that
// are taken over.
const (
	opSeat = "console.leave"
	opTake = "console.take"
)

// Seat is the right to sit at one console of one VM, for as long as its session
// lasts and its person may. Whoever carries the bytes of a console holds a Seat
// and stops at once when it is over.
type Seat struct {
	session *Session
	info    SeatInfo    // without what changes
	types   atomic.Bool // see Keyboard
	trusted chan struct{}

	mu   sync.Mutex
	err  *Error // why it is over; nil while it is not
	done chan struct{}
}

// Info describes the seat as it is now.
func (s *Seat) Info() SeatInfo {
	info := s.info
	info.Keyboard = s.types.Load()
	return info
}

// Keyboard tells that the person has the keyboard of the serial line now, or has
// it no more. It does not wait for anything of who calls it.
func (s *Seat) Keyboard(has bool) {
	if s.types.Swap(has) != has {
		s.session.core.consolesChanged()
	}
}

// Done is closed when the seat is over: by Close, with its session, or because
// the person may not use the console any more.
func (s *Seat) Done() <-chan struct{} { return s.done }

// Trusted holds a value after somebody trusted a key of a node of the cluster:
// what was refused for want of that may be tried again. It has size 1.
func (s *Seat) Trusted() <-chan struct{} { return s.trusted }

// Err says, for the person, why the seat is over; nil while it is not.
func (s *Seat) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		return nil
	}
	return s.err
}

// Close leaves the console; reason is for the audit log and for Err. It may be
// called twice.
func (s *Seat) Close(reason *Error) { s.session.core.leave(vacancy{s, reason}) }

// Took records that the person took the keyboard of the console from who had it.
func (s *Seat) Took(ctx context.Context, from SeatInfo) error {
	r := s.session.record(EventDone, opTake)
	r.Target, r.Verb = s.info.VM, VerbConsole
	r.Args = map[string]string{"seat": s.info.ID, "from": Printable(from.User), "from seat": Printable(from.ID)}
	return s.session.core.recordAlone(ctx, r)
}

// Endpoint asks the cluster where the console is now. The error is CodeState
// where the VM does not run and CodeUnsupported where it has no such console.
func (s *Seat) Endpoint(ctx context.Context) (Endpoint, error) {
	if err := s.Err(); err != nil {
		return Endpoint{}, err
	}
	return s.session.core.endpoint(ctx, s.info.VM, s.info.Kind)
}

// seats is the set of the seats that are taken.
type seats struct {
	mu    sync.Mutex
	taken map[string]*Seat // by id
}

// list returns the seats, longest taken first.
func (l *seats) list() []*Seat {
	l.mu.Lock()
	all := slices.Collect(maps.Values(l.taken))
	l.mu.Unlock()
	slices.SortFunc(all, func(a, b *Seat) int { return older(a.info.Since, b.info.Since, a.info.ID, b.info.ID) })
	return all
}

// add takes a seat in where its session may have one more.
func (l *seats) add(s *Seat, most int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.count(s.session, most); err != nil {
		return err
	}
	l.taken[s.info.ID] = s
	return nil
}

// room is the error of a session that may not have one more seat.
func (l *seats) room(s *Session, most int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count(s, most)
}

// count is room for who holds mu.
func (l *seats) count(s *Session, most int) error {
	own := 0
	for _, other := range l.taken {
		if other.session == s {
			own++
		}
	}
	if own >= most {
		return Errorf(CodeLimit, "you sit at %d consoles in this session, which is the limit", own).
			WithHint("leave one of them and try again: console list")
	}
	return nil
}

// trust tells the seats at consoles of a cluster that a key of a node is trusted.
func (l *seats) trust(cluster string) {
	for _, s := range l.list() {
		if s.info.VM.Cluster == cluster {
			select {
			case s.trusted <- struct{}{}:
			default:
			}
		}
	}
}

// find returns the seat with an id, nil where there is none.
func (l *seats) find(id string) *Seat {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken[id]
}

// seat gives a session a seat at a console, where it may have one at this moment.
func (c *Core) seat(s *Session, vm Ref, kind ConsoleKind, addr, via string) (*Seat, error) {
	now := time.Now().UTC().Round(0)
	seat := &Seat{
		session: s,
		info: SeatInfo{
			ID: strings.ToLower(rand.Text()[:12]), VM: vm, Kind: kind,
			User: s.who, Session: s.info.ID, Addr: addr, Via: via, Since: now,
		},
		trusted: make(chan struct{}, 1), done: make(chan struct{}),
	}
	if err := c.seats.add(seat, c.tuning.Seats); err != nil {
		return nil, err
	}
	// The right may have gone between the judgement and now.
	if reason := seat.invalid(c.people.Load(), now); reason != nil {
		c.leave(vacancy{seat, reason})
		return nil, reason
	}
	c.consolesChanged()
	return seat, nil
}

// invalid says why the seat may not be kept, nil where it may.
func (s *Seat) invalid(p *people, now time.Time) *Error {
	if err := s.session.Err(); err != nil {
		return AsError(err)
	}
	if _, ok := p.clusters[s.info.VM.Cluster]; !ok {
		return Errorf(CodeNotFound, "the cluster %s was removed", s.info.VM.Cluster)
	}
	if d := s.session.may(p, VerbConsole, s.info.VM, now); !d.OK {
		return d.refusal(CodeDenied, "you may not use the console of "+s.info.VM.String()+" any more: ")
	}
	return nil
}

// vacancy is a seat that is over, and why.
type vacancy struct {
	seat   *Seat
	reason *Error
}

// vacate ends the seats whose ground is gone.
func (c *Core) vacate() {
	p, now := c.people.Load(), time.Now()
	var over []vacancy
	for _, s := range c.seats.list() {
		if reason := s.invalid(p, now); reason != nil {
			over = append(over, vacancy{s, reason})
		}
	}
	c.leave(over...)
}

// leave ends seats and records it. A seat that is over already is passed over.
func (c *Core) leave(which ...vacancy) {
	var left []vacancy
	for _, v := range which {
		c.seats.mu.Lock()
		delete(c.seats.taken, v.seat.info.ID)
		c.seats.mu.Unlock()
		if v.seat.finish(v.reason) {
			left = append(left, v)
		}
	}
	if len(left) == 0 {
		return
	}
	c.consolesChanged()
	ctx, cancel := context.WithTimeout(context.Background(), logoutWait)
	defer cancel()
	err := c.update(ctx, func(tx *txn) error {
		for _, v := range left {
			r := v.seat.session.record(EventDone, opSeat)
			r.Target, r.Verb, r.Result = v.seat.info.VM, VerbConsole, v.reason.Message
			r.Args = map[string]string{
				"kind": string(v.seat.info.Kind), "seat": v.seat.info.ID,
				"lasted": tx.now.Sub(v.seat.info.Since).Round(time.Second).String(),
			}
			tx.record(r)
		}
		return nil
	})
	if err != nil {
		c.log.Error("cannot record that consoles were left", "err", err, "count", len(left))
	}
}

// finish closes Done; false where that was done before.
func (s *Seat) finish(reason *Error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return false
	}
	s.err = reason
	close(s.done)
	return true
}
