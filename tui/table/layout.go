package table

import (
	"cmp"
	"slices"
)

// span is a column on the screen.
type span struct {
	column int // index into the columns
	x, w   int
}

// gutter is the width of the mark in front of every row.
const gutter = 2

// gap is the space between columns.
func (t *Table[K]) gap() int {
	if t.w >= 100 {
		return 2
	}
	return 1
}

// SetSort shows which column the rows are sorted by; the owner sorts them.
func (t *Table[K]) SetSort(key string, desc bool) { t.sortKey, t.sortDesc = key, desc }

// Demand changes the least and the ideal width of a column, to suit what stands
// in it.
func (t *Table[K]) Demand(key string, least, ideal int) {
	for i, c := range t.columns {
		if c.Key == key && (c.Min != least || c.Ideal != ideal) {
			t.columns[i].Min, t.columns[i].Ideal = least, ideal
			t.relayout()
		}
	}
}

// Wide tells whether all columns are shown at their ideal width.
func (t *Table[K]) Wide() bool { return t.wide }

// SetWide shows all columns at their ideal width, scrolling to the side, or as
// many as fit.
func (t *Table[K]) SetWide(wide bool) {
	t.wide, t.offset = wide, 0
	t.relayout()
}

// Side scrolls by n columns. Where columns were left out it shows all of them
// first; back at the left end it returns to the usual picture.
func (t *Table[K]) Side(n int) {
	switch {
	case n > 0 && !t.wide:
		if len(t.layout) == len(t.columns) {
			return
		}
		t.wide, t.offset = true, 0
	case n < 0 && t.wide && t.offset == 0:
		t.wide = false
		t.relayout()
		return
	case !t.wide:
		return
	}
	if n > 0 && t.complete() {
		return
	}
	t.offset = min(max(t.offset+n, 0), max(len(t.columns)-t.fixed()-1, 0))
	t.relayout()
}

// complete tells whether the last column of all is on the screen in full.
func (t *Table[K]) complete() bool {
	if len(t.layout) == 0 {
		return true
	}
	last := t.layout[len(t.layout)-1]
	return t.offset > 0 && last.column == len(t.columns)-1 && last.w >= t.columns[last.column].Ideal
}

// fixed is the number of columns at the left that do not scroll: those up to the
// first that is never left out.
func (t *Table[K]) fixed() int {
	for i, c := range t.columns {
		if c.Drop == 0 {
			return i + 1
		}
	}
	return 0
}

func (t *Table[K]) relayout() {
	t.Redraw()
	if t.wide {
		t.layout = t.layoutWide()
	} else {
		t.layout = t.layoutFit()
	}
}

// layoutWide places the fixed columns and then as many as there is room for,
// from offset on. The last one may be cut.
func (t *Table[K]) layoutWide() []span {
	var spans []span
	x, fixed := gutter, t.fixed()
	for i, c := range t.columns {
		if i >= fixed && i < fixed+t.offset {
			continue
		}
		w := min(c.Ideal, t.w-x)
		if i < fixed {
			w = min(w, max(t.w/2, c.Min))
		}
		if w < min(c.Min, 3) {
			break
		}
		spans = append(spans, span{i, x, w})
		x += w + t.gap()
	}
	return spans
}

// layoutFit chooses the columns that fit at their least width, in the order of
// importance, and hands out what is left.
func (t *Table[K]) layoutFit() []span {
	order := make([]int, len(t.columns))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.columns[a].Drop, t.columns[b].Drop) })
	width := make([]int, len(t.columns))
	room := t.w - gutter + t.gap()
	for _, i := range order {
		c := t.columns[i]
		if c.Drop > 0 && c.Min+t.gap() > room {
			continue // what matters less may be narrow enough to stay
		}
		width[i] = min(c.Min, max(room-t.gap(), 1))
		room = max(room-width[i]-t.gap(), 0)
	}
	for _, i := range order {
		if width[i] > 0 {
			more := min(max(t.columns[i].Ideal-width[i], 0), room)
			width[i] += more
			room -= more
		}
	}
	var elastic []int
	for i, c := range t.columns {
		if width[i] > 0 && c.Elastic {
			elastic = append(elastic, i)
		}
	}
	for n, i := range elastic {
		more := room / (len(elastic) - n)
		width[i] += more
		room -= more
	}
	var spans []span
	x := gutter
	for i, w := range width {
		if w > 0 {
			spans = append(spans, span{i, x, w})
			x += w + t.gap()
		}
	}
	return spans
}
