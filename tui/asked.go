package tui

import (
	"strings"
	"time"

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

// answered is what a page knows of an answer that its cluster gives while somebody
// looks, and again after each job that ended there.
type answered struct {
	asked
	told time.Time // when the cluster answered
	jobs string    // the newest job that had ended when it was asked
}

// outdated tells whether something may be another than what the cluster answered, and
// keeps in mind up to which job it was asked.
func (a *answered) outdated(v *core.View, cluster string) bool {
	newest := ""
	jobs := v.Jobs()
	for i := range jobs {
		if jobs[i].Cluster == cluster && jobs[i].State.Final() {
			newest = jobs[i].Name + " " + string(jobs[i].State)
			break
		}
	}
	if a.asking || a.have && newest == a.jobs {
		return false
	}
	a.jobs = newest
	return true
}

// since says how old it is, and that it is how it was where the cluster does not answer.
func (a *answered) since(t *theme.Theme) string {
	switch {
	case a.failed != nil && a.have:
		return "  " + t.Error.Render(t.Sym.Bad+" this is how it was "+ago(a.told)+": "+core.Printable(a.failed.Message))
	case a.have:
		return t.Dim.Render("  asked " + ago(a.told))
	}
	return ""
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
