package tui_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestGiveANodeAnotherRole chooses among all roles, is told what runs there before
// the node counts as dead, and sends force with what was seen.
func TestGiveANodeAnotherRole(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		node := core.NodeRef(coretest.Berlin, "node2.berlin.example.org")
		n, ok := s.View().Node(node)
		if !ok {
			t.Fatal("there is no node2")
		}
		open(d, "node-role "+node.String())
		d.Shows("gnt-cluster master-failover", "Nothing is changed yet.")
		d.Press("end", "space")
		d.Shows("(x) offline", "Still running:")
		d.Press("up", "space")
		d.Hides("Still running:")
		d.Shows("(x) drained")
		d.Press("ctrl+x", "y")
		want := core.SetNodeRole{Node: node, Role: core.RoleDrained, Was: n.Role}
		if diff := cmp.Diff(want, asked[core.SetNodeRole](t, w, s, "node.role")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestStorageOfANode shows it where somebody looks, and says what cannot be done.
func TestStorageOfANode(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "node node2.berlin.example.org")
		d.Press("6")
		d.Advance(time.Second)
		d.Shows("NEW DISKS", "/srv/lvm-vg", "open")
		d.Press("O")
		d.Shows("only lvm-pv can be opened and closed")
		d.Press("X")
		d.Shows("gives up what is missing of")
		d.Press("esc", "down", "O")
		d.Shows("no more disks on /srv/lvm-pv")
	})
}
