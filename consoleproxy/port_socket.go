package consoleproxy

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/gorilla/websocket"
)

// maxUpgrade is how many bytes the request for a WebSocket may have.
const maxUpgrade = 8 << 10

// acceptSocket makes a connection the WebSocket that noVNC opens. There is no page
// of ours that Origin could be compared with: the password is what protects.
// The caller closes conn where that takes too long.
func acceptSocket(conn net.Conn) (io.ReadWriteCloser, error) {
	// Until the upgrade the peer has nothing to send but the request, so that what
	// the buffer reads too far is what upgrade refuses.
	head := bufio.NewReader(io.LimitReader(conn, maxUpgrade))
	r, err := http.ReadRequest(head)
	if err != nil {
		return nil, err
	}
	u := websocket.Upgrader{
		ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10, Subprotocols: []string{"binary"},
		CheckOrigin: func(*http.Request) bool { return true }, // as said above
	}
	socket, err := u.Upgrade(&hijack{conn: conn, head: head}, r, nil)
	if err != nil {
		return nil, err
	}
	return newStream(socket, func() error { return nil }), nil
}

// hijack is an http.ResponseWriter that hands out its connection; what is written
// instead, a refusal, goes nowhere.
type hijack struct {
	conn   net.Conn
	head   *bufio.Reader
	header http.Header
}

// Header is that of a refusal.
func (h *hijack) Header() http.Header {
	if h.header == nil {
		h.header = http.Header{}
	}
	return h.header
}

// WriteHeader is of a refusal.
func (h *hijack) WriteHeader(int) {}

func (h *hijack) Write(b []byte) (int, error) { return len(b), nil }

// Hijack hands out the connection.
func (h *hijack) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if h.conn == nil {
		return nil, nil, errors.New("taken twice")
	}
	conn := h.conn
	h.conn = nil
	return conn, bufio.NewReadWriter(h.head, bufio.NewWriter(conn)), nil
}
