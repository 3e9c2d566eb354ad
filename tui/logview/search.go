package logview

import "strings"

// Search finds a text, upper and lower case alike, and marks it; "" ends the
// search. It returns how many lines hold it, of how many.
func (v *View) Search(text string) (matched, total int) {
	v.query, v.match = strings.ToLower(text), -1
	v.count()
	return v.matches, len(v.lines)
}

// Query returns what is searched for, with its counts.
func (v *View) Query() (text string, matched, total int) {
	return v.query, v.matches, len(v.lines)
}

// Next goes to the next line that holds the search text, or with a negative n
// to the one before, around the end; ok is false where there is none.
func (v *View) Next(n int) (ok bool) {
	if v.matches == 0 {
		return false
	}
	step := 1
	if n < 0 {
		step = len(v.lines) - 1
	}
	at := v.match
	if at < 0 { // from what is on the screen
		at = (v.top.line + len(v.lines) - step) % len(v.lines)
	}
	for range v.lines {
		at = (at + step) % len(v.lines)
		if v.hits(v.lines[at]) {
			v.match = at
			v.reveal(at)
			return true
		}
	}
	return false
}

// reveal scrolls so that a line is on the screen and stops following.
func (v *View) reveal(line int) {
	v.setFollow(false)
	last := v.step(v.top, v.h-1)
	if (place{line, 0}).before(v.top) || last.before(place{line, 0}) {
		v.top = v.step(place{line, 0}, -v.h/3)
	}
	if end := v.end(); !v.top.before(end) {
		v.top = end
	}
}

func (v *View) hits(l Line) bool {
	return strings.Contains(strings.ToLower(l.Text), v.query) || strings.Contains(strings.ToLower(l.Label), v.query)
}

func (v *View) count() {
	v.matches = 0
	if v.query == "" {
		return
	}
	for _, l := range v.lines {
		if v.hits(l) {
			v.matches++
		}
	}
}
