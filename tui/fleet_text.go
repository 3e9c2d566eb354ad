package tui

import (
	"fmt"
	"strings"
	"time"

	"gwm/core"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

func fetched(c *core.ClusterSummary) time.Time { return c.Health.Fetched }

// clusterCell is a cluster's name, in its colour, with its health; a lock stands behind it where
// nothing can be changed, and danger where its certificate is not verified.
func clusterCell(look *look, c *core.ClusterSummary) grid.Cell {
	t, text := look.theme, c.Cluster.Name
	symbol, _, style := health(t, c.Health)
	if c.Cluster.ReadOnly || c.Lock != nil {
		text += " " + t.Sym.Lock
	}
	if c.Cluster.Insecure {
		text = symbol + " " + text
		return grid.Cell{Text: text + " INSECURE", Short: text + " !", Style: t.Danger}
	}
	return grid.Cell{Lead: symbol + " ", LeadStyle: style, Text: text, Style: look.cluster(c.Cluster.Name, style)}
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
