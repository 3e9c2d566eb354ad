package consoleproxy

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"

	"gwm/core"
)

// The Remote Framebuffer Protocol, RFC 6143. gwm answers the handshake on both
// sides itself, so that no password of a screen leaves it, and passes on what
// comes after ServerInit without looking at it.
const (
	rfbHandshake = 15 * time.Second // for the handshake on either side
	maxReason    = 1 << 10          // bytes of why a server refuses
	maxName      = 4 << 10          // bytes of a desktop's name
	maxWays      = 64               // ways of authentication that a server offers
	maxSide      = 1 << 15          // pixels of a screen in one direction
)

// The ways of authentication (RFC 6143, 7.1.2, and those of others that people
// have heard of).
const (
	wayInvalid = 0
	wayNone    = 1
	wayVNC     = 2
)

// rfbVersion is the minor number of a protocol version: 3, 7 or 8.
type rfbVersion int

func (v rfbVersion) String() string {
	return "RFB 003.00" + string(rune('0'+int(v))) + "\n"
}

// errNotRFB is of a peer that speaks something else.
var errNotRFB = errors.New("not the RFB protocol")

// readVersion reads the peer's version. One that is not in the RFC counts as the
// next lower one, as the RFC and Apple's servers want it.
func readVersion(r io.Reader) (rfbVersion, error) {
	var b [12]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, err
	}
	s := string(b[:])
	if !strings.HasPrefix(s, "RFB ") || s[7] != '.' || s[11] != '\n' || !digits(s[4:7]) || !digits(s[8:11]) {
		return 0, errNotRFB
	}
	switch major, minor := s[4:7], s[8:11]; {
	case major < "003":
		return 0, errNotRFB
	case major > "003" || minor >= "008":
		return 8, nil
	case minor == "007":
		return 7, nil
	default:
		return 3, nil
	}
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// readText reads a length and as many bytes, of which there may be limit.
func readText(r io.Reader, limit uint32) (string, error) {
	n, err := readUint32(r)
	if err != nil {
		return "", err
	}
	if n > limit {
		return "", errNotRFB
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return string(b), err
}

func readUint32(r io.Reader) (uint32, error) {
	var b [4]byte
	_, err := io.ReadFull(r, b[:])
	return binary.BigEndian.Uint32(b[:]), err
}

func readByte(r io.Reader) (byte, error) {
	var b [1]byte
	_, err := io.ReadFull(r, b[:])
	return b[0], err
}

// text is a length and as many bytes.
func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// serverInit is the last message of a handshake: the size and the format of the
// picture. The name is not the server's: gwm puts its own there.
type serverInit struct {
	head [20]byte // width, height, pixel format
}

// readServerInit reads it and forgets the name.
func readServerInit(r io.Reader) (serverInit, error) {
	var s serverInit
	if _, err := io.ReadFull(r, s.head[:]); err != nil {
		return s, err
	}
	width, height := binary.BigEndian.Uint16(s.head[0:]), binary.BigEndian.Uint16(s.head[2:])
	if bits := s.head[4]; width > maxSide || height > maxSide || bits != 8 && bits != 16 && bits != 32 {
		return s, errNotRFB
	}
	_, err := readText(r, maxName)
	return s, err
}

// bytes is the message with a name.
func (s serverInit) bytes(name string) []byte {
	name = core.Printable(name)
	return appendText(s.head[:], name[:min(len(name), 255)])
}
