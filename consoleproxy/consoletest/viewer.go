package consoletest

import (
	"bytes"
	"crypto/des" //nolint:gosec // VNC authentication is DES (RFC 6143, 7.2.2)
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"io"
	"math/bits"
	"net"
	"sync"
)

// pixelFormat is where the colours are in a pixel of 32 bits.
type pixelFormat struct {
	big              bool
	red, green, blue uint
}

// ourFormat is what a screen says that it has: that of QEMU.
var ourFormat = pixelFormat{red: 16, green: 8, blue: 0}

// maxCut is how long a text may be that a viewer cuts.
const maxCut = 1 << 20

// viewer is one connection with a Screen.
type viewer struct {
	screen *Screen
	conn   net.Conn
	work   chan struct{} // size 1: there may be something to send
	closed chan struct{}

	mu     sync.Mutex
	format pixelFormat
	wanted bool // the viewer waits for a picture
	whole  bool // also if nothing changed
	shown  int  // keys in the picture that was sent last
	cuts   []string
}

// serve does the handshake and then reads what the viewer sends, while another
// goroutine writes.
func (v *viewer) serve() {
	if v.greet() != nil {
		return
	}
	var writing sync.WaitGroup
	writing.Go(v.write)
	for v.read() == nil {
	}
	close(v.closed)
	_ = v.conn.Close() // it is over; the writer may wait for the viewer
	writing.Wait()
}

func (v *viewer) poke() {
	select {
	case v.work <- struct{}{}:
	default:
	}
}

// cut queues a text for the viewer.
func (v *viewer) cut(text string) {
	v.mu.Lock()
	v.cuts = append(v.cuts, text)
	v.mu.Unlock()
	v.poke()
}

func (v *viewer) uint32(n uint32) error { return binary.Write(v.conn, binary.BigEndian, n) }

func (v *viewer) text(s string) error {
	if err := v.uint32(uint32(len(s))); err != nil {
		return err
	}
	_, err := io.WriteString(v.conn, s)
	return err
}

// greet answers the handshake.
func (v *viewer) greet() error {
	o := v.screen.options
	if _, err := io.WriteString(v.conn, "RFB 003.00"+string(rune('0'+o.Version))+"\n"); err != nil {
		return err
	}
	if _, err := io.ReadFull(v.conn, make([]byte, 12)); err != nil {
		return err
	}
	way, err := v.agree()
	if err != nil {
		return err
	}
	if way == 2 {
		err = v.examine()
	} else if o.Version == 8 {
		err = v.uint32(0)
	}
	if err != nil {
		return err
	}
	shared := make([]byte, 1)
	if _, err := io.ReadFull(v.conn, shared); err != nil {
		return err
	}
	v.screen.note(func(s *Seen) { s.Shared = append(s.Shared, shared[0] != 0) })
	init := []byte{
		ScreenWidth >> 8, ScreenWidth & 0xff, ScreenHeight >> 8, ScreenHeight & 0xff,
		32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0,
	}
	if _, err := v.conn.Write(init); err != nil {
		return err
	}
	return v.text("QEMU (toy)")
}

// agree offers ways of authentication and returns the one that was taken.
func (v *viewer) agree() (way byte, err error) {
	o := v.screen.options
	ways := o.Ways
	if ways == nil {
		ways = []byte{1}
		if o.Password != "" {
			ways = []byte{2}
		}
	}
	if o.Refuse != "" {
		if o.Version == 3 {
			err = v.uint32(0)
		} else {
			_, err = v.conn.Write([]byte{0})
		}
		if err == nil {
			err = v.text(o.Refuse)
		}
		if err == nil {
			err = io.EOF
		}
		return 0, err
	}
	if o.Version == 3 {
		return ways[0], v.uint32(uint32(ways[0]))
	}
	if _, err := v.conn.Write(append([]byte{byte(len(ways))}, ways...)); err != nil {
		return 0, err
	}
	chosen := make([]byte, 1)
	_, err = io.ReadFull(v.conn, chosen)
	if err == nil && !bytes.Contains(ways, chosen) {
		err = io.ErrUnexpectedEOF
	}
	return chosen[0], err
}

// examine asks for the password.
func (v *viewer) examine() error {
	var key [8]byte
	copy(key[:], v.screen.options.Password)
	for i := range key {
		key[i] = bits.Reverse8(key[i])
	}
	block, err := des.NewCipher(key[:]) //nolint:gosec // as above
	if err != nil {
		return err
	}
	var question, want, got [16]byte
	_, _ = rand.Read(question[:]) // does not fail
	block.Encrypt(want[:8], question[:8])
	block.Encrypt(want[8:], question[8:])
	if _, err := v.conn.Write(question[:]); err != nil {
		return err
	}
	if _, err := io.ReadFull(v.conn, got[:]); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(want[:], got[:]) == 1 {
		return v.uint32(0)
	}
	if err := v.uint32(1); err != nil {
		return err
	}
	if v.screen.options.Version == 8 {
		if err := v.text("Authentication failed"); err != nil {
			return err
		}
	}
	return io.EOF
}

// read reads one message.
func (v *viewer) read() error {
	var b [20]byte
	take := func(n int) error { _, err := io.ReadFull(v.conn, b[:n]); return err }
	if err := take(1); err != nil {
		return err
	}
	switch b[0] {
	case 0: // SetPixelFormat
		if err := take(19); err != nil {
			return err
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		v.format = pixelFormat{big: b[5] != 0, red: uint(b[13]), green: uint(b[14]), blue: uint(b[15])}
		return nil
	case 2: // SetEncodings: what everybody can is enough
		if err := take(3); err != nil {
			return err
		}
		_, err := io.CopyN(io.Discard, v.conn, 4*int64(binary.BigEndian.Uint16(b[1:])))
		return err
	case 3: // FramebufferUpdateRequest
		err := take(9)
		v.mu.Lock()
		v.wanted, v.whole = true, v.whole || b[0] == 0
		v.mu.Unlock()
		v.poke()
		return err
	case 4: // KeyEvent
		err := take(7)
		if err == nil && b[0] != 0 {
			key := binary.BigEndian.Uint32(b[3:])
			v.screen.note(func(s *Seen) { s.Keys = append(s.Keys, key) })
		}
		return err
	case 5: // PointerEvent
		err := take(5)
		buttons, x, y := b[0], binary.BigEndian.Uint16(b[1:]), binary.BigEndian.Uint16(b[3:])
		v.screen.note(func(s *Seen) { s.Buttons, s.X, s.Y = buttons, int(x), int(y) })
		return err
	case 6:
		return v.readCut()
	}
	return io.ErrUnexpectedEOF
}

// readCut reads the rest of ClientCutText.
func (v *viewer) readCut() error {
	var b [7]byte
	if _, err := io.ReadFull(v.conn, b[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(b[3:])
	if n > maxCut {
		return io.ErrShortBuffer
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(v.conn, text); err != nil {
		return err
	}
	v.screen.note(func(s *Seen) { s.Cut = string(text) })
	return nil
}

// write sends pictures and cut text.
func (v *viewer) write() {
	for {
		select {
		case <-v.closed:
			return
		case <-v.work:
		}
		keys := len(v.screen.Seen().Keys)
		v.mu.Lock()
		cuts, format := v.cuts, v.format
		v.cuts = nil
		draw := v.wanted && (v.whole || keys != v.shown)
		if draw {
			v.wanted, v.whole, v.shown = false, false, keys
		}
		v.mu.Unlock()
		for _, text := range cuts {
			b := binary.BigEndian.AppendUint32([]byte{3, 0, 0, 0}, uint32(len(text)))
			if _, err := v.conn.Write(append(b, text...)); err != nil {
				return
			}
		}
		if draw {
			if _, err := v.conn.Write(picture(format, keys)); err != nil {
				return
			}
		}
	}
}

// picture is an update with the whole picture as it is.
func picture(f pixelFormat, keys int) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	if f.big {
		order = binary.BigEndian
	}
	out := []byte{
		0, 0, 0, 1, 0, 0, 0, 0,
		ScreenWidth >> 8, ScreenWidth & 0xff, ScreenHeight >> 8, ScreenHeight & 0xff, 0, 0, 0, 0,
	}
	for y := range ScreenHeight {
		for x := range ScreenWidth {
			r, g, b := Pixel(x, y, keys)
			out = order.AppendUint32(out, uint32(r)<<(f.red&31)|uint32(g)<<(f.green&31)|uint32(b)<<(f.blue&31))
		}
	}
	return out
}
