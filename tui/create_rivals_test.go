package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

const web9 = "web9.example.org"

// made is the VM that fillIn asks for, as somebody else asks for it.
func made(name string, owner core.Ref, memory int) core.CreateVM {
	return core.CreateVM{
		VM: coretest.BerlinVM(name), OS: "noop", DiskTemplate: "plain", MemoryMiB: memory, VCPUs: 1, Start: true, Owner: owner,
		Disks: []core.NewDisk{{SizeMiB: 1024}}, NICs: []core.NewNIC{{}},
	}
}

// TestNameTakenMeanwhile has somebody else take the name while the steps are filled
// in. Where gwm knows it is told at the field; where the cluster alone does the job
// fails, what is there stays whose it is, and E leads back to what was filled in.
func TestNameTakenMeanwhile(t *testing.T) {
	t.Parallel()
	t.Run("through gwm", func(t *testing.T) {
		t.Parallel()
		seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
			open(d, "create")
			fillIn(d, web9)
			d.Shows("[Summary]", "The VM "+web9)
			asked := w.Berlin.Calls("CreateVM")
			w.Do(w.Login("admin"), made(web9, core.UserRef("bob"), 1024))
			w.Wait()
			d.Advance(30 * time.Second)
			d.Press("ctrl+x")
			d.Shows("berlin has a VM of this name already", "["+web9)
			d.Press("ctrl+u")
			d.Type("web10.example.org")
			d.Press("ctrl+x")
			d.Advance(30 * time.Second)
			if got := w.Berlin.Calls("CreateVM") - asked; got != 2 {
				t.Errorf("the cluster was asked for %d VMs", got)
			}
		})
	})
	t.Run("on the cluster", func(t *testing.T) {
		t.Parallel()
		seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
			open(d, "create")
			fillIn(d, web9)
			theirs := core.VM{Cluster: coretest.Berlin, Name: web9, UUID: "theirs", Status: "ADMIN_down", State: core.StateDown, Created: time.Now()}
			w.Berlin.PutVM(&theirs)
			d.Press("ctrl+x")
			d.Advance(30 * time.Second)
			d.Press("4", "home")
			d.Shows("create "+web9, "failed")
			d.Press("enter")
			d.Shows("there is a VM named " + web9 + " already")
			d.Press("esc")
			d.Press("D") // it is not what the job left
			d.Shows("the VM of this name that is there now is not known to be its")
			d.Press("E")
			d.Shows("(x) berlin")
			d.Press("ctrl+n", "ctrl+n")
			d.Shows("["+web9, "noop", "You may not: berlin has a VM named")
			d.Press("ctrl+x")
			d.Shows("berlin has a VM of this name already")
			d.Press("ctrl+u")
			d.Type("web10.example.org")
			d.Press("ctrl+x")
			w.Until(s, "web10 is there", func(v *core.View) bool {
				_, ok := v.VM(coretest.BerlinVM("web10.example.org"))
				return ok
			})
			vm, ok := s.View().VM(coretest.BerlinVM(web9))
			if !ok || vm.UUID != "theirs" || !s.View().OwnerOf(vm).IsZero() {
				t.Errorf("the VM of the others became %+v", vm)
			}
		})
	})
}

// TestQuotaTakenMeanwhile has somebody else take the rest of the quota: it is told
// before anything is sent, and what fits is made.
func TestQuotaTakenMeanwhile(t *testing.T) {
	t.Parallel()
	inWorld(t, coretest.Options{}, "ann", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		admin, two := w.Login("admin"), 2048
		w.Do(admin, core.SetGrant{Who: core.UserRef("ann"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbCreateVM}})
		w.Do(admin, core.SetQuota{Who: core.UserRef("ann"), Cluster: coretest.Berlin, Limits: core.Limits{MemoryMiB: &two}})
		open(d, "create")
		fillIn(d, web9)
		d.Shows("Memory of ann: 0 MiB -> 1 GiB of 2 GiB")
		asked := w.Berlin.Calls("CreateVM")
		w.Do(admin, made("web8.example.org", core.UserRef("ann"), 1536))
		d.Press("ctrl+x")
		d.Shows("the quota of user ann on berlin does not suffice")
		w.Wait()
		if got := w.Berlin.Calls("CreateVM") - asked; got != 1 {
			t.Errorf("the cluster was asked for %d VMs", got)
		}
		d.Advance(30 * time.Second)
		d.Press("tab")
		d.Shows("Memory of ann: 1.5 GiB -> 2.5 GiB of 2", "512 MiB too much", "You may not: create "+web9)
	})
}

// TestTemplateRemovedMeanwhile has the template go that a wizard began with.
func TestTemplateRemovedMeanwhile(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		shape := made("", core.Ref{}, 2048)
		shape.VM.Name = ""
		w.Do(s, core.SaveTemplate{Template: core.Template{Cluster: coretest.Berlin, Name: "tiny", VM: shape.Shape()}})
		open(d, "templates")
		d.Press("home", "n")
		d.Shows("(x) berlin")
		w.Do(w.Login("admin"), core.RemoveTemplate{Cluster: coretest.Berlin, Name: "tiny"})
		d.Press("ctrl+n", "ctrl+n")
		d.Shows("noop", "[2G")
		d.Type(web9)
		d.Press("ctrl+x")
		w.Until(s, "web9 is there", func(v *core.View) bool {
			vm, ok := v.VM(coretest.BerlinVM(web9))
			return ok && vm.MemoryMiB == 2048
		})
	})
}
