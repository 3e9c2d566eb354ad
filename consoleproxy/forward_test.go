package consoleproxy

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

// viewingSeat is a toySeat that can be left.
type viewingSeat struct{ *toySeat }

func (s viewingSeat) Close(reason *core.Error) {
	if s.Err() == nil {
		s.revoke(reason)
	}
}

// over waits for the end of the seat and returns why.
func (s viewingSeat) over(t *testing.T) string {
	t.Helper()
	select {
	case <-s.Done():
		return core.AsError(s.Err()).Message
	case <-time.After(time.Minute):
		t.Fatal("the seat was not given up within a minute")
		return ""
	}
}

// forwarding is a port for a viewer, and what is behind it.
type forwarding struct {
	t      *testing.T
	screen *consoletest.Screen
	seat   viewingSeat
	port   core.Forward
}

// forward opens a port for the screen of web1.
func forward(t *testing.T, o consoletest.ScreenOptions, window time.Duration) *forwarding {
	t.Helper()
	before := goleak.IgnoreCurrent()
	screen, err := consoletest.StartScreen(o)
	if err != nil {
		t.Fatal(err)
	}
	board := NewSwitchboard(SwitchboardConfig{
		Dialer:   screen,
		Forwards: ForwardsConfig{Ports: Ports{Address: "127.0.0.1", First: 21000, Last: 21999}, Window: window},
	})
	seat := viewingSeat{newSeat("ann")}
	seat.endpoint = func() (core.Endpoint, error) {
		return core.Endpoint{VM: web1, Kind: core.ConsoleVNC, Node: "node1.example.org", Address: "node1.example.org:11000"}, nil
	}
	port, err := board.ports.open(t.Context(), seat)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = board.Close()
		_ = screen.Close()
		verifyNone(t, before)
	})
	return &forwarding{t, screen, seat, port}
}

func verifyNone(t *testing.T, o goleak.Option) {
	t.Helper()
	if err := goleak.Find(o); err != nil {
		t.Error(err)
	}
}

func (f *forwarding) dial() net.Conn {
	f.t.Helper()
	c, err := net.Dial("tcp", f.port.Address)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = c.Close() })
	return c
}

// closed tells that nobody listens any more.
func (f *forwarding) closed() {
	f.t.Helper()
	c, err := net.Dial("tcp", f.port.Address)
	if err == nil {
		_ = c.Close()
		f.t.Error("the port is still open")
	}
}

// press presses a key.
func press(t *testing.T, c io.Writer, key byte) {
	t.Helper()
	if _, err := c.Write([]byte{4, 1, 0, 0, 0, 0, 0, key}); err != nil {
		t.Fatal(err)
	}
}

// pressed waits for the keys that a screen saw.
func pressed(t *testing.T, s *consoletest.Screen, want ...uint32) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if got, err := s.Await(ctx, func(seen consoletest.Seen) bool { return len(seen.Keys) >= len(want) }); err != nil || !slices.Equal(got.Keys, want) {
		t.Errorf("the screen saw the keys %v, not %v: %v", got.Keys, want, err)
	}
}

// TestForward comes as a viewer with the password, works and leaves.
func TestForward(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    consoletest.ScreenOptions
	}{
		{"RFB 3.8", consoletest.ScreenOptions{}},
		{"RFB 3.3", consoletest.ScreenOptions{Version: 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := forward(t, tt.o, 0)
			c := f.dial()
			if _, err := knock(c, f.port.Password.Reveal()); err != nil {
				t.Fatal(err)
			}
			f.closed()
			press(t, c, 'a')
			pressed(t, f.screen, 'a')
			_ = c.Close()
			if got, want := f.seat.over(t), "the viewer was closed"; got != want {
				t.Errorf("the seat ended: %q, want %q", got, want)
			}
		})
	}
}

// TestForwardName shows the viewer the VM's name, not what the screen says.
func TestForwardName(t *testing.T) {
	f := forward(t, consoletest.ScreenOptions{}, 0)
	c := f.dial()
	k := knocking{c: c, password: f.port.Password.Reveal()}
	var err error
	if k.version, err = readVersion(c); err == nil {
		_, err = io.WriteString(c, k.version.String())
	}
	if err != nil {
		t.Fatal(err)
	}
	way, err := k.choose()
	if err == nil {
		err = k.prove(way)
	}
	if err == nil {
		_, err = c.Write([]byte{0})
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, c, 20); err != nil {
		t.Fatal(err)
	}
	if name, err := readText(c, 255); err != nil || name != web1.String() {
		t.Errorf("the desktop is called %q, %v", name, err)
	}
}

// TestForwardPasswords tries wrong ones until the port closes.
func TestForwardPasswords(t *testing.T) {
	f := forward(t, consoletest.ScreenOptions{}, 0)
	for range wrongPasswords {
		_, err := knock(f.dial(), "wrong")
		if err == nil || !strings.Contains(err.Error(), "the password is wrong, used or too old") {
			t.Fatalf("a wrong password: %v", err)
		}
	}
	if got, want := f.seat.over(t), "3 wrong passwords came to the port for a viewer"; got != want {
		t.Errorf("the seat ended: %q, want %q", got, want)
	}
	f.closed()
	if seen := f.screen.Seen(); len(seen.Shared) > 0 {
		t.Errorf("somebody reached the screen: %+v", seen)
	}
}

// TestForwardWithoutPassword asks for ways to log in that were not offered.
func TestForwardWithoutPassword(t *testing.T) {
	f := forward(t, consoletest.ScreenOptions{}, 0)
	for _, way := range []byte{wayNone, wayInvalid, 19} {
		c := f.dial()
		if _, err := readVersion(c); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(append([]byte("RFB 003.008\n"), way)); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(c)
		if want := []byte{1, wayVNC, 0, 0, 0, 1}; err != nil || !cmp.Equal(got[:min(len(got), len(want))], want) {
			t.Errorf("the way %d was answered %x, %v", way, got, err)
		}
	}
	if got := f.seat.over(t); !strings.Contains(got, "wrong passwords") {
		t.Errorf("the seat ended: %q", got)
	}
}

// TestForwardNobody waits for a viewer in vain.
func TestForwardNobody(t *testing.T) {
	f := forward(t, consoletest.ScreenOptions{}, time.Millisecond)
	if got, want := f.seat.over(t), "no viewer came in time"; got != want {
		t.Errorf("the seat ended: %q, want %q", got, want)
	}
	f.closed()
}

// TestForwardOnce has two viewers who both know the password and both have been
// asked for it.
func TestForwardOnce(t *testing.T) {
	f := forward(t, consoletest.ScreenOptions{}, 0)
	answer := func(c net.Conn) challenge {
		t.Helper()
		if _, err := readVersion(c); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(append([]byte("RFB 003.008\n"), wayVNC)); err != nil {
			t.Fatal(err)
		}
		var question challenge
		if _, err := io.CopyN(io.Discard, c, 2); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, question[:]); err != nil {
			t.Fatal(err)
		}
		return question.answer(f.port.Password.Reveal())
	}
	one, two := f.dial(), f.dial()
	first, second := answer(one), answer(two)
	if _, err := one.Write(first[:]); err != nil {
		t.Fatal(err)
	}
	if result, err := readUint32(one); err != nil || result != 0 {
		t.Fatalf("the first viewer: %d, %v", result, err)
	}
	_, _ = two.Write(second[:]) // it may be closed already
	if result, err := readUint32(two); err == nil && result == 0 {
		t.Error("the second viewer was let in too")
	}
}

// TestForwardSilent has more come than the port waits for, who say nothing.
func TestForwardSilent(t *testing.T) {
	f := forward(t, consoletest.ScreenOptions{}, 0)
	for range knocksPerSource {
		if _, err := readVersion(f.dial()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := readVersion(f.dial()); !errors.Is(err, io.EOF) && !isReset(err) {
		t.Errorf("one too many: %v", err)
	}
}

func isReset(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

// TestForwardRevoked ends a viewer whose right ends.
func TestForwardRevoked(t *testing.T) {
	f := forward(t, consoletest.ScreenOptions{}, 0)
	c := f.dial()
	if _, err := knock(c, f.port.Password.Reveal()); err != nil {
		t.Fatal(err)
	}
	f.seat.revoke(core.Errorf(core.CodeDenied, "your right ended"))
	if _, err := io.ReadAll(c); isTimeout(err) {
		t.Error("the viewer is still connected")
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// TestForwardScreenRefuses tells the viewer and the seat why.
func TestForwardScreenRefuses(t *testing.T) {
	f := forward(t, consoletest.ScreenOptions{Refuse: "too many viewers"}, 0)
	_, err := knock(f.dial(), f.port.Password.Reveal())
	if want := "the VM's screen refuses gwm: too many viewers"; err == nil || !strings.Contains(err.Error(), want) || f.seat.over(t) != want {
		t.Errorf("viewer: %v\nseat: %v", err, f.seat.Err())
	}
}

// TestPortSocket comes as noVNC does: a WebSocket over TLS.
func TestPortSocket(t *testing.T) {
	defer verifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "web.crt"), filepath.Join(dir, "web.key")
	if _, err := MakeCertificate(certFile, keyFile, ""); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Ports{Address: "127.0.0.1", First: 21000, Last: 21999}.listen(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	screen, err := consoletest.StartScreen(consoletest.ScreenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	p := socketPort(l, screen, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	ended := make(chan *core.Error)
	go func() { ended <- p.run(t.Context()) }()
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Subprotocols: []string{"binary", "base64"}}
	c, answer, err := dialer.DialContext(t.Context(), "wss://"+l.Addr().String()+"/websockify", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if c.Subprotocol() != "binary" {
		t.Errorf("the subprotocol is %q", c.Subprotocol())
	}
	s := newStream(c, func() error { return nil })
	if _, err := knock(s, "hello123"); err != nil {
		t.Fatal(err)
	}
	press(t, s, 'b')
	pressed(t, screen, 'b')
	_ = s.Close()
	s.wait()
	if why := (<-ended).Message; why != "the viewer was closed" {
		t.Errorf("the port ended: %q", why)
	}
}

// socketPort is a port for one noVNC that knows the password hello123.
func socketPort(l net.Listener, screen *consoletest.Screen, config *tls.Config) *port {
	return &port{
		listener: l, password: "hello123", name: "web1", tls: config, socket: true, until: time.Now().Add(time.Minute),
		entered: func(context.Context, string) error { return nil },
		open: func(ctx context.Context) (net.Conn, serverInit, error) {
			conn, err := screen.DialContext(ctx, "tcp", "")
			if err != nil {
				return nil, serverInit{}, err
			}
			init, err := enter(ctx, conn, "")
			return conn, init, err
		},
		log: slog.New(slog.DiscardHandler),
	}
}
