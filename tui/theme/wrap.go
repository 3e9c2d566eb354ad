package theme

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Wrap breaks text into lines of at most w cells, at its line breaks and spaces
// only, so that the words of a command stay whole; what goes on begins with indent
// spaces. A word that is wider than a line is cut. The text must be without styles.
func Wrap(text string, w, indent int) []string {
	w = max(w, 1)
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		out = wrapLine(out, l, w, indent)
	}
	return out
}

func wrapLine(out []string, text string, w, indent int) []string {
	if w <= indent {
		indent = 0
	}
	line := ""
	for i, word := range strings.Split(text, " ") {
		switch {
		case i == 0:
			line = word
		case Width(line)+1+Width(word) <= w || strings.TrimSpace(line) == "":
			line += " " + word
		default:
			out = append(out, strings.TrimRight(line, " "))
			line = Spaces(indent) + word
		}
		for Width(line) > w {
			head := ansi.Truncate(line, w, "")
			if strings.TrimSpace(head) == "" {
				break // a wide character alone does not fit
			}
			out = append(out, head)
			line = Spaces(indent) + line[len(head):]
		}
	}
	return append(out, line)
}
