package consoleproxy

import (
	"context"
	"crypto/ed25519"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

// mute is an SSH server in memory that answers nothing once somebody is in: as a
// node does whose kernel lives and whose programs do not.
type mute struct{ running sync.WaitGroup }

func (m *mute) DialContext(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	m.running.Go(func() { m.serve(m.buffer(far)) })
	return m.buffer(near), nil
}

func (m *mute) serve(conn net.Conn) {
	defer conn.Close()
	config := &gossh.ServerConfig{PublicKeyCallback: func(gossh.ConnMetadata, gossh.PublicKey) (*gossh.Permissions, error) {
		return &gossh.Permissions{}, nil
	}}
	signer, err := gossh.NewSignerFromKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		return
	}
	config.AddHostKey(signer)
	_, channels, requests, err := gossh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	m.running.Go(func() {
		for range requests { // nothing is answered
		}
	})
	for range channels { // nothing is answered
	}
}

// buffer lets both ends of a pipe write first, as SSH does.
func (m *mute) buffer(c net.Conn) net.Conn {
	b := &bufferedConn{Conn: c, queue: make(chan []byte, 1000), closed: make(chan struct{})}
	m.running.Go(func() {
		for {
			select {
			case p := <-b.queue:
				_, _ = c.Write(p)
			case <-b.closed:
				return
			}
		}
	})
	return b
}

type bufferedConn struct {
	net.Conn
	queue  chan []byte
	closed chan struct{}
	once   sync.Once
}

func (b *bufferedConn) Write(p []byte) (int, error) {
	select {
	case b.queue <- append([]byte(nil), p...):
		return len(p), nil
	case <-b.closed:
		return 0, net.ErrClosed
	}
}

func (b *bufferedConn) Close() error {
	b.once.Do(func() { close(b.closed) })
	return b.Conn.Close()
}

// TestKeepAlive ends a connection to a node that does not answer any more.
func TestKeepAlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server mute
		n := newNodes(&server, nil)
		c, err := n.visit(t.Context(), newSeat("ann"), serialAt("node1"))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		<-c.gone
		if took := time.Since(began); took > 40*time.Second {
			t.Errorf("a mute node was left after %v", took)
		}
		n.release(c)
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		server.running.Wait()
	})
}

// TestMuteNode is what people read of a node that lets gwm in and does nothing.
func TestMuteNode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server mute
		b := NewSwitchboard(SwitchboardConfig{Dialer: &server})
		began := time.Now()
		state := join(t, b, newSeat("ann")).phase(core.LineWaiting)
		if want := "node1.example.org does not answer: no answer in time"; core.AsError(state.Why).Message != want {
			t.Errorf("got %v, want %q", state.Why, want)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("told after %v", took)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		server.running.Wait()
	})
}

// TestLinger closes a connection that nobody uses, but not at once.
func TestLinger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var server mute
		n := newNodes(&server, nil)
		first, err := n.visit(t.Context(), newSeat("ann"), serialAt("node1"))
		if err != nil {
			t.Fatal(err)
		}
		n.release(first)
		second, err := n.visit(t.Context(), newSeat("ann"), serialAt("node1"))
		if err != nil || second != first {
			t.Fatalf("another connection: %v", err)
		}
		n.release(second)
		began := time.Now()
		<-first.gone
		if took := time.Since(began); took != linger {
			t.Errorf("closed after %v", took)
		}
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		server.running.Wait()
	})
}
