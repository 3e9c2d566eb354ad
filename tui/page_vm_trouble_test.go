package tui_test

import (
	"context"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestVMPageSaysWhatIsWrong: the page of a VM in error says so in a sentence and
// what to do next, on every tab.
func TestVMPageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		open(d, "vm legacy-crm")
		for _, tab := range []string{"1", "3", "5"} {
			d.Press(tab)
			d.Shows("is down but should run, on node4.berlin.example.org", "start it, or shut it down if it is to stay down")
		}
		vm := coretest.BerlinVM(coretest.Broken)
		w.Berlin.Pace(time.Hour)
		if _, err := s.Do(context.Background(), core.RestartVM{VM: vm}); err != nil {
			t.Fatal(err)
		}
		d.Advance(20 * time.Second)
		d.Shows("is down but should run", "(restart "+vm.Name+") works on it")
		d.Hides("start it, or")
		open(d, "vm web1")
		d.Hides("should run", "start it, or")
	})
}
