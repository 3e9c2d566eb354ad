package rapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// maxDepth is how deep values may nest.
const maxDepth = 200

// fieldError says which field holds what it should not.
type fieldError struct{ field, found string }

func (e *fieldError) Error() string {
	if e.field == "" {
		return "an unexpected " + e.found
	}
	return fmt.Sprintf("an unexpected %s in the field %s", e.found, e.field)
}

// notJSON says where a value is broken.
type notJSON struct {
	at  int
	why string
}

func (e *notJSON) Error() string { return fmt.Sprintf("not JSON at byte %d: %s", e.at, e.why) }

// cursor reads one complete JSON value without building anything that is not
// asked for: lists of 100,000 VMs are mostly parameters that nobody looks at.
// It accepts exactly what encoding/json accepts, up to maxDepth. The first
// error stays: every method then returns zero.
type cursor struct {
	b     []byte
	i     int
	depth int
	field []byte // the last key that the caller remembers, for errors
	err   error
}

func (c *cursor) fail(why string) {
	if c.err == nil {
		c.err = &notJSON{at: c.i, why: why}
	}
	c.i = len(c.b)
}

// wrong reports a value of a kind that does not fit.
func (c *cursor) wrong(kind byte) {
	if c.err == nil {
		c.err = &fieldError{field: string(c.field), found: kindName(kind)}
	}
	c.i = len(c.b)
}

func kindName(kind byte) string {
	switch kind {
	case '{':
		return "object"
	case '[':
		return "list"
	case '"':
		return "text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "number"
}

// peek returns the first byte of what comes next, 0 at the end.
func (c *cursor) peek() byte {
	for ; c.i < len(c.b); c.i++ {
		switch c.b[c.i] {
		case ' ', '\n', '\t', '\r':
		default:
			return c.b[c.i]
		}
	}
	return 0
}

// open enters an object ('{') or list ('['). It returns false for null, which
// Ganeti uses for both.
func (c *cursor) open(kind byte) bool {
	switch got := c.peek(); got {
	case kind:
		c.i++
		if c.depth++; c.depth > maxDepth {
			c.fail("nested too deep")
			return false
		}
		return true
	case 'n':
		c.word("null")
	default:
		c.wrongOrBroken(got)
	}
	return false
}

// wrongOrBroken tells a value that does not fit from what is no value at all.
func (c *cursor) wrongOrBroken(got byte) {
	if c.err != nil {
		return
	}
	start := c.i
	if c.skip(); c.err == nil {
		c.i = start
		c.wrong(got)
	}
}

// more tells whether another member follows, and leaves the object ('}') or
// list (']') otherwise. first is true before the first member.
func (c *cursor) more(end byte, first bool) bool {
	if c.err != nil {
		return false
	}
	got := c.peek()
	if got == end {
		c.i++
		c.depth--
		return false
	}
	if first {
		return true
	}
	if got != ',' {
		c.fail("a comma is missing")
		return false
	}
	c.i++
	if c.peek() == end {
		c.fail("a value is missing")
		return false
	}
	return true
}

// key reads the name of an object's member and the colon.
func (c *cursor) key() []byte {
	if c.peek() != '"' {
		c.fail("a name is missing")
		return nil
	}
	start := c.i
	k, plain := c.quoted()
	if !plain && c.err == nil {
		k = []byte(unquote(c.b[start:c.i]))
	}
	if c.peek() != ':' {
		c.fail("a colon is missing")
		return nil
	}
	c.i++
	return k
}

// quoted reads a string and returns what is between the quotes; plain tells
// that this is the text itself.
func (c *cursor) quoted() (raw []byte, plain bool) {
	c.i++
	start := c.i
	plain = true
	for c.i < len(c.b) {
		switch ch := c.b[c.i]; {
		case ch == '"':
			c.i++
			return c.b[start : c.i-1], plain
		case ch == '\\':
			plain = false
			if !c.escape() {
				return nil, false
			}
		case ch < ' ':
			c.fail("a control character in a text")
			return nil, false
		default:
			plain = plain && ch < 0x80
			c.i++
		}
	}
	c.fail("a text does not end")
	return nil, false
}

func (c *cursor) escape() bool {
	rest := c.b[c.i+1:]
	if len(rest) > 0 && bytes.IndexByte([]byte(`"\/bfnrt`), rest[0]) >= 0 {
		c.i += 2
		return true
	}
	if len(rest) >= 5 && rest[0] == 'u' && isHex(rest[1]) && isHex(rest[2]) && isHex(rest[3]) && isHex(rest[4]) {
		c.i += 6
		return true
	}
	c.fail("a wrong escape in a text")
	return false
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// unquote turns a valid JSON string into its text.
func unquote(raw []byte) string {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return ""
	}
	return s
}

// text reads a string; null is empty, a number or a boolean its JSON text.
// Texts that repeat are shared through seen, which may be nil.
func (c *cursor) text(seen interner) string {
	switch got := c.peek(); got {
	case '"':
		start := c.i
		raw, plain := c.quoted()
		switch {
		case c.err != nil:
			return ""
		case !plain:
			return unquote(c.b[start:c.i])
		case seen != nil:
			return seen.get(raw)
		}
		return string(raw)
	case 'n':
		c.word("null")
		return ""
	case '{', '[', 0:
		c.wrongOrBroken(got)
		return ""
	}
	start := c.i
	if c.skip(); c.err != nil {
		return ""
	}
	return string(c.b[start:c.i])
}

// scalar reads a number, also one written as text, and returns its digits; nil
// for null and the empty text.
func (c *cursor) scalar() []byte {
	switch got := c.peek(); {
	case got == '-' || got >= '0' && got <= '9':
		start := c.i
		c.number()
		return c.b[start:min(c.i, len(c.b))]
	case got == 'n':
		c.word("null")
		return nil
	case got == '"':
		raw, plain := c.quoted()
		if c.err == nil && (!plain || len(raw) > 0 && !json.Valid(raw)) {
			c.wrong('"')
			return nil
		}
		return raw
	default:
		c.wrongOrBroken(got)
		return nil
	}
}

// integer reads a whole number, rounding down; ok is false for null.
func (c *cursor) integer() (n int64, ok bool) {
	digits := c.scalar()
	if c.err != nil || len(digits) == 0 {
		return 0, false
	}
	if n, err := strconv.ParseInt(string(digits), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(digits), 64)
	if err != nil || f >= math.MaxInt64 || f <= math.MinInt64 {
		c.wrong('0')
		return 0, false
	}
	return int64(math.Floor(f)), true
}

// count is integer for what fits an int; null is 0.
func (c *cursor) count() int {
	n, _ := c.integer()
	return int(n)
}

// time reads seconds since 1970 with a fraction; null and 0 are the zero time.
func (c *cursor) time() time.Time {
	digits := c.scalar()
	if c.err != nil || len(digits) == 0 {
		return time.Time{}
	}
	t, ok := seconds(digits)
	if !ok {
		c.wrong('0')
	}
	return t
}

// seconds turns decimal seconds since 1970 into a time, exact to the microsecond.
func seconds(digits []byte) (time.Time, bool) {
	f, err := strconv.ParseFloat(string(digits), 64)
	if err != nil || f < 0 || f > 1<<37 {
		return time.Time{}, false
	}
	if f == 0 {
		return time.Time{}, true
	}
	return time.UnixMicro(int64(math.Round(f * 1e6))).UTC(), true
}

// texts reads a list of strings into dst; null is an empty list.
func (c *cursor) texts(dst []string, seen interner) []string {
	if c.open('[') {
		for first := true; c.more(']', first); first = false {
			dst = append(dst, c.text(seen))
		}
	}
	return dst
}

// counts reads a list of whole numbers into dst; null is an empty list.
func (c *cursor) counts(dst []int) []int {
	if c.open('[') {
		for first := true; c.more(']', first); first = false {
			dst = append(dst, c.count())
		}
	}
	return dst
}
