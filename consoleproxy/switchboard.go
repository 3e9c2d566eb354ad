package consoleproxy

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"gwm/core"
)

// SwitchboardConfig is what NewSwitchboard needs. Zero fields have a meaning of
// their own.
type SwitchboardConfig struct {
	Log *slog.Logger // nil: nothing is logged
	// Dialer reaches the SSH servers of the nodes; nil: directly.
	Dialer Dialer
	// OwnSSH is the ssh program of the person at this machine ("ssh"), which then
	// is what reaches nodes, with their keys and known hosts; empty: gwm logs in
	// itself, with its own key.
	OwnSSH string
	Lines  int // at once; 0: 500
	Kept   int // bytes of output of one line; 0: 256 KiB
	// Recordings is the directory of the recordings; empty: none can be made. One
	// that is larger or longer than this goes on in another one.
	Recordings    string
	RecordingSize int64         // bytes of asciicast; 0: 256 MiB
	RecordingTime time.Duration // 0: a day
	// Forwards are the ports for ordinary VNC viewers, and Link makes the address of
	// a ticket's page; zero, nil: these are switched off.
	Forwards ForwardsConfig
	Link     func(ticket core.Secret) (string, error)
}

// Switchboard is core.Consoles: it keeps one serial line for each VM at whose
// console somebody sits. Its lines end with Close.
type Switchboard struct {
	cfg   SwitchboardConfig
	log   *slog.Logger
	nodes *nodes
	own   *ownSSH // nil: nodes
	shelf *shelf
	ports *forwards // nil: there are no ports for viewers
	dial  func(ctx context.Context, s sitter, at core.Endpoint) (wire, error)

	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	lines  map[core.Ref]*hub
	closed bool
}

var _ core.Consoles = (*Switchboard)(nil)

// NewSwitchboard makes a switchboard. It starts nothing before somebody joins.
func NewSwitchboard(cfg SwitchboardConfig) *Switchboard {
	cfg.Lines, cfg.Kept = cmp.Or(cfg.Lines, 500), cmp.Or(cfg.Kept, 256<<10)
	cfg.RecordingSize, cfg.RecordingTime = cmp.Or(cfg.RecordingSize, 256<<20), cmp.Or(cfg.RecordingTime, 24*time.Hour)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	b := &Switchboard{cfg: cfg, log: cfg.Log, nodes: newNodes(cfg.Dialer, cfg.Log), shelf: newShelf(cfg.Recordings), lines: map[core.Ref]*hub{}}
	b.dial = b.dialSSH
	if cfg.OwnSSH != "" {
		b.own = &ownSSH{program: cfg.OwnSSH, start: b.begin}
	}
	if cfg.Forwards.Ports.Last > 0 {
		b.ports = newForwards(cfg.Forwards, NewScreens(cfg.Forwards.Dialer, b), b.log)
	}
	b.ctx, b.stop = context.WithCancel(context.Background())
	return b
}

// Join puts a seat at the serial line of its VM.
func (b *Switchboard) Join(ctx context.Context, seat *core.Seat) (core.Line, error) {
	return b.join(ctx, seated{seat})
}

func (b *Switchboard) join(_ context.Context, s sitter) (core.Line, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, stopping()
	}
	vm := s.Info().VM
	if h := b.lines[vm]; h != nil {
		p, err := h.join(s)
		if err != nil {
			return nil, err
		}
		if p != nil {
			b.spawn("seat", func() { b.attend(p) })
			return p, nil
		}
	}
	h, err := b.open(vm, b.lines[vm])
	if err != nil {
		return nil, err
	}
	p, err := h.join(s)
	if err != nil {
		return nil, err
	}
	b.running.Go(func() { b.keep(h) })
	b.spawn("seat", func() { b.attend(p) })
	return p, nil
}

// open makes the line of a VM, after the one that was there before; the
// switchboard is locked.
func (b *Switchboard) open(vm core.Ref, before *hub) (*hub, error) {
	if len(b.lines) >= b.cfg.Lines {
		return nil, core.Errorf(core.CodeLimit, "%d serial consoles are open, more are not possible", len(b.lines)).
			WithHint("close one that nobody needs")
	}
	h := &hub{
		board: b, vm: vm, ring: newRing(b.cfg.Kept), state: core.LineState{Phase: core.LineConnecting},
		done: make(chan struct{}), again: make(chan struct{}, 1), typing: make(chan struct{}, 1),
	}
	if before != nil {
		h.after = before.done
	}
	h.ctx, h.stop = context.WithCancel(b.ctx)
	b.lines[vm] = h
	return h, nil
}

// keep runs a line and forgets it.
func (b *Switchboard) keep(h *hub) {
	h.run()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lines[h.vm] == h {
		delete(b.lines, h.vm)
	}
}

// attend throws somebody out whose seat is over.
func (b *Switchboard) attend(p *place) {
	select {
	case <-p.left:
	case <-p.seat.Done():
		p.leave(p.seat.Err())
	case <-b.ctx.Done():
		p.leave(stopping())
	}
}

// Forward opens a TCP port for one VNC viewer.
func (b *Switchboard) Forward(ctx context.Context, seat *core.Seat) (core.Forward, error) {
	if b.ports == nil {
		return core.Forward{}, core.Errorf(core.CodeUnsupported, "ports for VNC viewers are switched off here").
			WithHint("the administrator switches them on in the configuration")
	}
	return b.ports.open(ctx, seated{seat})
}

// Link is the address of the page that redeems a ticket.
func (b *Switchboard) Link(ticket core.Secret) (string, error) {
	if b.cfg.Link == nil {
		return "", core.Errorf(core.CodeUnsupported, "there is no web page for consoles here").
			WithHint("the administrator switches it on in the configuration")
	}
	return b.cfg.Link(ticket)
}

// Replay reads what was recorded, and verifies it while it is read.
func (b *Switchboard) Replay(_ context.Context, id string, key core.Secret) (io.ReadCloser, error) {
	return b.shelf.open(id, key)
}

// Discard removes what was recorded.
func (b *Switchboard) Discard(_ context.Context, id string) error { return b.shelf.discard(id) }

// Close ends all lines, viewers and connections to the nodes, and returns when they
// have ended.
func (b *Switchboard) Close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.stop()
	if b.ports != nil {
		b.ports.close()
	}
	err := b.nodes.Close()
	b.running.Wait()
	return err
}

// dialSSH runs the console's command on its node.
func (b *Switchboard) dialSSH(ctx context.Context, s sitter, at core.Endpoint) (wire, error) {
	if b.own != nil {
		return b.own.serial(ctx, at)
	}
	return b.nodes.serial(ctx, s, at)
}

// spawn runs work that Close waits for; a fault in it ends the work only. It is
// for who holds the lock or is such work itself.
func (b *Switchboard) spawn(what string, work func()) {
	b.running.Go(func() {
		defer contain(b.log, what)
		work()
	})
}

// begin is spawn for everybody else; false where Close was called already.
func (b *Switchboard) begin(work func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.spawn("ssh program", work)
	}
	return !b.closed
}
