package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

func TestStraysOnTheScreen(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		w.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.Web1), Owner: core.UserRef("ann")})
		vm, _, err := w.Berlin.VM(t.Context(), coretest.Cold)
		if err != nil {
			t.Fatal(err)
		}
		tagged := *vm
		tagged.Tags, tagged.Serial = []string{"gwm:owner:user:bob", "gwm:grant:user:nobody:see"}, vm.Serial+1
		w.Berlin.PutVM(&tagged)
		d.Press("R")
		d.Advance(time.Minute)
		d.Shows("22 orphans, 1 importable")
		open(d, "orphans")
		d.Advance(5 * time.Second)
		d.Shows("orphan (22)", "importable (1)", "nobody owns it")
		d.Press("3")
		d.Shows("cold1", "user:bob is the owner", "there is no user nobody")
		d.Press("I")
		d.Shows("taken over", "user:bob is the owner", "stays a tag", "user:nobody holds see")
		d.Press("ctrl+x")
		d.Shows("Import cold1.example.org?")
		d.Press("y")
		d.Advance(5 * time.Second)
		ownerIs(t, s, coretest.Cold, core.UserRef("bob"))
		d.Press("1", "D")
		d.Shows("still lists it")
		w.Berlin.RemoveVM(coretest.Web1)
		for range 4 {
			d.Press("R")
			d.Advance(40 * time.Second)
		}
		open(d, "strays")
		d.Advance(5 * time.Second)
		d.Press("4")
		d.Shows("missing (1)", "web1", "but its cluster does not list it")
		w.Berlin.Fail("", w.Berlin.Unreachable())
		d.Press("R")
		d.Advance(time.Minute)
		d.Shows("web1", "unreachable since", "what is missing there is not known")
		w.Berlin.Fail("", nil)
		d.Press("R")
		d.Advance(3 * time.Minute)
		d.Press("D")
		d.Type(coretest.Web1)
		d.Press("enter")
		d.Advance(5 * time.Second)
		d.Shows("no VM here: its cluster no longer lists it")
	})
}

func TestStraysForWhoAdministersNothing(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		d.Hides("orphan")
		open(d, "orphans")
		d.Advance(5 * time.Second)
		d.Shows("only the clusters that you administer are looked at")
	})
}
