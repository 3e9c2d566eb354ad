package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
)

// suggester is a page that knows what may stand in its filter: the names of
// fields where field is empty, else values of the field that begin so.
type suggester interface {
	suggest(field, prefix string) []string
}

// maxSuggested bounds the values that are offered, and maxLooked the rows that
// are looked at for them: with more a few letters must be typed first.
const (
	maxSuggested = 30
	maxLooked    = 20_000
)

// filterTab completes the last word of the filter line as far as it is clear, and
// offers what is possible.
func (a *App) filterTab() tea.Cmd {
	p, ok := ahead[suggester](a)
	if !ok {
		return nil
	}
	text := a.typing.String()
	at := strings.LastIndexByte(text, ' ') + 1
	word := strings.TrimLeft(text[at:], "!")
	field, prefix, hasField := strings.Cut(word, ":")
	if !hasField {
		field, prefix = "", word
	} else if comma := strings.LastIndexByte(prefix, ','); comma >= 0 {
		prefix = prefix[comma+1:]
	}
	found := p.suggest(strings.ToLower(field), strings.ToLower(strings.TrimPrefix(prefix, `"`)))
	if len(found) == 0 {
		a.offered = []string{"nothing to complete"}
		return nil
	}
	with := common(found)
	a.offered = nil
	if len(found) > 1 {
		a.offered = found
	}
	if strings.Contains(with, " ") && hasField {
		with = `"` + with
		if len(found) == 1 {
			with += `"`
		}
	}
	l := newLine(text[:len(text)-len(prefix)] + with)
	a.typing = &l
	return a.setFilter(a.typing.String())
}

// ahead is the page in front, or the part of it that is under its tab in front,
// where one of them can do something.
func ahead[T any](a *App) (T, bool) {
	if p, ok := a.front().(interface{ inFront() any }); ok {
		if t, ok := p.inFront().(T); ok {
			return t, true
		}
	}
	t, ok := a.front().(T)
	return t, ok
}

// common is the longest beginning that all texts have.
func common(texts []string) string {
	out := texts[0]
	for _, t := range texts[1:] {
		for !strings.HasPrefix(t, out) {
			out = out[:len(out)-1]
		}
	}
	return strings.ToValidUTF8(out, "")
}

// suggest offers the fields that the rows have, and the values that are there.
func (l *list[T]) suggest(field, prefix string) []string {
	if l.rows.len() == 0 || l.match == nil {
		return nil
	}
	if field == "" {
		return l.fieldNames(prefix)
	}
	seen := map[string]bool{}
	for i := range min(l.given.len(), maxLooked) {
		row := l.match(l.given.row(i))
		if l.told != nil {
			row = l.told(l.given.row(i))
		}
		values, _ := row.FilterField(field)
		for _, v := range values {
			if strings.HasPrefix(v, prefix) {
				seen[core.Printable(v)] = true
			}
		}
		if len(seen) >= maxSuggested {
			break
		}
	}
	return sortedKeys(seen)
}

// fieldNames lists the fields of the rows that begin so, with what follows them.
func (l *list[T]) fieldNames(prefix string) []string {
	var out []string
	row := l.match(l.given.row(0))
	if l.told != nil {
		row = l.told(l.given.row(0))
	}
	for _, name := range core.FilterFields() {
		if _, ok := row.FilterField(name); ok && strings.HasPrefix(name, prefix) {
			out = append(out, name+":")
		}
	}
	for _, name := range core.FilterNumbers() {
		if _, ok := row.FilterNumber(name); ok && strings.HasPrefix(name, prefix) {
			out = append(out, name+">")
		}
	}
	return out
}

func sortedKeys(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
