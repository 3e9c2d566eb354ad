package term

import "fmt"

// setModes is SM, RM, DECSET and DECRST.
func (s *Screen) setModes(on bool) {
	q := &s.parser
	for i := range q.count {
		switch q.prefix {
		case 0:
			s.setMode(q.params[i], on)
		case '?':
			s.setPrivate(q.params[i], on)
		}
	}
}

func (s *Screen) setMode(mode int, on bool) {
	switch mode {
	case 4:
		s.on.insert = on
	case 20:
		s.on.newline = on
	}
}

func (s *Screen) setPrivate(mode int, on bool) {
	s.touched += costMode
	switch mode {
	case 1:
		s.modes.AppCursor = on
	case 5:
		s.on.reversed = on
	case 6:
		s.on.origin = on
		s.x, s.wrapping = 0, false
		s.row(0)
	case 7:
		s.on.wrap = on
	case 25:
		s.on.hidden = !on
	case 66:
		s.modes.AppKeypad = on
	case 47, 1047, 1048, 1049:
		s.setAlternate(mode, on)
	case 9, 1000, 1002, 1003:
		s.setMouse(mode, on)
	case 1004:
		s.modes.Focus = on
	case 1006:
		s.modes.SGRMouse = on
	case 2004:
		s.modes.Paste = on
	}
}

func (s *Screen) setMouse(mode int, on bool) {
	s.modes.Mouse = MouseNone
	if on {
		s.modes.Mouse = map[int]MouseMode{9: MouseClicks, 1000: MouseClicks, 1002: MouseDrags, 1003: MouseMoves}[mode]
	}
}

// setAlternate changes the screen: 1048 only keeps the cursor, 1049 does both and
// begins with an empty screen.
func (s *Screen) setAlternate(mode int, on bool) {
	cursor, screen := mode >= 1048, mode != 1048
	if on && cursor && !s.inAlt {
		s.save()
	}
	switch {
	case screen && on:
		fresh := !s.inAlt
		s.enterAlt()
		if fresh && mode == 1049 {
			s.clearRows(0, s.rows)
		}
	case screen && !on:
		if s.inAlt && mode == 1047 {
			s.clearRows(0, s.rows)
		}
		s.leaveAlt()
	}
	if !on && cursor {
		s.restore()
	}
	s.wrapping = false
}

// tellMode answers DECRQM: 1 set, 2 reset, 0 not known.
func (s *Screen) tellMode(prefix byte, mode int) {
	state := map[bool]map[int]bool{
		false: {4: s.on.insert, 20: s.on.newline},
		true: {
			1: s.modes.AppCursor, 5: s.on.reversed, 6: s.on.origin, 7: s.on.wrap, 25: !s.on.hidden, 66: s.modes.AppKeypad,
			47: s.inAlt, 1047: s.inAlt, 1049: s.inAlt, 1000: s.modes.Mouse == MouseClicks, 1002: s.modes.Mouse == MouseDrags,
			1003: s.modes.Mouse == MouseMoves, 1004: s.modes.Focus, 1006: s.modes.SGRMouse, 2004: s.modes.Paste,
		},
	}[prefix == '?']
	mark, answer := "", 0
	if prefix == '?' {
		mark = "?"
	}
	if on, known := state[mode]; known {
		answer = 2
		if on {
			answer = 1
		}
	}
	s.reply(fmt.Sprintf("\x1b[%s%d;%d$y", mark, mode, answer))
}
