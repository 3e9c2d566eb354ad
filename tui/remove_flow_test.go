package tui_test

import (
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestDeleteVM types the name of the VM, and sees it gone.
func TestDeleteVM(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "D")
		d.Shows("all that is on its disks", "gone for good")
		d.Type("web1.example.org")
		d.Press("enter")
		w.Until(s, "web1 is gone", func(v *core.View) bool {
			_, listed := v.VM(coretest.BerlinVM(coretest.Web1))
			return !listed
		})
	})
}
