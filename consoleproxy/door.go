package consoleproxy

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// door is a listener that closes at once what is beyond the limits, before
// anything is computed for it.
type door struct {
	net.Listener
	total, perSource int

	mu   sync.Mutex
	open map[netip.Prefix]int
	all  int
}

func newDoor(l net.Listener, lim Limits) *door {
	return &door{Listener: l, total: lim.Connections, perSource: lim.PerSource, open: map[netip.Prefix]int{}}
}

// Accept waits for a connection within the limits.
func (d *door) Accept() (net.Conn, error) {
	g, err := d.admit()
	if err != nil {
		return nil, err
	}
	return g, nil
}

// admit is Accept for who makes room before the connection is closed.
func (d *door) admit() (*guest, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := sourceOf(c.RemoteAddr().String())
		if d.enter(from) {
			return &guest{Conn: c, leave: sync.OnceFunc(func() { d.exit(from) })}, nil
		}
		_ = c.Close() // nothing was said yet
	}
}

// receive answers what comes in until ctx ends or nobody listens any more, and
// returns when every answer has ended. It closes the listener, and the connections
// with ctx or with their answers. A fault, by the name of in, ends its own answer.
func (d *door) receive(ctx context.Context, log *slog.Logger, in string, answer func(ctx context.Context, conn net.Conn)) {
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = d.Close() })
	defer stop()
	for {
		conn, err := d.Accept()
		if err != nil {
			if pause(ctx, log, err) {
				continue
			}
			return
		}
		running.Go(func() {
			defer contain(log, in)
			defer func() { _ = conn.Close() }()
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer stop()
			answer(ctx, conn)
		})
	}
}

// pause waits after a listener failed, for example because too many files are
// open. It tells whether it is worth to go on.
func pause(ctx context.Context, log *slog.Logger, err error) bool {
	if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
		return false
	}
	log.Warn("a connection could not be accepted", "err", err)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Second):
		return true
	}
}

func (d *door) enter(from netip.Prefix) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all >= d.total || d.open[from] >= d.perSource {
		return false
	}
	d.all++
	d.open[from]++
	return true
}

func (d *door) exit(from netip.Prefix) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all--
	if d.open[from]--; d.open[from] <= 0 {
		delete(d.open, from)
	}
}

// guest is a connection that counts until it leaves or is closed.
type guest struct {
	net.Conn
	leave func()
}

// Close closes the connection and makes room.
func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}

// letIn has a browser's connection count at the door no more: it belongs to a
// console now, and these have limits of their own. So all who sit in one house
// behind one address may have theirs.
func letIn(c *websocket.Conn) {
	below := corkBelow(c.NetConn())
	if below == nil {
		return
	}
	if g, ok := below.Conn.(*guest); ok {
		g.leave()
	}
}
