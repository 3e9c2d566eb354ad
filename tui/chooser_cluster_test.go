package tui_test

import (
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestClustersAreChosenByLetters: what is typed narrows the list, and enter takes
// the marked one; the next time the chosen one is marked.
func TestClustersAreChosenByLetters(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("2", "C")
		d.Shows("all clusters in one table", "berlin", "VMs run", "type to narrow")
		d.Type("pa")
		d.Hides("all clusters in one table")
		d.Press("enter")
		d.Shows("wiki")
		d.Hides("win-license")
		d.Press("C", "up", "enter") // from paris to the one above
		d.Shows("win-license")
		d.Hides("wiki")
		d.Press("C")
		d.Type("nosuch")
		d.Press("enter")
		d.Shows("nothing matches")
	})
}
