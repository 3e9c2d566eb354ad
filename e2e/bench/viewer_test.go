//go:build bench

package bench

import (
	"bufio"
	"crypto/des"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// viewer looks at a screen and throws away what it sees.
type viewer struct {
	conn io.ReadWriteCloser
	buf  []byte
}

// enter logs in. The password is for who asks for one.
func enter(conn io.ReadWriteCloser, password string) (*viewer, error) {
	v := &viewer{conn: conn, buf: make([]byte, 256<<10)}
	if err := v.login(password); err != nil {
		return nil, errors.Join(fmt.Errorf("log in to a screen: %w", err), conn.Close())
	}
	return v, nil
}

func (v *viewer) login(password string) error {
	if err := v.swap(12, "RFB 003.008\n"); err != nil {
		return err
	}
	if err := v.take(1); err != nil {
		return err
	}
	if err := v.take(int(v.buf[0])); err != nil {
		return err
	}
	way := v.buf[0]
	if err := v.say([]byte{way}); err != nil {
		return err
	}
	if way == 2 {
		if err := v.take(16); err != nil {
			return err
		}
		if err := v.say(prove(v.buf[:16], password)); err != nil {
			return err
		}
	}
	if err := v.take(4); err != nil {
		return err
	}
	if n := binary.BigEndian.Uint32(v.buf); n != 0 {
		return errors.New("refused")
	}
	if err := v.say([]byte{1}); err != nil {
		return err
	}
	if err := v.take(24); err != nil {
		return err
	}
	return v.take(int(binary.BigEndian.Uint32(v.buf[20:])))
}

// prove answers the question of VNC authentication (RFC 6143, 7.2.2).
func prove(question []byte, password string) []byte {
	var key [8]byte
	copy(key[:], password)
	for i := range key {
		key[i] = bits.Reverse8(key[i])
	}
	block, err := des.NewCipher(key[:])
	if err != nil {
		panic(err) // eight bytes are a key
	}
	answer := make([]byte, 16)
	block.Encrypt(answer, question)
	block.Encrypt(answer[8:], question[8:])
	return answer
}

func (v *viewer) take(n int) error {
	_, err := io.ReadFull(v.conn, v.buf[:n])
	return err
}

func (v *viewer) say(b []byte) error {
	_, err := v.conn.Write(b)
	return err
}

func (v *viewer) swap(n int, answer string) error {
	if err := v.take(n); err != nil {
		return err
	}
	return v.say([]byte(answer))
}

// picture asks for a rectangle and reads it; size is a multiple of 4096 bytes.
func (v *viewer) picture(size int) (time.Duration, error) {
	ask := []byte{3, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(ask[6:], 1024)
	binary.BigEndian.PutUint16(ask[8:], uint16(size/4096))
	began := time.Now()
	if err := v.say(ask); err != nil {
		return 0, err
	}
	for rest := size + 16; rest > 0; {
		n, err := v.conn.Read(v.buf[:min(rest, len(v.buf))])
		if err != nil {
			return 0, fmt.Errorf("%d bytes of a picture are missing: %w", rest, err)
		}
		rest -= n
	}
	return time.Since(began), nil
}

// point moves the pointer and waits for the bell.
func (v *viewer) point() (time.Duration, error) {
	began := time.Now()
	if err := v.say([]byte{5, 0, 0, 1, 0, 1}); err != nil {
		return 0, err
	}
	err := v.take(1)
	if err == nil && v.buf[0] != 2 {
		err = errors.New("the pointer is answered with something else")
	}
	return time.Since(began), err
}

// wsConn is a WebSocket as a stream.
type wsConn struct {
	*websocket.Conn
	in io.Reader
}

func (c *wsConn) Read(p []byte) (int, error) {
	for {
		if c.in == nil {
			_, r, err := c.NextReader()
			if err != nil {
				return 0, err
			}
			c.in = r
		}
		n, err := c.in.Read(p)
		if errors.Is(err, io.EOF) {
			c.in, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (c *wsConn) Write(p []byte) (int, error) {
	return len(p), c.WriteMessage(websocket.BinaryMessage, p)
}

// roomy reads ahead, so that TLS does not ask the system for each record.
type roomy struct {
	net.Conn
	ahead *bufio.Reader
}

func (r roomy) Read(p []byte) (int, error) { return r.ahead.Read(p) }

// anyServer is a part of the measurement: who it is was settled when it started.
var anyServer = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}

// openSocket opens a WebSocket over a connection, in TLS where the address begins
// with wss.
func openSocket(conn net.Conn, url string, header http.Header, protocols ...string) (*websocket.Conn, error) {
	if strings.HasPrefix(url, "wss:") {
		conn = roomy{conn, bufio.NewReaderSize(conn, 256<<10)}
	}
	d := websocket.Dialer{
		NetDial:         func(string, string) (net.Conn, error) { return conn, nil },
		TLSClientConfig: anyServer, Subprotocols: protocols, ReadBufferSize: 64 << 10, HandshakeTimeout: 20 * time.Second,
	}
	c, answer, err := d.Dial(url, header)
	if answer != nil {
		_ = answer.Body.Close() // it is empty, or says what err says
	}
	return c, err
}

// The ways to reach another program, and the screen itself.

func overTCP(r *rival) (io.ReadWriteCloser, error) { return r.dial() }

func overTLS(r *rival) (io.ReadWriteCloser, error) {
	conn, err := r.dial()
	if err != nil {
		return nil, err
	}
	return tls.Client(roomy{conn, bufio.NewReaderSize(conn, 256<<10)}, anyServer), nil
}

func overSocket(scheme string) func(*rival) (io.ReadWriteCloser, error) {
	return func(r *rival) (io.ReadWriteCloser, error) {
		conn, err := r.dial()
		if err != nil {
			return nil, err
		}
		c, err := openSocket(conn, scheme+"://"+r.addr+"/websockify", nil, "binary")
		if err != nil {
			return nil, err
		}
		return &wsConn{Conn: c}, nil
	}
}

func direct(addr string) (*viewer, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return enter(conn, "")
}
