package term

import "unicode/utf8"

// MaxPast is how many rows are kept that were scrolled off the screen, and
// MaxPastBytes what they take at most. Ordinary rows are far from it.
const (
	MaxPast      = 5000
	MaxPastBytes = 2 << 20
)

// span is a style and for how many cells it holds.
type span struct {
	style Style
	cells int
}

// spanBytes is what a span takes.
const spanBytes = 24

// gone is a row that was scrolled off, packed: a screen of logs takes 24 bytes a
// cell, its text one.
type gone struct {
	text   []byte // UTF-8; empty cells at the end are left out
	spans  []span // nil: all of it in the terminal's own look
	joined bool
}

func (g *gone) size() int { return cap(g.text) + cap(g.spans)*spanBytes }

// past keeps the rows that were scrolled off: a ring.
type past struct {
	rows    []gone
	first   int // index of the oldest
	count   int
	bytes   int
	dropped int64
	line    []Cell // the row that was unpacked last
}

// push keeps a row, and lets the oldest go where there are too many.
func (p *past) push(r *row) {
	if p.count == len(p.rows) && len(p.rows) < MaxPast {
		p.grow()
	}
	if p.count == len(p.rows) {
		p.drop()
	}
	slot := &p.rows[(p.first+p.count)%len(p.rows)]
	p.bytes -= slot.size()
	slot.pack(r)
	p.bytes += slot.size()
	p.count++
	for p.bytes > MaxPastBytes && p.count > 1 {
		oldest := &p.rows[p.first]
		p.bytes -= oldest.size()
		*oldest = gone{}
		p.drop()
	}
}

func (p *past) drop() {
	p.first = (p.first + 1) % len(p.rows)
	p.count--
	p.dropped++
}

func (p *past) grow() {
	rows := make([]gone, min(max(2*len(p.rows), 64), MaxPast))
	for i := range p.count {
		rows[i] = p.rows[(p.first+i)%len(p.rows)]
	}
	p.rows, p.first = rows, 0
}

// clear forgets everything.
func (p *past) clear() {
	p.dropped += int64(p.count)
	p.rows, p.first, p.count, p.bytes = nil, 0, 0, 0
}

// pack writes a row into g, in the memory that g has where that is enough and
// not far too much.
func (g *gone) pack(r *row) {
	cells := r.cells
	for len(cells) > 0 && cells[len(cells)-1].empty() {
		cells = cells[:len(cells)-1]
	}
	text, spans := g.text[:0], g.spans[:0]
	if cap(text) > 4*len(cells)+64 {
		text = nil
	}
	if cap(spans) > len(cells)+8 {
		spans = nil
	}
	plain := true
	for _, c := range cells {
		plain = plain && c.Style == Style{}
	}
	for i, c := range cells {
		text = c.append(text)
		switch {
		case plain:
		case i > 0 && spans[len(spans)-1].style == c.Style:
			spans[len(spans)-1].cells++
		default:
			spans = append(spans, span{c.Style, 1})
		}
	}
	g.text, g.spans, g.joined = text, spans, r.joined
}

// empty tells whether a cell shows nothing at all.
func (c *Cell) empty() bool {
	return (c.Rune == 0 || c.Rune == ' ') && c.Width == 1 && c.Style == Style{}
}

// append writes the characters of a cell. The second half of a wide one has none.
func (c *Cell) append(p []byte) []byte {
	switch {
	case c.Width == 0:
		return p
	case c.Rune == 0:
		return append(p, ' ')
	case c.Rune < utf8.RuneSelf:
		p = append(p, byte(c.Rune))
	default:
		p = utf8.AppendRune(p, c.Rune)
	}
	for _, m := range c.Marks {
		if m != 0 {
			p = utf8.AppendRune(p, m)
		}
	}
	return p
}

// at unpacks row i; it is valid until the next call.
func (p *past) at(i int) ([]Cell, bool) {
	g := &p.rows[(p.first+i)%len(p.rows)]
	p.line = p.line[:0]
	for text := g.text; len(text) > 0; {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		w := width(r)
		if w == 0 && len(p.line) > 0 {
			head := len(p.line) - 1
			if p.line[head].Width == 0 && head > 0 {
				head--
			}
			p.line[head].mark(r)
			continue
		}
		p.line = append(p.line, Cell{Rune: r, Width: uint8(w)})
		if w == 2 {
			p.line = append(p.line, Cell{})
		}
	}
	at := 0
	for _, s := range g.spans {
		for range s.cells {
			if at < len(p.line) {
				p.line[at].Style = s.style
			}
			at++
		}
	}
	return p.line, g.joined
}

// mark puts a combining character on a cell, where there is room.
func (c *Cell) mark(r rune) {
	for i := range c.Marks {
		if c.Marks[i] == 0 {
			c.Marks[i] = r
			return
		}
	}
}
