package consoleproxy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// hijacked is an answer whose connection is one end of a pipe.
type hijacked struct {
	http.ResponseWriter
	conn net.Conn
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// piped is a socket whose browser is the other end of a pipe.
func piped(t *testing.T) (server *websocket.Conn, browser net.Conn) {
	t.Helper()
	a, b := net.Pipe()
	t.Cleanup(func() { _ = a.Close() })
	t.Cleanup(func() { _ = b.Close() })
	r := httptest.NewRequest(http.MethodGet, screenPath, nil)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "gwm.v1, gwm.link.x",
	} {
		r.Header.Set(name, value)
	}
	answered := make(chan error, 1)
	go func() {
		answer, err := http.ReadResponse(bufio.NewReaderSize(b, 16), r)
		if err == nil {
			err = answer.Body.Close()
		}
		answered <- err
	}()
	server, err := upgrade(hijacked{httptest.NewRecorder(), a}, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	return server, b
}

// FuzzStream is what a browser that is none may send as frames: reading ends, and
// yields no more than was sent.
func FuzzStream(f *testing.F) {
	f.Add([]byte{0x82, 0x83, 1, 2, 3, 4, 5, 6, 7})                                                    // bytes
	f.Add([]byte{0x81, 0x81, 1, 2, 3, 4, 5})                                                          // text
	f.Add([]byte{0x02, 0x81, 1, 2, 3, 4, 5, 0x00, 0x81, 1, 2, 3, 4, 5, 0x80, 0x81, 1, 2, 3, 4, 5})    // fragments
	f.Add([]byte{0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4})             // huge
	f.Add([]byte{0x89, 0x80, 1, 2, 3, 4, 0x8a, 0x80, 1, 2, 3, 4, 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8}) // ping, pong, close
	f.Add([]byte{0x82, 0x03, 1, 2, 3})                                                                // not masked
	f.Fuzz(func(t *testing.T, sent []byte) {
		conn, browser := piped(t)
		s := newStream(conn, func() error { return nil })
		go func() {
			_, _ = io.Copy(io.Discard, browser) // answers to pings
		}()
		go func() {
			_, _ = browser.Write(sent)
			_ = browser.Close()
		}()
		n, err := io.Copy(io.Discard, s)
		if n > int64(len(sent)) {
			t.Errorf("%d bytes of %d, %v", n, len(sent), err)
		}
		_ = s.Close()
		s.wait()
	})
}

// FuzzTicket is what may come in the place of a ticket: one secret of a known kind
// and a bounded length is taken, whole, and nothing else.
func FuzzTicket(f *testing.F) {
	f.Add("gwm.v1, gwm.ticket.abc")
	f.Add("gwm.v1, gwm.ticket.abc, gwm.ticket.def")
	f.Add("gwm.ticket.abc")
	f.Add("gwm.v1, gwm.resume.")
	f.Add("gwm.v1,gwm.link." + strings.Repeat("a", 129))
	f.Add("gwm.v1, gwm.ticket.gwm.link.abc\x00,")
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{Header: http.Header{"Sec-Websocket-Protocol": {header}}}
		kind, secret, ok := offered(r)
		if !ok {
			return
		}
		offers := 0
		for part := range strings.SplitSeq(header, ",") {
			part = strings.TrimSpace(part)
			switch {
			case part == kind+secret:
				offers++
			case part != socketName && part != "":
				t.Errorf("%q is taken beside %q", part, kind+secret)
			}
		}
		if offers != 1 || secret == "" || len(secret) > 128 || !slices.Contains([]string{withTicket, withResume, withLink}, kind) {
			t.Errorf("%q is taken as %q %q", header, kind, secret)
		}
	})
}

// FuzzMessage is what a page may send as JSON.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"type":"do","what":"off","number":1}`))
	f.Add([]byte(`{"type":"link"}`))
	f.Add([]byte(`{"type":"may"}`))
	f.Fuzz(func(t *testing.T, sent []byte) {
		var m message
		if json.Unmarshal(sent, &m) != nil {
			return
		}
		s := newSeat("ann")
		c := &control{out: make(chan parting, maxWaiting)}
		c.answer(t.Context(), newBrowser(s), m)
		if len(c.out) > 1 {
			t.Errorf("%d answers", len(c.out))
		}
		for len(c.out) > 0 {
			if p := <-c.out; p.message.Type == "done" && !bytes.Contains(sent, []byte("start")) && m.What != "start" {
				t.Errorf("something was done: %+v", p.message)
			}
		}
	})
}

// A browser that answers no pings is gone.
func TestSilentBrowser(t *testing.T) {
	t.Parallel()
	conn, browser := piped(t)
	s := newStream(conn, func() error { return nil })
	if err := conn.SetReadDeadline(time.Now()); err != nil { // as pongWait sets it
		t.Fatal(err)
	}
	if _, err := s.Read(make([]byte, 1)); err == nil {
		t.Error("it is read from")
	}
	go func() { _, _ = io.Copy(io.Discard, browser) }()
	_ = s.Close()
	s.wait()
}
