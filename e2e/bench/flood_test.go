//go:build bench

package bench

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
)

// flood is a VNC server that costs as little as possible: every request for a
// picture is answered with a raw rectangle of the size that was asked for, whose
// pixels are nothing, and every movement of the pointer with a bell. It asks for
// no password.
type flood struct {
	listener net.Listener
	running  sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// startFlood listens at an address.
func startFlood(addr string) (*flood, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	f := &flood{listener: l}
	f.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.conns = append(f.conns, c)
			f.mu.Unlock()
			f.running.Go(func() {
				_ = serveFlood(c) // it ends with its viewer, who says what is wrong
				_ = c.Close()
			})
		}
	})
	return f, nil
}

func (f *flood) close() {
	_ = f.listener.Close()
	f.mu.Lock()
	for _, c := range f.conns {
		_ = c.Close()
	}
	f.mu.Unlock()
	f.running.Wait()
}

func serveFlood(c net.Conn) error {
	var b [20]byte
	take := func(n int) error { _, err := io.ReadFull(c, b[:n]); return err }
	for _, step := range []struct {
		say  string
		hear int
	}{
		{"RFB 003.008\n", 12}, {"\x01\x01", 1}, {"\x00\x00\x00\x00", 1}, // None, good, shared
	} {
		if _, err := io.WriteString(c, step.say); err != nil {
			return err
		}
		if err := take(step.hear); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(c, "\x02\x80\x01\x90\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00\x00\x00\x00\x05flood"); err != nil {
		return err
	}
	pixels := make([]byte, 256<<10)
	for {
		if err := take(1); err != nil {
			return err
		}
		switch b[0] {
		case 3: // FramebufferUpdateRequest
			if err := take(9); err != nil {
				return err
			}
			size := 4 * int(binary.BigEndian.Uint16(b[5:])) * int(binary.BigEndian.Uint16(b[7:]))
			if _, err := c.Write(append([]byte{0, 0, 0, 1, b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8]}, 0, 0, 0, 0)); err != nil {
				return err
			}
			for size > 0 {
				n, err := c.Write(pixels[:min(size, len(pixels))])
				if err != nil {
					return err
				}
				size -= n
			}
		case 5: // PointerEvent
			if err := take(5); err != nil {
				return err
			}
			if _, err := c.Write([]byte{2}); err != nil { // Bell
				return err
			}
		default:
			return io.ErrUnexpectedEOF
		}
	}
}
