package tuitest

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"gwm/core"
)

// Consoles is core.Consoles with guests that a test plays: Print is what the
// guest of a VM writes, Typed what it got.
type Consoles struct {
	mu    sync.Mutex
	hubs  map[core.Ref]*hub
	Taped map[string]string // recordings by id, as asciicast v2
}

// hub is the line of one VM.
type hub struct {
	out    []byte
	first  int64  // number of the first byte of out
	flood  string // what is written over and over; empty: nothing is
	looks  int    // how often somebody took the state
	typed  []byte
	ends   []*end
	typist *end
	state  core.LineState
}

// end is one seat's end of a hub.
type end struct {
	in      *Consoles
	of      *hub
	seat    *core.Seat
	changed chan struct{}
	taken   string
	size    [2]int
}

// NewConsoles makes lines that are up.
func NewConsoles() *Consoles {
	return &Consoles{hubs: map[core.Ref]*hub{}, Taped: map[string]string{}}
}

func (c *Consoles) hub(vm core.Ref) *hub {
	h := c.hubs[vm]
	if h == nil {
		h = &hub{state: core.LineState{Phase: core.LineUp, Node: "node1." + vm.Cluster}}
		c.hubs[vm] = h
	}
	return h
}

// Print has the guest of a VM write something.
func (c *Consoles) Print(vm core.Ref, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hub(vm)
	h.out = append(h.out, text...)
	h.poke()
}

// Flood has the guest of a VM write a text over and over, as fast as anybody can
// read; an empty one ends that.
func (c *Consoles) Flood(vm core.Ref, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hub(vm)
	h.flood = strings.Repeat(text, 2000) // in large pieces
	h.poke()
}

// Looks is how often a screen took the state of a line.
func (c *Consoles) Looks(vm core.Ref) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hub(vm).looks
}

// Forget drops what the guest wrote but for the last n bytes.
func (c *Consoles) Forget(vm core.Ref, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hub(vm)
	off := max(len(h.out)-n, 0)
	h.out, h.first = h.out[off:], h.first+int64(off)
}

// Typed returns and forgets what the guest got.
func (c *Consoles) Typed(vm core.Ref) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hub(vm)
	got := string(h.typed)
	h.typed = nil
	return got
}

// Set changes the state of a line.
func (c *Consoles) Set(vm core.Ref, change func(*core.LineState)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hub(vm)
	change(&h.state)
	h.poke()
}

// Size is the window of who has the keyboard; People how many sit there.
func (c *Consoles) Size(vm core.Ref) (cols, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := c.hub(vm); h.typist != nil {
		return h.typist.size[0], h.typist.size[1]
	}
	return 0, 0
}

// People is how many sit at the console of a VM.
func (c *Consoles) People(vm core.Ref) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.hub(vm).ends)
}

// hand gives the keyboard to somebody, or to nobody.
func (h *hub) hand(e *end) {
	if h.typist != nil {
		h.typist.seat.Keyboard(false)
	}
	if h.typist = e; e != nil {
		e.seat.Keyboard(true)
	}
	h.poke()
}

func (h *hub) poke() {
	for _, e := range h.ends {
		select {
		case e.changed <- struct{}{}:
		default:
		}
	}
}

// Join implements core.Consoles.
func (c *Consoles) Join(_ context.Context, seat *core.Seat) (core.Line, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hub(seat.Info().VM)
	e := &end{in: c, of: h, seat: seat, changed: make(chan struct{}, 1)}
	h.ends = append(h.ends, e)
	h.poke()
	return e, nil
}

// Forward implements core.Consoles.
func (c *Consoles) Forward(context.Context, *core.Seat) (core.Forward, error) {
	return core.Forward{}, core.Errorf(core.CodeUnsupported, "no ports are forwarded here")
}

// Link implements core.Consoles.
func (c *Consoles) Link(ticket core.Secret) (string, error) {
	return "https://gwm.example.org:8889/console#" + ticket.Reveal(), nil
}

// Discard implements core.Consoles.
func (c *Consoles) Discard(context.Context, string) error { return nil }

func (e *end) Output(from int64, p []byte) (n int, next int64) {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	from = max(from, e.of.first)
	if text := e.of.flood; text != "" {
		for n < len(p) {
			n += copy(p[n:], text[int(from+int64(n))%len(text):])
		}
		e.of.first = from + int64(n) - int64(len(e.of.out)) // nothing is kept of it
		e.of.poke()
		return n, from + int64(n)
	}
	if at := int(from - e.of.first); at < len(e.of.out) {
		n = copy(p, e.of.out[at:])
	}
	return n, from + int64(n)
}

func (e *end) Changed() <-chan struct{} { return e.changed }

func (e *end) State() core.LineState {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	e.of.looks++
	s := e.of.state
	s.Taken = e.taken
	for _, other := range e.of.ends {
		s.People = append(s.People, other.seat.Info())
	}
	if e.of.typist != nil {
		s.Typist = e.of.typist.seat.Info().ID
	}
	return s
}

func (e *end) Write(p []byte) (int, error) {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	switch {
	case e.of.typist != nil && e.of.typist != e:
		return 0, core.Errorf(core.CodeState, "%s has the keyboard", e.of.typist.seat.Info().User)
	case e.of.state.Phase != core.LineUp:
		return 0, core.Errorf(core.CodeState, "the console is not connected")
	}
	if e.of.typist == nil {
		e.of.hand(e)
	}
	e.taken = ""
	e.of.typed = append(e.of.typed, p...)
	return len(p), nil
}

func (e *end) Break(context.Context) error {
	return core.Errorf(core.CodeUnsupported, "a break cannot be sent over this line")
}

func (e *end) Resize(cols, rows int) {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	e.size = [2]int{cols, rows}
}

func (e *end) Take() error {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	if from := e.of.typist; from != nil && from != e {
		from.taken = e.seat.Info().User
	}
	e.taken = ""
	e.of.hand(e)
	return nil
}

func (e *end) Yield() {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	if e.of.typist == e {
		e.of.hand(nil)
	}
}

func (e *end) Reconnect() {
	e.in.Set(e.seat.Info().VM, func(s *core.LineState) { s.Phase, s.Why = core.LineUp, nil })
}

func (e *end) Close() error {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	if e.of.typist == e {
		e.of.hand(nil)
	}
	e.of.ends = slices.DeleteFunc(e.of.ends, func(other *end) bool { return other == e })
	e.of.poke()
	return nil
}

// Replay implements core.Consoles.
func (c *Consoles) Replay(_ context.Context, id string, _ core.Secret) (io.ReadCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, ok := c.Taped[id]
	if !ok {
		return nil, core.Errorf(core.CodeNotFound, "there is no recording %s", id)
	}
	return io.NopCloser(strings.NewReader(text)), nil
}
