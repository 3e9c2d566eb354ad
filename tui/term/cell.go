package term

// Color is a colour of a cell: the terminal's own, one of 256, or exact.
type Color uint32

const (
	indexed Color = 1 << 24 // and the number
	exact   Color = 2 << 24 // and red, green, blue
)

// Attr is a set of attributes of a cell.
type Attr uint16

// The attributes.
const (
	Bold Attr = 1 << iota
	Faint
	Italic
	Underline
	Reverse
	Hidden
	Strike
)

// Style is how a cell looks; the zero value is the terminal's own look.
type Style struct {
	FG, BG Color
	Attr   Attr
}

// maxMarks is how many combining characters a cell keeps.
const maxMarks = 2

// Cell is a place on the screen.
type Cell struct {
	Rune  rune           // printable; 0: nothing was written here
	Marks [maxMarks]rune // combining characters on it; 0: none
	Style Style
	Width uint8 // 1, or 2 where the next cell belongs to it; that one has 0
}

// blank is an empty cell; erasing keeps the background of the pen.
func blank(pen Style) Cell { return Cell{Width: 1, Style: Style{BG: pen.BG}} }

// row is a row of the screen.
type row struct {
	cells  []Cell
	joined bool // the text goes on in the next row, where the line was too long
}

func newRow(cols int) row {
	r := row{cells: make([]Cell, cols)}
	r.erase(0, cols, Style{})
	return r
}

// erase empties the cells from until to.
func (r *row) erase(from, to int, pen Style) {
	from, to = max(from, 0), min(to, len(r.cells))
	r.part(from)
	r.part(to)
	b := blank(pen)
	for i := from; i < to; i++ {
		r.cells[i] = b
	}
	if to == len(r.cells) {
		r.joined = false
	}
}

// part takes apart a wide character that has a cell on both sides of x.
func (r *row) part(x int) {
	if x <= 0 || x >= len(r.cells) || r.cells[x].Width != 0 {
		return
	}
	r.cells[x-1] = Cell{Width: 1, Style: r.cells[x-1].Style}
	r.cells[x] = Cell{Width: 1, Style: r.cells[x].Style}
}

// insert moves the cells from x on to the right by n; remove to the left.
func (r *row) insert(x, n int, pen Style) {
	n = min(n, len(r.cells)-x)
	r.part(x)
	r.part(len(r.cells) - n)
	copy(r.cells[x+n:], r.cells[x:])
	r.fill(x, x+n, pen)
	r.joined = false
}

func (r *row) remove(x, n int, pen Style) {
	n = min(n, len(r.cells)-x)
	r.part(x)
	r.part(x + n)
	copy(r.cells[x:], r.cells[x+n:])
	r.fill(len(r.cells)-n, len(r.cells), pen)
	r.joined = false
}

// fill empties cells whose wide characters are taken care of.
func (r *row) fill(from, to int, pen Style) {
	for i := from; i < to; i++ {
		r.cells[i] = blank(pen)
	}
}

// resize cuts the row or fills it up.
func (r *row) resize(cols int) {
	have := len(r.cells)
	switch {
	case cols < have:
		r.part(cols)
		r.cells = r.cells[:cols:cols]
		r.joined = false
	case cols > have:
		cells := make([]Cell, cols)
		copy(cells, r.cells)
		r.cells = cells
		r.fill(have, cols, Style{})
	}
}
