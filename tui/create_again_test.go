package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestCreateAgain has a creation fail that leaves its VM behind: that is cleaned up,
// then there is nothing left to clean up, and it is tried again as it was asked for.
func TestCreateAgain(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		const name = "web9.example.org"
		w.Berlin.FailJobs(name, "disk is missing")
		w.Do(s, core.CreateVM{
			VM: coretest.BerlinVM(name), OS: "noop", DiskTemplate: "plain", MemoryMiB: 2048, VCPUs: 3,
			Disks: []core.NewDisk{{SizeMiB: 10240}}, NICs: []core.NewNIC{{}},
		})
		w.Wait()
		d.Advance(30 * time.Second)
		w.Berlin.FailJobs(name, "")
		d.Press("4", "home")
		d.Shows("create " + name)
		d.Press("D")
		d.Shows("Type " + name + " to do it")
		d.Type(name)
		d.Press("enter")
		d.Advance(30 * time.Second)
		d.Press("home", "down")
		d.Press("D")
		d.Shows("it left nothing that you can see")
		theirs := core.VM{Cluster: coretest.Berlin, Name: name, UUID: "theirs", Status: "ADMIN_down", State: core.StateDown}
		w.Berlin.PutVM(&theirs)
		d.Advance(40 * time.Second)
		d.Press("home", "down")
		d.Press("D") // nobody deletes the VM of others as what a job left
		d.Shows("the VM of this name that is there now is not known to be its")
		w.Berlin.RemoveVM(name)
		d.Advance(3 * time.Minute)
		d.Press("home", "down", "E")
		d.Shows("Cluster", "(x) berlin")
		d.Press("ctrl+n", "ctrl+n")
		d.Shows("["+name, "[3", "[2G")
		d.Press("ctrl+x")
		d.Advance(30 * time.Second)
		if vm, ok := s.View().VM(coretest.BerlinVM(name)); !ok || vm.VCPUs != 3 {
			t.Errorf("it was not made: %+v", vm)
		}
	})
}

// TestCreateRefused has a creation fail before there was a VM, by a name that somebody
// has for a while: nothing is cleaned up, and it is tried again as it was asked for.
func TestCreateRefused(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		w.Berlin.PutVM(&core.VM{Cluster: coretest.Berlin, Name: web9, UUID: "theirs", Status: "ADMIN_down", State: core.StateDown})
		w.Do(s, made(web9, core.UserRef("admin"), 2048))
		d.Advance(30 * time.Second)
		w.Berlin.RemoveVM(web9)
		d.Advance(3 * time.Minute)
		d.Press("4", "home")
		d.Shows("create "+web9, "failed")
		d.Press("D")
		d.Shows("it left nothing that you can see")
		d.Press("E")
		d.Shows("(x) berlin")
		d.Press("ctrl+x")
		w.Until(s, "web9 is there", func(v *core.View) bool {
			vm, ok := v.VM(coretest.BerlinVM(web9))
			return ok && vm.UUID != "theirs" && vm.MemoryMiB == 2048
		})
	})
}
