package consoleproxy

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"
)

// counted counts what is written at once.
type counted struct {
	net.Conn
	writes *atomic.Int64
}

func (c counted) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// corkedPair is a stream over TLS over a cork, and the browser at its other end.
func corkedPair(t *testing.T, writes *atomic.Int64) (*stream, *websocket.Conn) {
	t.Helper()
	near, far := net.Pipe()
	secure := tls.Server(&cork{Conn: counted{near, writes}}, &tls.Config{
		GetCertificate: newSite(t, nil).cfg.Certificate.get, MinVersion: tls.VersionTLS13,
	})
	accepted := make(chan *stream, 1)
	go func() {
		defer close(accepted)
		viewer, err := acceptSocket(secure)
		if err != nil {
			t.Error(err)
			return
		}
		accepted <- viewer.(*stream)
	}()
	d := websocket.Dialer{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		NetDial:         func(string, string) (net.Conn, error) { return far, nil },
	}
	browser, answer, err := d.Dial("wss://pipe/", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	s := <-accepted
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(io.Discard, s) }) // the answers to pings
	t.Cleanup(func() {
		_ = near.Close()
		_ = s.Close()
		s.wait()
		reading.Wait()
	})
	return s, browser
}

// Whatever TLS and the WebSocket make of a message: it leaves in one piece.
func TestCorkGathersMessages(t *testing.T) {
	t.Parallel()
	writes := new(atomic.Int64)
	s, browser := corkedPair(t, writes)
	for size, most := range map[int]int64{1: 1, 100: 1, spliceBuffer: 1, 3 * spliceBuffer: 4} {
		message := bytes.Repeat([]byte{byte(most)}, size)
		before := writes.Load()
		wrote := make(chan error, 1)
		go func() {
			_, err := s.Write(message)
			wrote <- err
		}()
		_, got, err := browser.ReadMessage()
		if err != nil || !bytes.Equal(got, message) {
			t.Errorf("a message of %d bytes arrives as another one: %v", size, err)
		}
		if err := <-wrote; err != nil {
			t.Error(err)
		}
		if n := writes.Load() - before; n > most {
			t.Errorf("a message of %d bytes left in %d pieces, not %d", size, n, most)
		}
	}
}

// A ping may be sent at any moment: it neither stays behind nor breaks a message.
func TestCorkBesidePings(t *testing.T) {
	t.Parallel()
	s, browser := corkedPair(t, new(atomic.Int64))
	const rounds = 50
	pinged := 0
	pong := browser.PingHandler()
	browser.SetPingHandler(func(text string) error {
		pinged++
		return pong(text)
	})
	var writing, pinging sync.WaitGroup
	pinging.Go(func() {
		for range rounds {
			if err := ping(s.conn); err != nil {
				t.Error(err)
			}
		}
	})
	writing.Go(func() {
		for range rounds {
			if _, err := s.Write([]byte("between")); err != nil {
				t.Error(err)
			}
		}
		pinging.Wait()
		if _, err := s.Write([]byte("last")); err != nil {
			t.Error(err)
		}
	})
	messages := 0
	for got := ""; got != "last"; messages++ {
		_, p, err := browser.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if got = string(p); got != "between" && got != "last" {
			t.Fatalf("a ping broke a message: %q", got)
		}
	}
	writing.Wait()
	if pinged != rounds || messages != rounds+1 {
		t.Errorf("%d pings and %d messages arrived, not %d of each and a last one", pinged, messages, rounds)
	}
}
