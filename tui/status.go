package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gwm/core"
	"gwm/tui/theme"
)

// staleAfter is the age from which data are shown as old.
const staleAfter = 30 * time.Second

// hintHit is where a hint was painted on the bottom line, for the mouse.
type hintHit struct {
	from, to int
	id       string
}

// drawStatus is the bottom line: the hints that fit at the left, ? always among
// them; data age, running jobs and user at the right.
func (a *App) drawStatus(w int) string {
	t := a.look.theme
	a.hints = a.hints[:0]
	right, rightWidth := a.drawState(w - len(" ? help") - 1)
	room := w - rightWidth - 1
	help := theme.Width(" ? help")
	var left strings.Builder
	used := 0
	add := func(id, key, title string) {
		text := theme.Width(key) + 1 + theme.Width(title)
		left.WriteString(" " + t.Key.Render(key) + " " + t.Hint.Render(title) + " ")
		a.hints = append(a.hints, hintHit{from: used + 1, to: used + 1 + text, id: id})
		used += text + 2
	}
	for _, x := range a.hinted() {
		key := keyNames(x)[0]
		if used+theme.Width(key)+theme.Width(x.Title)+3+help > room {
			break
		}
		add(x.ID, key, x.Title)
	}
	add("help", "?", "help")
	return left.String() + theme.Spaces(w-used-rightWidth) + right
}

// hinted lists the actions for the bottom line that can do something now, most
// useful first.
func (a *App) hinted() []action {
	var out []action
	for x := range a.here() {
		if x.Hint > 0 && len(x.Keys) > 0 && !a.idle(x) {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(x, y action) int { return x.Hint - y.Hint })
	return out
}

// drawState is the right part of the bottom line in at most w cells: parts are
// left out from the left but for the age of the data.
func (a *App) drawState(w int) (text string, width int) {
	t := a.look.theme
	age, style := a.freshness(time.Now())
	type part struct {
		text  string
		style theme.Style
	}
	parts := []part{{age, style}}
	if n := a.jobsRunning; n > 0 {
		parts = append(parts, part{counted(n, "job"), t.Accent})
	}
	if v := a.verifying; v != nil {
		parts = append(parts, part{v.String(), t.Info})
	}
	parts = append(parts, part{a.user, t.Dim})
	var out strings.Builder
	for i, p := range parts {
		n := theme.Width(p.text)
		switch {
		case i == 0:
			p.text = t.Cut(p.text, max(w-1, 0))
			n = theme.Width(p.text)
		case width+2+n+1 > w:
			continue
		default:
			out.WriteString("  ")
			width += 2
		}
		out.WriteString(p.style.Render(p.text))
		width += n
	}
	return out.String() + " ", width + 1
}

// freshness says how old the data on the screen are, or since when they are.
func (a *App) freshness(now time.Time) (string, theme.Style) {
	clusters := a.view.Clusters()
	if name := a.front().at().On.Cluster; name != "" {
		clusters = slices.DeleteFunc(slices.Clone(clusters), func(c core.ClusterSummary) bool { return c.Cluster.Name != name })
	}
	return freshness(a.look.theme, clusters, now)
}

// freshness says the same of some clusters. Data that were kept over a restart
// have an age though the first answer since is still awaited.
func freshness(t *theme.Theme, clusters []core.ClusterSummary, now time.Time) (string, theme.Style) {
	if len(clusters) == 0 {
		return "no cluster", t.Dim
	}
	var lost []core.ClusterSummary
	oldest, none, waiting := now, false, false
	for _, c := range clusters {
		waiting = waiting || c.Health.Loading
		switch {
		case c.Health.Error != nil:
			lost = append(lost, c)
		case c.Health.Fetched.IsZero():
			none = true
		case c.Health.Fetched.Before(oldest):
			oldest = c.Health.Fetched
		}
	}
	switch {
	case len(lost) == 1 && len(clusters) == 1:
		return t.Sym.Bad + " unreachable" + since(lost[0].Health, now), t.Error
	case len(lost) == 1:
		return t.Sym.Bad + " " + lost[0].Cluster.Name + " unreachable" + since(lost[0].Health, now), t.Error
	case len(lost) > 1:
		return fmt.Sprintf("%s %d of %d clusters unreachable", t.Sym.Bad, len(lost), len(clusters)), t.Error
	case none:
		return t.Sym.Loading + " loading", t.Warn
	}
	age, symbol := max(now.Sub(oldest), 0), t.Sym.Good
	if waiting {
		symbol = t.Sym.Loading
	}
	if age >= staleAfter {
		return symbol + " " + span(age) + " old", t.Warn
	}
	return symbol + " " + young(age), t.Good
}

// young writes the age of data that are asked for every few seconds: less than
// so many seconds, in tens. A text that changes each second would have every
// screen painted each second, for nothing that anybody needs to know.
func young(age time.Duration) string {
	return "<" + strconv.Itoa(10*int(age/(10*time.Second)+1)) + "s"
}

// since tells from when on a cluster did not answer: the time of today, or the
// day too.
func since(h core.Health, now time.Time) string {
	if h.Since.IsZero() {
		return ""
	}
	at := h.Since.In(now.Location())
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return " since " + at.Format("15:04")
	}
	return " since " + at.Format("2 Jan 15:04")
}
