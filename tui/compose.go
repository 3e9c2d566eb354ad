package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/tui/theme"
)

// byName makes the clusters of a view easy to look up.
func byName(all []core.ClusterSummary) map[string]core.ClusterSummary {
	out := make(map[string]core.ClusterSummary, len(all))
	for _, c := range all {
		out[c.Cluster.Name] = c
	}
	return out
}

// scoped returns the part of rows that lies on a cluster (empty: all). Rows are
// sorted by cluster, so the part is a piece of them and nothing is copied.
func scoped[T any](rows []*T, cluster string, of func(*T) string) []*T {
	from, to := stretch(rows, cluster, of)
	return rows[from:to:to]
}

// stretch says where that part begins and ends.
func stretch[T any](rows []*T, cluster string, of func(*T) string) (from, to int) {
	if cluster == "" {
		return 0, len(rows)
	}
	from, _ = slices.BinarySearchFunc(rows, cluster, func(r *T, c string) int { return strings.Compare(of(r), c) })
	to = from
	for to < len(rows) && of(rows[to]) == cluster {
		to++
	}
	return from, to
}

// notices are the lines above a list that say what is wrong with the clusters in
// sight; at most a quarter of the height.
func notices(t *theme.Theme, clusters map[string]core.ClusterSummary, only string, w, h int) []string {
	var names []string
	for name, c := range clusters {
		if (only == "" || only == name) && !c.Health.Reachable() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []string
	room := max(h/4, 1)
	for i, name := range names {
		if i == room-1 && len(names) > room {
			out = append(out, t.Error.Render(t.Cut(" "+t.Sym.Bad+" and "+counted(len(names)-i, "more cluster")+" without an answer", w)))
			break
		}
		symbol, text, style := health(t, clusters[name].Health)
		out = append(out, style.Render(t.Cut(" "+symbol+" "+name+": "+text, w)))
	}
	return out
}

// stack puts lines above a body and cuts the whole to h lines.
func stack(above []string, body string, w, h int) string {
	lines := append(slices.Clone(above), strings.Split(body, "\n")...)
	return strings.Join(lines[:min(len(lines), max(h, 0))], "\n")
}

// beside puts a panel of lines to the right of a body of w cells, with a line
// between them.
func beside(t *theme.Theme, body string, w int, panel []string, h int) string {
	lines := strings.Split(body, "\n")
	for i := range h {
		if i >= len(lines) {
			lines = append(lines, "")
		}
		text := ""
		if i < len(panel) {
			text = panel[i]
		}
		lines[i] += theme.Spaces(w-ansi.StringWidth(lines[i])) + " " + t.Border.Render(t.Sym.V) + " " + text
	}
	return strings.Join(lines, "\n")
}

// hollow is what stands where rows would be: what is, and what to do.
func hollow(t *theme.Theme, w int, what, hint string) string {
	out := hollowLines(t.Text, what, w)
	if hint != "" {
		out += hollowLines(t.Dim, hint, w)
	}
	return out
}

// nothing says why a list without a filter is empty: no rights, no cluster yet,
// data on their way, or really none.
func nothing(t *theme.Theme, w int, s *core.Session, v *core.View, cluster, what string) string {
	clusters := v.Clusters()
	var waiting, silent []string
	for _, c := range clusters {
		switch name := c.Cluster.Name; {
		case cluster != "" && name != cluster:
		case c.Health.Reachable() || !c.Health.Fetched.IsZero():
		case c.Health.Error == nil:
			waiting = append(waiting, name)
		default:
			silent = append(silent, name)
		}
	}
	switch {
	case len(clusters) == 0 && s.User().Admin:
		return hollow(t, w, "there is no cluster yet", "add one with :cluster-add, or gwm cluster add NAME --url https://HOST:5080 ...")
	case len(clusters) == 0:
		return hollow(t, w, "you have no rights yet", "ask an administrator to grant you some")
	case len(silent) > 0:
		return hollow(t, w, strings.Join(silent, ", ")+" did not answer yet", "the line above says why; R asks again now")
	case len(waiting) > 0:
		return hollow(t, w, t.Sym.Loading+" loading "+strings.Join(waiting, ", ")+t.Sym.Ellipsis, "")
	}
	return hollow(t, w, "there are no "+what+" here that you may see", "")
}

// facts are label and value lines of a panel, aligned.
type fact struct {
	label, value string
	style        theme.Style
}

// sheet draws facts in w cells; values without a label stand under the one
// before. Texts become printable here.
func sheet(t *theme.Theme, facts []fact, w int) []string {
	label := 0
	for _, f := range facts {
		label = max(label, theme.Width(f.label))
	}
	var out []string
	for _, f := range facts {
		if f.value == "" {
			continue
		}
		value := t.Cut(core.Printable(f.value), max(w-label-2, 1))
		out = append(out, t.Label.Render(t.Fit(f.label, label))+"  "+f.style.Render(value))
	}
	return out
}
