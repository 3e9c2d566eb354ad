package consoleproxy

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"gwm/core"
)

const (
	pingEvery  = 20 * time.Second
	pongWait   = 45 * time.Second // without a sign of life a browser is gone
	writeWait  = 20 * time.Second // for a browser to take what it is sent
	closeWait  = 500 * time.Millisecond
	maxFrames  = 256 << 10 // bytes of a message on the socket of a screen
	maxControl = 4 << 10   // bytes of a message on the control socket
)

// The codes that a socket ends with (RFC 6455, 7.4.2: 4000-4999 are ours).
const (
	closeOver    = 4001 // the seat is over: there is nothing to come back to
	closeDenied  = 4003 // the ticket or the key is not good
	closeBroken  = 4004 // the screen ended or cannot be reached: ask for another link
	closeLimited = 4029 // too many failures from this source
	closeOther   = 4009 // another connection took this one's place
)

// socketName is the protocol that a page asks for, beside which it sends what it
// has: a secret in a header is in no log of addresses.
const socketName = "gwm.v1"

// The kinds of secrets that a page comes with.
const (
	withTicket = "gwm.ticket."
	withResume = "gwm.resume."
	withLink   = "gwm.link."
)

// offered reads what a page comes with: the protocol and exactly one secret.
func offered(r *http.Request) (kind, secret string, ok bool) {
	var asked bool
	for _, p := range websocket.Subprotocols(r) {
		if p == socketName {
			asked = true
			continue
		}
		if secret != "" {
			return "", "", false
		}
		for _, k := range []string{withTicket, withResume, withLink} {
			if rest, found := strings.CutPrefix(p, k); found {
				kind, secret = k, rest
			}
		}
		if secret == "" || len(secret) > 128 {
			return "", "", false
		}
	}
	return kind, secret, asked && secret != ""
}

// ownOrigin tells whether a request comes from a page of this server: its host,
// or the address that people know it by.
func ownOrigin(r *http.Request, public string) bool {
	origins := r.Header.Values("Origin")
	if len(origins) != 1 {
		return false
	}
	return origins[0] == "https://"+r.Host || public != "" && origins[0] == public
}

// upgrade makes a request a WebSocket. Its answer names the protocol and never
// the secret.
func upgrade(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	u := websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second, ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10,
		Subprotocols: []string{socketName},
		CheckOrigin:  func(*http.Request) bool { return true }, // ownOrigin has looked
		Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
			say(w, status, "a WebSocket is expected here")
		},
	}
	return u.Upgrade(w, r, nil)
}

// listen sets how long a socket may be silent and how much it may send at once.
func listen(c *websocket.Conn, limit int64) {
	c.SetReadLimit(limit)
	alive := func() { _ = c.SetReadDeadline(time.Now().Add(pongWait)) } // a broken connection shows in Read
	alive()
	c.SetPongHandler(func(string) error { alive(); return nil })
}

// ping sends one; the error is that of the connection.
func ping(c *websocket.Conn) error {
	return c.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait))
}

// hangUp sends a code with its reason, as far as that leaves soon, and closes.
func hangUp(c *websocket.Conn, code int, reason string) {
	const most = 123 // bytes of a reason (RFC 6455, 5.5)
	for len(reason) > most {
		reason = strings.ToValidUTF8(reason[:most], "")
	}
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(closeWait)) // who is gone hears nothing
	_ = c.Close()
}

// errText ends a socket that sends text where bytes are expected.
var errText = errors.New("a text message on the socket of a screen")

// stream is the socket of a screen as a stream of bytes. One goroutine reads, one
// writes, and a third sends pings.
type stream struct {
	conn  *websocket.Conn
	cork  *cork        // below TLS; nil: there is none
	cause func() error // why it is closed from this side; nil: for no reason of its own
	in    io.Reader    // the rest of the message that is being read

	closing sync.Once
	mu      sync.Mutex
	code    int
	reason  string
	closed  chan struct{}
	pings   sync.WaitGroup
}

func newStream(c *websocket.Conn, cause func() error) *stream {
	listen(c, maxFrames)
	s := &stream{conn: c, cork: corkBelow(c.NetConn()), cause: cause, closed: make(chan struct{})}
	s.pings.Go(func() {
		tick := time.NewTicker(pingEvery)
		defer tick.Stop()
		for {
			select {
			case <-s.closed:
				return
			case <-tick.C:
				if ping(c) != nil {
					_ = c.Close() // Read tells
					return
				}
			}
		}
	})
	return s
}

// Read reads what the browser sent.
func (s *stream) Read(p []byte) (int, error) {
	for {
		if s.in == nil {
			kind, r, err := s.conn.NextReader()
			if err != nil {
				return 0, err
			}
			if kind != websocket.BinaryMessage {
				s.because(websocket.CloseUnsupportedData, "bytes are expected")
				return 0, errText
			}
			s.in = r
		}
		n, err := s.in.Read(p)
		if errors.Is(err, io.EOF) {
			s.in, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Write sends one message. A browser that does not take it in time is gone.
func (s *stream) Write(p []byte) (int, error) {
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return 0, err
	}
	s.cork.gather()
	if err := errors.Join(s.conn.WriteMessage(websocket.BinaryMessage, p), s.cork.flush()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// because sets what Close tells the browser, where cause has nothing to say. What
// was set first stays.
func (s *stream) because(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.code == 0 {
		s.code, s.reason = code, reason
	}
}

// Close ends the socket. It may be called twice.
func (s *stream) Close() error {
	s.closing.Do(func() {
		s.mu.Lock()
		code, reason := s.code, s.reason
		s.mu.Unlock()
		switch err := s.cause(); {
		case err == nil && code != 0:
		case err == nil:
			code = websocket.CloseNormalClosure
		case errors.Is(err, errReplaced):
			code, reason = closeOther, "another connection took over"
		default:
			code, reason = closeOver, core.Printable(core.AsError(err).Message)
		}
		close(s.closed)
		hangUp(s.conn, code, reason)
	})
	return nil
}

// wait returns when nothing of a closed stream runs any more.
func (s *stream) wait() { s.pings.Wait() }
