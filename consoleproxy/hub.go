package consoleproxy

import (
	"context"
	"slices"
	"sync"

	"gwm/core"
)

const (
	maxTyped  = 64 << 10 // bytes that wait for a guest that does not read
	maxPlaces = 256      // people at one line
	maxCells  = 1000     // of a window, in one direction
)

// wire is a connection to the serial port of a VM. Read returns why it ended, in
// people's words.
type wire interface {
	Read(p []byte) (int, error)
	Write(p []byte) (int, error)
	Resize(cols, rows int)
	// Close ends it; a Read or Write under way returns soon.
	Close() error
}

// hub is the serial line of one VM and who sits at it. One goroutine (run) keeps
// it connected for as long as there is somebody.
type hub struct {
	board  *Switchboard
	vm     core.Ref
	ctx    context.Context
	stop   context.CancelFunc
	after  <-chan struct{} // closed when the line that was here before has ended; nil: there was none
	done   chan struct{}   // closed when run has returned
	again  chan struct{}   // size 1: try at once
	typing chan struct{}   // size 1: typed holds something

	mu     sync.Mutex
	places []*place        // longest first
	people []core.SeatInfo // of places; made anew where they change, since States share it
	typist *place          // nil: nobody has the keyboard
	ring   *ring
	state  core.LineState // without what differs from person to person
	wire   wire           // nil while it is not up
	typed  []byte         // waits for the wire
	rec    *recorder      // nil: the line is not recorded
	broken <-chan error   // holds why rec ended by itself
	closed bool           // nobody is here any more, or it ended for good: nobody can join
}

// join gives a seat a place; nil where the line has ended.
func (h *hub) join(s sitter) (*place, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, nil
	}
	if len(h.places) >= maxPlaces {
		return nil, core.Errorf(core.CodeLimit, "%d people sit at the console of %s already", maxPlaces, h.vm.Name).
			WithHint("wait until somebody leaves")
	}
	p := &place{hub: h, seat: s, changed: make(chan struct{}, 1), left: make(chan struct{}), cols: 80, rows: 24}
	h.places = append(h.places, p)
	h.seated()
	return p, nil
}

// remove takes a place away; the hub is locked.
func (h *hub) remove(p *place) {
	h.places = slices.DeleteFunc(h.places, func(other *place) bool { return other == p })
	if h.typist == p {
		h.handOver(nil)
	}
	if len(h.places) == 0 {
		h.closed = true
		h.stop()
	}
	h.seated()
}

// seated takes note of who sits here; the hub is locked.
func (h *hub) seated() {
	h.people = make([]core.SeatInfo, len(h.places))
	for i, p := range h.places {
		h.people[i] = p.seat.Info()
	}
	h.tell()
}

// handOver gives the keyboard to somebody, or to nobody; the hub is locked.
func (h *hub) handOver(p *place) {
	if h.typist != nil && h.typist != p {
		h.typist.seat.Keyboard(false)
	}
	h.typist = p
	if p != nil {
		p.seat.Keyboard(true)
		h.resize()
	}
	if h.rec != nil {
		h.rec.typist(p)
	}
	h.tell()
}

// resize tells the far end the typist's size; the hub is locked.
func (h *hub) resize() {
	if h.wire == nil || h.typist == nil {
		return
	}
	h.wire.Resize(h.typist.cols, h.typist.rows)
	if h.rec != nil {
		h.rec.resize(h.typist.cols, h.typist.rows)
	}
}

// tell wakes everybody; the hub is locked.
func (h *hub) tell() {
	for _, p := range h.places {
		poke(p.changed)
	}
}

// set changes the state and wakes everybody.
func (h *hub) set(change func(*core.LineState)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(&h.state)
	h.tell()
}

// end ends the line for good.
func (h *hub) end(why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.state.Phase, h.state.Why = core.LineEnded, why
	h.tell()
}

// sitter is somebody through whom gwm may connect; nil where nobody is left.
func (h *hub) sitter() sitter {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.places {
		if p.seat.Err() == nil {
			return p.seat
		}
	}
	return nil
}

// feed keeps what the guest wrote.
func (h *hub) feed(b []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ring.write(b)
	if h.rec != nil {
		h.rec.output(b)
	}
	h.tell()
}

// up makes a wire the current one.
func (h *hub) up(w wire) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wire, h.state.Phase, h.state.Why = w, core.LineUp, nil
	h.typed = nil
	h.resize()
	h.tell()
}

// down takes the current wire away; what was typed for it is forgotten, so that it
// does not reach another login.
func (h *hub) down() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wire, h.typed = nil, nil
	h.state.Phase = core.LineConnecting
	h.tell()
}

// takeTyped is what waits for the wire.
func (h *hub) takeTyped() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.typed
	h.typed = nil
	return b
}
