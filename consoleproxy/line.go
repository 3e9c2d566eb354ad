package consoleproxy

import (
	"context"
	"time"

	"gwm/core"
)

// takeWait is for a take-over to be recorded.
const takeWait = 5 * time.Second

// place is one seat's end of a hub; it is the core.Line that its person holds.
type place struct {
	hub     *hub
	seat    sitter
	changed chan struct{}
	left    chan struct{} // closed when the place is given up

	// Under the hub's lock:
	gone       error // why it is given up; nil while it is not
	taken      string
	cols, rows int
}

var _ core.Line = (*place)(nil)

// errLeft is the end of a line that its own person closed.
func errLeft() *core.Error { return core.Errorf(core.CodeState, "you have left this console") }

// Output copies what the guest wrote; nothing once the place is given up.
func (p *place) Output(from int64, b []byte) (n int, next int64) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if p.gone != nil {
		return 0, from
	}
	return p.hub.ring.read(from, b)
}

// Changed tells of new output and new states.
func (p *place) Changed() <-chan struct{} { return p.changed }

// State tells how the line is, as this person sees it.
func (p *place) State() core.LineState {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	s := p.hub.state
	s.Taken = p.taken
	if p.gone != nil {
		return core.LineState{Phase: core.LineEnded, Why: p.gone, Node: s.Node, Taken: p.taken}
	}
	s.People = p.hub.people
	if t := p.hub.typist; t != nil {
		s.Typist = t.seat.Info().ID
	}
	return s
}

// Write types. What does not fit into the queue of a guest that does not read is
// refused: n says how much of b was taken.
func (p *place) Write(b []byte) (n int, err error) {
	h := p.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := p.mayType(); err != nil {
		return 0, err
	}
	if h.typist == nil {
		h.handOver(p)
	}
	p.taken = ""
	n = min(len(b), maxTyped-len(h.typed))
	h.typed = append(h.typed, b[:n]...)
	poke(h.typing)
	if n < len(b) {
		return n, core.Errorf(core.CodeLimit, "%s does not take what is typed; %d bytes wait for it already", h.vm.Name, len(h.typed)).
			WithHint("wait until it reads again")
	}
	return n, nil
}

// mayType says whether keys of this place would reach the guest; the hub is
// locked.
func (p *place) mayType() error {
	h := p.hub
	switch {
	case p.gone != nil:
		return p.gone
	case h.typist != nil && h.typist != p:
		return core.Errorf(core.CodeState, "%s has the keyboard of %s", h.typist.seat.Info().User, h.vm.Name).
			WithHint("take it over to type")
	case h.state.Phase != core.LineUp:
		err := core.Errorf(core.CodeState, "the console of %s is not connected", h.vm.Name)
		if h.state.Why != nil {
			return err.WithHint("%s", core.AsError(h.state.Why).Message)
		}
		return err.WithHint("wait until it is")
	}
	return nil
}

// Break is not possible: the programs that connect a terminal with a guest have no
// word for it, and the pseudo-terminal of an SSH session swallows it.
func (p *place) Break(context.Context) error {
	return core.Errorf(core.CodeUnsupported, "a break cannot be sent over this line").
		WithHint("for SysRq use the VM's screen (Alt-PrtSc and the key), or restart it: vm restart --hard %s", p.hub.vm.Name)
}

// Resize notes the size of this person's window. It counts while the person has
// the keyboard.
func (p *place) Resize(cols, rows int) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.cols, p.rows = min(max(cols, 1), maxCells), min(max(rows, 1), maxCells)
	if p.hub.typist == p {
		p.hub.resize()
	}
}

// Take takes the keyboard. Where that is not recorded it is not taken.
func (p *place) Take() error {
	for {
		from, err := p.take()
		if from == nil || err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(p.hub.ctx, takeWait)
		err = p.seat.Took(ctx, from.seat.Info())
		cancel()
		if err != nil {
			return err
		}
		if p.takeFrom(from) {
			return nil
		}
	}
}

// take takes a keyboard that nobody has, and else tells who has it.
func (p *place) take() (from *place, err error) {
	h := p.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case p.gone != nil:
		return nil, p.gone
	case h.typist == nil:
		h.handOver(p)
	case h.typist != p:
		return h.typist, nil
	}
	p.taken = ""
	return nil, nil
}

// takeFrom takes the keyboard from somebody; false where somebody else has it by
// now, or nobody.
func (p *place) takeFrom(from *place) bool {
	h := p.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.gone != nil || h.typist != from {
		return false
	}
	from.taken, p.taken = p.seat.Info().User, ""
	h.handOver(p)
	return true
}

// Yield gives the keyboard up.
func (p *place) Yield() {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if p.hub.typist == p {
		p.hub.handOver(nil)
	}
}

// Reconnect tries at once. A line that ended for good is joined anew instead.
func (p *place) Reconnect() { poke(p.hub.again) }

// Close leaves; who leaves last ends the connection.
func (p *place) Close() error {
	p.leave(errLeft())
	return nil
}

// leave gives the place up for a reason that its State shows from then on.
func (p *place) leave(why error) {
	h := p.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.gone != nil {
		return
	}
	p.gone = why
	close(p.left)
	poke(p.changed)
	h.remove(p)
}

// poke puts a value into a channel of size 1 that holds none.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
