package tui_test

import (
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestEditAVM changes the VCPUs and gives up an own hypervisor parameter: the
// form shows what is inherited and ends in the differences.
func TestEditAVM(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		vm := coretest.BerlinVM(coretest.Web1)
		before, _ := s.View().VM(vm)
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "E")
		d.Shows("vm edit "+vm.String(), "Nothing is changed yet.", "inherited: true")
		d.Press("tab", "tab", "backspace", "backspace")
		d.Type("9")
		d.Shows("be/vcpus: ", " -> 9", "if it runs, vcpus will hold", "gwm vm edit", "--vcpus 9")
		d.Press("ctrl+x")
		w.Until(s, "9 VCPUs", func(v *core.View) bool {
			is, ok := v.VM(vm)
			return ok && is.VCPUs == 9 && is.MemoryMiB == before.MemoryMiB
		})
	})
}

// TestEditAsOneMay shows what reaches the node to who does not administer the
// cluster, and does not let them change it.
func TestEditAsOneMay(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		root := w.Local()
		defer root.Close()
		vm := coretest.BerlinVM(coretest.Web1)
		w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: vm, Verbs: []core.Verb{core.VerbModify}})
		w.Wait()
		open(d, "edit "+vm.String())
		d.Press("shift+tab")
		d.Shows("vnc_bind_address", "127.0.0.1")
		d.Hides("[127.0.0.1")
	})
}
