package term

import "strings"

// marked is what is selected: from one cell to another, both with it, in the
// order of reading.
type marked struct {
	active   bool
	row, x   int64
	row2, x2 int64
}

// Mark begins a selection at a cell of the area, or moves its other end there.
func (v *View) Mark(x, y int, begin bool) {
	row, col := v.first()+int64(max(min(y, v.h-1), 0)), int64(max(x, 0)+v.left())
	if begin {
		v.marks = marked{row: row, x: col, row2: row, x2: col}
		return
	}
	v.marks.active = true
	v.marks.row2, v.marks.x2 = row, col
}

// MarkRows selects whole rows, by their numbers, both with it.
func (v *View) MarkRows(from, to int64) {
	from, to = min(from, to), max(from, to)
	v.marks = marked{active: true, row: from, row2: to, x2: MaxCols}
}

// Unmark selects nothing; Marked tells whether anything is.
func (v *View) Unmark()      { v.marks = marked{} }
func (v *View) Marked() bool { return v.marks.active }

// ordered is the selection with its start first.
func (m *marked) ordered() (row, x, row2, x2 int64) {
	if m.row2 < m.row || m.row2 == m.row && m.x2 < m.x {
		return m.row2, m.x2, m.row, m.x
	}
	return m.row, m.x, m.row2, m.x2
}

// on is the part of a row that is selected, as cells from until to.
func (m *marked) on(n int64) (from, to int, ok bool) {
	row, x, row2, x2 := m.ordered()
	if !m.active || n < row || n > row2 {
		return 0, 0, false
	}
	from, to = 0, MaxCols
	if n == row {
		from = int(x)
	}
	if n == row2 {
		to = int(x2) + 1
	}
	return from, to, true
}

// Selected is the text of the selection, without spaces at the ends of its
// lines; lines that were broken because they were too long are put together.
func (v *View) Selected() string {
	if !v.marks.active {
		return ""
	}
	var b strings.Builder
	base := v.of.Dropped()
	row, _, row2, _ := v.marks.ordered()
	for n := max(row, base); n <= min(row2, base+int64(v.of.Len())-1); n++ {
		cells, joined := v.of.Row(int(n - base))
		from, to, _ := v.marks.on(n)
		text, _ := lineOf(cells[min(from, len(cells)):min(to, len(cells))])
		switch {
		case joined:
			b.WriteString(text)
		case n == row2:
			b.WriteString(strings.TrimRight(text, " "))
		default:
			b.WriteString(strings.TrimRight(text, " ") + "\n")
		}
	}
	return b.String()
}
