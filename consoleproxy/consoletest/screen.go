package consoletest

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
)

// ScreenOptions are how a Screen behaves. The zero value is QEMU's way without a
// password.
type ScreenOptions struct {
	Version  int    // 3, 7 or 8 of RFB 3.x; 0: 8
	Password string // of VNC authentication; empty: none is asked for
	Ways     []byte // of authentication that are offered; nil: the one that Password tells
	Refuse   string // why nobody is let in; empty: everybody is
}

// Seen is what a Screen has seen of its viewers.
type Seen struct {
	Shared  []bool   // of each viewer that logged in: whether it takes the screen with others
	Keys    []uint32 // keysyms that were pressed
	X, Y    int      // where the pointer was last
	Buttons byte     // of the pointer
	Cut     string   // text that was cut last
}

// Screen is a VNC server on the loopback with a test picture: eight bars of
// colours, below which each key that is pressed colours the next square.
type Screen struct {
	listener net.Listener
	options  ScreenOptions
	running  sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	seen    Seen
	changed chan struct{} // closed when seen changes
	viewers map[*viewer]bool
}

// The size of the picture in pixels.
const (
	ScreenWidth  = 640
	ScreenHeight = 400
	stripe       = 40 // pixels of the squares of keys
)

// StartScreen makes a screen and starts it on a port of the loopback.
func StartScreen(o ScreenOptions) (*Screen, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start a fake screen: %w", err)
	}
	if o.Version == 0 {
		o.Version = 8
	}
	s := &Screen{listener: l, options: o, changed: make(chan struct{}), viewers: map[*viewer]bool{}}
	s.running.Go(s.accept)
	return s, nil
}

// Addr is where the screen listens.
func (s *Screen) Addr() string { return s.listener.Addr().String() }

// DialContext reaches the screen under every address: it is the Dialer of a gwm
// whose VMs all show this screen.
func (s *Screen) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, s.Addr())
}

// Seen is what was seen up to now.
func (s *Screen) Seen() Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copy()
}

func (s *Screen) copy() Seen {
	seen := s.seen
	seen.Shared, seen.Keys = slices.Clone(seen.Shared), slices.Clone(seen.Keys)
	return seen
}

// Await waits until what was seen is as ok wants it.
func (s *Screen) Await(ctx context.Context, ok func(Seen) bool) (Seen, error) {
	for {
		s.mu.Lock()
		seen, changed := s.copy(), s.changed
		s.mu.Unlock()
		if ok(seen) {
			return seen, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return seen, fmt.Errorf("wait for what a screen sees (%+v): %w", seen, ctx.Err())
		}
	}
}

// Cut sends all viewers a text, as a guest does in which text is cut.
func (s *Screen) Cut(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for v := range s.viewers {
		v.cut(text)
	}
}

// Viewers counts who is connected.
func (s *Screen) Viewers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.viewers)
}

// Drop breaks all connections that there are.
func (s *Screen) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for v := range s.viewers {
		_ = v.conn.Close() // that is the purpose
	}
}

// Close ends the screen and returns when nothing of it runs any more.
func (s *Screen) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	err := s.listener.Close()
	s.Drop()
	s.running.Wait()
	return err
}

func (s *Screen) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		v := &viewer{screen: s, conn: conn, work: make(chan struct{}, 1), closed: make(chan struct{}), format: ourFormat}
		if !s.enter(v) {
			_ = conn.Close() // nobody is there any more
			return
		}
		s.running.Go(func() {
			defer s.leave(v)
			defer conn.Close()
			v.serve()
		})
	}
}

// note changes what was seen and wakes who waits for it.
func (s *Screen) note(change func(*Seen)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.seen)
	close(s.changed)
	s.changed = make(chan struct{})
	for v := range s.viewers {
		v.poke()
	}
}

// enter and leave count a viewer.
func (s *Screen) enter(v *viewer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.viewers[v] = true
	return true
}

func (s *Screen) leave(v *viewer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.viewers, v)
}

// Pixel is the colour of the picture at a point, red, green and blue, after a
// number of keys was pressed.
func Pixel(x, y, keys int) (r, g, b byte) {
	if y >= ScreenHeight-stripe {
		if keys%(ScreenWidth/stripe) > x/stripe {
			return 250, 200, 40
		}
		return 20, 20, 30
	}
	bar := x * 8 / ScreenWidth
	on := func(bit int) byte {
		if bar&bit != 0 {
			return 200
		}
		return 30
	}
	return on(1), on(2), on(4)
}
