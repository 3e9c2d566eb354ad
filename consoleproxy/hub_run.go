package consoleproxy

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"gwm/core"
)

const (
	endpointWait = 30 * time.Second // for the cluster to say where a console is
	steady       = 5 * time.Second  // a line that was up for so long starts with the shortest pause again
	firstPause   = 500 * time.Millisecond
	longestPause = 15 * time.Second
	refusedPause = time.Minute // where only an administrator can help
)

// run keeps the line connected until nobody is left or it cannot be.
func (h *hub) run() {
	defer close(h.done)
	defer h.stop()
	defer h.finishRecording()
	defer func() {
		if recover() != nil {
			logFault(h.board.log, "serial line")
			h.end(core.AsError(errors.New("fault in a serial line")))
		}
	}()
	if h.after != nil {
		select {
		case <-h.after:
		case <-h.ctx.Done():
			return
		}
	}
	var last past
	for h.ctx.Err() == nil {
		err := h.attempt(&last)
		if h.ctx.Err() != nil {
			return
		}
		if final(err) {
			h.end(err)
			return
		}
		if !errors.Is(err, errAnew) && !h.pause(err, last.delay(err)) {
			return
		}
	}
}

// past is what a line remembers of its last connections.
type past struct {
	node     string // where it was up last; empty: it never was
	failures int    // in a row
}

// delay is how long to wait after an error.
func (p *past) delay(err error) time.Duration {
	d := longestPause
	if n := p.failures; n < 6 {
		d = min(d, firstPause<<n)
	}
	p.failures++
	if code := core.CodeOf(err); code == core.CodeRefused || code == core.CodeUntrusted {
		d = refusedPause
	}
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // jitter
}

// final tells whether trying again is useless.
func final(err error) bool {
	if errors.Is(err, errUnrecorded) {
		return true
	}
	switch core.CodeOf(err) {
	case core.CodeUnsupported, core.CodeNotFound, core.CodeInvalid:
		return true
	default:
		return false
	}
}

// pause waits before the next attempt; false where nobody is left.
func (h *hub) pause(why error, d time.Duration) bool {
	h.set(func(s *core.LineState) {
		s.Phase, s.Why, s.Retry = core.LineWaiting, why, time.Now().Add(d).Round(0)
	})
	var trusted <-chan struct{}
	if s := h.sitter(); s != nil && core.CodeOf(why) == core.CodeUntrusted {
		trusted = s.Trusted()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-h.ctx.Done():
		return false
	case <-h.again:
	case <-trusted:
	case <-timer.C:
	}
	h.set(func(s *core.LineState) { s.Phase, s.Retry = core.LineConnecting, time.Time{} })
	return true
}

// attempt connects once, carries bytes for as long as that lasts, and returns why
// it ended.
func (h *hub) attempt(last *past) error {
	s := h.sitter()
	if s == nil {
		return core.Errorf(core.CodeState, "nobody is at the console any more")
	}
	w, err := h.connect(s, last)
	if err == nil {
		if err = h.record(s); err == nil && s.Err() == nil {
			return h.carry(w, last)
		}
		_ = w.Close() // nobody may see it like this
	}
	if s.Err() != nil {
		return errAnew
	}
	return err
}

// errAnew has somebody else connect at once, because the seat is over through
// which it was tried.
var errAnew = errors.New("somebody else connects anew")

// connect finds out where the console is and connects to it.
func (h *hub) connect(s sitter, last *past) (wire, error) {
	ctx, cancel := context.WithTimeout(h.ctx, endpointWait)
	at, err := s.Endpoint(ctx)
	cancel()
	if err != nil {
		return nil, h.absent(err, last)
	}
	if at.Problem != "" {
		return nil, core.Errorf(core.CodeUnsupported, "the console of %s cannot be opened: %s", h.vm.Name, core.Printable(at.Problem))
	}
	node := core.Printable(at.Node)
	h.set(func(state *core.LineState) {
		if last.node != "" && last.node != node {
			state.Why = core.Errorf(core.CodeState, "%s moved to %s", h.vm.Name, node)
		}
		state.Node = node
	})
	w, err := h.board.dial(h.ctx, s, at)
	if err != nil {
		return nil, err
	}
	last.node = node
	return w, nil
}

// absent says why a console is nowhere.
func (h *hub) absent(err error, last *past) error {
	e := *core.AsError(err)
	if e.Code != core.CodeState {
		return &e
	}
	const idle = " does not run" // as every platform says it
	if strings.HasSuffix(e.Message, idle) {
		e.Message = h.vm.Name + idle
		if last.node != "" {
			e.Message, e.Hint = h.vm.Name+" was shut down", "the console comes back when it runs again"
		}
	}
	return &e
}

// carry moves bytes until the wire breaks or nobody is left.
func (h *hub) carry(w wire, last *past) error {
	began := time.Now()
	h.up(w)
	over := make(chan struct{})
	ended := make(chan error, 1)
	h.board.spawn("serial input", func() { h.typeOut(w, over) })
	h.board.spawn("serial output", func() {
		err := error(core.Errorf(core.CodeInternal, "something went wrong inside gwm").WithHint("ask the administrator to look at the log"))
		defer func() { ended <- err }()
		err = h.readIn(w, over)
	})
	err := h.await(ended)
	close(over)
	if closing := w.Close(); closing != nil {
		h.board.log.Debug("cannot close a serial line", "vm", h.vm.String(), "err", closing)
	}
	h.down()
	if time.Since(began) >= steady {
		last.failures = 0
	}
	return err
}

// await returns why a wire ends, and looks after the recording until it does.
func (h *hub) await(ended <-chan error) error {
	for {
		broken, full, rest := h.reels()
		long := time.NewTimer(rest)
		var failed error
		select {
		case err := <-ended:
			long.Stop()
			return err
		case <-h.ctx.Done():
			long.Stop()
			return h.ctx.Err()
		case why := <-broken:
			failed = h.recordingBroke(why)
		case <-full:
			failed = h.nextReel()
		case <-long.C:
			failed = h.nextReel()
		}
		long.Stop()
		if failed != nil {
			return failed
		}
	}
}

// readIn keeps what the guest writes until the wire ends, and says why it did.
func (h *hub) readIn(w wire, over <-chan struct{}) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := w.Read(buf)
		select {
		case <-over:
			return nil
		default:
		}
		if n > 0 {
			h.feed(buf[:n])
		}
		if err != nil {
			return err
		}
	}
}

// typeOut sends what is typed.
func (h *hub) typeOut(w wire, over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case <-h.typing:
		}
		if b := h.takeTyped(); len(b) > 0 {
			if _, err := w.Write(b); err != nil {
				return // the reader tells why
			}
		}
	}
}
