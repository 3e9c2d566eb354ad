package ssh

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// pipe is a connection in memory with room for what was written, so that a test
// under synctest has no sockets. A cut pipe swallows what is written and never
// answers.
type pipe struct {
	in, out *pipeHalf
	addr    net.Addr
}

type pipeHalf struct {
	mu       sync.Mutex
	changed  *sync.Cond
	data     []byte
	closed   bool
	cut      bool
	deadline time.Time
}

func newPipeHalf() *pipeHalf {
	h := &pipeHalf{}
	h.changed = sync.NewCond(&h.mu)
	return h
}

// newPipe returns the two ends; both see addr as the other.
func newPipe(addr string) (client, server *pipe) {
	a, b := newPipeHalf(), newPipeHalf()
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		panic(err)
	}
	return &pipe{in: a, out: b, addr: tcp}, &pipe{in: b, out: a, addr: tcp}
}

func (p *pipe) Read(b []byte) (int, error) {
	h := p.in
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.data) == 0 {
		if h.closed {
			return 0, io.EOF
		}
		if !h.deadline.IsZero() && !time.Now().Before(h.deadline) {
			return 0, os.ErrDeadlineExceeded
		}
		h.changed.Wait()
	}
	n := copy(b, h.data)
	h.data = h.data[n:]
	return n, nil
}

func (p *pipe) Write(b []byte) (int, error) {
	h := p.out
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return 0, io.ErrClosedPipe
	}
	if !h.cut {
		h.data = append(h.data, b...)
		h.changed.Broadcast()
	}
	return len(b), nil
}

// cut makes the end silent without closing it.
func (p *pipe) cut() { p.out.set(func(h *pipeHalf) { h.cut = true }) }

func (p *pipe) Close() error {
	for _, h := range []*pipeHalf{p.in, p.out} {
		h.set(func(h *pipeHalf) { h.closed = true })
	}
	return nil
}

func (h *pipeHalf) set(f func(*pipeHalf)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(h)
	h.changed.Broadcast()
}

func (p *pipe) SetReadDeadline(t time.Time) error {
	p.in.set(func(h *pipeHalf) { h.deadline = t })
	if !t.IsZero() {
		time.AfterFunc(time.Until(t), func() { p.in.set(func(*pipeHalf) {}) })
	}
	return nil
}

func (p *pipe) SetDeadline(t time.Time) error    { return p.SetReadDeadline(t) }
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }
func (p *pipe) LocalAddr() net.Addr              { return p.addr }
func (p *pipe) RemoteAddr() net.Addr             { return p.addr }

// pipeListener hands out the server's ends.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	close func()
}

func newPipeListener() *pipeListener {
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.done) })
	return l
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.close(); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// dial connects from addr.
func (l *pipeListener) dial(addr string) *pipe {
	client, server := newPipe(addr)
	select {
	case l.conns <- server:
	case <-l.done:
		_ = client.Close()
	}
	return client
}
