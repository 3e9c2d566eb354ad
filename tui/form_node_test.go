package tui_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// asked is what the newest job of an operation was asked for.
func asked[O core.Op](t *testing.T, w *coretest.World, s *core.Session, id string) (op O) {
	t.Helper()
	w.Until(s, "a job "+id, func(v *core.View) bool {
		for _, row := range v.Jobs() {
			j := row.Ours
			if j != nil && j.OpID == id {
				return json.Unmarshal(j.Op, &op) == nil
			}
		}
		return false
	})
	return op
}

// TestEvacuateANode sees which VMs and second copies would leave, chooses, and
// sends that after the node's name is typed.
func TestEvacuateANode(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		node := core.NodeRef(coretest.Berlin, "node2.berlin.example.org")
		n, ok := s.View().Node(node)
		if !ok || len(n.Primary) == 0 || len(n.Secondary) == 0 {
			t.Fatalf("node2 is to have VMs and second copies: %+v", n)
		}
		open(d, "node-evacuate "+node.String())
		d.Shows("VMs that would move (", "moves to", "--what primary", "4 VMs, those that are down too")
		d.Shows(n.Primary...)
		d.Hides("second copies that would move")
		d.Press("down", "space")
		d.Shows("second copies that would move (", "--what secondary", "where an allocator says")
		d.Shows(n.Secondary...)
		d.Hides("VMs that would move")
		d.Press("down", "space", "tab")
		d.Shows("VMs that would move (", "second copies that would move (", "Every VM and second copy")
		d.Hides("where an allocator says")
		d.Type("hail")
		d.Press("tab", "space")
		d.Press("ctrl+x")
		d.Shows("Type node2.berlin.example.org to do it", "moves where the allocator", "old copies are given up")
		if sent := w.Berlin.Submitted(); len(sent) > 0 {
			t.Errorf("sent before the name was typed: %v", sent)
		}
		d.Type("node2.berlin.example.org")
		d.Press("enter")
		want := core.EvacuateNode{Node: node, What: core.EvacuateAll, Allocator: "hail", Early: true}
		if diff := cmp.Diff(want, asked[core.EvacuateNode](t, w, s, "node.evacuate")); diff != "" {
			t.Error(diff)
		}
		w.Until(s, "the cluster is asked", func(*core.View) bool {
			sent := w.Berlin.Submitted()
			return len(sent) > 0 && sent[0] == "NODE_EVACUATE node2.berlin.example.org"
		})
	})
}

// TestEvacuateManyVMs holds that what is done and its command stay in sight however
// many VMs would move.
func TestEvacuateManyVMs(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		const node = "node2.berlin.example.org"
		for i := range 40 {
			w.Berlin.PutVM(&core.VM{
				Cluster: coretest.Berlin, Name: fmt.Sprintf("many%02d.of-the-former-portal.example.org", i), Node: node, Secondaries: []string{"node1.berlin.example.org"},
				Status: "running", State: core.StateRunning, DiskTemplate: "drbd", MemoryMiB: 1024, VCPUs: 1,
			})
		}
		d.Advance(10 * time.Minute)
		for _, size := range [][2]int{{120, 40}, {100, 30}} {
			d.Resize(size[0], size[1])
			open(d, "node-evacuate berlin/"+node)
			d.Shows("VMs that would move (4", "more; the node's page lists", "Every VM of the node", "same as:", "--what")
			d.Press("esc")
		}
	})
}

// TestEditANode changes a switch, a parameter, and one that is to be as the group
// has it again; it sends these alone, with what was seen.
func TestEditANode(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		node := core.NodeRef(coretest.Berlin, "node2.berlin.example.org")
		cpu, program := core.Param{Name: "cpu_speed", Value: "1"}, core.Param{Name: "oob_program", Value: "/bin/x"}
		spindles, port := core.Param{Name: "spindle_count", Value: "4", Custom: true}, core.Param{Name: "ssh_port", Value: "22"}
		w.Berlin.ChangeNode(node.Name, func(n *core.Node) { n.Params = []core.Param{cpu, program, spindles, port} })
		d.Advance(time.Minute)
		if n, ok := s.View().Node(node); !ok || len(n.Params) != 4 {
			t.Fatalf("the parameters of node2 are not known: %+v", n)
		}
		open(d, "node-edit "+node.String())
		d.Shows("Nothing is changed yet.", "[x] it may hold VMs", "[x] it may become master", "cpu_speed", "spindle_count", "ssh_port")
		d.Hides("oob_program", "make another node")
		d.Press("tab", "space")
		d.Shows("make another node a master candidate", "master_capable: true -> false", "longer become master")
		d.Press("tab", "space", "tab", "tab", "ctrl+u", "tab", "ctrl+u")
		d.Type("2222")
		d.Shows("spindle_count: 4 -> default", "ssh_port: default (22) -> 2222", "--master-capable=false", "--promote")
		d.Press("ctrl+x")
		d.Shows("gets new parameters")
		d.Press("y")
		want := core.EditNode{Node: node, MasterCapable: new(false), Promote: true, Params: []core.ParamEdit{
			{Name: "spindle_count", Inherit: true, Was: &spindles}, {Name: "ssh_port", Value: "2222", Was: &port},
		}}
		if diff := cmp.Diff(want, asked[core.EditNode](t, w, s, "node.edit")); diff != "" {
			t.Error(diff)
		}
		w.Until(s, "the cluster is asked", func(*core.View) bool {
			return cmp.Equal(w.Berlin.Submitted(), []string{"NODE_EDIT node2.berlin.example.org"})
		})
	})
}
