package tui_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

// TestTypedAhead types while the clusters have not said yet what they offer: the form
// gets all of it, up to the question whether to save.
func TestTypedAhead(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		w.Paris.Slow("Offer", 4*time.Second)
		d.Press("2", "n")
		d.Shows("asking for what the clusters offer", "esc leaves")
		d.Press("space", "ctrl+n", "ctrl+n")
		d.Type("quark")
		d.Paste(".example.org")
		d.Press("tab", "tab", "enter")
		d.Type("noop")
		d.Press("enter", "ctrl+n", "tab")
		d.Type("10G")
		d.Shows("what you type is kept (22 keys)")
		d.Hides("Basics")
		d.Advance(5 * time.Second)
		d.Shows("[Disks]", "[10G", "Disk 2")
		d.Press("ctrl+x")
		w.Until(s, "quark is there", func(v *core.View) bool {
			vm, ok := v.VM(coretest.BerlinVM("quark.example.org"))
			return ok && vm.OS == "noop"
		})
	})
}

// TestTypedAheadIsNoAnswer holds that what was typed before anybody saw a question
// does not answer it, and that one can leave before the form is there.
func TestTypedAheadIsNoAnswer(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		c, _ := s.View().Cluster(coretest.Berlin)
		protected := c.Cluster
		protected.Protected = true
		w.Do(s, core.EditCluster{Cluster: protected})
		w.Berlin.Slow("Offer", 3*time.Second)
		d.Press("2", "n")
		fillIn(d, "web9.example.org")
		d.Press("ctrl+x", "y")
		d.Advance(4 * time.Second)
		d.Shows("Create web9.example.org", "y yes")
		d.Press("n")
		d.Shows("[Summary]")
		if _, ok := s.View().VM(coretest.BerlinVM("web9.example.org")); ok {
			t.Error("a question was answered before it was asked")
		}
		d.Press("esc", "y")
		w.Berlin.Slow("Offer", time.Minute)
		d.Advance(11 * time.Second) // what was offered before is forgotten
		d.Press("n")
		d.Shows("asking for what the clusters offer")
		d.Type("q")
		d.Shows("(1 key)")
		d.Press("esc")
		d.Hides("asking for")
	})
}

// TestAskAgain has a form that could not be made, and asks again.
func TestAskAgain(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		small := core.SaveTemplate{Template: core.Template{Cluster: coretest.Berlin, Name: "small", VM: core.CreateVM{
			OS: "noop", DiskTemplate: "plain", MemoryMiB: 1024, VCPUs: 1, Disks: []core.NewDisk{{SizeMiB: 1024}},
		}}}
		w.Do(s, small)
		d.Command("templates")
		d.Advance(time.Second)
		w.Do(s, core.RemoveTemplate{Cluster: coretest.Berlin, Name: "small"})
		d.Press("E")
		d.Shows("small", "r asks again", "esc leaves")
		w.Do(s, small)
		d.Press("r")
		d.Shows("[Template]", "small")
	})
}

// TestEditSystem chooses the operating system among those of the cluster, or writes
// the name of one that it does not list.
func TestEditSystem(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "edit "+coretest.BerlinVM(coretest.Web1).String())
		d.Press("ctrl+n", "enter")
		d.Shows("debootstrap+default", "image+centos7", "noop", "another one")
		d.Type("centos")
		d.Press("enter")
		d.Shows("vm/os: debootstrap+default ->", "[image+centos7]", "--os")
		d.Hides("also one that the cluster does not know")
		d.Press("enter")
		d.Type("another")
		d.Press("enter", "tab")
		d.Type("image+centos9")
		d.Press("tab", "space")
		d.Shows("vm/os: debootstrap+default ->", "image+centos9", "--force-variant")
	})
}

// TestEditSystemUnknown has a cluster that does not say which operating systems it
// has: then one is written.
func TestEditSystemUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		berlin := coretest.NewBerlin()
		berlin.Fail("OSes", berlin.Unreachable())
		w := coretest.StartWith(t, coretest.Options{Berlin: berlin})
		defer w.Stop()
		d := tuitest.New(t, w.Login("admin"), tui.Options{Width: 100, Height: 30, Profile: colorprofile.ANSI})
		defer d.Close()
		d.Advance(2 * time.Second)
		open(d, "edit "+coretest.BerlinVM(coretest.Web1).String())
		d.Press("ctrl+n")
		d.Shows("[debootstrap+default ", "As the cluster lists it")
		d.Press("ctrl+u")
		d.Type("noop")
		d.Shows("vm/os: debootstrap+default -> noop")
		d.Press("tab")
		d.Shows("also one that the cluster does not know")
	})
}
