package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/tui/theme"
)

// TestStepsTellTimesAndReasons: jobs that a job started hang below it, with how
// long each waited and took, and why it failed, cleaned of what is not text.
func TestStepsTellTimesAndReasons(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.Local)
	after := func(s float64) time.Time { return at.Add(time.Duration(s * float64(time.Second))) }
	tree := core.JobTree{
		Job: &core.UpstreamJob{
			ID: "103", Summary: "NODE_EVACUATE(n2)", State: core.JobDone, Received: at, Started: after(0.5), Ended: after(2),
			Steps: []core.Step{{Name: "NODE_EVACUATE", State: core.JobDone}},
		},
		Times: []core.StepTime{{Began: after(0.5), Ran: after(0.75), Ended: after(2)}},
		Children: []core.JobTree{
			{Job: &core.UpstreamJob{
				ID: "104", Summary: "INSTANCE_MIGRATE(web1)", State: core.JobFailed, Received: at, Started: after(3), Ended: after(120), Error: "no\x1b[31m",
				Steps: []core.Step{{Name: "INSTANCE_MIGRATE", State: core.JobFailed}},
			}},
			{Job: &core.UpstreamJob{
				ID: "106", Summary: "INSTANCE_MIGRATE(web2)", State: core.JobRunning, Received: at, Started: after(3),
				Steps: []core.Step{{Name: "INSTANCE_MIGRATE", State: core.JobQueued}},
			}, Times: []core.StepTime{{Began: after(3)}}},
			{Job: &core.UpstreamJob{ID: "105"}},
		},
	}
	var got []string
	for _, l := range treeLines(theme.New(theme.Default(), theme.ModeNone, false), tree, "") {
		got = append(got, l.Text)
	}
	want := strings.Split(`✓ job 103  node evacuate n2  done  waited 0.5s  took 1.5s
  ✓ 1 NODE_EVACUATE  done  waited 0.2s  took 1.2s
  ! job 104  migrate web1  failed  waited 3.0s  took 1m
      no
    ! 1 INSTANCE_MIGRATE  failed
  ▶ job 106  migrate web2  running  waited 3.0s  works since 08:00:03
    ◌ 1 INSTANCE_MIGRATE  queued  waits since 08:00:03
  job 105  no longer known to the cluster, or you may not see it`, "\n")
	for i := range got {
		got[i] = strings.ReplaceAll(got[i], core.Printable("no\x1b[31m"), "no")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
