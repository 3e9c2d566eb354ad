package tui_test

import (
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestMoveToANode chooses the node in the form, which offers the one with the
// second copy of the disks alone, and sees the VM there.
func TestMoveToANode(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "M")
		d.Shows("migrate, paused", "fail over", "clean up")
		d.Press("t", "tab", "enter")
		d.Shows("it is there now", "has the second copy, 39G of 64G free", "it has no copy of the disks")
		d.Type("node2")
		d.Press("enter")
		d.Shows("gwm vm migrate", "--to node2.berlin.example.org")
		d.Press("ctrl+x", "y")
		w.Until(s, "web1 on node2", func(v *core.View) bool {
			vm, ok := v.VM(coretest.BerlinVM(coretest.Web1))
			return ok && vm.Node == "node2.berlin.example.org"
		})
	})
}
