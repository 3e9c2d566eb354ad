package core

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// logoutWait bounds how long the record of a session's end may take.
const logoutWait = 5 * time.Second

// sessions is the set of the live sessions.
type sessions struct {
	mu     sync.Mutex
	live   map[string]*Session // by id
	closed *Error              // why no more are opened; nil while they are
}

// list returns the live sessions, oldest first.
func (l *sessions) list() []*Session {
	l.mu.Lock()
	all := slices.Collect(maps.Values(l.live))
	l.mu.Unlock()
	slices.SortFunc(all, func(a, b *Session) int { return older(a.info.Since, b.info.Since, a.info.ID, b.info.ID) })
	return all
}

// older orders what began at a before what began at b; ids tell the rest apart.
func older(a, b time.Time, idA, idB string) int { return cmp.Or(a.Compare(b), cmp.Compare(idA, idB)) }

// add takes s in where the limits allow it. Who sits at the machine itself is
// not limited: they must get in when everybody else fills it.
func (l *sessions) add(s *Session, t Tuning) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed != nil {
		return l.closed
	}
	if !isLocal(s.actor()) {
		own := 0
		for _, other := range l.live {
			if other.actor() == s.actor() {
				own++
			}
		}
		switch {
		case own >= t.SessionsUser:
			return Errorf(CodeLimit, "you have %d sessions open, which is the limit", own).
				WithHint("close one of them and try again")
		case len(l.live) >= t.Sessions:
			return Errorf(CodeLimit, "too many people are logged in").WithHint("try again later")
		}
	}
	l.live[s.info.ID] = s
	return nil
}

// find returns the live session with an id, nil where there is none.
func (l *sessions) find(id string) *Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.live[id]
}

// changed wakes every session: what their views show may have changed.
func (c *Core) changed() {
	for _, s := range c.sessions.list() {
		s.tell()
	}
}

// ending is a session that ends, and why.
type ending struct {
	s      *Session
	reason *Error
}

// end ends sessions, then their previews, so that none is opened between, and
// records it. A session that has ended already is passed over.
func (c *Core) end(which ...ending) {
	ended := c.finish(which)
	ended = append(ended, c.finish(c.sessions.previews(which))...)
	if len(ended) == 0 {
		return
	}
	c.vacate()
	ctx, cancel := context.WithTimeout(context.Background(), logoutWait)
	defer cancel()
	err := c.update(ctx, func(tx *txn) error {
		for _, e := range ended {
			r := e.s.record(EventLogout, "logout")
			r.Result = e.reason.Message
			tx.record(r)
		}
		return nil
	})
	if err != nil {
		c.log.Error("cannot record the end of sessions", "err", err, "count", len(ended))
	}
}

// finish takes sessions from the live ones and returns those that had not ended.
func (c *Core) finish(which []ending) (ended []ending) {
	for _, e := range which {
		c.sessions.mu.Lock()
		delete(c.sessions.live, e.s.info.ID)
		c.sessions.mu.Unlock()
		if e.s.finish(e.reason) {
			ended = append(ended, e)
		}
	}
	return ended
}

// finish closes the session's doors; false where that was done before.
func (s *Session) finish(reason *Error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return false
	}
	s.err = reason
	if s.timer != nil {
		s.timer.Stop()
	}
	close(s.done)
	return true
}

// endAll ends every session and lets no new one in.
func (c *Core) endAll(reason *Error) {
	c.sessions.mu.Lock()
	c.sessions.closed = reason
	c.sessions.mu.Unlock()
	var all []ending
	for _, s := range c.sessions.list() {
		all = append(all, ending{s, reason})
	}
	c.end(all...)
}

// endInvalid ends the sessions whose ground is gone, and sets the clocks of the
// others anew.
func (c *Core) endInvalid() {
	p, now := c.people.Load(), time.Now()
	var over []ending
	for _, s := range c.sessions.list() {
		if reason := s.invalid(p, now); reason != nil {
			over = append(over, ending{s, reason})
			continue
		}
		s.setTimer(p, now)
	}
	c.end(over...)
}

// invalid says why the session may not go on, nil where it may.
func (s *Session) invalid(p *people, now time.Time) *Error {
	if s.parent != nil {
		return s.invalidPreview(p, now)
	}
	if isLocal(s.who) {
		return nil
	}
	u, ok := p.users[s.who]
	switch {
	case !ok:
		return Errorf(CodeDenied, "your account was removed")
	case u.Disabled:
		return Errorf(CodeDenied, "your account was disabled")
	case !s.cred.Until.IsZero() && !now.Before(s.cred.Until):
		return Errorf(CodeDenied, "your certificate has expired").WithHint("get a new one and log in again")
	}
	switch {
	case s.cred.Cert != "":
		return nil
	case s.cred.Method == MethodPassword:
		if u.Source != SourceLDAP {
			return Errorf(CodeDenied, "your account does not log in with a password any more")
		}
		return nil
	}
	k, ok := p.keys[s.cred.Key]
	switch {
	case !ok || k.User != s.who:
		return Errorf(CodeDenied, "the key that you logged in with was removed")
	case k.Expired(now):
		return Errorf(CodeDenied, "the key that you logged in with has expired")
	}
	return nil
}

// setTimer arranges that the session ends when its certificate or key does.
func (s *Session) setTimer(p *people, now time.Time) {
	if isLocal(s.who) {
		return
	}
	until := s.cred.Until
	if s.cred.Cert == "" {
		if k := p.keys[s.cred.Key]; !k.Expires.IsZero() && (until.IsZero() || k.Expires.Before(until)) {
			until = k.Expires
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if until.IsZero() || s.err != nil {
		return
	}
	s.timer = time.AfterFunc(until.Sub(now), s.core.timeUp)
}

// timeUp ends the sessions whose time is over. Run waits for it.
func (c *Core) timeUp() {
	c.sessions.mu.Lock()
	closed := c.sessions.closed != nil
	if !closed {
		c.tasks.Add(1)
	}
	c.sessions.mu.Unlock()
	if !closed {
		defer c.tasks.Done()
		c.endInvalid()
	}
}
