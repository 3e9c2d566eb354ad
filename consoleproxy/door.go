package consoleproxy

import (
	"net"
	"net/netip"
	"sync"
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

// guest is a connection that counts until it is closed.
type guest struct {
	net.Conn
	leave func()
}

// Close closes the connection and makes room.
func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}
