package term

// paint is SGR: the style of what is written from now on.
func (s *Screen) paint() {
	q := &s.parser
	for i := 0; i < q.count; i++ {
		switch n := max(q.params[i], 0); n {
		case 38, 48, 58:
			var c Color
			c, i = q.color(i)
			switch n {
			case 38:
				s.pen.FG = c
			case 48:
				s.pen.BG = c
			}
		case 4:
			s.pen.Attr |= Underline
			if i+1 < q.count && q.joined[i+1] { // 4:0 is none, 4:3 a curl
				i++
				if q.params[i] == 0 {
					s.pen.Attr &^= Underline
				}
			}
		default:
			s.pen.set(n)
		}
	}
}

// set is an SGR parameter that stands alone.
func (p *Style) set(n int) {
	switch {
	case n == 0:
		*p = Style{}
	case n >= 30:
		p.setColor(n)
	case n == 21:
		p.Attr |= Underline
	case n == 22:
		p.Attr &^= Bold | Faint
	case n < 10:
		p.Attr |= attrOf(n)
	case n > 22:
		p.Attr &^= attrOf(n - 20)
	}
}

// setColor is an SGR parameter for one of the first 16 colours, or for none.
func (p *Style) setColor(n int) {
	color, bright := indexed|Color(n%10), indexed|Color(n%10+8)
	switch {
	case n == 39:
		p.FG = 0
	case n == 49:
		p.BG = 0
	case n%10 > 7:
	case n < 40:
		p.FG = color
	case n < 50:
		p.BG = color
	case n >= 90 && n < 100:
		p.FG = bright
	case n >= 100 && n < 110:
		p.BG = bright
	}
}

// attrOf is the attribute that an SGR parameter sets. Nothing blinks here.
func attrOf(n int) Attr {
	switch n {
	case 1:
		return Bold
	case 2:
		return Faint
	case 3:
		return Italic
	case 4:
		return Underline
	case 7:
		return Reverse
	case 8:
		return Hidden
	case 9:
		return Strike
	}
	return 0
}

// color reads the colour after 38 or 48 at i: 5;N, 2;R;G;B, or with colons, where
// a colour space may stand before the red. It returns the index of its last
// parameter.
func (q *parser) color(i int) (Color, int) {
	at := func(j int) Color {
		if j >= q.count {
			return 0
		}
		return Color(min(max(q.params[j], 0), 255))
	}
	if i+1 >= q.count {
		return 0, i
	}
	end := i + 1
	for q.joined[i+1] && end+1 < q.count && q.joined[end+1] {
		end++
	}
	colons := q.joined[i+1]
	switch q.params[i+1] {
	case 5:
		if !colons {
			end = i + 2
		}
		return indexed | at(i+2), min(end, q.count-1)
	case 2:
		red := i + 2
		if colons && end-i >= 5 {
			red++
		}
		if !colons {
			end = i + 4
		}
		return exact | at(red)<<16 | at(red+1)<<8 | at(red+2), min(end, q.count-1)
	}
	return 0, end
}
