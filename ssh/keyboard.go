package ssh

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"unicode/utf8"

	"gwm/core"
)

// maxLine bounds a typed line, in bytes, and maxTyped the lines that wait to be
// read.
const (
	maxLine  = 4096
	maxTyped = 64
)

// keyboard does for a command on a terminal what the terminal's line discipline
// does locally, because the client sends raw keys: it echoes, edits a line,
// reads passwords without echo and turns ctrl-c into the end of the command.
type keyboard struct {
	rw        io.ReadWriter
	interrupt context.CancelFunc

	silent atomic.Bool             // no echo
	raw    atomic.Pointer[rawKeys] // takes all keys; nil: nobody does
	over   chan struct{}           // closed at the end of the input
	lines  chan []byte             // closed at the end of the input
	rest   []byte                  // of the line that is being read; belongs to the reader
	line   []byte                  // that is being typed; belongs to pump
}

func newKeyboard(rw io.ReadWriter, interrupt context.CancelFunc) *keyboard {
	return &keyboard{rw: rw, interrupt: interrupt, lines: make(chan []byte, maxTyped), over: make(chan struct{})}
}

// pump reads keys until the channel ends. Without it nothing is read. What
// comes after the end of the input is read and forgotten, so that the client is
// still heard to close.
func (k *keyboard) pump() {
	k.takeKeys()
	close(k.lines)
	close(k.over)
	_, _ = io.Copy(io.Discard, k.rw)
}

// takeKeys reads keys until the end of the input.
func (k *keyboard) takeKeys() {
	buf := make([]byte, 256)
	for {
		n, err := k.rw.Read(buf)
		if raw := k.raw.Load(); raw != nil {
			raw.give(buf[:n])
			n = 0
		}
		for _, b := range buf[:n] {
			if !k.key(b) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// key takes one byte; false ends the input.
func (k *keyboard) key(b byte) bool {
	switch {
	case b == 0x03: // ctrl-c
		k.echo("^C\n")
		k.interrupt()
		return false
	case b == 0x04: // ctrl-d
		return len(k.line) > 0
	case b == '\r' || b == '\n':
		k.echo("\n")
		select {
		case k.lines <- append(k.line, '\n'):
		default: // typed ahead too far
		}
		k.line = nil
	case b == 0x7f || b == 0x08:
		if len(k.line) > 0 {
			_, size := utf8.DecodeLastRune(k.line)
			k.line = k.line[:len(k.line)-size]
			k.echo("\b \b")
		}
	case b == 0x15: // ctrl-u
		for range utf8.RuneCount(k.line) {
			k.echo("\b \b")
		}
		k.line = nil
	case b >= ' ' && len(k.line) < maxLine:
		k.line = append(k.line, b)
		k.echo(string([]byte{b}))
	}
	return true
}

func (k *keyboard) echo(s string) {
	if !k.silent.Load() || s == "\n" {
		_, _ = io.WriteString(k.rw, s)
	}
}

// Read implements io.Reader: at most one line at a time.
func (k *keyboard) Read(p []byte) (int, error) {
	if len(k.rest) == 0 {
		line, ok := <-k.lines
		if !ok {
			return 0, io.EOF
		}
		k.rest = line
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}

// Hide stops the echo, or begins it again.
func (k *keyboard) Hide(on bool) { k.silent.Store(on) }

// readPassword asks on the terminal and reads a line without showing it.
func (k *keyboard) readPassword(prompt string) (core.Secret, error) {
	k.silent.Store(true)
	defer k.silent.Store(false)
	_, _ = fmt.Fprintf(k.rw, "%s: ", core.Printable(prompt))
	line, ok := <-k.lines
	if !ok {
		return core.Secret{}, core.Errorf(core.CodeInvalid, "no password was typed")
	}
	return core.NewSecret(string(line[:len(line)-1])), nil
}
