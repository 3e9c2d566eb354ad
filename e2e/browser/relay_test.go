package browser

import (
	"context"
	"net"
	"sync"
	"testing"
)

// relay is the network between the browser and gwm.
type relay struct {
	listener net.Listener
	to       string
	running  sync.WaitGroup

	mu    sync.Mutex
	down  bool            // who comes is turned away
	calls [][2]net.Conn   // browser and gwm, in the order in which they came
	quiet bool            // nothing gets through
	sound chan struct{}   // closed when quiet ends
	dial  context.Context // ends with the test
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: l, to: to, dial: t.Context()}
	r.running.Go(r.accept)
	t.Cleanup(func() {
		_ = l.Close()
		r.hush(false)
		r.cut()
		r.running.Wait()
	})
	return r
}

func (r *relay) accept() {
	for {
		from, err := r.listener.Accept()
		if err != nil {
			return
		}
		to, err := new(net.Dialer).DialContext(r.dial, "tcp", r.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		r.mu.Lock()
		if r.down {
			_, _ = from.Close(), to.Close()
		}
		r.calls = append(r.calls, [2]net.Conn{from, to})
		r.mu.Unlock()
		for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
			r.running.Go(func() { r.carry(way[0], way[1]) })
		}
	}
}

func (r *relay) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		r.pass()
		if err != nil {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// pass waits until something gets through.
func (r *relay) pass() {
	r.mu.Lock()
	quiet, sound := r.quiet, r.sound
	r.mu.Unlock()
	if quiet {
		<-sound
	}
}

// cut breaks all connections, and those that come until mend.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = true
	for _, c := range r.calls {
		_, _ = c[0].Close(), c[1].Close()
	}
	r.calls = nil
}

func (r *relay) mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = false
}

// hush has connections stay and nothing get through, or the contrary.
func (r *relay) hush(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if on == r.quiet {
		return
	}
	r.quiet = on
	if on {
		r.sound = make(chan struct{})
	} else {
		close(r.sound)
	}
}
