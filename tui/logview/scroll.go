package logview

import "strconv"

// Move scrolls by n rows. Upwards it stops following; at the end it follows
// again.
func (v *View) Move(n int) {
	v.top = v.step(v.top, n)
	end := v.end()
	if !v.top.before(end) {
		v.top = end
	}
	v.setFollow(!v.top.before(end) && (n > 0 || v.follow && end == place{}))
}

// Page scrolls by n screens, Half by n half screens.
func (v *View) Page(n int) { v.Move(n * max(v.h-1, 1)) }

// Half scrolls by n half screens.
func (v *View) Half(n int) { v.Move(n * max(v.h/2, 1)) }

// Top goes to the first line and stops following, Bottom to the last and
// follows.
func (v *View) Top() {
	v.top = place{}
	v.setFollow(false)
}

// Bottom goes to the end and follows it.
func (v *View) Bottom() {
	v.top = v.end()
	v.setFollow(true)
}

// Side scrolls by n half screens to the right; it is kept while following.
func (v *View) Side(n int) {
	if v.wrap {
		return
	}
	widest := 0
	for i := v.top.line; i < min(v.top.line+v.h, len(v.lines)); i++ {
		widest = max(widest, v.width(i))
	}
	next := max(v.side+n*max(v.w/2, 1), 0)
	if n > 0 && next >= widest {
		return
	}
	v.side = next
}

func (v *View) setFollow(on bool) {
	v.follow = on
	if on {
		v.fresh = 0
	}
}

// settle brings the picture to where it belongs after any change.
func (v *View) settle() {
	end := v.end()
	if v.follow {
		v.fresh = 0
	}
	if v.follow || !v.top.before(end) {
		v.top = end
	}
}

// end is the place from which the last rows fill the screen.
func (v *View) end() place {
	need := v.h
	for i := len(v.lines) - 1; i >= 0; i-- {
		rows := v.rows(i)
		if rows >= need {
			return place{i, rows - need}
		}
		need -= rows
	}
	return place{}
}

// step is the place n rows further, within the text.
func (v *View) step(p place, n int) place {
	p.row += n
	for p.row < 0 {
		if p.line == 0 {
			return place{}
		}
		p.line--
		p.row += v.rows(p.line)
	}
	for p.line < len(v.lines) && p.row >= v.rows(p.line) {
		p.row -= v.rows(p.line)
		p.line++
	}
	return p
}

func (p place) before(q place) bool {
	return p.line < q.line || p.line == q.line && p.row < q.row
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
