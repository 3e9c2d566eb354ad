package tui_test

import (
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestDrainANode asks for a role from the palette and from the menu of the nodes.
func TestDrainANode(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Press("3", "/")
		d.Type("node2.berlin")
		d.Press("enter", "M")
		d.Shows("Maintain node2.berlin.example.org", "drain", "mark offline", "make master candidate")
		d.Press("d")
		d.Shows("gets no more")
		d.Press("y")
		w.Until(s, "node2 is asked to drain", func(*core.View) bool { return len(w.Berlin.Submitted()) == 1 })
		d.Press(":")
		d.Type("node-drain berlin/node/node1.berlin.example.org")
		d.Press("enter")
		d.Shows("it is the master")
	})
}

// TestNodePageSaysWhereTheNodeIsMaintained: where M is about the VM under the
// cursor, the page says which keys are about the node.
func TestNodePageSaysWhereTheNodeIsMaintained(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Resize(80, 24)
		open(d, "node node1.berlin.example.org")
		d.Shows("6 storage", "2 M maintain node")
		d.Press("2")
		d.Hides("2 M maintain node")
		d.Press("M")
		d.Shows("Maintain node1.berlin.example.org", "evacuate")
	})
}
