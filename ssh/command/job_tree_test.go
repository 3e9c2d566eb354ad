package command

import (
	"strings"
	"testing"
	"time"

	"gwm/core"
)

// TestJobTreeIsDrawn: jobs that a job started hang below it, with their steps,
// times and reasons.
func TestJobTreeIsDrawn(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_795_344_790, 0)
	after := func(s float64) time.Time { return at.Add(time.Duration(s * float64(time.Second))) }
	whole := core.JobTree{
		Job: &core.UpstreamJob{
			ID: "103", Summary: "NODE_EVACUATE(n2)", State: core.JobDone, Received: at, Started: after(0.5), Ended: after(2),
			Steps: []core.Step{{Name: "NODE_EVACUATE", State: core.JobDone}},
		},
		Times: []core.StepTime{{Began: after(0.5), Ran: after(0.75), Ended: after(2)}},
		Children: []core.JobTree{
			{
				Job: &core.UpstreamJob{
					ID: "104", Summary: "INSTANCE_MIGRATE(web1)", State: core.JobFailed, Started: after(3), Ended: after(8), Error: "no\x1b[31m",
					Steps: []core.Step{{Name: "INSTANCE_MIGRATE", State: core.JobFailed}},
				},
			},
			{Job: &core.UpstreamJob{ID: "105"}},
		},
	}
	var b strings.Builder
	printBranch(&b, treeBranch("berlin", whole), "", "")
	want := `job berlin/job/103  NODE_EVACUATE(n2)  done  waited 0.5s  took 1.5s
├ NODE_EVACUATE  done  waited 0.25s  took 1.25s
├ job berlin/job/104  INSTANCE_MIGRATE(web1)  failed  took 5s
│   ! ` + core.Printable("no\x1b[31m") + `
│ └ INSTANCE_MIGRATE  failed
└ job berlin/job/105
`
	if got := b.String(); got != want {
		t.Errorf("drawn\n%s\nwant\n%s", got, want)
	}
}
