package tui

import (
	"cmp"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// field is a column of a list of T: how it is drawn and compared.
type field[T any] struct {
	grid.Column
	cell func(*T) grid.Cell // its text needs not be printable
	cmp  func(a, b *T) int  // nil: cannot be sorted by
	desc bool               // the greatest first, when it is chosen
	fit  int                // cells that its texts get in a table of fitWidth where they need them, before columns that matter less; 0: it is not measured
	// by makes the comparison in Update, in place of cmp, where rows are compared
	// by what they do not hold themselves.
	by func() func(a, b *T) int
}

// list is what all pages with one big table share: rows of T from the view,
// sorted once per revision (equal ones stay in the order of the view; many rows
// are sorted outside Update), filtered
// once per change of the filter, drawn as far as they are on the screen. The
// rows belong to the view and are not changed.
type list[T any] struct {
	host    *host
	grid    *grid.Table[core.Ref]
	fields  []field[T]
	id      func(*T) core.Ref
	match   func(*T) core.Row               // as the filter sees a row
	far     func() func(*T) core.Row        // made in Update: match for a filter that looks beyond the rows; nil: it does not
	told    func(*T) core.Row               // the same with every field, to complete a filter; nil: match
	faded   func(*T) (fade, bool)           // rows that are drawn in one quiet style
	bad     func(*T) bool                   // needs attention; nil: the list has no such mode
	upkeep  func(*T) bool                   // is left out while there is no filter, and counted; nil: nothing is
	open    func(*T) (place, bool)          // where enter leads
	name    func(*T) (cluster, name string) // what stands in the column "name"; nil: it is not adapted to what is there
	several bool                            // rows of several clusters are told apart by a column
	names   names
	needs   map[string]int // cells of the longest text seen in a column that is measured
	brief   bool           // names are shown without their domains
	given   picks[T]       // as the view lists them
	rows    picks[T]       // sorted
	shown   picks[T]       // those of rows that pass filter and trouble
	find    query[T]
	order   order // what is wanted
	sorts   sorts[T]
	seeks   seeks
	z       bool // problems only
	drawn   time.Time
	w, h    int
	above   int // lines of the page above the table

	beyond uint64 // revision of what columns and filter know beyond the rows, such as owners
}

// fade says why a row is drawn quietly.
type fade int

const (
	fadeStale fade = iota
	fadeGone
)

func newList[T any](h *host, fields []field[T]) list[T] {
	l := list[T]{host: h}
	l.setFields(fields)
	return l
}

// setFields replaces the columns, for another scope.
func (l *list[T]) setFields(fields []field[T]) {
	l.fields, l.needs = fields, map[string]int{}
	columns := make([]grid.Column, len(fields))
	for i, f := range fields {
		columns[i] = f.Column
	}
	if l.grid == nil {
		l.grid = grid.New[core.Ref](l.host.look.theme, columns)
	} else {
		l.grid.SetColumns(columns)
	}
}

// divide shows the column of the clusters where there are several, and leaves its
// room to others where there is one.
func (l *list[T]) divide(several bool, fields func(look *look, clusters bool) []field[T]) {
	if l.several != several {
		l.several = several
		l.setFields(fields(l.host.look, several))
	}
}

// resize gives the table a size before it is first drawn; paint refines it.
func (l *list[T]) resize(w, h int) {
	l.w, l.h = w, h
	l.grid.Resize(w, max(h-1, 0))
}

// load takes new rows of the view, and their texts where the view has them. It
// costs what all rows cost once; keys do not come here.
func (l *list[T]) load(given []*T, texts func() []string) tea.Cmd {
	if sameRows(given, l.given.of) {
		l.grid.Redraw() // the same rows: lists of a view are never changed
		return nil
	}
	l.given = picks[T]{of: given, texts: texts}
	if l.name != nil {
		l.names = measure(len(given), func(i int) (cluster, name string) { return l.name(given[i]) })
	}
	cmd := l.resort()
	l.prune()
	return tea.Batch(cmd, l.seek())
}

// renew tells that what a column and a field of the filter know beyond the rows
// is another revision: rows that were chosen or sorted by that are so anew.
func (l *list[T]) renew(rev uint64, column string) tea.Cmd {
	if l.beyond == rev {
		return nil
	}
	l.beyond = rev
	asked := l.find.parsed.Asks(column)
	if asked {
		l.find.reset()
	}
	switch {
	case l.order.key == column:
		return tea.Batch(l.resort(), l.seek())
	case asked:
		l.choose(false)
	}
	return l.seek()
}

// sameRows tells whether two lists are one.
func sameRows[T any](a, b []*T) bool {
	return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0]
}

// warm makes ready for a filter what is common to all of them, outside Update.
func (l *list[T]) warm() tea.Cmd {
	texts := l.given.texts
	if texts == nil {
		return nil
	}
	return func() tea.Msg { texts(); return nil }
}

// prune drops the marks of what is gone.
func (l *list[T]) prune() {
	if l.grid.Marked() == 0 {
		return
	}
	there := make(map[core.Ref]bool, len(l.given.of))
	for _, r := range l.given.of {
		there[l.id(r)] = true
	}
	l.grid.RetainMarks(func(r core.Ref) bool { return there[r] })
}

// choose finds the rows that are shown and hands them to the table, or leaves
// that to seek. Fresh tells that objects may have been replaced by newer ones.
func (l *list[T]) choose(fresh bool) (kept bool) {
	if l.seeks.wanted = l.seekAside(); l.seeks.wanted {
		return true
	}
	return l.take(l.find.run(l.rows, l.match, l.keepsRow()), fresh)
}

// take shows what was found.
func (l *list[T]) take(found picks[T], fresh bool) (kept bool) {
	under, _ := l.current()
	l.shown = found
	id := func(i int) core.Ref { return l.id(l.shown.row(i)) }
	return l.grid.SetRows(grid.Rows[core.Ref]{
		Len:  l.shown.len(),
		ID:   id,
		Cell: l.cell,
		Find: func(k core.Ref) int {
			if under != nil && l.id(under) == k {
				if i := l.shown.index(under); i >= 0 || !fresh {
					return i
				}
			}
			for i := range l.shown.len() {
				if id(i) == k {
					return i
				}
			}
			return -1
		},
	})
}

// keepsRow is the part of the choice that is not the filter's; nil: all.
func (l *list[T]) keepsRow() func(*T) bool {
	switch {
	case l.z:
		return l.bad
	case l.tidy():
		return func(r *T) bool { return !l.upkeep(r) }
	}
	return nil
}

// tidy tells whether gwm's own upkeep is left out: who filters looks through all.
func (l *list[T]) tidy() bool { return l.upkeep != nil && !l.z && l.find.parsed == nil }

// leftOut says how much upkeep is left out and how to find it; empty: none is.
func (l *list[T]) leftOut() string {
	n := l.rows.len() - l.shown.len()
	if !l.tidy() || n == 0 {
		return ""
	}
	return count(n) + " by " + core.UpkeepBy + " left out, / finds them"
}

// cell draws one cell. It is the one place where the texts of rows become
// printable.
func (l *list[T]) cell(row, column int) grid.Cell {
	r := l.shown.row(row)
	c := l.fields[column].cell(r)
	if l.brief && l.fields[column].Key == "name" {
		c.Text = l.names.short(l.name(r))
	}
	c.Text, c.Short = core.Printable(c.Text), core.Printable(c.Short)
	if l.faded != nil {
		switch why, ok := l.faded(r); {
		case !ok:
		case why == fadeGone:
			c.Style = l.host.look.theme.Gone
			c.LeadStyle = c.Style
		default:
			c.Style = l.host.look.theme.Stale
			c.LeadStyle = c.Style
		}
	}
	return c
}

// current is the row under the cursor.
func (l *list[T]) current() (*T, bool) {
	_, row, ok := l.grid.Cursor()
	if !ok || row >= l.shown.len() {
		return nil, false
	}
	return l.shown.row(row), true
}

// view draws the table. Ages in it are fresh to ten seconds.
func (l *list[T]) view(w, h int) string {
	l.grid.SetTheme(l.host.look.theme)
	l.grid.Resize(w, h)
	if now := time.Now(); now.Sub(l.drawn) >= 10*time.Second {
		l.drawn = now
		l.grid.Redraw()
	}
	l.fitNames(w)
	l.fitTexts(w)
	return l.grid.View()
}

// fitNames gives the column of names what the names need.
func (l *list[T]) fitNames(w int) {
	if l.name == nil {
		return
	}
	least, ideal, brief := l.names.fit(w)
	if brief = brief && !l.grid.Wide(); brief != l.brief {
		l.brief = brief
		l.grid.Redraw()
	}
	l.grid.Demand("name", least, ideal)
}

// fitWidth is the width of a table for which field.fit is told.
const fitWidth = 120

// fitTexts gives columns what the texts on the screen need. Columns only grow, so
// that nothing jumps while one scrolls; others give way to them.
func (l *list[T]) fitTexts(w int) {
	from, to := l.grid.Visible()
	for row := from; row < to; row++ {
		if l.grid.Drawn(row) {
			continue // it was measured before
		}
		for column, f := range l.fields {
			if f.fit > 0 {
				l.needs[f.Key] = max(l.needs[f.Key], theme.Width(l.cell(row, column).Text))
			}
		}
	}
	for _, f := range l.fields {
		if f.fit > 0 {
			need := max(l.needs[f.Key], theme.Width(f.Title)+1) // the arrow of the order
			l.grid.Demand(f.Key, min(need, max(f.Min, f.fit*w/fitWidth)), need)
		}
	}
}

// refs is the selection of a list of objects.
func (l *list[T]) refs() selection {
	if l.grid.Marked() > 0 {
		shown, hidden := l.grid.Marks()
		slices.SortFunc(hidden, func(a, b core.Ref) int {
			return cmp.Or(cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.Name, b.Name))
		})
		return selection{Refs: slices.Concat(shown, hidden), Marked: true, Hidden: hidden}
	}
	if id, _, ok := l.grid.Cursor(); ok {
		return selection{Refs: []core.Ref{id}}
	}
	return selection{}
}

// enter opens the row under the cursor.
func (l *list[T]) enter() {
	r, ok := l.current()
	if !ok || l.open == nil {
		return
	}
	if to, ok := l.open(r); ok {
		l.host.goal = to
	}
}

// byText, byNumber and byTime make comparisons of fields.
func byText[T any](f func(*T) string) func(a, b *T) int {
	return func(a, b *T) int { return cmp.Compare(f(a), f(b)) }
}

func byNumber[T any](f func(*T) int) func(a, b *T) int {
	return func(a, b *T) int { return cmp.Compare(f(a), f(b)) }
}

func byTime[T any](f func(*T) time.Time) func(a, b *T) int {
	return func(a, b *T) int { return f(a).Compare(f(b)) }
}
