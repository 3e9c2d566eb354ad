package tui

import (
	"fmt"
	"strings"
	"time"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// problem is one line of the overview's list of what needs attention.
type problem struct {
	what string // name of the object
	why  string
	when time.Time
	warn bool // less than an error
}

func (p problem) line(t *theme.Theme, w int) string {
	style, symbol := t.Error, t.Sym.Bad
	if p.warn {
		style, symbol = t.Warn, t.Sym.Warn
	}
	when := age(p.when)
	room := max(w-5-theme.Width(when), 4)
	return "  " + style.Render(symbol) + " " + t.Fit(core.Printable(p.what)+": "+core.Printable(p.why), room) + " " + t.Dim.Render(when)
}

// maxProblems bounds the list; the rest is only counted.
const maxProblems = 60

// problems lists what needs attention in a view, the worst first: clusters
// without an answer, VMs in error, jobs that failed in the last 24 hours.
func problems(v *core.View) (list []problem, more int) {
	add := func(p problem) {
		if len(list) < maxProblems {
			list = append(list, p)
		} else {
			more++
		}
	}
	clusterProblems(v, add)
	nodeProblems(v, add)
	for _, vm := range v.VMs() {
		if !vm.Gone && (vm.State == core.StateError || vm.State == core.StateUnknown) {
			add(problem{vm.Cluster + "/" + vm.Name, statusWord(vm) + " on " + vm.Node, time.Time{}, vm.State == core.StateUnknown})
		}
	}
	jobProblems(v, add)
	return list, more
}

func clusterProblems(v *core.View, add func(problem)) {
	for _, c := range v.Clusters() {
		if h := c.Health; h.Error != nil {
			add(problem{c.Cluster.Name, "unreachable: " + h.Error.Message, h.Since, false})
		}
		if c.Cluster.Insecure {
			add(problem{c.Cluster.Name, "its certificate is not verified (insecure)", time.Time{}, true})
		}
	}
}

func nodeProblems(v *core.View, add func(problem)) {
	for _, n := range v.Nodes() {
		switch {
		case n.Gone:
		case n.Offline:
			add(problem{n.Cluster + "/" + n.Name, "node is offline", time.Time{}, true})
		case n.MemoryMiB < 0:
			add(problem{n.Cluster + "/" + n.Name, "node does not answer", time.Time{}, false})
		}
	}
}

func jobProblems(v *core.View, add func(problem)) {
	day := time.Now().Add(-24 * time.Hour)
	jobs := v.Jobs()
	for i := range jobs {
		row := &jobs[i]
		if row.State != core.JobFailed || row.Ended.Before(day) {
			continue
		}
		add(problem{jobName(row), jobTitle(row) + failure(row), row.Ended, true})
	}
}

// jobName names a job for people: "job 12", "berlin's job 4711".
func jobName(row *core.JobRow) string {
	if row.Ours == nil && row.Upstream != nil {
		return row.Cluster + "'s job " + row.Upstream.ID
	}
	return "job " + row.Name
}

// failure is why a job failed, after a colon; empty where it is not known.
func failure(row *core.JobRow) string {
	switch {
	case row.Ours != nil && row.Ours.Error != nil:
		return ": " + row.Ours.Error.Message
	case row.Upstream != nil && row.Upstream.Error != "":
		return ": " + row.Upstream.Error
	}
	return ": failed"
}

func fetched(c *core.ClusterSummary) time.Time { return c.Health.Fetched }

// clusterCell is a cluster's name with its health; a lock stands behind it where
// nothing can be changed, and danger where its certificate is not verified.
func clusterCell(t *theme.Theme, c *core.ClusterSummary) grid.Cell {
	symbol, _, style := health(t, c.Health)
	text := symbol + " " + c.Cluster.Name
	if c.Cluster.ReadOnly || c.Lock != nil {
		text += " " + t.Sym.Lock
	}
	if c.Cluster.Insecure {
		return grid.Cell{Text: text + " INSECURE", Short: text + " !", Style: t.Danger}
	}
	return grid.Cell{Text: text, Style: style}
}

// ageCell is the age of a cluster's data, in a warning where they are old.
func ageCell(t *theme.Theme, c *core.ClusterSummary) grid.Cell {
	style := t.Text
	if time.Since(c.Health.Fetched) > staleAfter {
		style = t.Warn
	}
	return grid.Cell{Text: age(c.Health.Fetched), Style: style}
}

func nodesCell(t *theme.Theme, c *core.ClusterSummary) grid.Cell {
	switch {
	case c.Partial, c.Health.Fetched.IsZero():
		return grid.Cell{Text: t.Sym.Dot, Style: t.Dim}
	case c.NodesDown > 0:
		return grid.Cell{Text: fmt.Sprintf("! %d/%d", c.Nodes-c.NodesDown, c.Nodes), Style: t.Error}
	}
	return grid.Cell{Text: count(c.Nodes), Style: t.Text}
}

func jobsCell(t *theme.Theme, c *core.ClusterSummary) grid.Cell {
	if c.JobsRunning == 0 {
		return grid.Cell{Text: t.Sym.Dot, Style: t.Dim}
	}
	return grid.Cell{Text: t.Sym.Active + " " + count(c.JobsRunning), Style: t.Info}
}

func failedCell(t *theme.Theme, c *core.ClusterSummary) grid.Cell {
	if c.JobsFailed == 0 {
		return grid.Cell{Text: t.Sym.Dot, Style: t.Dim}
	}
	return grid.Cell{Text: t.Sym.Failed + " " + count(c.JobsFailed), Style: t.Warn}
}

// clusterNotes are the marks of a cluster and what is wrong with it.
func clusterNotes(t *theme.Theme, c *core.ClusterSummary) (string, theme.Style) {
	var marks []string
	style := t.Dim
	if c.Cluster.Insecure {
		marks, style = append(marks, "INSECURE"), t.Danger
	}
	switch {
	case c.Cluster.ReadOnly:
		marks = append(marks, t.Sym.Lock+" read-only")
	case c.Lock != nil:
		why := ""
		if c.Lock.Reason != "" {
			why = ": " + c.Lock.Reason
		}
		marks = append(marks, t.Sym.Lock+" locked"+why)
	}
	if c.Cluster.Protected {
		marks = append(marks, "protected")
	}
	if _, sentence, st := health(t, c.Health); sentence != "" {
		marks = append(marks, sentence)
		if !c.Cluster.Insecure {
			style = st
		}
	} else if c.Partial {
		marks = append(marks, "you see a part of it")
	}
	if len(marks) == 0 {
		return c.Cluster.Description, t.Dim
	}
	return strings.Join(marks, ", "), style
}
