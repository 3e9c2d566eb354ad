package tui

import (
	"fmt"
	"strings"

	"gwm/core"
	"gwm/tui/theme"
)

// sums add up what is known of several clusters.
type sums struct {
	clusters, nodes, down, vms, running, bad, jobs int
	memory, free                                   int // MiB, of the nodes that tell it
}

func sumUp(clusters []*core.ClusterSummary) sums {
	s := sums{clusters: len(clusters)}
	for _, c := range clusters {
		s.nodes, s.down = s.nodes+c.Nodes, s.down+c.NodesDown
		s.vms, s.running, s.bad = s.vms+c.VMs, s.running+c.Running, s.bad+c.Errors
		s.jobs += c.JobsRunning
		if c.MemoryMiB > 0 {
			s.memory, s.free = s.memory+c.MemoryMiB, s.free+c.MemoryFreeMiB
		}
	}
	return s
}

// totals is the line of sums, in the fullest words that fit w cells. What is
// wrong comes first and is shown in any case.
func totals(t *theme.Theme, clusters []*core.ClusterSummary, w int) string {
	s := sumUp(clusters)
	line := ""
	for _, words := range []func() (bad string, rest []string){s.long, s.short, s.brief, s.tiny, s.least} {
		bad, rest := words()
		line = "  "
		if bad != "" {
			line += t.Error.Render(t.Sym.Error+" "+bad) + t.Dim.Render(" "+t.Sym.Dot+" ")
		}
		line += t.Dim.Render(strings.Join(rest, " "+t.Sym.Dot+" "))
		if theme.Width(line) <= w {
			return line
		}
	}
	return t.Cut(line, w)
}

func (s sums) long() (bad string, rest []string) {
	rest = append(rest, counted(s.clusters, "cluster"))
	if s.nodes > 0 {
		rest = append(rest, counted(s.nodes, "node")+some(s.down, " (%d down)"))
	}
	rest = append(rest, fmt.Sprintf("%d of %s running", s.running, counted(s.vms, "VM")))
	if s.memory > 0 {
		rest = append(rest, fmt.Sprintf("memory %s of %s", size(s.memory-s.free), size(s.memory)))
	}
	if s.jobs > 0 {
		rest = append(rest, counted(s.jobs, "job")+" running")
	}
	if s.bad > 0 {
		bad = counted(s.bad, "VM") + " in error"
	}
	return bad, rest
}

func (s sums) short() (bad string, rest []string) {
	if s.nodes > 0 {
		rest = append(rest, counted(s.nodes, "node")+some(s.down, ", %d down"))
	}
	rest = append(rest, fmt.Sprintf("%d/%s up", s.running, counted(s.vms, "VM")))
	if s.memory > 0 {
		rest = append(rest, fmt.Sprintf("%s/%s memory", size(s.memory-s.free), size(s.memory)))
	}
	if s.jobs > 0 {
		rest = append(rest, counted(s.jobs, "job"))
	}
	if s.bad > 0 {
		bad = counted(s.bad, "VM") + " in error"
	}
	return bad, rest
}

// brief leaves out what the rows say too.
func (s sums) brief() (bad string, rest []string) {
	s.jobs = 0
	return s.short()
}

func (s sums) tiny() (bad string, rest []string) {
	if s.bad > 0 {
		bad = counted(s.bad, "error")
	}
	rest = append(rest, fmt.Sprintf("%d/%d VMs up", s.running, s.vms))
	if s.down > 0 {
		rest = append(rest, fmt.Sprintf("%d/%d nodes", s.nodes-s.down, s.nodes))
	}
	return bad, rest
}

func (s sums) least() (bad string, rest []string) {
	s.down = 0
	return s.tiny()
}

// some is a format for a number that is not zero.
func some(n int, format string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(format, n)
}
