package term

import (
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// width is how many cells a character takes; 0: it goes on the one before.
func width(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	return min(max(ansi.StringWidth(string(r)), 1), 2)
}

// printASCII writes printable characters of one byte each.
func (s *Screen) printASCII(p []byte) {
	if s.graphics[s.shift] || s.on.insert {
		for _, b := range p {
			s.print(s.drawn(rune(b)), 1)
		}
		return
	}
	for len(p) > 0 {
		s.wrap()
		r := &s.now[s.y]
		n := min(len(p), s.cols-s.x)
		r.part(s.x)
		r.part(s.x + n)
		cells := r.cells[s.x : s.x+n]
		for i := range cells {
			cells[i] = Cell{Rune: rune(p[i]), Width: 1, Style: s.pen}
		}
		s.last = rune(p[n-1])
		s.forward(n)
		p = p[n:]
		if s.wrapping && !s.on.wrap {
			s.wrapping = false
		}
	}
}

// printRune writes a character of several bytes. What shows nothing, or would
// change how its neighbours are read (direction, joiners, variants), is left out.
func (s *Screen) printRune(r rune) {
	s.touched += costRune
	switch {
	case r < 0xa0, unicode.Is(unicode.Cf, r), r == 0x2028, r == 0x2029,
		r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef, r == 0x34f:
		return
	case r == 0xa0:
		r = ' '
	case !unicode.IsPrint(r) && !unicode.Is(unicode.Co, r) && !unicode.Is(unicode.Zs, r):
		r = utf8.RuneError
	}
	if w := width(r); w > 0 {
		s.print(r, w)
		return
	}
	x := s.x
	if !s.wrapping {
		x--
	}
	if x >= 0 && s.now[s.y].cells[x].Width == 0 {
		x--
	}
	if x >= 0 && s.now[s.y].cells[x].Rune != 0 {
		s.now[s.y].cells[x].mark(r)
	}
}

// print writes a character of w cells.
func (s *Screen) print(r rune, w int) {
	s.wrap()
	if w == 2 && s.x == s.cols-1 {
		if !s.on.wrap {
			return
		}
		s.now[s.y].erase(s.x, s.cols, s.pen)
		s.wrapping = true
		s.wrap()
	}
	line := &s.now[s.y]
	s.touched += costPrint
	if s.on.insert {
		s.touched += s.cols
		line.insert(s.x, w, s.pen)
	}
	line.part(s.x)
	line.part(s.x + w)
	line.cells[s.x] = Cell{Rune: r, Width: uint8(w), Style: s.pen}
	if w == 2 {
		line.cells[s.x+1] = Cell{Style: s.pen}
	}
	s.last = r
	s.forward(w)
}

// wrap begins a row where the one before is full.
func (s *Screen) wrap() {
	if !s.wrapping {
		return
	}
	s.wrapping = false
	if !s.on.wrap {
		return
	}
	s.now[s.y].joined = true
	s.x = 0
	s.feed()
}

// forward moves the cursor after a character.
func (s *Screen) forward(w int) {
	s.x += w
	if s.x >= s.cols {
		s.x, s.wrapping = s.cols-1, true
	}
}

// feed moves the cursor down, and scrolls at the end of the part that scrolls.
func (s *Screen) feed() {
	switch {
	case s.y == s.bottom-1:
		s.scrollUp(s.top, 1)
	case s.y < s.rows-1:
		s.y++
	}
}

// back is RI: up, and scrolls at the start.
func (s *Screen) back() {
	switch {
	case s.y == s.top:
		s.scrollDown(s.top, 1)
	case s.y > 0:
		s.y--
	}
}

// scrollUp moves the rows from a row to the end of the part that scrolls up by
// n. Rows that leave the whole main screen are kept.
func (s *Screen) scrollUp(from, n int) {
	n = min(n, s.bottom-from)
	if n <= 0 {
		return
	}
	s.touched += s.rows
	if from == 0 && s.top == 0 && !s.inAlt {
		s.touched += n * s.cols
		for i := range n {
			s.past.push(&s.now[i])
		}
	}
	rotate(s.now[from:s.bottom], n)
	s.clearRows(s.bottom-n, s.bottom)
}

// scrollDown moves them down.
func (s *Screen) scrollDown(from, n int) {
	n = min(n, s.bottom-from)
	if n <= 0 {
		return
	}
	s.touched += s.rows
	rotate(s.now[from:s.bottom], s.bottom-from-n)
	s.clearRows(from, from+n)
}

func (s *Screen) clearRows(from, to int) {
	s.touched += max(to-from, 0) * s.cols
	for i := from; i < to; i++ {
		s.now[i].erase(0, s.cols, s.pen)
	}
}

// rotate moves the first n rows to the end.
func rotate(rows []row, n int) {
	if n == 1 { // a line feed, nearly always
		first := rows[0]
		copy(rows, rows[1:])
		rows[len(rows)-1] = first
		return
	}
	moved := make([]row, 0, len(rows))
	moved = append(append(moved, rows[n:]...), rows[:n]...)
	copy(rows, moved)
}

// drawn is a character in the set that is in use.
func (s *Screen) drawn(r rune) rune {
	if !s.graphics[s.shift] || r < 0x5f || r > 0x7e {
		return r
	}
	return [...]rune{
		' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼',
		'⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
	}[r-0x5f]
}
