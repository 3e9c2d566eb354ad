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

// seated puts a user in front of a screen of 100x30 in a world of its own.
func seated(t *testing.T, user string, do func(w *coretest.World, s *core.Session, d *tuitest.Driver)) {
	t.Helper()
	inWorld(t, coretest.Options{}, user, do)
}

// inWorld is seated in another world.
func inWorld(t *testing.T, o coretest.Options, user string, do func(w *coretest.World, s *core.Session, d *tuitest.Driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, o)
		defer w.Stop()
		s := w.Login(user)
		d := tuitest.New(t, s, tui.Options{Width: 100, Height: 30, Profile: colorprofile.ANSI})
		defer d.Close()
		d.Advance(2 * time.Second)
		do(w, s, d)
	})
}

func open(d *tuitest.Driver, command string) {
	d.Press(":")
	d.Type(command)
	d.Press("enter")
}

func TestLogOfOurJobIsLive(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		id := w.Do(s, core.StopVM{VM: core.VMRef(coretest.Berlin, coretest.Web1)})
		open(d, "job "+id.String())
		d.Shows("stop web1.example.org", "by ann", "following")
		d.Hides("Shutting down the disks")
		d.Advance(10 * time.Second)
		d.Shows("✓ done", "Asking web1.example.org to shut down", "Shutting down the disks of web1.example.org", "2 steps   end")
	})
}

func TestLogOfAForeignJobIsLive(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		id, err := w.Berlin.Submit(t.Context(), core.StopVM{VM: core.VMRef("", coretest.Web2)}, "somebody else")
		if err != nil {
			t.Fatal(err)
		}
		d.Press("R")
		d.Advance(time.Second)
		open(d, "job berlin/"+id)
		d.Advance(time.Second)
		d.Shows("berlin's job " + id)
		d.Advance(90 * time.Second)
		d.Shows("✓ done", "Shutting down the disks of web2.example.org")
	})
}

func TestJobThatOneMayNotSee(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		admin := w.Login("admin")
		id := w.Do(admin, core.StopVM{VM: core.VMRef(coretest.Berlin, coretest.Web2)})
		open(d, "job "+id.String())
		d.Shows("there is no job " + id.String() + ", or you may not see it")
		d.Hides("web2")
	})
}

func TestVMDetailThatCannotBeRead(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		w.Berlin.Fail("", w.Berlin.Unreachable())
		open(d, "vm db1")
		d.Shows("db1.example.org", "what it has", "16G")
		d.Advance(40 * time.Second)
		d.Shows("unreachable since")
	})
}

func TestVMThatGoesAwayLeavesATombstone(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "vm jump")
		d.Shows("running", "jump.example.org")
		w.Berlin.RemoveVM("jump.example.org")
		for range 4 {
			d.Press("R")
			d.Advance(40 * time.Second)
		}
		d.Shows("(gone)", "jump.example.org", "this is what was known")
	})
}

func TestListsSayWhyTheyAreEmpty(t *testing.T) {
	t.Parallel()
	seated(t, "bob", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		admin := w.Login("admin")
		w.Do(admin, core.RemoveGrant{Who: core.GroupRef("ops"), On: core.ClusterRef(coretest.Berlin)})
		d.Advance(2 * time.Second)
		d.Shows("you have no rights yet", "ask an administrator")
		d.Press("2")
		d.Shows("you have no rights yet")
		d.Press("4", "/")
		d.Type("nowhere")
		d.Press("enter")
		d.Press("3")
		d.Shows("you have no rights yet")
	})
}

func TestFiltersAndProblemsOfTheVMs(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("2", "z")
		d.Shows("legacy-crm", "1 of 1 with problems")
		d.Hides("web1")
		d.Press("z", "/")
		d.Type("web")
		d.Shows("web1 ", "2 of 24")
		d.Hides("db1")
		d.Press("enter", "esc")
		d.Shows("db1 ")
	})
}

func TestTabsOfAVM(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "vm db1")
		for _, tab := range []struct{ key, want string }{
			{"2", "vnc_bind_address"},
			{"3", "disk 2"},
			{"4", "aa:00:00:06:04:01"},
			{"5", "no job worked on it lately"},
			{"6", "nothing is recorded of it"},
			{"8", "nobody sits at its consoles now"},
			{"9", "nothing is recorded that you may see"},
			{"1", "secondary nodes"},
			{"shift+tab", `"memory_mib": 16384`},
		} {
			d.Press(tab.key)
			d.Shows(tab.want)
		}
		d.Press("/")
		d.Type("serial")
		d.Press("enter", "n", "N")
		d.Shows(`"serial"`)
	})
}

func TestSortByAClickOnTheHeader(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Press("2")
		d.Click(6, 1)
		d.Shows("NAME↑")
		d.Click(6, 1)
		d.Shows("NAME↓", "win-license ")
	})
}
