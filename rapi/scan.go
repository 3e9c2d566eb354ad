package rapi

import (
	"errors"
	"fmt"
	"io"
)

// chunk is how much is read at least before a value that was not complete is
// looked at again: a server that sends byte by byte costs no more work.
const chunk = 64 << 10

// elements finds the values of a JSON list while it arrives. It keeps one value
// at a time and looks only at quotes and brackets: whoever decodes a value
// checks it.
type elements struct {
	r     io.Reader
	buf   []byte
	i, n  int // buf[i:n] was read and not used yet
	most  int // bytes of one value
	first bool
	err   error // why there is no more
}

// errBroken is the cause of every fault in a list's own syntax.
var errBroken = errors.New("the list is broken")

func newElements(r io.Reader, most int) *elements {
	return &elements{r: r, buf: make([]byte, 4*chunk), most: most, first: true}
}

// fill reads more, and at least chunk bytes unless the answer ends before. What
// came before a failure is still used.
func (e *elements) fill() error {
	if e.err != nil {
		return e.err
	}
	if e.n-e.i > e.most {
		return errTooLarge
	}
	if e.i > 0 {
		e.n = copy(e.buf, e.buf[e.i:e.n])
		e.i = 0
	}
	if len(e.buf)-e.n < chunk {
		e.buf = append(e.buf, make([]byte, len(e.buf))...)
	}
	for goal := e.n + chunk; e.n < goal && e.err == nil; {
		got, err := e.r.Read(e.buf[e.n:])
		e.n += got
		switch {
		case errors.Is(err, io.EOF):
			e.err = errCut
		case err != nil:
			e.err = fmt.Errorf("read the answer: %w", err)
		}
	}
	return nil
}

// peek returns the next byte that is not space.
func (e *elements) peek() (byte, error) {
	for {
		for ; e.i < e.n; e.i++ {
			switch b := e.buf[e.i]; b {
			case ' ', '\t', '\r', '\n':
			default:
				return b, nil
			}
		}
		if err := e.fill(); err != nil {
			return 0, err
		}
	}
}

// expect takes the byte b.
func (e *elements) expect(b byte) error {
	got, err := e.peek()
	if err != nil {
		return err
	}
	if got != b {
		return fmt.Errorf("%w: %q instead of %q", errBroken, got, b)
	}
	e.i++
	return nil
}

// next returns the list's next value, valid until the next call, or io.EOF
// after the last.
func (e *elements) next() ([]byte, error) {
	b, err := e.peek()
	if err != nil {
		return nil, err
	}
	if b == ']' {
		e.i++
		e.first = true
		return nil, io.EOF
	}
	if !e.first {
		if err := e.expect(','); err != nil {
			return nil, err
		}
	}
	e.first = false
	return e.value()
}

// value returns the next value.
func (e *elements) value() ([]byte, error) {
	b, err := e.peek()
	if err != nil {
		return nil, err
	}
	if b == ',' || b == ']' || b == '}' || b == ':' {
		return nil, fmt.Errorf("%w: %q instead of a value", errBroken, b)
	}
	for {
		if size, ok := extent(e.buf[e.i:e.n]); ok {
			if size > e.most {
				return nil, errTooLarge
			}
			v := e.buf[e.i : e.i+size]
			e.i += size
			return v, nil
		}
		if err := e.fill(); err != nil {
			return nil, err
		}
	}
}

// enter goes to the member key of an object, whose value must be a list, and
// into it. Other members before it are thrown away.
func (e *elements) enter(key string) error {
	if err := e.expect('{'); err != nil {
		return err
	}
	for {
		name, err := e.value()
		if err != nil {
			return err
		}
		found := unquote(name) == key
		if err := e.expect(':'); err != nil {
			return err
		}
		if found {
			return e.expect('[')
		}
		if _, err := e.value(); err != nil {
			return err
		}
		if err := e.expect(','); err != nil {
			return err
		}
	}
}

// leave passes over what follows the list in its object.
func (e *elements) leave() error {
	for {
		b, err := e.peek()
		if err != nil {
			return err
		}
		e.i++
		if b == '}' {
			return nil
		}
		if b != ',' {
			return fmt.Errorf("%w: %q after the list", errBroken, b)
		}
		if _, err := e.value(); err != nil {
			return err
		}
		if err := e.expect(':'); err != nil {
			return err
		}
		if _, err := e.value(); err != nil {
			return err
		}
	}
}

// end checks that the answer ends here.
func (e *elements) end() error {
	b, err := e.peek()
	if errors.Is(err, errCut) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%w: %q after its end", errBroken, b)
	}
	return err
}

// extent returns the length of the value that b begins with; false where b ends
// before the value does.
func extent(b []byte) (int, bool) {
	switch b[0] {
	case '"':
		return text(b, 0)
	case '{', '[':
	default:
		for i, ch := range b {
			switch ch {
			case ',', ']', '}', ':', ' ', '\t', '\r', '\n':
				return i, true
			}
		}
		return 0, false
	}
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			end, ok := text(b, i)
			if !ok {
				return 0, false
			}
			i = end - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return 0, false
}

// text returns where the string that begins at b[i] ends.
func text(b []byte, i int) (int, bool) {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1, true
		case '\\':
			i++
		}
	}
	return 0, false
}
