package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"gwm/core"
	"gwm/tui/theme"
)

// TestStepsThatRunAreInSight: of a job with more steps than there is room for,
// those around the one at work are shown.
func TestStepsThatRunAreInSight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		done, steps int
		state       core.JobState // of the step after those that are done
		h           int
		want        string
	}{
		{"room for all", 1, 3, core.JobRunning, 24, "✓ 1 A|▶ 2 A|◌ 3 A"},
		{"at the beginning", 0, 28, core.JobRunning, 16, "▶ 1 A|◌ 2 A|◌ 3 A|1 to 3 of 28 steps"},
		{"in the middle", 14, 28, core.JobRunning, 16, "✓ 14 A|▶ 15 A|◌ 16 A|14 to 16 of 28 steps"},
		{"failed", 14, 28, core.JobFailed, 16, "✓ 14 A|! 15 A|◌ 16 A|14 to 16 of 28 steps"},
		{"at the end", 28, 28, core.JobDone, 16, "✓ 26 A|✓ 27 A|✓ 28 A|26 to 28 of 28 steps"},
		{"hardly any room", 14, 28, core.JobRunning, 6, "▶ 15 A|15 to 15 of 28 steps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			steps := make([]core.Step, c.steps)
			for i := range steps {
				steps[i] = core.Step{Name: "A", State: core.JobQueued}
				if i < c.done {
					steps[i].State = core.JobDone
				} else if i == c.done {
					steps[i].State = c.state
				}
			}
			p := &jobPage{w: 60, h: c.h, upstream: &core.UpstreamJob{Steps: steps}}
			p.host = &host{look: &look{theme: theme.New(theme.Default(), theme.Mode16, false)}}
			var got []string
			for _, l := range p.stepLines() {
				got = append(got, strings.TrimSpace(ansi.Strip(l)))
			}
			if want := strings.Split(c.want, "|"); !slices.Equal(got, want) {
				t.Errorf("shows %q, want %q", got, want)
			}
		})
	}
}
