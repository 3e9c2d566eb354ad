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

// TestGrowADisk sees the disks in the form, and the command that it makes.
func TestGrowADisk(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		before, _ := s.View().VM(coretest.BerlinVM(coretest.Web1))
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "W")
		d.Shows("reinstall", "grow a disk", "recreate disks", "it is running: shut it down first")
		d.Press("g", "tab")
		d.Type("1G")
		d.Shows("disk 0", "gwm vm grow", "--to")
		d.Press("ctrl+x", "y")
		w.Until(s, "the disk is larger", func(v *core.View) bool {
			vm, ok := v.VM(coretest.BerlinVM(coretest.Web1))
			return ok && vm.DiskMiB == before.DiskMiB+1024
		})
	})
}

// TestPowerWithOptions stops a VM in a form, with a time limit.
func TestPowerWithOptions(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "p", "o", "tab")
		d.Type("soon")
		d.Shows(`"soon" is not a time`)
		d.Press("ctrl+u")
		d.Type("90s")
		d.Shows("gwm vm stop", "--timeout", "cut after")
		d.Press("ctrl+x", "y")
		w.Until(s, "it is down", func(v *core.View) bool {
			vm, ok := v.VM(coretest.BerlinVM(coretest.Web1))
			return ok && vm.State == core.StateDown
		})
	})
}

// TestTagInTheForm adds a tag and takes one away; those of gwm are not offered.
func TestTagInTheForm(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "W", "t")
		d.Type("gwm:owner:user:eve")
		d.Press("ctrl+x")
		d.Shows("one of gwm's own")
	})
}

// TestNote writes a note in the form and reads it on the page.
func TestNote(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press(":")
		d.Type("note berlin/web1")
		d.Press("enter")
		d.Shows("Empty: there is no note")
		d.Type("ask ann first")
		d.Press("ctrl+x")
		d.Press(":")
		d.Type("vm berlin/web1")
		d.Press("enter")
		d.Shows("ask ann first", "by admin")
		for _, on := range []string{"berlin", "berlin/node/node1"} {
			d.Press(":")
			d.Type("note " + on)
			d.Press("enter")
			d.Shows("note "+on, "Empty: there is no note")
		}
	})
}

// TestAMissingRightComesFirst: who may not activate disks is not sent to shut the
// VM down for it first.
func TestAMissingRightComesFirst(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "W")
		d.Shows("activate disks", "needs modify on berlin/web1")
		d.Hides("shut it down first")
		d.Press("esc", "p")
		d.Shows("start", "it is running already")
	})
}
