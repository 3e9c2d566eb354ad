package tui

import (
	"fmt"
	"slices"

	"gwm/tui/theme"
)

// trouble is the list of problems on the overview, with a cursor of its own.
type trouble struct {
	list []problem
	more int // problems that are not in the list
	at   int // index of the problem under the cursor, -1 while the cursor is elsewhere

	first, seen int // the problems that were painted
	y, w        int // where the title was painted, how wide
}

// take replaces the problems; the cursor stays with its problem.
func (b *trouble) take(list []problem, more int) {
	if old, ok := b.current(); ok {
		b.at = min(b.at, len(list)-1)
		if at := slices.IndexFunc(list, func(p problem) bool { return p.what == old.what && p.why == old.why }); at >= 0 {
			b.at = at
		}
	}
	b.list, b.more = list, more
}

// current is the problem under the cursor.
func (b *trouble) current() (problem, bool) {
	if b.at < 0 || b.at >= len(b.list) {
		return problem{}, false
	}
	return b.list[b.at], true
}

// move moves the cursor; up from the first problem it leaves the list. It tells
// whether it took the action.
func (b *trouble) move(id string) bool {
	page := max(b.seen-1, 1)
	switch id {
	case actUp:
		b.at--
	case actDown:
		b.at++
	case actHalfUp, actPageUp:
		b.at -= page
	case actHalfDown, actPageDown:
		b.at += page
	case actBottom:
		b.at = len(b.list) - 1
	case actTop:
		b.at = -1
		return false // the table has a top too
	default:
		return false
	}
	b.at = min(max(b.at, -1), len(b.list)-1)
	return true
}

// hit is the problem at a point of the page.
func (b *trouble) hit(x, y int) (at int, ok bool) {
	line := y - b.y - 1
	if x >= b.w || line < 0 || line >= b.seen {
		return -1, false
	}
	return b.first + line, true
}

// lines draws a title and the problems in h lines of w cells.
func (b *trouble) lines(t *theme.Theme, w, h int) []string {
	b.w, b.seen = w, 0
	if len(b.list) == 0 {
		return []string{t.Rule("problems", w), t.Good.Render("  "+t.Sym.Done+" ") + t.Dim.Render("nothing needs attention")}
	}
	out := []string{t.Rule(fmt.Sprintf("problems (%d)", len(b.list)+b.more), w)}
	room := h - 1
	if len(b.list)+b.more > room {
		room = max(room-1, 1) // a line for how many more there are
	}
	b.first = max(min(b.first, len(b.list)-room), 0)
	if b.at >= 0 {
		b.first = min(max(b.first, b.at-room+1), b.at)
	}
	for i := b.first; i < min(b.first+room, len(b.list)); i++ {
		out = append(out, b.list[i].line(t, w, i == b.at))
		b.seen++
	}
	if rest := len(b.list) + b.more - b.first - b.seen; rest > 0 && len(out) < h {
		out = append(out, t.Dim.Render(t.Cut(fmt.Sprintf("  and %d more", rest), w)))
	}
	return out
}
