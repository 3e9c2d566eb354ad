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
		d.Press("E")
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
