package term

import "bytes"

// The limits of a screen's size, in cells.
const (
	MaxCols = 500
	MaxRows = 300
)

// Screen is an Emulator: a VT220 with the habits of xterm that programs count on.
type Screen struct {
	cols, rows int
	main, alt  []row // alt is made when it is asked for
	now        []row // one of both
	inAlt      bool
	past       past

	x, y        int
	wrapping    bool // the last column was written: the next character begins a row
	pen         Style
	top, bottom int // the part that scrolls: rows top until bottom
	tabs        []bool
	graphics    [2]bool // G0 and G1 are line drawing
	shift       int     // which of them is in use
	last        rune    // the character before, for REP
	saved       [2]savedCursor
	modes       Modes
	on          switches
	parser      parser
	replies     []byte
	touched     int // cells since Take began, about
}

// switches are the modes that concern the screen itself.
type switches struct {
	wrap, insert, origin, hidden, newline, reversed bool
}

// savedCursor is what DECSC keeps; one for each screen.
type savedCursor struct {
	x, y     int
	pen      Style
	origin   bool
	graphics [2]bool
	shift    int
}

var _ Emulator = (*Screen)(nil)

// NewScreen makes an empty screen.
func NewScreen(cols, rows int) *Screen {
	s := &Screen{}
	s.cols, s.rows = bounded(cols, rows)
	s.main = newRows(s.cols, s.rows)
	s.now = s.main
	s.Reset()
	return s
}

func bounded(cols, rows int) (int, int) {
	return min(max(cols, 2), MaxCols), min(max(rows, 2), MaxRows)
}

func newRows(cols, rows int) []row {
	out := make([]row, rows)
	for i := range out {
		out[i] = newRow(cols)
	}
	return out
}

// Reset implements Emulator.
func (s *Screen) Reset() {
	s.leaveAlt()
	s.alt = nil
	s.touched += s.cols * s.rows
	for i := range s.main {
		s.main[i].erase(0, s.cols, Style{})
	}
	s.x, s.y, s.wrapping, s.last = 0, 0, false, 0
	s.top, s.bottom = 0, s.rows
	s.parser = parser{}
	s.resetSoft()
	s.resetTabs()
	s.saved = [2]savedCursor{}
}

// resetSoft is DECSTR: modes and pen, not what is shown.
func (s *Screen) resetSoft() {
	s.pen, s.graphics, s.shift = Style{}, [2]bool{}, 0
	s.modes = Modes{Alternate: s.inAlt}
	s.on = switches{wrap: true}
	s.top, s.bottom = 0, s.rows
}

func (s *Screen) resetTabs() {
	s.tabs = make([]bool, s.cols)
	for i := 8; i < s.cols; i += 8 {
		s.tabs[i] = true
	}
}

// Size implements Emulator.
func (s *Screen) Size() (cols, rows int) { return s.cols, s.rows }

// Len implements Emulator.
func (s *Screen) Len() int { return s.kept() + s.rows }

// kept is how many rows of the past there are to see: the alternate screen has
// none.
func (s *Screen) kept() int {
	if s.inAlt {
		return 0
	}
	return s.past.count
}

// Dropped implements Emulator.
func (s *Screen) Dropped() int64 {
	if s.inAlt {
		return s.past.dropped + int64(s.past.count)
	}
	return s.past.dropped
}

// Row implements Emulator.
func (s *Screen) Row(i int) (cells []Cell, joined bool) {
	kept := s.kept()
	if i < kept {
		return s.past.at(i)
	}
	r := &s.now[i-kept]
	return r.cells, r.joined
}

// Cursor implements Emulator.
func (s *Screen) Cursor() (x, y int, shown bool) { return s.x, s.y, !s.on.hidden }

// Modes implements Emulator.
func (s *Screen) Modes() Modes { return s.modes }

// Reversed implements Emulator.
func (s *Screen) Reversed() bool { return s.on.reversed }

// What is no work on cells costs as much as so many of them.
const (
	costReply = 64
	costMode  = 16
	costRune  = 8
	costPrint = 4 // of one that is written by itself
)

// maxReplies bounds what is kept for a guest that asks and asks.
const maxReplies = 4 << 10

// Replies implements Emulator.
func (s *Screen) Replies() []byte {
	out := bytes.Clone(s.replies)
	s.replies = s.replies[:0]
	return out
}

func (s *Screen) reply(text string) {
	s.touched += costReply
	if len(s.replies)+len(text) <= maxReplies {
		s.replies = append(s.replies, text...)
	}
}

// Resize implements Emulator. Rows that have no room any more go into the past,
// the empty ones below the cursor first; lines are not broken anew.
func (s *Screen) Resize(cols, rows int) {
	cols, rows = bounded(cols, rows)
	if cols == s.cols && rows == s.rows {
		return
	}
	var off int
	s.main, off = s.resized(s.main, cols, rows, !s.inAlt)
	if !s.inAlt {
		s.y -= off
	}
	if s.alt != nil {
		s.alt, off = s.resized(s.alt, cols, rows, s.inAlt)
		if s.inAlt {
			s.y -= off
		}
	}
	s.now = s.main
	if s.inAlt {
		s.now = s.alt
	}
	s.cols, s.rows = cols, rows
	s.top, s.bottom = 0, rows
	s.x, s.y = min(s.x, cols-1), max(min(s.y, rows-1), 0)
	s.wrapping = false
	s.resetTabs()
}

// resized makes rows of another size, and tells how many left at the top.
func (s *Screen) resized(rows []row, cols, n int, current bool) (out []row, off int) {
	y := s.y
	if !current {
		y = len(rows) - 1
	}
	off = max(min(y+1, len(rows))-n, 0)
	if &rows[0] == &s.main[0] {
		for i := range off {
			s.past.push(&rows[i])
		}
	}
	rows = rows[off:]
	rows = rows[:min(len(rows), n):min(len(rows), n)]
	for i := range rows {
		rows[i].resize(cols)
	}
	for len(rows) < n {
		rows = append(rows, newRow(cols))
	}
	return rows, off
}

// enterAlt and leaveAlt change between the screens.
func (s *Screen) enterAlt() {
	if s.inAlt {
		return
	}
	if s.alt == nil {
		s.touched += s.cols * s.rows
		s.alt = newRows(s.cols, s.rows)
	}
	s.now, s.inAlt, s.modes.Alternate = s.alt, true, true
}

func (s *Screen) leaveAlt() {
	if !s.inAlt {
		return
	}
	s.now, s.inAlt, s.modes.Alternate = s.main, false, false
}
