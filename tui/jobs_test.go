package tui_test

import (
	"strings"
	"testing"
	"time"
)

func TestPaletteFiltersJobs(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Command("jobs failed")
		d.Shows("all › jobs", "/state:failed", "! failed")
		d.Hides("✓ done")
		d.Press("esc")
		d.Shows("✓ done")
	})
}

func TestMyRunningJobs(t *testing.T) {
	t.Parallel()
	sit(t, "ann", func(d *desk) {
		d.Berlin.Pace(time.Minute)
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
			sit(t, "ann", func(d *desk) {
				d.Berlin.Pace(time.Minute)
				if allowed {
					d.Berlin.AllowCancel()
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

func TestLogCanBeCopied(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Berlin.Chatter(300, "block")
		d.Press("2", "p", "r", "y", "enter")
		d.Advance(30 * time.Minute)
		d.Shows("done")
		d.Press("y")
		d.Shows("l  log")
		d.Press("l")
		if n := strings.Count(d.Clipboard(), "block"); n < 300 {
			t.Errorf("%d of 300 lines were copied:\n%s", n, d.Clipboard())
		}
		d.Press("k")
		d.Shows("F follows", " of 30")
	})
}

func TestNameOfAClustersJobIsAsCommandsTakeIt(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Command("jobs failed")
		d.Press("enter", "y", "f")
		name := d.Clipboard()
		if !strings.HasPrefix(name, "berlin/job/") {
			t.Fatalf("copied %q", name)
		}
		d.Press("1")
		d.Command("job " + name)
		d.Shows("berlin › jobs › " + strings.TrimPrefix(name, "berlin/job/"))
	})
}
