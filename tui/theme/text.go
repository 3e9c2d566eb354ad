package theme

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is the number of cells that s takes. It may hold styles.
func Width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Cut shortens s to at most width cells, with an ellipsis in place of what is
// lost. It may hold styles, which are kept.
func (t *Theme) Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if Width(s) <= width {
		return s
	}
	return ansi.Truncate(s, width, t.Sym.Ellipsis)
}

// CutLeft shortens s to at most width cells and keeps its end.
func (t *Theme) CutLeft(s string, width int) string {
	n := Width(s)
	if width <= 0 {
		return ""
	}
	if n <= width {
		return s
	}
	return ansi.TruncateLeft(s, n-width+Width(t.Sym.Ellipsis), t.Sym.Ellipsis)
}

// Fit makes s exactly width cells: cut or padded on the right.
func (t *Theme) Fit(s string, width int) string {
	s = t.Cut(s, width)
	return s + Spaces(width-Width(s))
}

// FitRight is Fit with the text at the right end.
func (t *Theme) FitRight(s string, width int) string {
	s = t.Cut(s, width)
	return Spaces(width-Width(s)) + s
}

const blanks = "                                                                                                    "

// Spaces returns n spaces, none for a negative n.
func Spaces(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(blanks):
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}

// Rule is a horizontal line of width cells with a title in it.
func (t *Theme) Rule(title string, width int) string {
	if title == "" {
		return t.Border.Render(strings.Repeat(t.Sym.H, max(width, 0)))
	}
	title = t.Cut(title, width-4)
	rest := max(width-Width(title)-4, 0)
	return t.Cut(t.Border.Render(t.Sym.H+" ")+t.PanelTitle.Render(title)+
		t.Border.Render(" "+strings.Repeat(t.Sym.H, rest+1)), width)
}
