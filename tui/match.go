package tui

import (
	"strings"

	"github.com/sahilm/fuzzy"
)

// matchLimit is how many matches a list of suggestions shows at most.
const matchLimit = 100

// match returns the indexes of the names that match what was typed, best first:
// exact, beginning (of the name or of a part after '/', '.', '-' or a space),
// somewhere, and only where none of these is found, letters in this order.
func match(typed string, n int, name func(int) string) []int {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var ranks [3][]int
	for i := range n {
		r, ok := rank(typed, name(i))
		if ok && len(ranks[r]) < matchLimit {
			ranks[r] = append(ranks[r], i)
		}
		if len(ranks[0]) >= matchLimit {
			break
		}
	}
	out := append(append(ranks[0], ranks[1]...), ranks[2]...)
	if len(out) == 0 {
		for _, m := range fuzzy.FindFrom(typed, nameList{n, name}) {
			out = append(out, m.Index)
		}
	}
	return out[:min(len(out), matchLimit)]
}

// rank tells how well a name matches: 0 whole or a whole part, 1 the beginning
// of a part, 2 somewhere.
func rank(typed, name string) (int, bool) {
	if typed == "" {
		return 1, true
	}
	name = strings.ToLower(name)
	best := -1
	for from := 0; ; {
		at := strings.Index(name[from:], typed)
		if at < 0 {
			return max(best, 0), best >= 0
		}
		at += from
		end := at + len(typed)
		starts := at == 0 || strings.IndexByte("/.- ", name[at-1]) >= 0
		switch {
		case starts && (end == len(name) || strings.IndexByte("/. ", name[end]) >= 0):
			return 0, true
		case starts:
			best = 1
		case best < 0:
			best = 2
		}
		from = at + 1
	}
}

// nameList is a list for the fuzzy search.
type nameList struct {
	n    int
	name func(int) string
}

func (s nameList) Len() int            { return s.n }
func (s nameList) String(i int) string { return s.name(i) }
