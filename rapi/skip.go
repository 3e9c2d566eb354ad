package rapi

// skip passes over one value and checks that it is JSON.
func (c *cursor) skip() {
	switch got := c.peek(); got {
	case '{':
		if c.open('{') {
			for first := true; c.more('}', first); first = false {
				c.skipKey()
				c.skip()
			}
		}
	case '[':
		if c.open('[') {
			for first := true; c.more(']', first); first = false {
				c.skip()
			}
		}
	case '"':
		c.quoted()
	case 't':
		c.word("true")
	case 'f':
		c.word("false")
	case 'n':
		c.word("null")
	case 0:
		c.fail("a value is missing")
	default:
		c.number()
	}
}

func (c *cursor) skipKey() {
	if c.peek() != '"' {
		c.fail("a name is missing")
		return
	}
	c.quoted()
	if c.peek() != ':' {
		c.fail("a colon is missing")
		return
	}
	c.i++
}

func (c *cursor) word(w string) {
	if c.i+len(w) > len(c.b) || string(c.b[c.i:c.i+len(w)]) != w {
		c.fail("an unknown word")
		return
	}
	c.i += len(w)
}

// number passes over -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
func (c *cursor) number() {
	if c.at('-') {
		c.i++
	}
	if c.at('0') {
		c.i++
	} else if c.digits() == 0 {
		c.fail("an unexpected character")
		return
	}
	if c.at('.') {
		c.i++
		if c.digits() == 0 {
			c.fail("a number ends with its point")
			return
		}
	}
	if c.at('e') || c.at('E') {
		c.i++
		if c.at('+') || c.at('-') {
			c.i++
		}
		if c.digits() == 0 {
			c.fail("a number has no exponent")
		}
	}
}

func (c *cursor) at(b byte) bool { return c.i < len(c.b) && c.b[c.i] == b }

func (c *cursor) digits() (n int) {
	for c.i < len(c.b) && c.b[c.i] >= '0' && c.b[c.i] <= '9' {
		c.i++
		n++
	}
	return n
}

// finish checks that nothing follows the value.
func (c *cursor) finish() error {
	if c.err == nil && c.peek() != 0 || c.err == nil && c.i < len(c.b) {
		c.fail("something follows the value")
	}
	return c.err
}

// interner shares equal texts: a list of 100,000 VMs names the same few nodes,
// systems and links over and over. It serves one call, and stops growing where
// texts do not repeat.
type interner map[string]string

const maxInterned = 1 << 16

func (in interner) get(raw []byte) string {
	if s, ok := in[string(raw)]; ok {
		return s
	}
	s := string(raw)
	if len(in) < maxInterned {
		in[s] = s
	}
	return s
}
