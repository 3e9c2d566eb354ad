package term

import "fmt"

// execute is a control character.
func (s *Screen) execute(b byte) {
	switch b {
	case 0x08:
		if s.x > 0 {
			s.x--
		}
		s.wrapping = false
	case 0x09:
		s.tab(1)
	case 0x0a, 0x0b, 0x0c:
		s.wrapping = false
		s.feed()
		if s.on.newline {
			s.x = 0
		}
	case 0x0d:
		s.x, s.wrapping = 0, false
	case 0x0e:
		s.shift = 1
	case 0x0f:
		s.shift = 0
	case 0x1b:
		s.parser.begin()
	}
}

// tab goes to the nth next tab stop; backwards where n is negative.
func (s *Screen) tab(n int) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	s.touched += s.cols
	for range min(n, s.cols) {
		for s.x += step; s.x > 0 && s.x < s.cols-1 && !s.tabs[s.x]; s.x += step {
		}
		s.x = max(min(s.x, s.cols-1), 0)
	}
	s.wrapping = false
}

// escape is ESC and a byte.
func (s *Screen) escape(b byte) {
	switch b {
	case '7':
		s.save()
	case '8':
		s.restore()
	case 'c':
		s.Reset()
	case 'D':
		s.wrapping = false
		s.feed()
	case 'E':
		s.x, s.wrapping = 0, false
		s.feed()
	case 'H':
		s.tabs[s.x] = true
	case 'M':
		s.wrapping = false
		s.back()
	case '=':
		s.modes.AppKeypad = true
	case '>':
		s.modes.AppKeypad = false
	}
}

// escapeMore is ESC, an intermediate byte, and a byte.
func (s *Screen) escapeMore(middle, b byte) {
	switch middle {
	case '(':
		s.graphics[0] = b == '0'
	case ')':
		s.graphics[1] = b == '0'
	case '#':
		if b == '8' {
			s.align()
		}
	}
}

// align is DECALN: a screen full of E.
func (s *Screen) align() {
	s.top, s.bottom, s.x, s.y, s.wrapping = 0, s.rows, 0, 0, false
	s.touched += s.cols * s.rows
	for i := range s.now {
		for x := range s.now[i].cells {
			s.now[i].cells[x] = Cell{Rune: 'E', Width: 1}
		}
	}
}

func (s *Screen) screenIndex() int {
	if s.inAlt {
		return 1
	}
	return 0
}

func (s *Screen) save() {
	s.saved[s.screenIndex()] = savedCursor{s.x, s.y, s.pen, s.on.origin, s.graphics, s.shift}
}

func (s *Screen) restore() {
	c := s.saved[s.screenIndex()]
	s.x, s.y, s.wrapping = min(c.x, s.cols-1), min(c.y, s.rows-1), false
	s.pen, s.on.origin, s.graphics, s.shift = c.pen, c.origin, c.graphics, c.shift
}

// report answers a device status request.
func (s *Screen) report(prefix byte, what int) {
	y := s.y
	if s.on.origin {
		y -= s.top
	}
	switch {
	case prefix == 0 && what == 5:
		s.reply("\x1b[0n")
	case prefix == 0 && what == 6:
		s.reply(fmt.Sprintf("\x1b[%d;%dR", y+1, s.x+1))
	case prefix == '?' && what == 6:
		s.reply(fmt.Sprintf("\x1b[?%d;%dR", y+1, s.x+1))
	}
}

// identify answers what kind of terminal this is.
func (s *Screen) identify(prefix byte) {
	switch prefix {
	case 0:
		s.reply("\x1b[?62;22c")
	case '>':
		s.reply("\x1b[>1;10;0c")
	}
}
