package command

import (
	"bytes"
	"context"
	"io"
	"math"
	"time"

	"gwm/core"
)

// retryTyping is between attempts to type what the guest does not take yet.
const retryTyping = 50 * time.Millisecond

// silentGuest is how long a guest may take to answer the return key with anything.
const silentGuest = 5 * time.Second

// silent says what it may mean that nothing comes back.
func (s *sitting) silent() *core.Error {
	node := core.Printable(s.line.State().Node)
	return core.Errorf(core.CodeUnreachable, "nothing comes back from the guest of %s", s.me.VM).
		WithHint("another program on %s may hold the line (pgrep -af socat there lists such), the guest may have no login on it, or hang; its screen tells more: gwm vm vnc %s", node, s.me.VM)
}

// chair is what a sitting needs of a core.Seat.
type chair interface {
	Done() <-chan struct{}
	Err() error
}

// sitting is one person, or one pipe, at a serial console.
type sitting struct {
	line  core.Line
	seat  chair
	me    core.SeatInfo
	out   io.Writer
	sizes <-chan Size                      // nil: no window
	say   func(format string, args ...any) // a message of gwm's own
	pipe  bool                             // there is no terminal: the input is typed as it is, and what cannot be typed is an error
	watch bool                             // nothing is typed

	silence time.Duration // of the guest, after which the console is left; 0: never
	always  bool          // silence counts before the end of the input, too

	typed        <-chan []byte // nil: the input is over
	quiet, again *time.Timer   // of the silence, and of the next attempt to type
	unheard      *time.Timer   // of a return to which nothing comes back
	asked        bool          // there is one

	at      int64  // number of the byte of output that comes next
	buf     []byte // what show reads into
	keys    escape
	pending []byte // typed, but not taken by the line yet
	ended   bool   // the input is over
	told    told
	mode    modes
}

// from begins with the output that is so many bytes back, on a line of its own.
func (s *sitting) from(back int64) {
	_, end := s.line.Output(math.MaxInt64, nil)
	if s.at = max(0, end-back); s.at == 0 || back == 0 {
		return
	}
	buf := make([]byte, 4096)
	n, next := s.line.Output(s.at, buf)
	if i := bytes.IndexByte(buf[:n], '\n'); i >= 0 {
		s.at = next - int64(n) + int64(i) + 1
	}
}

// onTerminal has the person see the guest on a terminal in raw mode.
func (s *sitting) onTerminal(screen io.Writer, sizes <-chan Size) {
	s.out, s.sizes = screen, sizes
	s.say = func(format string, args ...any) { sayRaw(screen, format, args...) }
}

// stay copies between the person and the guest until the console is left, which is
// no error, or ends. Typed is closed at the end of the input; nil: there is none.
func (s *sitting) stay(ctx context.Context, typed <-chan []byte) error {
	s.typed, s.ended = typed, typed == nil
	s.buf = make([]byte, 32<<10)
	s.quiet, s.again, s.unheard = time.NewTimer(math.MaxInt64), time.NewTimer(math.MaxInt64), time.NewTimer(math.MaxInt64)
	defer s.quiet.Stop()
	defer s.again.Stop()
	defer s.unheard.Stop()
	for {
		more, over, err := s.catchUp()
		if over || err != nil {
			return err
		}
		if over, err := s.await(ctx, more); over {
			return err
		}
	}
}

// catchUp shows and types what is there; more tells that there may be more to show.
func (s *sitting) catchUp() (more, over bool, err error) {
	wrote, more, err := s.show()
	if err != nil {
		return false, true, err
	}
	state := s.line.State()
	if wrote || state.Phase != core.LineUp {
		s.asked = false
		s.unheard.Stop()
	}
	if over, err := s.news(state); over {
		return false, true, err
	}
	if err := s.typePending(state); err != nil {
		return false, true, err
	}
	if s.counts(state) && (wrote || !s.told.silent) {
		s.told.silent = true
		s.quiet.Reset(s.silence)
	}
	return more, false, nil
}

// counts tells whether the guest's silence counts now.
func (s *sitting) counts(state core.LineState) bool {
	over := s.always || s.ended && len(s.pending) == 0 && !s.watch
	return s.silence > 0 && state.Phase == core.LineUp && over
}

// await waits for whatever comes next, not at all where there is more to show.
func (s *sitting) await(ctx context.Context, more bool) (over bool, err error) {
	keys, changed := s.typed, s.line.Changed()
	if len(s.pending) > 0 {
		keys = nil // what is typed waits where it comes from
	}
	if more {
		ready := make(chan struct{})
		close(ready)
		changed = ready
	}
	select {
	case <-ctx.Done():
		return true, nil // it was interrupted, or the session says why it ends
	case <-s.seat.Done():
		return true, s.seat.Err()
	case <-changed:
	case <-s.again.C:
	case <-s.quiet.C:
		if s.pipe && s.asked {
			return true, s.silent()
		}
		return true, nil
	case <-s.unheard.C:
		if !s.mode.other { // a program that has the whole screen need not answer
			s.complain(s.silent())
		}
	case size := <-s.sizes:
		s.line.Resize(size.Cols, size.Rows)
	case p, ok := <-keys:
		if ok {
			return s.take(ctx, p), nil
		}
		s.ended, s.typed = true, nil
		return !s.pipe, nil // without a pipe the terminal has gone
	}
	return false, nil
}

// show copies what the guest wrote since the last time, at most a bounded part of
// it; wrote tells whether there was something, more whether there may be more.
func (s *sitting) show() (wrote, more bool, err error) {
	for range 8 {
		n, next := s.line.Output(s.at, s.buf)
		if n == 0 {
			return wrote, false, nil
		}
		if lost := next - int64(n) - s.at; lost > 0 {
			s.say("%d bytes were lost, they came faster than they could be shown", lost)
		}
		s.at, wrote = next, true
		s.mode.see(s.buf[:n])
		if _, err := s.out.Write(s.buf[:n]); err != nil {
			return wrote, false, gone(err)
		}
	}
	return true, true, nil
}

// take takes keys: those for the guest wait for typePending. True: leave.
func (s *sitting) take(ctx context.Context, p []byte) (leave bool) {
	if s.pipe {
		s.pending = append(s.pending, p...)
		return false
	}
	for _, key := range p {
		typed, order := s.keys.next(key)
		if s.watch && key == 0x03 { // ctrl-c has nowhere else to go
			order = orderLeave
		}
		switch {
		case order == orderLeave:
			return true
		case order != 0:
			s.obey(ctx, order)
		case !s.watch:
			s.pending = append(s.pending, typed...)
		}
	}
	return false
}

// typePending types what waits. On a terminal what cannot be typed is dropped, and
// said; a pipe waits for the line to come up and fails where it does not.
func (s *sitting) typePending(state core.LineState) error {
	if len(s.pending) == 0 || s.pipe && state.Phase == core.LineConnecting {
		return nil
	}
	n, err := s.line.Write(s.pending)
	if bytes.ContainsAny(s.pending[:n], "\r\n") && !s.asked {
		s.asked = true
		s.unheard.Reset(silentGuest)
	}
	s.pending = s.pending[n:]
	switch {
	case err == nil:
		s.pending = nil
	case core.CodeOf(err) == core.CodeLimit:
		s.again.Reset(retryTyping)
	case s.pipe:
		return err
	default:
		s.pending = nil
		s.refused(state)
	}
	return nil
}

// obey carries out what the person wants of gwm.
func (s *sitting) obey(ctx context.Context, order byte) {
	var err error
	switch order {
	case orderHelp:
		s.say("%s", escapeHelp(core.Escape(s.keys.leave)))
	case orderTake:
		s.watch = false
		err = s.line.Take()
	case orderYield:
		s.line.Yield()
	case orderReconnect:
		s.line.Reconnect()
	case orderBreak:
		err = s.line.Break(ctx)
	case orderPeople:
		s.people()
	}
	if err != nil {
		s.complain(err)
	}
}

// reset brings a terminal back to what it was before a guest wrote to it.
func (s *sitting) reset() { _, _ = io.WriteString(s.out, s.mode.reset()) }
