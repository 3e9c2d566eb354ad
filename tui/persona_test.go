package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

func TestPreviewShowsWhatAUserSees(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		open(d, "vm db1")
		open(d, "preview ann")
		d.Shows("PREVIEW of what ann sees", "this is what ann sees")
		d.Press("2")
		d.Shows("web1")
		d.Hides("db1")
		d.Press("p", "d")
		d.Shows("read-only")
		d.Press("esc", "esc")
		open(d, "preview bob")
		d.Shows("PREVIEW of what ann sees", "this is a preview already")
		d.Press("x", "esc")
		d.Shows("db1.example.org", "this is your own screen again", "admin")
		d.Hides("PREVIEW")
		if n := len(s.Sessions()); n != 1 {
			t.Errorf("%d sessions are left open", n)
		}
		open(d, "preview ann")
		w.Do(s, core.DeleteUser{Name: "ann"})
		d.Advance(time.Second)
		d.Shows("the preview ended", "db1.example.org")
		open(d, "preview off")
		d.Shows("there is no preview")
	})
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "preview ann")
		d.Shows("only a site administrator may see what somebody else sees")
	})
}

func TestAPreviewOpensNoForm(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "preview ann")
		for _, form := range []string{"quota ann berlin", "grant bob web1", "owner web1"} {
			open(d, form)
			d.Shows("this is a preview of what ann sees; leave it to make changes")
			d.Hides("ctrl-x save")
		}
	})
}

func TestActAs(t *testing.T) {
	t.Parallel()
	seated(t, "bob", func(_ *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Press("@")
		d.Shows("Act as", "bob", "group:ops", "yourself")
		d.Press("down", "enter")
		d.Shows("acting as group:ops", "as group:ops")
		if s.ActAs() != core.GroupRef("ops") {
			t.Errorf("bob acts as %s", s.ActAs())
		}
		open(d, "actas nothing")
		d.Shows("you are in no group named", "as group:ops")
		open(d, "actas bob")
		d.Shows("acting as yourself again")
	})
}

func TestLocksOnTheScreen(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		open(d, "vm db1")
		d.Press("L")
		d.Shows("Nothing but looking is possible", "Why *")
		d.Type("disk is being replaced")
		d.Press("ctrl+x")
		d.Shows("no (default)")
		d.Press("y")
		d.Advance(time.Second)
		d.Shows("locked by admin", "disk is being replaced")
		open(d, "can power db1")
		d.Shows("no: berlin/db1.example.org is locked by admin")
		open(d, "lock berlin")
		d.Type("moving")
		d.Press("ctrl+x", "y")
		d.Advance(time.Second)
		d.Shows("disk is being replaced", "berlin is locked by admin")
		d.Press("L")
		d.Advance(time.Second)
		d.Hides("disk is being replaced")
		open(d, "unlock berlin")
		d.Advance(time.Second)
		d.Hides("moving")
		open(d, "can power db1 bob")
		d.Shows("bob: no: needs power on berlin/db1.example.org")
	})
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "vm web1")
		d.Press("L")
		d.Shows("only a site administrator may do this")
	})
}

func TestAStartOverTheQuotaIsOffered(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		people(w, s)
		none := 0
		w.Do(s, core.SetQuota{Who: core.UserRef("ann"), Cluster: coretest.Berlin, Limits: core.Limits{MemoryMiB: &none}})
		w.Do(s, core.SetGrant{Who: core.UserRef("bob"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbAdmin}})
		w.Do(s, core.StopVM{VM: core.VMRef(coretest.Berlin, coretest.Web1)})
		d.Advance(2 * time.Minute)
		bob := tuitest.New(t, w.Login("bob"), at80)
		defer bob.Close()
		open(bob, "vm web1")
		bob.Press("p", "s")
		bob.Shows("The quota of user:ann on berlin does not suffice", "Why *")
		bob.Type("agreed")
		bob.Shows("--override agreed")
		bob.Press("ctrl+x")
		bob.Shows("queued: start web1")
	})
}
