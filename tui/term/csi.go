package term

// control is a complete CSI sequence; the parser holds its parameters.
func (s *Screen) control(b byte) {
	q := &s.parser
	switch {
	case q.middle != 0:
		s.controlMiddle(b)
	case b == 'h' || b == 'l':
		s.setModes(b == 'h')
	case b == 'n':
		s.report(q.prefix, q.param(0, 0))
	case b == 'c':
		if q.param(0, 0) == 0 {
			s.identify(q.prefix)
		}
	case b == 'J' || b == 'K': // with ? only what is not protected, and nothing is
		s.clear(b, q.param(0, 0))
	case q.prefix != 0:
	case b == 'm':
		s.paint()
	case s.move(b):
	default:
		s.edit(b)
	}
}

// controlMiddle is a CSI sequence with an intermediate byte.
func (s *Screen) controlMiddle(b byte) {
	q := &s.parser
	switch {
	case b != 'p':
	case q.middle == '$':
		s.tellMode(q.prefix, q.param(0, 0))
	case q.middle == '!' && q.prefix == 0:
		s.resetSoft()
	}
}

// move is a movement of the cursor; false: b is another sequence.
func (s *Screen) move(b byte) bool {
	q := &s.parser
	n := q.param(0, 1)
	switch b {
	case 'A':
		s.vertical(-n)
	case 'B', 'e':
		s.vertical(n)
	case 'C', 'a':
		s.x += n
	case 'D':
		s.x -= n
	case 'E':
		s.vertical(n)
		s.x = 0
	case 'F':
		s.vertical(-n)
		s.x = 0
	case 'G', '`':
		s.x = n - 1
	case 'd':
		s.row(n - 1)
	case 'H', 'f':
		s.row(n - 1)
		s.x = q.param(1, 1) - 1
	case 'I':
		s.tab(n)
	case 'Z':
		s.tab(-n)
	default:
		return false
	}
	s.x, s.wrapping = max(min(s.x, s.cols-1), 0), false
	return true
}

// vertical moves the cursor up or down, not out of the part that scrolls.
func (s *Screen) vertical(n int) {
	first, last := 0, s.rows-1
	if s.y >= s.top {
		first = s.top
	}
	if s.y < s.bottom {
		last = s.bottom - 1
	}
	s.y = max(min(s.y+n, last), first)
}

// row puts the cursor into a row, counted from the part that scrolls in origin
// mode.
func (s *Screen) row(n int) {
	if s.on.origin {
		s.y = max(min(s.top+n, s.bottom-1), s.top)
		return
	}
	s.y = max(min(n, s.rows-1), 0)
}

// clear is ED and EL.
func (s *Screen) clear(b byte, how int) {
	line := &s.now[s.y]
	s.touched += s.cols
	s.wrapping = false
	switch how {
	case 0:
		line.erase(s.x, s.cols, s.pen)
		if b == 'J' {
			s.clearRows(s.y+1, s.rows)
		}
	case 1:
		line.erase(0, s.x+1, s.pen)
		if b == 'J' {
			s.clearRows(0, s.y)
		}
	case 2:
		if b == 'K' {
			line.erase(0, s.cols, s.pen)
			return
		}
		s.clearRows(0, s.rows)
	case 3:
		if b == 'J' {
			s.touched += s.past.count
			s.past.clear()
		}
	}
}

// edit is a change of the screen.
func (s *Screen) edit(b byte) {
	n := s.parser.param(0, 1)
	line := &s.now[s.y]
	s.touched += s.cols
	switch b {
	case '@':
		line.insert(s.x, n, s.pen)
	case 'P':
		line.remove(s.x, n, s.pen)
	case 'X':
		line.erase(s.x, s.x+n, s.pen)
	case 'L':
		if s.y >= s.top && s.y < s.bottom {
			s.scrollDown(s.y, n)
			s.x = 0
		}
	case 'M':
		if s.y >= s.top && s.y < s.bottom {
			s.removeRows(n)
			s.x = 0
		}
	case 'S':
		s.scrollUp(s.top, n)
	case 'T':
		s.scrollDown(s.top, n)
	case 'b':
		s.repeat(n)
		return
	default:
		s.arrange(b)
	}
	s.wrapping = false
}

// arrange is what changes no cell.
func (s *Screen) arrange(b byte) {
	q := &s.parser
	switch b {
	case 'g':
		s.clearTabs(q.param(0, 0))
	case 'r':
		s.region(q.param(0, 1)-1, q.param(1, s.rows))
	case 's':
		s.save()
	case 'u':
		s.restore()
	}
}

// removeRows is DL. What is removed is not kept as what scrolls off is.
func (s *Screen) removeRows(n int) {
	n = min(n, s.bottom-s.y)
	s.touched += s.rows
	rotate(s.now[s.y:s.bottom], n)
	s.clearRows(s.bottom-n, s.bottom)
}

// repeat writes the last character again, a screen full at most; a row full where
// each one moves the rest of its row.
func (s *Screen) repeat(n int) {
	most := s.cols * s.rows
	switch {
	case s.last == 0:
		return
	case s.on.insert:
		most = s.cols
	}
	for range min(n, most) {
		s.print(s.last, width(s.last))
	}
}

func (s *Screen) clearTabs(how int) {
	switch how {
	case 0:
		s.tabs[s.x] = false
	case 3:
		clear(s.tabs)
	}
}

// region is DECSTBM: rows top until bottom scroll.
func (s *Screen) region(top, bottom int) {
	bottom = min(bottom, s.rows)
	if top < 0 || top >= bottom-1 {
		return
	}
	s.top, s.bottom = top, bottom
	s.x = 0
	s.row(0)
}
