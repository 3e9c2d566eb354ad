package consoleproxy

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"gwm/core"
)

// ForwardsConfig says where ports for ordinary VNC viewers are opened.
type ForwardsConfig struct {
	Ports  Ports
	Dialer Dialer        // reaches screens in the nodes' network; nil: as the switchboard's
	Host   string        // the name by which viewers reach Ports.Address; empty: that itself
	Window time.Duration // for a viewer to come; 0: 30 s
	Most   int           // ports open at once; 0: 100
}

// forwards opens TCP ports for ordinary VNC viewers. A port is for one viewer, who
// must know a password that is good once and soon; it is closed as soon as one is
// in. Between port and viewer nothing is encrypted but the password: a port should
// listen where that is acceptable.
type forwards struct {
	cfg     ForwardsConfig
	screens *Screens
	log     *slog.Logger

	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	opened int
	closed bool
}

// newForwards makes one. It opens nothing before somebody asks.
func newForwards(cfg ForwardsConfig, screens *Screens, log *slog.Logger) *forwards {
	cfg.Window, cfg.Most, cfg.Host = cmp.Or(cfg.Window, windowUsual), cmp.Or(cfg.Most, 100), cmp.Or(cfg.Host, cfg.Ports.Address)
	f := &forwards{cfg: cfg, screens: screens, log: log}
	f.ctx, f.stop = context.WithCancel(context.Background())
	return f
}

// viewing is what a port needs of a core.Seat.
type viewing interface {
	sitter
	Close(reason *core.Error)
}

// open opens a port for one viewer of a seat. The seat is closed when the viewer
// leaves or none came; the end of the seat throws the viewer out.
func (f *forwards) open(ctx context.Context, seat viewing) (core.Forward, error) {
	if err := f.enter(); err != nil {
		return core.Forward{}, err
	}
	l, err := f.cfg.Ports.listen(ctx, 0)
	if err != nil {
		f.exit()
		return core.Forward{}, err
	}
	_, number, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		f.exit()
		return core.Forward{}, errors.Join(err, l.Close())
	}
	p := &port{
		listener: l, password: newPassword(), name: seat.Info().VM.String(), until: time.Now().Add(f.cfg.Window).UTC().Round(0), log: f.log,
		open: func(ctx context.Context) (net.Conn, serverInit, error) { return f.screens.open(ctx, seat) },
		entered: func(_ context.Context, addr string) error {
			f.log.Info("a viewer came to its port", "vm", core.Printable(seat.Info().VM.String()), "user", seat.Info().User, "addr", addr)
			return seat.Err()
		},
	}
	go f.keep(p, seat)
	return core.Forward{Address: net.JoinHostPort(f.cfg.Host, number), Password: core.NewSecret(p.password), Until: p.until}, nil
}

// keep runs a port and gives the seat up when it has ended.
func (f *forwards) keep(p *port, seat viewing) {
	defer f.exit()
	why := core.Errorf(core.CodeInternal, "something went wrong inside gwm") // where the program has a fault
	defer func() { seat.Close(why) }()
	defer contain(p.log, portFault)
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	left := make(chan struct{})
	go func() {
		defer close(left)
		select {
		case <-seat.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	why = p.run(ctx)
	cancel()
	<-left
	if f.ctx.Err() != nil {
		why = stopping()
	}
}

// enter counts a port that is being opened, and makes Close wait for it.
func (f *forwards) enter() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed:
		return stopping()
	case f.opened >= f.cfg.Most:
		return core.Errorf(core.CodeLimit, "%d ports for viewers are open, more are not possible", f.opened).
			WithHint("try again in a moment, or open the console in a browser")
	}
	f.opened++
	f.running.Add(1)
	return nil
}

func (f *forwards) exit() {
	f.mu.Lock()
	f.opened--
	f.mu.Unlock()
	f.running.Done()
}

// close ends all viewers and returns when nothing runs any more.
func (f *forwards) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.stop()
	f.running.Wait()
}
