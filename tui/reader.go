package tui

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/tui/logview"
	"gwm/tui/theme"
)

// reader is what pages with a text share: scrolling, searching, wrapping.
type reader struct {
	host *host
	text *logview.View
}

// Labels of pages about an object take as much as the longest needs, within
// these limits.
const (
	labelLeast = 16
	labelMost  = 30
)

// replace puts other lines in place of all, with labels as wide as they need.
func (r *reader) replace(lines []logview.Line) {
	n := 0
	for _, l := range lines {
		n = max(n, theme.Width(l.Label))
	}
	if n > 0 {
		n = min(max(n, labelLeast), labelMost)
	}
	r.text.SetLabels(n)
	r.text.Replace(lines)
}

// readerTraits are what a reader can do.
const readerTraits = traitMove | traitSearch | traitWide

// act carries out the shared actions of a text.
func (r *reader) act(id string) (cmd tea.Cmd, done bool) {
	switch id {
	case actMatchNext:
		return nil, r.text.Next(1)
	case actMatchPrev:
		return nil, r.text.Next(-1)
	case actWide:
		r.text.SetWrap(!r.text.Wrapped())
		told := "long lines are cut; right and left show the rest"
		if r.text.Wrapped() {
			told = "long lines are wrapped"
		}
		return tea.Batch(send(keepMsg{}), send(hintMsg(told))), true
	case actFollow:
		if r.text.Following() {
			return nil, false
		}
		r.text.SetFollow(true)
	case actTimes:
		r.text.SetTimes(!r.text.Times())
		told := "no line shows its time"
		if r.text.Times() {
			told = "each line shows its time, where it has one"
		}
		return tea.Batch(send(keepMsg{}), send(hintMsg(told))), true
	default:
		return nil, move(r.text, id)
	}
	return nil, true
}

// filter searches while the text is typed; the first match comes into sight.
func (r *reader) filter(text string) (matched, total int, err error) {
	matched, total = r.text.Search(text)
	if matched > 0 && text != "" {
		r.text.Next(1)
	}
	return matched, total, nil
}

func (r *reader) filtered() (text string, matched, total int) { return r.text.Query() }

func (r *reader) wheel(_, _, lines int) tea.Cmd {
	r.text.Move(lines)
	return nil
}

func (r *reader) click(_, _ int, _ bool) tea.Cmd { return nil }

func (r *reader) keep() map[string]string {
	return map[string]string{
		"wrap": strconv.FormatBool(r.text.Wrapped()), "times": strconv.FormatBool(r.text.Times()),
	}
}

func (r *reader) restore(kept map[string]string) {
	r.text.SetWrap(kept["wrap"] == "true")
	r.text.SetTimes(kept["times"] == "true")
}

// view draws the text in w by h cells, one cell from the left edge.
func (r *reader) view(w, h int) string {
	r.text.SetTheme(r.host.look.theme)
	r.text.Resize(w-1, h)
	return " " + strings.ReplaceAll(r.text.View(), "\n", "\n ")
}

// under puts the reader's place at the right end of the line above the text,
// where not all of it is on the screen.
func (r *reader) under(line string, w int) string {
	first, last := r.text.Place()
	if first <= 1 && last >= r.text.Len() {
		return line
	}
	t := r.host.look.theme
	place := fmt.Sprintf(" %d-%d/%d", first, last, r.text.Len())
	if ansi.StringWidth(line)+len(place) > w {
		return line
	}
	return t.Fit(line, w-len(place)) + t.Dim.Render(place)
}

// jsonLines is a value as indented JSON, a line each.
func jsonLines(v any) []logview.Line {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return []logview.Line{{Text: "it cannot be written as JSON", Level: logview.Bad}}
	}
	return textLines(string(raw))
}

// textLines are the lines of a text, printable.
func textLines(s string) []logview.Line {
	var out []logview.Line
	for line := range strings.Lines(s) {
		out = append(out, logview.Line{Text: core.Printable(strings.TrimRight(line, "\r\n"))})
	}
	return out
}

// head, row and params make the lines of a page about an object. Texts become
// printable here; a row without a value is left out.
func head(title string) logview.Line {
	return logview.Line{Text: core.Printable(title), Level: logview.Head}
}

func row(lines []logview.Line, label, value string, level ...logview.Level) []logview.Line {
	if value == "" {
		return lines
	}
	l := logview.Line{Label: core.Printable(label), Text: core.Printable(value)}
	if len(level) > 0 {
		l.Level = level[0]
	}
	return append(lines, l)
}

// params lists parameters; those set on the object itself are marked.
func params(t *theme.Theme, title string, list []core.Param) []logview.Line {
	if len(list) == 0 {
		return nil
	}
	lines := []logview.Line{head(title)}
	for _, p := range list {
		value := cmp.Or(p.Value, "(empty)")
		switch {
		case p.Custom:
			lines = row(lines, p.Name, t.Sym.Custom+" "+value, logview.Note)
		case p.Value == "":
			lines = row(lines, p.Name, "  "+value, logview.Quiet)
		default:
			lines = row(lines, p.Name, "  "+value)
		}
	}
	return lines
}

// tabBar is the line of tabs, the one in front set apart. Where the width does
// not hold all titles the others are numbers.
func tabBar(t *theme.Theme, titles []string, here, w int) string {
	all := tabsWidth(titles)
	var b strings.Builder
	b.WriteByte(' ')
	for i, s := range titles {
		label := tabLabel(i, s)
		switch {
		case i == here && t.Mode == theme.ModeNone:
			b.WriteString(t.TabHere.Render("[" + strings.TrimSpace(label) + "]"))
		case i == here:
			b.WriteString(" " + t.TabHere.Render(strings.TrimSpace(label)) + " ")
		case all > w:
			b.WriteString(t.Tab.Render(" " + strconv.Itoa(i+1) + " "))
		default:
			b.WriteString(t.Tab.Render(label))
		}
	}
	return t.Cut(b.String(), w)
}

// tabLabel is a title with its number and the room around it.
func tabLabel(i int, title string) string { return " " + strconv.Itoa(i+1) + " " + title + " " }

// tabsWidth is what all titles need, with the cell before them.
func tabsWidth(titles []string) int {
	all := 1
	for i, s := range titles {
		all += theme.Width(tabLabel(i, s))
	}
	return all
}

// tabHit returns the tab at a column of the tab bar, -1 for none.
func tabHit(t *theme.Theme, titles []string, here, w, x int) int {
	all := tabsWidth(titles)
	at := 1
	for i, s := range titles {
		width := theme.Width(tabLabel(i, s))
		if i != here && all > w {
			width = theme.Width(tabLabel(i, "")) - 1
		}
		if x >= at && x < at+width {
			return i
		}
		at += width
	}
	return -1
}

// tabAct finds the tab that a shared action leads to; ok is false for another
// action.
func tabAct(id string, here, n int) (tab int, ok bool) {
	switch id {
	case actTabNext:
		return (here + 1) % n, true
	case actTabPrev:
		return (here + n - 1) % n, true
	}
	if digit, found := strings.CutPrefix(id, actTab); found && len(digit) == 1 {
		if i := int(digit[0] - '1'); i >= 0 && i < n {
			return i, true
		}
	}
	return here, false
}
