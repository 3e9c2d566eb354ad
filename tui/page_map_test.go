package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/tui/theme"
)

// bigMap is a map of so many nodes with so many VMs each, whose second copies are
// on the next node.
func bigMap(nodes, vms int) *mapPage {
	p := newMapPage(&host{look: &look{theme: theme.New(theme.Default(), theme.ModeNone, false)}}, mapPlace(core.ClusterRef("big")))
	p.view, p.known = &core.View{}, true
	p.cluster.Cluster.Name = "big"
	for n := range nodes {
		name := fmt.Sprintf("node%02d", n)
		p.rows = append(p.rows, core.MapRow{Name: name, Node: &core.Node{Name: name, MemoryMiB: 1000, MemoryFreeMiB: 1000 - n*10, DiskMiB: 10, DiskFreeMiB: 5}})
	}
	for n := range nodes {
		for i := range vms {
			next := (n + 1) % nodes
			vm := &core.VM{Cluster: "big", Name: fmt.Sprintf("vm%02d-%03d.example.org", n, i), Node: p.rows[n].Name, Secondaries: []string{p.rows[next].Name}, State: core.StateRunning, MemoryMiB: 5}
			p.rows[n].Primary = append(p.rows[n].Primary, vm)
			p.rows[next].Secondary = append(p.rows[next].Secondary, vm)
		}
	}
	return p
}

// TestBigMapFolds: 60 nodes of 200 VMs fit, every VM can be reached, what has no
// room is counted, and the other copy of the one under the cursor is in sight
// where its node is.
func TestBigMapFolds(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 12}} {
		p := bigMap(60, 200)
		p.resize(size[0], size[1])
		p.onNode = false
		for range 150 {
			p.act(actRight)
		}
		lines := strings.Split(ansi.Strip(p.paint()), "\n")
		if len(lines) > size[1] || slices.ContainsFunc(lines, func(l string) bool { return ansi.StringWidth(l) > size[0] }) {
			t.Errorf("%v: the map does not fit:\n%s", size, strings.Join(lines, "\n"))
		}
		if got := p.selection().ref(); got != core.VMRef("big", "vm00-150.example.org") {
			t.Errorf("%v: 150 steps to the right lead to %v", size, got)
		}
		shown := 0
		for _, hit := range p.hits {
			if hit.cell >= 0 && hit.lane <= 3 && p.cells(hit.lane)[hit.cell] == p.vm() {
				shown++
			}
		}
		if shown != 2 {
			t.Errorf("%v: %d copies of the VM under the cursor are in sight, want 2", size, shown)
		}
		var before, after int
		for _, l := range lines {
			if _, err := fmt.Sscanf(l[strings.LastIndex(l, "%")+1:], " ╭─ +%d ", &before); err == nil {
				_, _ = fmt.Sscanf(l[strings.LastIndex(l, "+"):], "+%d", &after)
				break
			}
		}
		cells := 0
		for _, hit := range p.hits {
			if hit.lane == 0 && hit.cell >= 0 {
				cells++
			}
		}
		if before == 0 || before+cells+after != 200 {
			t.Errorf("%v: %d before, %d shown and %d after are not 200 VMs:\n%s", size, before, cells, after, strings.Join(lines[:6], "\n"))
		}
		p.act(actBottom)
		if p.paint(); p.row().Name != "node59" {
			t.Errorf("%v: the end is %s", size, p.row().Name)
		}
		p.act(actMapNode)
		if !strings.Contains(ansi.Strip(p.paint()), "200 VMs to node00 (1G of 1G free)") && size[0] >= 80 {
			t.Errorf("%v: the last node does not say what becomes of its VMs:\n%s", size, ansi.Strip(p.paint()))
		}
	}
}

// TestMapCursor walks over nodes that have nothing, VMs without a second copy and
// lanes of different lengths.
func TestMapCursor(t *testing.T) {
	t.Parallel()
	p := bigMap(3, 2)
	p.rows[1].Primary, p.rows[1].Secondary = nil, nil
	p.rows[2].Secondary = nil
	p.resize(80, 24)
	for _, step := range []struct{ act, want string }{
		{actMapNode, "vm00-000"},
		{actRight, "vm00-001"},
		{actRight, "vm00-001"},
		{actDown, "vm02-001"},
		{actDown, "node01"},
		{actDown, "node02"},
		{actRight, "vm02-000"},
		{actUp, "node01"},
		{actUp, "node00"},
		{actRight, "vm00-000"},
		{actLeft, "node00"},
		{actBottom, "node02"},
		{actTop, "node00"},
		{actPageDown, "node02"},
		{actHalfUp, "node00"},
	} {
		p.act(step.act)
		got := ""
		if vm := p.vm(); vm != nil {
			got = label(vm.Name)
		} else {
			got = p.row().Name
		}
		if got != step.want {
			t.Fatalf("%s leads to %s, want %s", step.act, got, step.want)
		}
		p.paint() // no cell is drawn that is not there
	}
}

// BenchmarkMap paints a map of 60 nodes with 200 VMs each after a key, as the
// screen does.
func BenchmarkMap(b *testing.B) {
	p := bigMap(60, 200)
	p.resize(120, 40)
	p.onNode = false
	b.ReportAllocs()
	for b.Loop() {
		p.act(actRight)
		p.paint()
	}
}
