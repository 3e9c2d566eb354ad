// Package logview is a text that grows at its end: the log of a job, or with
// nothing added any more a document.
//
// It stays at the end until somebody scrolls up, and then stays where they are.
// It keeps a bounded number of lines. Drawing costs what is on the screen.
// Texts must be printable when they are appended; it knows nothing of what they
// say.
package logview

import (
	"fmt"
	"strings"
	"time"

	"gwm/tui/theme"
)

// Level says how a line is drawn.
type Level int

// The levels.
const (
	Plain Level = iota
	Quiet
	Good
	Warn
	Bad
	Note // set apart, though neither good nor bad
	Head
)

// Line is one line. Label stands in front of the text, for the part that wrote
// it.
type Line struct {
	At    time.Time // zero: none
	Label string
	Text  string
	Level Level
}

// View is the widget.
type View struct {
	theme *theme.Theme
	w, h  int
	lines []Line
	limit int
	lost  int // lines that were dropped at the beginning

	top    place // first row on the screen
	follow bool
	fresh  int // lines appended while not following
	side   int // cells scrolled to the right
	wrap   bool
	times  bool
	widest int // of the labels
	label  int // width of the labels; 0: what they need, up to a quarter of the width

	query   string // lower case
	matches int    // lines that hold it
	match   int    // index of the line that is the present match, -1: none
}

// place is a row: a line, and within it a row when lines are wrapped.
type place struct{ line, row int }

// New makes an empty log that keeps at most limit lines and follows its end.
func New(t *theme.Theme, limit int) *View {
	return &View{theme: t, limit: max(limit, 10), follow: true, match: -1}
}

// NewText makes a text that does not grow: it begins at its beginning.
func NewText(t *theme.Theme) *View {
	v := New(t, 200_000)
	v.follow = false
	return v
}

// SetTheme draws with another theme from now on.
func (v *View) SetTheme(t *theme.Theme) { v.theme = t }

// Resize sets the size in cells.
func (v *View) Resize(w, h int) {
	v.w, v.h = w, h
	v.settle()
}

// Append adds lines at the end and drops the oldest beyond the limit.
func (v *View) Append(lines ...Line) {
	v.lines = append(v.lines, lines...)
	v.broaden(lines)
	if !v.follow {
		v.fresh += len(lines)
	}
	if v.query != "" {
		for _, l := range lines {
			if v.hits(l) {
				v.matches++
			}
		}
	}
	if over := len(v.lines) - v.limit; over > 0 {
		over += v.limit / 8 // not at every line
		over = min(over, len(v.lines))
		v.lines = append([]Line(nil), v.lines[over:]...)
		v.lost += over
		v.match = max(v.match-over, -1)
		v.top.line -= over
		if v.top.line < 0 {
			v.top = place{}
		}
		v.fresh = min(v.fresh, len(v.lines))
		v.count()
	}
	v.settle()
}

// broaden makes room for the labels of lines.
func (v *View) broaden(lines []Line) {
	for _, l := range lines {
		v.widest = max(v.widest, theme.Width(l.Label))
	}
}

// Text is every line that is kept, without label and time.
func (v *View) Text() string {
	var b strings.Builder
	for _, l := range v.lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

// SetLabels gives the labels of a text n cells; 0: it has none.
func (v *View) SetLabels(n int) {
	v.label = n
	v.settle()
}

// Place tells how far the reader is: the first and the last line on the screen,
// counted from 1.
func (v *View) Place() (first, last int) {
	return min(v.top.line+1, len(v.lines)), min(v.step(v.top, max(v.h-1, 0)).line+1, len(v.lines))
}

// Replace puts other lines in place of all. Where the reader is stays as far as
// there are as many lines.
func (v *View) Replace(lines []Line) {
	v.lines = append([]Line(nil), lines[max(len(lines)-v.limit, 0):]...)
	v.lost = max(len(lines)-v.limit, 0)
	v.fresh = 0
	v.match, v.widest = -1, 0
	v.broaden(v.lines)
	v.count()
	v.settle()
}

// Len is the number of lines that are kept, Lost of those that no longer are.
func (v *View) Len() int { return len(v.lines) }

// Lost is the number of lines dropped at the beginning.
func (v *View) Lost() int { return v.lost }

// Following tells whether the end stays in sight; Fresh is the number of lines
// that came since it does not.
func (v *View) Following() bool { return v.follow }

// Fresh is the number of lines appended since the reader scrolled up.
func (v *View) Fresh() int { return v.fresh }

// SetFollow stays at the end, or where the reader is.
func (v *View) SetFollow(on bool) {
	v.follow = on
	v.settle()
}

// Wrapped tells whether long lines are broken.
func (v *View) Wrapped() bool { return v.wrap }

// SetWrap breaks long lines, or cuts them.
func (v *View) SetWrap(on bool) {
	v.wrap, v.top.row = on, 0
	v.settle()
}

// Times tells whether lines begin with their time.
func (v *View) Times() bool { return v.times }

// SetTimes shows or hides the time of each line.
func (v *View) SetTimes(on bool) {
	v.times = on
	v.settle()
}

// Status says what a reader should know: "following", or how far they are and how
// much is new, and what was dropped.
func (v *View) Status() string {
	var parts []string
	if v.follow {
		parts = append(parts, "following")
	} else {
		first, last := v.Place()
		told := fmt.Sprintf("%d-%d of %d", first, last, len(v.lines))
		if v.fresh > 0 {
			told += ", " + v.theme.Sym.SortDown + " " + count(v.fresh, "new line")
		}
		parts = append(parts, told+", F follows")
	}
	if v.lost > 0 {
		parts = append(parts, count(v.lost, "earlier line")+" dropped")
	}
	return strings.Join(parts, " "+v.theme.Sym.Dot+" ")
}
