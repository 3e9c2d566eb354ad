package tui_test

import (
	"testing"
	"time"

	"gwm/core"
)

// TestJobsOfWhom: a letter shows only some jobs, and all again.
func TestJobsOfWhom(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("4")
		d.Press("Q", "o")
		d.Shows("/from:others", "cluster verify")
		d.Hides("add cluster paris")
		d.Press("Q", "c")
		d.Shows("/from:others cluster:")
		d.Press("Q", "o")
		d.Shows("/cluster:")
		d.Hides("from:others")
	})
}

// TestDrainOnTheScreen: every new job of a cluster is kept back and says why, the
// page tells of the filter, and without it the job goes on.
func TestDrainOnTheScreen(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Command("filters berlin")
		d.Shows("berlin › filters", "has no job filters")
		d.Command("drain berlin")
		d.Shows("Jobs that are in the queue already go on", "are refused")
		d.Press("esc")
		f := core.DrainJobs(core.FilterPause, "new switches")
		f.ID = "3f0e1f7c-94a5-4d5e-8c7b-0123456789ab"
		d.Berlin.PutFilter(f)
		d.Press("esc", "2", "p", "r", "y")
		d.Advance(3 * time.Minute)
		d.Command("jobs")
		d.Press("Q", "s")
		d.Shows("/stuck:*", "▶ queue", "restart archive")
		d.Press("enter")
		d.Shows("a filter of berlin's queue holds it back: new switches")
		d.Command("filters berlin")
		d.Shows("1. new jobs after", "stay in the queue and are not begun", "new switches")
	})
}
