package term

import (
	"math"
	"unicode/utf8"
)

// state is where in a sequence the parser is.
type state uint8

const (
	ground state = iota
	escape
	escapeMore // after ESC and an intermediate byte
	control    // CSI
	controlBad // CSI that means nothing; until its end
	text       // OSC, DCS, SOS, PM, APC: swallowed until its end
	textEscape // ESC in such a text
)

const (
	maxParams = 32
	maxParam  = 1<<16 - 1
	// maxText is how long a text may be before it is taken for one that was
	// never ended.
	maxText = 1 << 20
)

// parser is what of a sequence came so far.
type parser struct {
	state   state
	params  [maxParams]int // -1: left out
	joined  [maxParams]bool
	count   int
	prefix  byte // < = > ?
	middle  byte // an intermediate byte: space to /
	length  int  // of a text
	rest    [utf8.UTFMax]byte
	resting int // bytes of a character that was cut
}

// Write implements Emulator.
func (s *Screen) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		rest = rest[s.Take(rest, math.MaxInt):]
	}
	return len(p), nil
}

// maxRun is how many characters are written at once before the cells are counted.
const maxRun = 4 << 10

// Take implements Emulator.
func (s *Screen) Take(p []byte, cells int) (n int) {
	for s.touched = 0; n < len(p) && s.touched < cells; {
		taken := 1
		switch rest := p[n:min(len(p), n+maxRun)]; s.parser.state {
		case ground:
			taken = s.write(rest)
		case text:
			taken = s.parser.swallow(rest)
		default:
			s.step(rest[0])
		}
		s.touched += taken
		n += taken
	}
	return n
}

// write takes characters and controls from the start of p and returns how many
// bytes that was, 1 at least.
func (s *Screen) write(p []byte) int {
	if s.parser.resting > 0 {
		return s.complete(p[0])
	}
	switch b := p[0]; {
	case b >= ' ' && b < 0x7f:
		n := 1
		for n < len(p) && p[n] >= ' ' && p[n] < 0x7f {
			n++
		}
		s.printASCII(p[:n])
		return n
	case b < utf8.RuneSelf:
		s.execute(b)
		return 1
	}
	if !utf8.FullRune(p) {
		s.parser.resting = copy(s.parser.rest[:], p)
		return len(p)
	}
	r, n := utf8.DecodeRune(p)
	s.printRune(r)
	return n
}

// complete goes on with a character that was cut between two writes.
func (s *Screen) complete(b byte) int {
	q := &s.parser
	if b < utf8.RuneSelf || utf8.RuneStart(b) { // it never was one
		q.resting = 0
		s.printRune(utf8.RuneError)
		return 0
	}
	q.rest[q.resting] = b
	q.resting++
	if have := q.rest[:q.resting]; utf8.FullRune(have) {
		q.resting = 0
		r, _ := utf8.DecodeRune(have)
		s.printRune(r)
	}
	return 1
}

// swallow passes over a text and returns how many bytes that was.
func (q *parser) swallow(p []byte) int {
	for i, b := range p {
		switch b {
		case 0x07, 0x18, 0x1a:
			q.state = ground
			return i + 1
		case 0x1b:
			q.state = textEscape
			return i + 1
		}
		if q.length++; q.length > maxText {
			q.state = ground
			return i + 1
		}
	}
	return len(p)
}

// step takes a byte of a sequence.
func (s *Screen) step(b byte) {
	q := &s.parser
	switch {
	case b == 0x18 || b == 0x1a: // CAN, SUB
		q.state = ground
		return
	case b == 0x1b:
		q.begin()
		return
	case b < ' ' && q.state != textEscape:
		s.execute(b)
		return
	}
	switch q.state {
	case escape:
		s.stepEscape(b)
	case escapeMore:
		s.stepEscapeMore(b)
	case control:
		s.stepControl(b)
	case controlBad:
		if b >= 0x40 && b <= 0x7e {
			q.state = ground
		}
	case textEscape:
		q.state = ground
		if b != '\\' { // the text was cut off by another sequence
			q.begin()
			s.step(b)
		}
	case ground, text: // Write takes these
	}
}

// begin starts a sequence.
func (q *parser) begin() {
	q.state, q.count, q.prefix, q.middle = escape, 0, 0, 0
	q.params[0], q.joined[0] = -1, false
}

func (s *Screen) stepEscape(b byte) {
	q := &s.parser
	switch {
	case b == '[':
		q.state = control
	case b == ']' || b == 'P' || b == 'X' || b == '^' || b == '_':
		q.state, q.length = text, 0
	case b >= ' ' && b <= '/':
		q.state, q.middle = escapeMore, b
	default:
		q.state = ground
		s.escape(b)
	}
}

func (s *Screen) stepEscapeMore(b byte) {
	q := &s.parser
	if b >= ' ' && b <= '/' {
		q.middle = 0xff // two of them: nothing that is known
		return
	}
	q.state = ground
	s.escapeMore(q.middle, b)
}

func (s *Screen) stepControl(b byte) {
	q := &s.parser
	switch {
	case b >= '0' && b <= ';':
		q.number(b)
	case b >= '<' && b <= '?':
		if q.count > 0 || q.params[0] >= 0 || q.prefix != 0 {
			q.state = controlBad
			return
		}
		q.prefix = b
	case b >= ' ' && b <= '/':
		if q.middle != 0 {
			q.state = controlBad
			return
		}
		q.middle = b
	case b >= 0x40 && b <= 0x7e:
		q.state = ground
		q.count = min(q.count+1, maxParams)
		s.control(b)
	case b >= 0x80:
		q.state = ground
	}
}

// number takes a digit of a parameter, or what stands between two. Parameters
// that are too many are left out.
func (q *parser) number(b byte) {
	if q.count == maxParams {
		return
	}
	if b <= '9' {
		q.params[q.count] = min(max(q.params[q.count], 0)*10+int(b-'0'), maxParam)
		return
	}
	if q.count++; q.count < maxParams {
		q.params[q.count], q.joined[q.count] = -1, b == ':'
	}
}

// param is parameter i, or a value where it was left out or is 0.
func (q *parser) param(i, otherwise int) int {
	if i >= q.count || q.params[i] <= 0 {
		return otherwise
	}
	return q.params[i]
}
