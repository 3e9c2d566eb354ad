package tui_test

import (
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

func TestProblemsLeadToWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Shows("problems (3)", "berlin/legacy-crm: is down but should run, on node4")
		d.Press("down", "down", "enter") // two clusters, then the first problem
		d.Shows("all › berlin › vms › legacy-crm.example.org")
		d.Press("esc", "m")
		d.Shows("shut down") // the menu is the VM's
		d.Press("esc", "down", "enter")
		d.Shows("berlin › jobs › 4703")
		d.Press("esc", "up", "up", "enter") // back into the table, on the last cluster
		d.Shows("all › paris › vms")
		d.Press("esc", "end", "end", "enter")
		d.Shows("paris › jobs › 4703")
	})
	sit(t, "admin", func(d *desk) {
		for y, line := range strings.Split(d.Screen(), "\n") {
			if strings.Contains(line, "berlin/legacy-crm") {
				d.Click(10, y)
				d.Click(10, y)
			}
		}
		d.Shows("all › berlin › vms › legacy-crm.example.org")
	})
}

func TestRecentJobsThatRepeatAreCounted(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		for range 3 {
			if _, err := d.Berlin.Submit(d.Context(), core.StopVM{VM: core.VMRef("", coretest.Web2)}, "somebody else"); err != nil {
				d.Fatal(err)
			}
		}
		d.Press("R")
		d.Settle()
		d.Shows("3 times ")
	})
}

// Who is over a quota is told so where problems are, and led to what they own;
// somebody else's is no business of theirs.
func TestQuotaThatIsExceededNeedsAttention(t *testing.T) {
	t.Parallel()
	over := func(d *desk) {
		s := d.Local()
		defer s.Close()
		d.Do(s, core.SetQuota{Who: core.GroupRef("ops"), Cluster: coretest.Berlin, Limits: core.Limits{MemoryMiB: new(int), VMs: new(int)}})
		d.Do(s, core.SetOwner{VM: core.VMRef(coretest.Berlin, coretest.DB1), Owner: core.GroupRef("ops")})
		d.Advance(10 * time.Second)
	}
	const line = "group:ops on berlin: over the quota: memory 16G/0, VMs 1/0"
	for _, user := range []string{"admin", "bob"} { // bob is in it
		sit(t, user, func(d *desk) {
			over(d)
			d.Shows(line)
			for y, row := range strings.Split(d.Screen(), "\n") {
				if strings.Contains(row, line) {
					d.Click(10, y)
					d.Click(10, y)
				}
			}
			d.Shows("all › groups › ops", "over the quota of memory")
		})
	}
	sit(t, "ann", func(d *desk) {
		over(d)
		d.Hides("over the quota")
	})
}

// TestProblemsAreCleared: Z takes the problem under the cursor off the list of
// everybody who sees it; who may not administer it is told so.
func TestProblemsAreCleared(t *testing.T) {
	t.Parallel()
	sit(t, "bob", func(d *desk) {
		d.Shows("berlin/legacy-crm: is down but should run")
		d.Press("down", "Z") // one cluster, then the first problem
		d.Shows("clear the problem", "needs admin on berlin/legacy-crm")
	})
	sit(t, "admin", func(d *desk) {
		d.Press("Z")
		d.Shows("Z (clear the problem) does nothing here") // a cluster that answers has none
		d.Press("down", "down", "Z")
		d.Hides("is down but should run")
		d.Shows("problems (2)")
	})
}
