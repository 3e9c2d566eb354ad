package tui_test

import (
	"testing"
	"time"

	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

func TestPaletteFiltersJobs(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(_ *testing.T, _ *coretest.World, d *tuitest.Driver) {
		d.Press(":")
		d.Type("jobs failed")
		d.Press("enter")
		d.Shows("all › jobs", "/state:failed", "! failed")
		d.Hides("✓ done")
		d.Press("esc")
		d.Shows("✓ done")
	})
}

func TestMyRunningJobs(t *testing.T) {
	t.Parallel()
	sit(t, "ann", at80, func(_ *testing.T, w *coretest.World, d *tuitest.Driver) {
		w.Berlin.Pace(time.Minute)
		d.Press("2", "p", "r", "y", "!")
		d.Shows("restart web1.example.org", "by:ann")
		d.Advance(20 * time.Minute)
		d.Hides(" restart web1.example.org  ")
	})
}

func TestCancelAsksAndTellsWhatTheClusterSaid(t *testing.T) {
	t.Parallel()
	for name, allowed := range map[string]bool{"canceled": true, "refused": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sit(t, "ann", at80, func(_ *testing.T, w *coretest.World, d *tuitest.Driver) {
				w.Berlin.Pace(time.Minute)
				if allowed {
					w.Berlin.AllowCancel()
				}
				d.Press("2", "p", "r", "y", "enter")
				d.Advance(90 * time.Second)
				d.Shows("restart web1.example.org")
				d.Press("X")
				d.Press("y")
				d.Advance(30 * time.Minute)
				if allowed {
					d.Shows("canceled")
				} else {
					d.Shows("done")
				}
			})
		})
	}
}
