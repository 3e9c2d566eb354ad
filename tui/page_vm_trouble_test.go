package tui_test

import (
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestVMPageSaysWhatIsWrong: the page of a VM in error says so in a sentence and
// what to do next, on every tab.
func TestVMPageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "vm legacy-crm")
		for _, tab := range []string{"1", "3", "5"} {
			d.Press(tab)
			d.Shows("is down but should run, on node4.berlin.example.org", "start it, or shut it down if it is to stay down")
		}
		open(d, "vm web1")
		d.Hides("should run", "start it, or")
	})
}
