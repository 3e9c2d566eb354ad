package tui

import (
	"strings"

	"gwm/core"
	"gwm/tui/theme"
)

// asked is what a table knows of the answer that fills it: one question at a
// time, and one more where something changed meanwhile.
type asked struct {
	have   bool // something was answered
	failed *core.Error
	asking bool
	again  bool // something changed while it was asked for
}

// begin tells whether to ask now, and keeps in mind that somebody wanted to.
func (a *asked) begin() bool {
	if a.asking {
		a.again = true
		return false
	}
	a.asking = true
	return true
}

// end takes how the question ended, and tells whether to ask again.
func (a *asked) end(err error) (again bool) {
	again = a.again
	a.asking, a.again, a.failed = false, false, core.AsError(err)
	a.have = a.have || err == nil
	return again
}

// missing draws what stands in place of the table; it is empty where there is an
// answer to show.
func (a *asked) missing(t *theme.Theme, w int) string {
	switch {
	case a.failed != nil:
		text := hollowLines(t.Text, a.failed.Message, w)
		if a.failed.Hint != "" {
			text += hollowLines(t.Dim, a.failed.Hint, w)
		}
		return text
	case !a.have:
		return "\n  " + t.Dim.Render("asking"+t.Sym.Ellipsis)
	}
	return ""
}

// hollowLines are a text in the place of a table, in as many lines as it needs.
func hollowLines(style theme.Style, text string, w int) string {
	var out strings.Builder
	for _, l := range wrap(core.Printable(text), w-4) {
		out.WriteString("\n  " + style.Render(l))
	}
	return out.String()
}
