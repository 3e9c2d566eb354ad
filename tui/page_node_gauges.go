package tui

import (
	"fmt"

	"gwm/core"
	"gwm/tui/chart"
	"gwm/tui/logview"
	grid "gwm/tui/table"
	"gwm/tui/theme"
)

// gauges are how full the node is, and whether others could stand in for it.
func (p *nodePage) gauges() []string {
	t, n := p.host.look.theme, p.node
	third := p.w/3 - 2
	vcpus := 0
	for i := range p.vms.rows.len() {
		if vm := p.vms.rows.row(i); vm.Node == n.Name && vm.State == core.StateRunning {
			vcpus += vm.VCPUs
		}
	}
	bars := " " + gauge(t, "memory", n.MemoryMiB-n.MemoryFreeMiB, n.MemoryMiB, third) +
		"  " + gauge(t, "disk", n.DiskMiB-n.DiskFreeMiB, n.DiskMiB, third) + "  " + cpuGauge(t, vcpus, n.CPUs, third)
	s := p.view.Spare(p.place.On)
	return []string{t.Cut(bars, p.w), t.Cut(" "+spareText(t, s), p.w)}
}

// gauge is a labelled meter of w cells with its numbers.
func gauge(t *theme.Theme, label string, used, total, w int) string {
	if total <= 0 {
		return t.Label.Render(label) + " " + t.Dim.Render("not known")
	}
	f := float64(used) / float64(total)
	numbers := size(used) + " of " + size(total)
	bar := min(max(w-theme.Width(label)-theme.Width(numbers)-2, 3), 30)
	return t.Label.Render(label) + " " + chart.Meter(t, f, bar) + " " + t.Value.Render(numbers)
}

// cpuGauge compares the virtual processors of the VMs that run with the node's own;
// several on each are usual, so that it warns late.
func cpuGauge(t *theme.Theme, vcpus, cpus, w int) string {
	if cpus <= 0 {
		return t.Label.Render("cpu") + " " + t.Dim.Render("not known")
	}
	numbers := fmt.Sprintf("%d vcpus on %d", vcpus, cpus)
	bar := min(max(w-len("cpu")-theme.Width(numbers)-2, 3), 30)
	return t.Label.Render("cpu") + " " + chart.Meter(t, float64(vcpus)/float64(usualShare*cpus), bar) + " " + t.Value.Render(numbers)
}

// usualShare is how many virtual processors one of a node can carry: Ganeti's own
// default for a policy.
const usualShare = 4

// spareWord is the answer to whether others could stand in for a node, with its style.
func spareWord(t *theme.Theme, s core.SpareState) (string, theme.Style) {
	switch s {
	case core.SpareOK:
		return "ok", t.Running
	case core.SpareLacking:
		return "lacking", t.Error
	case core.SpareUnknown:
	}
	return "?", t.Warn
}

// spareText is the answer as a line.
func spareText(t *theme.Theme, s core.Spare) string {
	word, style := spareWord(t, s.State)
	return t.Label.Render("n+1") + " " + style.Render(word) + "  " + t.Dim.Render("if it failed: "+core.Printable(s.Why))
}

// spareLines are the answer with what is to be known about it.
func spareLines(lines []logview.Line, s core.Spare) []logview.Line {
	level := logview.Plain
	if s.State != core.SpareOK {
		level = logview.Bad
	}
	lines = row(lines, "if it failed", core.Printable(s.Why), level)
	for _, note := range s.Notes {
		lines = row(lines, "", core.Printable(note), logview.Note)
	}
	return lines
}

// spareField is the answer as a column.
func (p *nodesPage) spareField(look *look) field[core.Node] {
	word := func(n *core.Node) core.SpareState {
		if s, ok := p.spares[n]; ok {
			return s
		}
		p.spares[n] = p.view.Spare(n.Ref()).State
		return p.spares[n]
	}
	return field[core.Node]{
		Column: grid.Column{Key: "spare", Title: "n+1", Min: 7, Ideal: 7, Drop: 6},
		cmp:    byText(func(n *core.Node) string { return string(word(n)) }),
		cell: func(n *core.Node) grid.Cell {
			text, style := spareWord(look.theme, word(n))
			return grid.Cell{Text: text, Style: style}
		},
	}
}
