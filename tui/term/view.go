package term

import (
	"strings"

	"gwm/tui/theme"
)

// View shows a part of an Emulator: its screen, or what was scrolled off it. A
// row is named by the number that it has for as long as it is kept.
type View struct {
	of   Emulator
	w, h int
	up   bool  // it stays where it is; otherwise it follows the screen
	top  int64 // with up: the number of the first row shown

	point    int64 // the row that MovePoint is at
	pointing bool  // it is shown
	find     finding
	marks    marked
	paint    painter
}

// NewView shows an emulator.
func NewView(of Emulator) *View { return &View{of: of} }

// Resize is for the size of the area; the screen of the emulator may be smaller
// or larger.
func (v *View) Resize(w, h int) { v.w, v.h = max(w, 0), max(h, 0) }

// end is the number of the first row shown while the screen is followed. Of a
// screen that is too high the part with the cursor is shown.
func (v *View) end() int64 {
	_, rows := v.of.Size()
	first := v.of.Len() - rows
	if rows > v.h {
		_, y, _ := v.of.Cursor()
		first += max(min(y-v.h+1, rows-v.h), 0)
	}
	return v.of.Dropped() + int64(first)
}

// first is the number of the row that is shown first.
func (v *View) first() int64 {
	if !v.up {
		return v.end()
	}
	return max(min(v.top, v.end()), v.of.Dropped())
}

// left is the first column that is shown: that of a screen that is too wide
// follows the cursor.
func (v *View) left() int {
	cols, _ := v.of.Size()
	x, _, _ := v.of.Cursor()
	if cols <= v.w || x < v.w || v.up {
		return 0
	}
	return min(x-v.w+1, cols-v.w)
}

// Scroll moves by lines, up where negative. At the end the screen is followed
// again. A point that is shown stays in sight.
func (v *View) Scroll(lines int) {
	v.goTo(v.first() + int64(lines))
	if v.pointing {
		v.point = max(min(v.point, v.last()), v.first())
	}
}

// last is the number of the row that is shown last.
func (v *View) last() int64 {
	return min(v.first()+int64(v.h), v.of.Dropped()+int64(v.of.Len())) - 1
}

// Bottom goes to the screen, and shows no point any more.
func (v *View) Bottom() { v.up, v.pointing = false, false }

func (v *View) goTo(n int64) {
	n = max(n, v.of.Dropped())
	v.up, v.top = n < v.end(), n
}

// Following tells whether the screen is shown, and Below how many rows there are
// below the last that is shown.
func (v *View) Following() bool { return !v.up }
func (v *View) Below() int      { return max(int(v.end()-v.first()), 0) }

// Point puts the point into the last row that is shown, or that with the cursor
// of a screen that is followed, and shows it until Bottom: in reverse, unless a
// part is selected. MovePoint moves it by lines, PointAt to a line of the area.
func (v *View) Point() {
	v.pointing, v.point = true, v.last()
	if _, y, ok := v.Cursor(); ok && !v.up {
		v.point = v.first() + int64(y)
	}
}

// MovePoint moves the point.
func (v *View) MovePoint(lines int) {
	base := v.of.Dropped()
	v.point = max(min(v.point+int64(lines), base+int64(v.of.Len())-1), base)
	switch first := v.first(); {
	case v.point < first:
		v.goTo(v.point)
	case v.point >= first+int64(v.h):
		v.goTo(v.point - int64(v.h) + 1)
	}
}

// PointAt puts the point into a row of the area.
func (v *View) PointAt(y int) {
	v.point = max(min(v.first()+int64(y), v.last()), v.of.Dropped())
}

// PointRow is the number of the point's row, or of the oldest one where that is
// not kept any more.
func (v *View) PointRow() int64 { return max(v.point, v.of.Dropped()) }

// Cursor is the cell of the area where the cursor is; ok is false where it is
// hidden or not in sight.
func (v *View) Cursor() (x, y int, ok bool) {
	x, y, shown := v.of.Cursor()
	_, rows := v.of.Size()
	row := v.of.Dropped() + int64(v.of.Len()-rows+y)
	x, y = x-v.left(), int(row-v.first())
	return x, y, shown && x >= 0 && x < v.w && y >= 0 && y < v.h
}

// Cell is the cell of the screen that lies under one of the area; ok is false
// where there is none, as in what was scrolled off.
func (v *View) Cell(x, y int) (col, row int, ok bool) {
	cols, rows := v.of.Size()
	n := v.first() + int64(y) - v.of.Dropped() - int64(v.of.Len()-rows)
	col, row = x+v.left(), int(n)
	return col, row, col >= 0 && col < cols && n >= 0 && n < int64(rows)
}

// Paint returns the rows of the area as a terminal with so many colours shows
// them; ascii is for one that has no other characters.
func (v *View) Paint(mode theme.Mode, ascii bool) []string {
	v.paint.mode, v.paint.ascii = mode, ascii
	out := make([]string, v.h)
	first, base, n := v.first(), v.of.Dropped(), v.of.Len()
	reversed := v.of.Reversed()
	for y := range out {
		number := first + int64(y)
		i := int(number - base)
		if i < 0 || i >= n {
			continue
		}
		cells, _ := v.of.Row(i)
		v.paint.out = v.paint.out[:0]
		v.paint.paint(cells, v.left(), v.w, v.over(cells, number, reversed))
		out[y] = string(v.paint.out)
	}
	return out
}

// over tells which cells of a row are shown in reverse.
func (v *View) over(cells []Cell, number int64, reversed bool) lookOver {
	from, to, marked := v.marks.on(number)
	if v.pointing && !v.marks.active && number == v.PointRow() {
		from, to, marked = 0, MaxCols, true
	}
	found := v.find.on(cells)
	if !marked && found == nil && !reversed {
		return nil
	}
	return func(x int) bool {
		over := marked && x >= from && x < to
		for _, f := range found {
			over = over || x >= f[0] && x < f[1]
		}
		return over != reversed
	}
}

// lineOf is the text of a row, with the cell of each byte and the cell after the
// last.
func lineOf(cells []Cell) (string, []int) {
	var b []byte
	at := make([]int, 0, len(cells)+1)
	for x := range cells {
		before := len(b)
		b = cells[x].append(b)
		for range len(b) - before {
			at = append(at, x)
		}
	}
	return string(b), append(at, len(cells))
}

// Text is what rows from until to hold, without spaces at their ends. Rows that
// were broken because they were too long are put together.
func (v *View) Text(from, to int64) string {
	var b strings.Builder
	base := v.of.Dropped()
	for n := max(from, base); n < min(to, base+int64(v.of.Len())); n++ {
		cells, joined := v.of.Row(int(n - base))
		text, _ := lineOf(cells)
		if joined {
			b.WriteString(text)
			continue
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}

// All is everything that is kept, without empty lines at the end.
func (v *View) All() string {
	base := v.of.Dropped()
	return strings.TrimRight(v.Text(base, base+int64(v.of.Len())), "\n") + "\n"
}
