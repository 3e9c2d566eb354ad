package table

import (
	"fmt"
	"slices"
	"strings"

	"gwm/tui/theme"
)

// View draws the header and the rows on the screen, one line each, every line
// exactly as wide as the table. Lines below the last row are empty.
func (t *Table[K]) View() string {
	if t.w <= 0 || t.h <= 0 {
		return ""
	}
	if len(t.cache) > 4*t.h {
		t.Redraw()
	}
	var b strings.Builder
	b.Grow(t.h * (t.w + 64))
	b.WriteString(t.header())
	for i := t.top; i < t.top+t.visible(); i++ {
		b.WriteByte('\n')
		if i < t.rows.Len {
			b.WriteString(t.line(i))
		}
	}
	return b.String()
}

// line returns a drawn row.
func (t *Table[K]) line(row int) string {
	k := drawn{row, row == t.cursor && !t.blurred}
	line, ok := t.cache[k]
	if !ok {
		line = t.draw(row, k.selected)
		t.cache[k] = line
	}
	return line
}

// Drawn tells whether a row was drawn since its cells changed last: then it still
// looks so.
func (t *Table[K]) Drawn(row int) bool {
	_, quiet := t.cache[drawn{row, false}]
	_, selected := t.cache[drawn{row, true}]
	return quiet || selected
}

// draw draws a row. The cursor is a bar over the columns that name it and never
// scroll away; the others stay as they are, so that a state keeps its colour, and
// a cursor that moves changes two names on the screen and not two rows.
func (t *Table[K]) draw(row int, selected bool) string {
	var b strings.Builder
	_, marked := t.marks[t.rows.ID(row)]
	mark := theme.Spaces(gutter)
	if marked {
		mark = t.theme.Sym.Mark + theme.Spaces(gutter-1)
	}
	if marked && !selected {
		mark = t.theme.Marked.Render(mark)
	}
	b.WriteString(mark)
	n := 0
	if selected {
		n = t.named()
	}
	x := t.cells(&b, row, t.layout[:n], gutter, true)
	if selected {
		st := t.theme.Selected
		if marked {
			st = t.theme.SelectedMark
		}
		if n == len(t.layout) {
			x = t.w
		}
		bar := st.Render(t.theme.Fit(b.String(), min(x, t.w)))
		b.Reset()
		b.WriteString(bar)
	}
	x = t.cells(&b, row, t.layout[n:], x, false)
	b.WriteString(theme.Spaces(t.w - x))
	if x > t.w {
		return t.theme.Cut(b.String(), t.w)
	}
	return b.String()
}

// named is how many columns on the screen, from the left, name a row; all of them
// where none does.
func (t *Table[K]) named() int {
	fixed := t.fixed()
	if n := slices.IndexFunc(t.layout, func(s span) bool { return s.column >= fixed }); n > 0 {
		return n
	}
	return len(t.layout)
}

// cells draws some cells of a row from x on, and returns where they end. Bare
// ones have no style of their own.
func (t *Table[K]) cells(b *strings.Builder, row int, spans []span, x int, bare bool) int {
	for _, s := range spans {
		b.WriteString(theme.Spaces(s.x - x))
		cell := t.rows.Cell(row, s.column)
		text := cell.Lead + cell.Text
		if cell.Short != "" && theme.Width(text) > s.w {
			text = cell.Lead + cell.Short
		}
		text = t.theme.Cut(text, s.w)
		pad := theme.Spaces(s.w - theme.Width(text))
		if !bare {
			rest, whole := strings.CutPrefix(text, cell.Lead)
			if text = cell.Style.Render(rest); whole {
				text = cell.LeadStyle.Render(cell.Lead) + text
			}
		}
		if t.columns[s.column].Right {
			text, pad = pad, text
		}
		b.WriteString(text + pad)
		x = s.x + s.w
	}
	return x
}

// header draws the titles; the one that rows are sorted by has an arrow, and
// arrows at the edges tell that there are more columns.
func (t *Table[K]) header() string {
	var b strings.Builder
	x := gutter
	lead := theme.Spaces(gutter)
	if t.wide && t.offset > 0 {
		lead = t.theme.Header.Render(t.theme.Fit(t.theme.Sym.Left, gutter))
	}
	b.WriteString(lead)
	for _, s := range t.layout {
		b.WriteString(theme.Spaces(s.x - x))
		c := t.columns[s.column]
		title, st := strings.ToUpper(c.Title), t.theme.Header
		if c.Key == t.sortKey && c.Key != "" {
			arrow := t.theme.Sym.SortUp
			if t.sortDesc {
				arrow = t.theme.Sym.SortDown
			}
			title, st = t.theme.Cut(title, s.w-1)+arrow, t.theme.HeaderSort
		}
		if c.Right {
			b.WriteString(st.Render(t.theme.FitRight(title, s.w)))
		} else {
			b.WriteString(st.Render(t.theme.Fit(title, s.w)))
		}
		x = s.x + s.w
	}
	if more := t.w - x; more > 0 {
		sign := theme.Spaces(more)
		if t.hiddenRight() {
			sign = t.theme.FitRight(t.theme.Sym.Right, more)
		}
		b.WriteString(t.theme.Header.Render(sign))
	}
	return t.theme.Cut(b.String(), t.w)
}

// hiddenRight tells whether columns beyond the right edge exist.
func (t *Table[K]) hiddenRight() bool {
	if !t.wide {
		return len(t.layout) < len(t.columns)
	}
	return len(t.layout) > 0 && t.layout[len(t.layout)-1].column < len(t.columns)-1
}

// Footer tells where the cursor is: "12 of 240"; "" for an empty table.
func (t *Table[K]) Footer() string {
	if t.rows.Len == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", t.cursor+1, t.rows.Len)
}

// Hit says what is at a point counted from the table's upper left corner: the
// key of a column's title, or the index of a row; row is -1 for neither.
func (t *Table[K]) Hit(x, y int) (row int, column string) {
	if x < 0 || x >= t.w || y < 0 || y >= t.h {
		return -1, ""
	}
	if y > 0 {
		if i := t.top + y - 1; i < t.rows.Len {
			return i, ""
		}
		return -1, ""
	}
	for _, s := range t.layout {
		if x >= s.x-t.gap() && x < s.x+s.w {
			return -1, t.columns[s.column].Key
		}
	}
	return -1, ""
}

// Click moves the cursor to the row at a point; ok is false where there is none.
func (t *Table[K]) Click(x, y int) (ok bool) {
	row, _ := t.Hit(x, y)
	if row >= 0 {
		t.cursor = row
		t.key, t.has = t.rows.ID(row), true
	}
	return row >= 0
}
