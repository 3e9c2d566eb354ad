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
		out = fuzzyMatch(typed, n, name)
	}
	return out[:min(len(out), matchLimit)]
}

// fuzzyLimit is among how many names the best are looked for by their letters:
// weighing costs a hundred times more than finding.
const fuzzyLimit = 1000

// fuzzyMatch finds names that hold the letters in this order, best first.
func fuzzyMatch(typed string, n int, name func(int) string) []int {
	var found []int
	var texts []string
	for i := range n {
		if text := name(i); inOrder(typed, text) {
			found, texts = append(found, i), append(texts, text)
		}
		if len(found) == fuzzyLimit {
			break
		}
	}
	var out []int
	for _, m := range fuzzy.Find(typed, texts) {
		out = append(out, found[m.Index])
	}
	return out
}

// inOrder tells whether name holds the letters of typed (in lower case) in this
// order, upper and lower case alike.
func inOrder(typed, name string) bool {
	at := 0
	for i := 0; i < len(name) && at < len(typed); i++ {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c == typed[at] {
			at++
		}
	}
	return at == len(typed)
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
