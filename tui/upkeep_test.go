package tui_test

import (
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// kept sits an administrator down where gwm wrote the tags of web1 and failed to
// write those of web2.
func kept(t *testing.T, f func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Tags: true})
		defer w.Stop()
		w.Berlin.FailJobs(coretest.Web2, "somebody stands on the cable")
		d := &desk{t, tuitest.New(t, w.Login("admin"), at80), w}
		defer d.Close()
		s := w.Local()
		defer s.Close()
		for _, name := range []string{coretest.Web1, coretest.Web2} {
			w.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, name), Owner: core.UserRef("ann")})
		}
		d.Advance(time.Minute)
		f(d)
	})
}

const (
	wrote  = "sync the owner tags of web1"
	failed = "sync the owner tags of web2"
)

func TestUpkeepIsNotAmongWhatPeopleDo(t *testing.T) {
	t.Parallel()
	kept(t, func(d *desk) {
		d.Shows("recent jobs", "! "+failed, "recent activity", "✓ owner.set berlin/web2.example.org", "! failed: owner.sync berlin/web2")
		d.Hides(wrote, "✓ owner.sync")
		d.Press("4")
		d.Shows("failed", failed[:18], "2 by tags@local left out, / finds them")
		d.Hides("✓ done     sync the")
		d.Press("/")
		d.Type("by:tags@local")
		d.Press("enter")
		d.Shows("1 of 3", "✓ done", "! failed")
		d.Hides("left out")
		d.Press("esc", "z")
		d.Hides("left out", "✓ done")
		d.Shows("! failed")
	})
}

func TestUpkeepIsInTheAuditLogForWhoAsks(t *testing.T) {
	t.Parallel()
	kept(t, func(d *desk) {
		d.Press("6")
		d.Shows("owner.set", "! failed", "owner.sync", "5 by tags@local left out, / finds them")
		d.Hides("requested   tags@local", "done        tags@local")
		d.Press("/")
		d.Type("op:owner.sync")
		d.Press("enter")
		d.Advance(time.Second)
		d.Shows("requested", "✓ done", "! failed", "of 6")
		d.Hides("left out")
		d.Command("vm web1")
		d.Press("6")
		d.Shows("history", "requested", "✓ done", "owner.sync") // of the VM all of it is shown
		d.Hides("left out")
	})
}

func TestClusterHistoryIsATab(t *testing.T) {
	t.Parallel()
	kept(t, func(d *desk) {
		d.Command("overview berlin")
		d.Press("5")
		d.Shows("5 history  6 keys", "owner.set", "berlin/web1…", "5 by tags@local left out, / finds them", "reading is")
		d.Hides("paris")
		d.Press("/")
		d.Type("cluster.add")
		d.Press("enter")
		d.Shows("1 of 1", "cluster.add")
		d.Press("enter")
		d.Shows("audit › ", "cluster.add")
		d.Press("esc", "esc", "4")
		d.Shows("2 by tags@local left out, / finds them")
		d.Press("/")
		d.Type("sync !state:failed")
		d.Press("enter")
		d.Shows("1 of 2", wrote)
	})
}
