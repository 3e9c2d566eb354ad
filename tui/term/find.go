package term

import (
	"strings"
	"unicode"
)

// finding is a text that is looked for.
type finding struct {
	text string // lower case where fold holds; empty: nothing
	fold bool   // upper and lower case are the same, unless the text has upper case
	row  int64  // where it was found last; -1: nowhere
}

// Find looks for a text from the row shown last upwards, then below it, and shows the
// row; an empty one shows nothing found any more. It returns how many rows hold it.
func (v *View) Find(text string) int {
	fold := !strings.ContainsFunc(text, unicode.IsUpper)
	v.find = finding{text: text, fold: fold, row: min(v.first()+int64(v.h), v.of.Dropped()+int64(v.of.Len()))}
	if text == "" {
		return 0
	}
	n := 0
	for i := range v.of.Len() {
		cells, _ := v.of.Row(i)
		if v.find.in(cells) {
			n++
		}
	}
	if n > 0 && !v.FindNext(-1) {
		v.FindNext(1)
	}
	return n
}

// FindNext goes to the next row that holds the text, up where step is -1 and
// down where it is 1. It is false where there is no other one.
func (v *View) FindNext(step int) bool {
	base, n := v.of.Dropped(), int64(v.of.Len())
	if v.find.text == "" {
		return false
	}
	for row := v.find.row + int64(step); row >= base && row < base+n; row += int64(step) {
		cells, _ := v.of.Row(int(row - base))
		if v.find.in(cells) {
			v.find.row, v.point = row, row
			v.reveal(row)
			return true
		}
	}
	return false
}

// Finding is the text that is looked for, "" for none.
func (v *View) Finding() string { return v.find.text }

// reveal shows a row, in the middle where it was not in sight.
func (v *View) reveal(row int64) {
	if first := v.first(); row >= first && row < first+int64(v.h) {
		return
	}
	v.goTo(row - int64(v.h)/2)
}

func (f *finding) in(cells []Cell) bool {
	text, _ := lineOf(cells)
	if f.fold {
		text = strings.ToLower(text)
	}
	return strings.Contains(text, f.text)
}

// on lists where in a row the text stands, as cells from until to.
func (f *finding) on(cells []Cell) [][2]int {
	if f.text == "" {
		return nil
	}
	text, at := lineOf(cells)
	if f.fold {
		lower := strings.ToLower(text)
		if len(lower) != len(text) { // bytes would not be those of the cells
			return nil
		}
		text = lower
	}
	var out [][2]int
	for from := 0; ; {
		i := strings.Index(text[from:], f.text)
		if i < 0 {
			return out
		}
		from += i
		end := from + len(f.text)
		out = append(out, [2]int{at[from], at[end]})
		from = end
	}
}
