package ssh

import (
	"bytes"
	"io"
)

// maxSequence bounds what a terminal may send as one piece: a paste, or a
// control string such as an answer to a question. The decoder keeps a piece in
// memory until it ends.
const maxSequence = 64 << 10

// The marks around a paste (bracketed paste mode of xterm).
var (
	pasteBegin = []byte("\x1b[200~")
	pasteEnd   = []byte("\x1b[201~")
)

// floodGuard drops what a paste or a control string holds beyond maxSequence, so
// that nobody can fill the memory of all with one that never ends.
type floodGuard struct {
	r io.Reader

	inside bool // a paste or a control string
	paste  bool
	size   int    // of the piece so far
	tail   []byte // the last bytes, at most as many as a mark has
}

// Read implements io.Reader.
func (g *floodGuard) Read(p []byte) (int, error) {
	for {
		n, err := g.r.Read(p)
		kept := 0
		for _, b := range p[:n] {
			if g.keeps(b) {
				p[kept] = b
				kept++
			}
		}
		if kept > 0 || err != nil || n == 0 {
			return kept, err
		}
	}
}

// keeps follows the stream and tells whether a byte passes. The end of a piece
// always does.
func (g *floodGuard) keeps(b byte) bool {
	if len(g.tail) == len(pasteEnd) {
		g.tail = append(g.tail[:0], g.tail[1:]...)
	}
	g.tail = append(g.tail, b)
	if !g.inside {
		switch {
		case bytes.HasSuffix(g.tail, pasteBegin):
			g.inside, g.paste, g.size = true, true, 0
		case len(g.tail) > 1 && g.tail[len(g.tail)-2] == 0x1b && bytes.IndexByte([]byte("]P_^X"), b) >= 0:
			g.inside, g.paste, g.size = true, false, 0
		}
		return true
	}
	g.size++
	if g.ends(b) {
		g.inside = false
		return true
	}
	// A mark that begins within the limit is longer than one byte: leave room.
	return g.size <= maxSequence || bytes.HasPrefix(pasteEnd, g.mark())
}

// ends tells whether the piece is complete with b. A control string ends with
// every escape too, and with return: what looks like its begin may have been a
// person's alt key.
func (g *floodGuard) ends(b byte) bool {
	if g.paste {
		return bytes.HasSuffix(g.tail, pasteEnd)
	}
	return bytes.IndexByte([]byte("\a\x18\x1a\x1b\r"), b) >= 0
}

// mark is the part of the tail from its last escape on.
func (g *floodGuard) mark() []byte {
	if i := bytes.LastIndexByte(g.tail, 0x1b); i >= 0 {
		return g.tail[i:]
	}
	return []byte("none")
}
