package table

import (
	"cmp"
	"slices"
)

// Mark marks the row under the cursor, or takes its mark away, and moves on.
func (t *Table[K]) Mark() {
	if !t.has {
		return
	}
	if _, marked := t.marks[t.key]; marked {
		delete(t.marks, t.key)
	} else {
		t.marks[t.key] = t.cursor
	}
	t.anchor, t.ranged = t.key, true
	t.Redraw()
	t.Move(1)
}

// MarkRange marks all rows from the one marked last to the cursor.
func (t *Table[K]) MarkRange() {
	if !t.has {
		return
	}
	from := -1
	if t.ranged {
		from = t.find(t.anchor)
	}
	if from < 0 {
		from = t.cursor
	}
	for i := min(from, t.cursor); i <= max(from, t.cursor); i++ {
		t.marks[t.rows.ID(i)] = i
	}
	t.anchor, t.ranged = t.key, true
	t.Redraw()
}

// InvertMarks marks every row that is not marked and takes the marks of the
// others. Rows that are filtered out keep what they have.
func (t *Table[K]) InvertMarks() {
	for i := range t.rows.Len {
		id := t.rows.ID(i)
		if _, marked := t.marks[id]; marked {
			delete(t.marks, id)
		} else {
			t.marks[id] = i
		}
	}
	t.Redraw()
}

// ClearMarks takes all marks away, also of rows that are filtered out.
func (t *Table[K]) ClearMarks() {
	clear(t.marks)
	t.ranged = false
	t.Redraw()
}

// RetainMarks drops the marks of what no longer exists.
func (t *Table[K]) RetainMarks(exists func(K) bool) {
	for id := range t.marks {
		if !exists(id) {
			delete(t.marks, id)
		}
	}
	t.Redraw()
}

// Marked is the number of marks.
func (t *Table[K]) Marked() int { return len(t.marks) }

// Marks returns the marked rows in the order of the table, and those that are
// not among the rows now because a filter hides them, in no order.
func (t *Table[K]) Marks() (shown, hidden []K) {
	for id, row := range t.marks {
		if row < 0 {
			hidden = append(hidden, id)
		} else {
			shown = append(shown, id)
		}
	}
	slices.SortFunc(shown, func(a, b K) int { return cmp.Compare(t.marks[a], t.marks[b]) })
	return shown, hidden
}

// reindex finds the marked rows again after the rows changed.
func (t *Table[K]) reindex() {
	for id := range t.marks {
		t.marks[id] = -1
	}
	for i := range t.rows.Len {
		id := t.rows.ID(i)
		if _, marked := t.marks[id]; marked {
			t.marks[id] = i
		}
	}
}
