package form

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Terminal makes lines of what is typed at a raw terminal: it echoes, backspace
// and ctrl-u take back, escape sequences are left out. It writes no escape
// sequence itself. It is a Hider.
type Terminal struct {
	in     *bufio.Reader
	out    io.Writer
	hidden bool
	line   []rune
	ready  []byte // whole lines, not read yet
	cr     bool   // the last byte was "\r"
}

// NewTerminal makes a Terminal of both directions of a raw terminal.
func NewTerminal(in io.Reader, out io.Writer) *Terminal {
	return &Terminal{in: bufio.NewReader(in), out: out}
}

// Hide stops the echo, or begins it again.
func (t *Terminal) Hide(on bool) { t.hidden = on }

// Write writes text with the line ends of a raw terminal.
func (t *Terminal) Write(p []byte) (int, error) {
	if _, err := io.WriteString(t.out, strings.ReplaceAll(string(p), "\n", "\r\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Read returns text once its line is finished, with "\n" at its end; ctrl-c and
// ctrl-d come at once.
func (t *Terminal) Read(p []byte) (int, error) {
	for len(t.ready) == 0 {
		if err := t.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, t.ready)
	t.ready = t.ready[n:]
	return n, nil
}

// next takes one character.
func (t *Terminal) next() error {
	r, _, err := t.in.ReadRune()
	if err != nil {
		return err
	}
	after := t.cr
	t.cr = r == '\r'
	switch {
	case r == '\n' && after:
		return nil
	case r == '\r' || r == '\n':
		t.ready = append([]byte(string(t.line)), '\n')
		t.line = t.line[:0]
		return t.echo("\r\n")
	case r == 3 || r == 4:
		t.line, t.ready = t.line[:0], []byte{byte(r)}
		return t.echo("\r\n")
	case r == 0x1b:
		return t.skip()
	case r == 8 || r == 0x7f:
		return t.erase(1)
	case r == 21: // ctrl-u
		return t.erase(len(t.line))
	}
	return t.add(r)
}

// add takes a character into the line, unless it is none.
func (t *Terminal) add(r rune) error {
	if clean(string(r), false) != string(r) || len(t.line) >= maxTyped/utf8.UTFMax {
		return nil
	}
	t.line = append(t.line, r)
	if t.hidden {
		return nil
	}
	return t.echo(string(r))
}

// erase takes characters back.
func (t *Terminal) erase(n int) error {
	n = min(n, len(t.line))
	width := ansi.StringWidth(string(t.line[len(t.line)-n:]))
	t.line = t.line[:len(t.line)-n]
	if t.hidden {
		return nil
	}
	return t.echo(strings.Repeat("\b \b", width))
}

// skip reads the rest of an escape sequence: one character, or what ends after
// "[" and "O".
func (t *Terminal) skip() error {
	r, _, err := t.in.ReadRune()
	if err != nil || r != '[' && r != 'O' {
		return err
	}
	for {
		if r, _, err = t.in.ReadRune(); err != nil || r >= '@' {
			return err
		}
	}
}

func (t *Terminal) echo(text string) error {
	_, err := io.WriteString(t.out, text)
	return err
}
