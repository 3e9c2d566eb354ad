//go:build ganeti

package e2e

import (
	"bufio"
	"context"
	"crypto/des" //nolint:gosec // VNC authentication is made of it
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math/bits"
	"net"
	"time"
)

// vncViewer is an ordinary VNC viewer as far as a test needs one (RFC 6143): RFB
// 3.8, a password, raw pictures.
type vncViewer struct {
	net.Conn
	in            *bufio.Reader
	width, height int
}

// view comes to a VNC server. It wants to be asked for a password.
func view(ctx context.Context, address, password string) (*vncViewer, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	v := &vncViewer{Conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}
	if err := v.greet(password); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return v, nil
}

// reading keeps the first error of several reads and writes.
type reading struct {
	v   *vncViewer
	err error
}

func (r *reading) bytes(n int) []byte {
	b := make([]byte, n)
	if r.err == nil {
		_, r.err = io.ReadFull(r.v.in, b)
	}
	return b
}

func (r *reading) write(b ...byte) {
	if r.err == nil {
		_, r.err = r.v.Write(b)
	}
}

func (v *vncViewer) greet(password string) error {
	if err := v.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	r := &reading{v: v}
	version := r.bytes(12)
	r.write([]byte("RFB 003.008\n")...)
	ways := r.bytes(int(r.bytes(1)[0]))
	if r.err != nil || string(version) != "RFB 003.008\n" || len(ways) != 1 || ways[0] != 2 {
		return fmt.Errorf("the server is %q and lets in by %v: %w", version, ways, r.err)
	}
	r.write(2)
	challenge := r.bytes(16)
	key := make([]byte, 8)
	copy(key, password)
	for i, b := range key {
		key[i] = bits.Reverse8(b)
	}
	cipher, err := des.NewCipher(key) //nolint:gosec // as above
	if err != nil {
		return err
	}
	cipher.Encrypt(challenge, challenge)
	cipher.Encrypt(challenge[8:], challenge[8:])
	r.write(challenge...)
	if result := binary.BigEndian.Uint32(r.bytes(4)); r.err == nil && result != 0 {
		return fmt.Errorf("refused: %s", r.bytes(int(binary.BigEndian.Uint32(r.bytes(4))&0xfff)))
	}
	r.write(1) // others may watch, too
	init := r.bytes(24)
	r.bytes(int(binary.BigEndian.Uint32(init[20:]) & 0xfff))
	v.width, v.height = int(binary.BigEndian.Uint16(init)), int(binary.BigEndian.Uint16(init[2:]))
	r.write(0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0) // four bytes a pixel: blue, green, red
	r.write(2, 0, 0, 1, 0, 0, 0, 0)                                              // raw
	return r.err
}

// picture asks for the whole screen.
func (v *vncViewer) picture() (image.Image, error) {
	r := &reading{v: v}
	ask := binary.BigEndian.AppendUint16([]byte{3, 0, 0, 0, 0, 0}, uint16(v.width))
	r.write(binary.BigEndian.AppendUint16(ask, uint16(v.height))...)
	p := image.NewRGBA(image.Rect(0, 0, v.width, v.height))
	for kind := r.bytes(1)[0]; kind != 0 && r.err == nil; kind = r.bytes(1)[0] {
		if kind != 2 { // a bell
			return nil, fmt.Errorf("a message of kind %d", kind)
		}
	}
	for range binary.BigEndian.Uint16(r.bytes(3)[1:]) {
		head := r.bytes(12)
		at := func(i int) int { return int(binary.BigEndian.Uint16(head[i:])) }
		for y := range at(6) {
			row := r.bytes(4 * at(4))
			for x := range at(4) {
				i := p.PixOffset(at(0)+x, at(2)+y)
				if r.err == nil && i+3 < len(p.Pix) {
					p.Pix[i], p.Pix[i+1], p.Pix[i+2], p.Pix[i+3] = row[4*x+2], row[4*x+1], row[4*x], 255
				}
			}
		}
	}
	return p, r.err
}
