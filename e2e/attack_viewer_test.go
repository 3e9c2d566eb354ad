//go:build linux

package e2e

import (
	"bytes"
	"crypto/des"
	"fmt"
	"io"
	"math/bits"
	"net"
	"strings"
	"sync"
	"testing"

	"gwm/consoleproxy/consoletest"
)

// forwards has ports for viewers at the node's address.
var forwards = []string{"console:", "  forward: {listen: HOST}"}

// rfbLogin is a viewer that comes to a port, up to the answer to its password. way is
// what it picks; version what it says it speaks.
func rfbLogin(c net.Conn, version string, way byte, password string) (result []byte, err error) {
	head := make([]byte, 12)
	if _, err := io.ReadFull(c, head); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c, version); err != nil {
		return nil, err
	}
	old := strings.HasPrefix(version, "RFB 003.003")
	offer := make([]byte, 2)
	if old {
		offer = make([]byte, 4)
	}
	if _, err := io.ReadFull(c, offer); err != nil {
		return nil, err
	}
	if offer[len(offer)-1] != 2 || !old && offer[0] != 1 {
		return nil, fmt.Errorf("the port offers %v", offer)
	}
	if !old {
		if _, err := c.Write([]byte{way}); err != nil {
			return nil, err
		}
	}
	if way == 2 || old {
		var question, answer [16]byte
		if _, err := io.ReadFull(c, question[:]); err != nil {
			return nil, err
		}
		var key [8]byte
		copy(key[:], password)
		for i := range key {
			key[i] = bits.Reverse8(key[i])
		}
		block, err := des.NewCipher(key[:])
		if err != nil {
			return nil, err
		}
		block.Encrypt(answer[:8], question[:8])
		block.Encrypt(answer[8:], question[8:])
		if _, err := c.Write(answer[:]); err != nil {
			return nil, err
		}
	}
	result = make([]byte, 4)
	_, err = io.ReadFull(c, result)
	return result, err
}

const rfb38 = "RFB 003.008\n"

// entered tells whether a viewer is let in.
func entered(result []byte, err error) bool {
	return err == nil && bytes.Equal(result, make([]byte, 4))
}

// TestAttackViewerPort comes to a port for a viewer with no password, with wrong
// ones, with another's, twice, and with silence.
func TestAttackViewerPort(t *testing.T) {
	t.Parallel()
	s := newStand(t, forwards...)
	screen := s.shows(portWeb2, consoletest.ScreenOptions{})
	s.shows(portDB1, consoletest.ScreenOptions{})
	shut := func(what, address string) {
		t.Helper()
		eventually(t, "the end of the port after "+what, func() bool {
			c, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
			if err != nil {
				return true
			}
			defer c.Close()
			n, _ := c.Read(make([]byte, 12))
			return n == 0
		})
	}
	s.settles("wrong passwords", func() {
		address, password, of := s.viewerPort("ann", "web2")
		host, port, err := net.SplitHostPort(address)
		check(t, err)
		if host != s.host {
			t.Errorf("the port is at %s", address)
		}
		if c, err := new(net.Dialer).DialContext(t.Context(), "tcp", "127.0.0.1:"+port); err == nil {
			_ = c.Close()
			t.Error("the port is at other addresses, too")
		}
		_, theirs, other := s.viewerPort("bob", "db1")
		for what, got := range map[string]func() ([]byte, error){
			"no login (CVE-2022-36436)": func() ([]byte, error) { return rfbLogin(s.dial(address), rfb38, 1, "") },
			"another's password":        func() ([]byte, error) { return rfbLogin(s.dial(address), "RFB 003.003\n", 2, theirs) },
			"no password":               func() ([]byte, error) { return rfbLogin(s.dial(address), "RFB 003.007\n", 2, "") },
		} {
			if entered(got()) {
				t.Errorf("a viewer with %s is let in", what)
			}
		}
		shut("three wrong passwords", address)
		if c, err := new(net.Dialer).DialContext(t.Context(), "tcp", address); err == nil {
			if entered(rfbLogin(c, rfb38, 2, password)) {
				t.Error("after three wrong passwords the right one is good")
			}
			_ = c.Close()
		}
		<-of.ended
		has(t, of.text(), "3 wrong passwords")
		other.hang()
	})
	s.settles("two viewers", func() {
		address, password, of := s.viewerPort("ann", "web2")
		var silent []net.Conn
		for range 4 {
			silent = append(silent, s.dial(address))
		}
		if n, err := io.Copy(io.Discard, s.dial(address)); n != 0 || timedOut(err) {
			t.Errorf("a fifth viewer of one source that waits hears %d bytes, %v", n, err)
		}
		s.from = "127.0.0.79"
		c := s.dial(address)
		result, err := rfbLogin(c, "RFB 004.001\n", 2, password)
		s.from = ""
		if !entered(result, err) {
			t.Fatalf("the right password: %v %v", result, err)
		}
		shut("a viewer came in", address)
		for _, c := range silent {
			if _, err := io.Copy(io.Discard, c); timedOut(err) {
				t.Error("who waits is not sent away")
			}
		}
		s.must(t, "admin", "grant", "remove", "ann", "oslo/web2")
		if _, err := io.Copy(io.Discard, c); timedOut(err) {
			t.Error("the viewer stays when the right is gone")
		}
		<-of.ended
		s.give("ann", "web2")
	})
	s.settles("a port whose session ends", func() {
		address, password, of := s.viewerPort("ann", "web2")
		waiting := s.dial(address)
		of.hang()
		shut("the end of its session", address)
		if entered(rfbLogin(waiting, rfb38, 2, password)) {
			t.Error("who waited is let in after the end of the session")
		}
	})
	// the screen saw one viewer, whom the attacks left alone
	eventually(t, "the end of all viewers", func() bool { return screen.Viewers() == 0 })
	honest(t, s.world)
	hasNot(t, s.server.Log(), `"level":"ERROR"`)
	s.ends()
}

// TestAttackByScreens has what answers in place of a screen lie about versions,
// lengths and sizes, say nothing, and say evil things: the viewer is told or sent
// away, the person reads one clean sentence, and nothing stays.
func TestAttackByScreens(t *testing.T) {
	t.Parallel()
	s := newStand(t, forwards...)
	const after = rfb38 + "\x01\x01" + "\x00\x00\x00\x00" // one way, none; good
	format := "\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00"
	lies := map[string]string{
		"hangs up":                 "",
		"no VNC":                   "HTTP/1.1 400 Bad Request\r\nServer: \x1b]52;c;ZXZpbA==\x07\r\n\r\n",
		"an evil reason":           rfb38 + "\x00\x00\x00\x00\x60" + (evil + strings.Repeat("evil", 100))[:0x60],
		"a huge reason":            rfb38 + "\x00\xff\xff\xff\xff" + strings.Repeat("x", 100_000),
		"255 ways":                 rfb38 + "\xff" + strings.Repeat("\x01", 255),
		"ways that nobody knows":   rfb38 + "\x03\x07\x1b\x9b",
		"an old one's unknown way": "RFB 003.003\n\x7f\xff\xff\xff",
		"a password, none known":   rfb38 + "\x01\x02",
		"a refused login":          rfb38 + "\x01\x01\x00\x00\x00\x01\x7f\xff\xff\xff",
		"a huge name":              after + "\x02\x80\x01\x90" + format + "\xff\xff\xff\xff",
		"a huge picture":           after + "\xff\xff\xff\xff" + format + "\x00\x00\x00\x01x",
		"a depth of nothing":       after + "\x02\x80\x01\x90" + strings.Repeat("\x00", 16) + "\x00\x00\x00\x01x",
		"a version of the future":  "RFB 999.999\n\x00\x00\x00\x00\x01x",
		"a version of the past":    "RFB 002.002\n",
		"a version of signs":       "RFB -03.+08\n",
	}
	var mu sync.Mutex
	lie := ""
	s.listens(portWeb2, func(c net.Conn) {
		mu.Lock()
		text := lie
		mu.Unlock()
		_, _ = io.WriteString(c, text) // whoever is there may have gone
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
		_, _ = io.Copy(io.Discard, c)
	})
	s.settles("lies", func() {
		for what, text := range lies {
			mu.Lock()
			lie = text
			mu.Unlock()
			address, password, of := s.viewerPort("ann", "web2")
			c := s.dial(address)
			if entered(rfbLogin(c, rfb38, 2, password)) {
				t.Errorf("%s: the viewer is let in", what)
			}
			said, err := io.ReadAll(c)
			if timedOut(err) || len(said) > 4<<10 {
				t.Errorf("%s: the viewer hears %d bytes, %v", what, len(said), err)
			}
			if len(said) > 4 {
				clean(t, what, string(said[4:]))
			}
			<-of.ended
			clean(t, what, of.text())
			hasNot(t, of.text(), "something went wrong inside", "goroutine")
		}
	})
	// a screen at an address of the link, such as that of a cloud's metadata
	address, password, of := s.viewerPort("ann", "old1")
	if entered(rfbLogin(s.dial(address), rfb38, 2, password)) {
		t.Error("169.254.169.254 is dialled")
	}
	<-of.ended
	has(t, of.text(), "at an address where no node can be")
	honest(t, s.world)
	hasNot(t, s.server.Log(), `"level":"ERROR"`)
	s.ends()
}
