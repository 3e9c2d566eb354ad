// Package table is a list of rows in columns that costs what is on the screen,
// not what is in the list: rows are asked for by index when they are drawn, and
// drawn rows are kept until something changes.
//
// It guarantees that the cursor and the marks stay with their rows by id while
// data, order and filter change, that a line is exactly as wide as asked, and
// that the columns without a Drop are never left out. It knows nothing of what
// the rows are.
package table

import "gwm/tui/theme"

// Column is one column. Widths are in cells.
type Column struct {
	Key     string
	Title   string // drawn in upper case
	Min     int    // below it the column is left out (or, with Drop 0, cut)
	Ideal   int    // what it takes where there is room
	Elastic bool   // takes a share of what is left over
	Drop    int    // when width is short the highest goes first; 0: stays
	Right   bool   // aligned to the right, for numbers
}

// Cell is what stands in one column of one row. Texts are printable and without
// styles. Short, if there is one, stands where Text does not fit. Lead stands
// before both in a style of its own.
type Cell struct {
	Text  string
	Short string
	Style theme.Style

	Lead      string
	LeadStyle theme.Style
}

// Rows is the content: Len rows, each with an id that stays the same while its
// index changes. Cell is called with an index into the columns, and only for
// what is on the screen.
type Rows[K comparable] struct {
	Len  int
	ID   func(row int) K
	Cell func(row, column int) Cell
	Find func(id K) int // index of a row, -1 where it is not there; nil: all ids are compared
}

// Table is the widget. Its zero value is not usable: see New.
type Table[K comparable] struct {
	theme   *theme.Theme
	columns []Column
	rows    Rows[K]
	w, h    int

	cursor int // index of the row under the cursor
	top    int // index of the first row on the screen
	key    K   // id of the row under the cursor, while there is one
	has    bool

	marks  map[K]int // index of the row, -1 while it is not among the rows
	anchor K         // where a range begins
	ranged bool

	blurred  bool // the cursor is not drawn
	sortKey  string
	sortDesc bool
	wide     bool
	offset   int // first scrolling column in wide mode

	layout []span
	cache  map[drawn]string
}

// drawn names a row in the cache.
type drawn struct {
	row      int
	selected bool
}

// New makes a table without rows.
func New[K comparable](t *theme.Theme, columns []Column) *Table[K] {
	return &Table[K]{theme: t, columns: columns, marks: map[K]int{}, cache: map[drawn]string{}}
}

// SetTheme draws with another theme from now on.
func (t *Table[K]) SetTheme(th *theme.Theme) {
	if t.theme != th {
		t.theme = th
		t.Redraw()
	}
}

// Theme is what the table is drawn with.
func (t *Table[K]) Theme() *theme.Theme { return t.theme }

// SetColumns replaces the columns, for a list that shows other ones in another
// scope.
func (t *Table[K]) SetColumns(columns []Column) {
	t.columns = columns
	t.offset = 0
	t.relayout()
}

// Columns are all columns, also those that do not fit.
func (t *Table[K]) Columns() []Column { return t.columns }

// Resize sets the size in cells, the header line included.
func (t *Table[K]) Resize(w, h int) {
	if w == t.w && h == t.h {
		return
	}
	t.w, t.h = w, h
	t.relayout()
	t.scroll()
}

// Blur hides the cursor while keys go elsewhere, or shows it again.
func (t *Table[K]) Blur(hide bool) { t.blurred = hide }

// Redraw forgets drawn rows: cells changed though the rows did not (an age).
func (t *Table[K]) Redraw() { clear(t.cache) }

// SetRows replaces the content. The cursor stays on its row; where that is gone
// it stays at its place and kept is false.
func (t *Table[K]) SetRows(rows Rows[K]) (kept bool) {
	t.rows = rows
	t.Redraw()
	if len(t.marks) > 0 {
		t.reindex()
	}
	if at := t.find(t.key); t.has && at >= 0 {
		t.cursor, kept = at, true
	}
	t.moveTo(t.cursor)
	return kept
}

// find returns the index of a row, -1 where it is not among the rows.
func (t *Table[K]) find(k K) int {
	if t.cursor < t.rows.Len && t.rows.ID(t.cursor) == k {
		return t.cursor
	}
	if t.rows.Find != nil {
		return t.rows.Find(k)
	}
	for i := range t.rows.Len {
		if t.rows.ID(i) == k {
			return i
		}
	}
	return -1
}

// Len is the number of rows.
func (t *Table[K]) Len() int { return t.rows.Len }

// Cursor returns the row under the cursor; ok is false in an empty table.
func (t *Table[K]) Cursor() (id K, row int, ok bool) { return t.key, t.cursor, t.has }

// Select moves the cursor to a row, if it is there.
func (t *Table[K]) Select(id K) bool {
	at := t.find(id)
	if at >= 0 {
		t.moveTo(at)
	}
	return at >= 0
}

// Move moves the cursor by n rows, within the list.
func (t *Table[K]) Move(n int) { t.moveTo(t.cursor + n) }

// Page moves by n times the rows on the screen, Half by n times half of them.
func (t *Table[K]) Page(n int) { t.moveTo(t.cursor + n*max(t.visible()-1, 1)) }

// Half moves by n half screens.
func (t *Table[K]) Half(n int) { t.moveTo(t.cursor + n*max(t.visible()/2, 1)) }

// Top and Bottom go to the first and the last row.
func (t *Table[K]) Top() { t.moveTo(0) }

// Bottom goes to the last row.
func (t *Table[K]) Bottom() { t.moveTo(t.rows.Len - 1) }

// Scroll moves the picture by n rows, as a mouse wheel does; the cursor stays
// within it.
func (t *Table[K]) Scroll(n int) {
	limit := max(t.rows.Len-t.visible(), 0)
	t.top = min(max(t.top+n, 0), limit)
	margin := t.margin()
	low, high := t.top+margin, t.top+t.visible()-1-margin
	if t.top == 0 {
		low = 0
	}
	if t.top == limit {
		high = t.rows.Len - 1
	}
	t.moveTo(min(max(t.cursor, low), high))
}

func (t *Table[K]) moveTo(row int) {
	t.cursor = min(max(row, 0), max(t.rows.Len-1, 0))
	t.has = t.rows.Len > 0
	if t.has {
		t.key = t.rows.ID(t.cursor)
	}
	t.scroll()
}

// Visible are the rows on the screen: from the first to before the second.
func (t *Table[K]) Visible() (from, to int) { return t.top, min(t.top+t.visible(), t.rows.Len) }

// visible is the number of rows that fit below the header.
func (t *Table[K]) visible() int { return max(t.h-1, 0) }

// margin is how many rows stay in sight beyond the cursor.
func (t *Table[K]) margin() int { return min(2, max(t.visible()-1, 0)/2) }

// scroll brings the cursor into sight.
func (t *Table[K]) scroll() {
	margin := t.margin()
	t.top = min(t.top, t.cursor-margin)
	t.top = max(t.top, t.cursor+margin-t.visible()+1)
	t.top = max(min(t.top, t.rows.Len-t.visible()), 0)
}
