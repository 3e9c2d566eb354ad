package tui_test

import (
	"testing"
	"time"

	"gwm/core/coretest"
)

// TestArchivedJobsStayInSight: a job that its cluster forgot stays in the list and
// on its page, which say so; it cannot be canceled.
func TestArchivedJobsStayInSight(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		done := d.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "")
		d.Advance(time.Minute)
		d.Command("jobs")
		d.Press("/")
		d.Type("id:" + done)
		d.Press("enter")
		d.Shows("reboot web1", "✓ done")
		d.Hides("archived")
		d.Berlin.Forget(done)
		d.Advance(time.Minute)
		d.Shows("reboot web1", "✓ done archived")
		d.Resize(160, 24)
		d.Shows("✓ done archived", "archived by berlin; as gwm last saw it")
		d.Press("X")
		d.Shows("it has ended, and berlin archived it")
		d.Press("enter")
		d.Shows("archived by berlin; as gwm last saw it", "its log was not kept", "took")
		d.Press("tab")
		d.Shows("INSTANCE_REBOOT")
	})
}

// TestThePageOfAJobOutlivesIt: what was read of a log stays while the page is open.
func TestThePageOfAJobOutlivesIt(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		id := d.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "")
		d.Advance(time.Minute)
		d.Command("job berlin/job/" + id)
		d.Shows("working on web1.example.org")
		d.Hides("archived")
		d.Berlin.Forget(id)
		d.Advance(time.Minute)
		d.Shows("working on web1.example.org", "archived by berlin; as gwm last saw it")
	})
}

// TestAJobThatEndedUnseen: that nobody knows how it ended is no end of it.
func TestAJobThatEndedUnseen(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Berlin.Pace(time.Minute)
		id := d.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "")
		d.Advance(90 * time.Second)
		d.Berlin.Forget(id)
		d.Advance(time.Minute)
		d.Command("jobs unseen")
		d.Shows("reboot web1", "? unseen archived")
		d.Press("enter")
		d.Shows("archived by berlin; it ended unseen: how is not known", "its log was not kept", "began")
		d.Hides("took")
	})
}
