package gwmdump

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrTooLong is the error for a dump with more text than was allowed.
var ErrTooLong = errors.New("it is too long")

// textOf is the text of a file as UTF-8, at most so many bytes of it: what gzip
// packed is unpacked, and what a shell of Windows wrote as UTF-16 is read as that.
func textOf(r io.Reader, most int64) (io.Reader, error) {
	b := bufio.NewReader(r)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("unpack the dump: %w", err)
		}
		b = bufio.NewReader(z)
	}
	var text io.Reader = b
	switch head, _ := b.Peek(3); { // what is shorter is no dump, and says so later
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = b.Discard(3)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		_, _ = b.Discard(2)
		text = &wideText{from: b, order: binary.LittleEndian}
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		_, _ = b.Discard(2)
		text = &wideText{from: b, order: binary.BigEndian}
	}
	return &boundText{from: text, left: most}, nil
}

// wideText reads UTF-16 as UTF-8.
type wideText struct {
	from  io.Reader
	order binary.ByteOrder
	high  rune   // the first half of a pair
	text  []byte // what was read and not taken yet
}

func (w *wideText) Read(p []byte) (int, error) {
	for len(w.text) == 0 {
		var unit [2]byte
		if _, err := io.ReadFull(w.from, unit[:]); err != nil {
			return 0, err
		}
		w.take(rune(w.order.Uint16(unit[:])))
	}
	n := copy(p, w.text)
	w.text = w.text[n:]
	return n, nil
}

// take adds a unit to the text, or keeps it until its other half comes.
func (w *wideText) take(unit rune) {
	switch {
	case w.high != 0:
		w.text = utf8.AppendRune(w.text, utf16.DecodeRune(w.high, unit))
		w.high = 0
	case utf16.IsSurrogate(unit):
		w.high = unit
	default:
		w.text = utf8.AppendRune(w.text, unit)
	}
}

// boundText fails with ErrTooLong where there is more text than was allowed.
type boundText struct {
	from io.Reader
	left int64
}

func (b *boundText) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLong
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return n, ErrTooLong
	}
	return n, err
}
