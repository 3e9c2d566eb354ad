package core_test

import (
	"slices"
	"strings"
	"testing"

	"gwm/core"
	"gwm/core/coretest"
)

// TestEmptyingANodeFollowsTheJobsItStarts: the job of gwm ends when the last of the
// cluster's does, and fails where one failed, was canceled or was never started.
func TestEmptyingANodeFollowsTheJobsItStarts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		setup func(w *coretest.World, vms []string)
		want  core.JobState
		why   string // A and B stand for the first two VMs
		logs  string
	}{
		{"all went well", func(*coretest.World, []string) {}, core.JobDone, "", ": Migrating instance B"},
		{
			"one failed", func(w *coretest.World, vms []string) { w.Berlin.FailJobs(vms[0], "no memory") },
			core.JobFailed, "evacuate NODE: INSTANCE_MIGRATE(A), job ID there: no memory", ": Migrating instance B",
		},
		{"two failed", func(w *coretest.World, vms []string) {
			w.Berlin.FailJobs(vms[0], "no memory")
			w.Berlin.FailJobs(vms[1], "no disk")
		}, core.JobFailed, "evacuate NODE: INSTANCE_MIGRATE(A), job ID there: no memory", "failed too: evacuate NODE: INSTANCE_MIGRATE(B), job ID there: no disk"},
		{
			"one was not started", func(w *coretest.World, vms []string) {
				w.Berlin.RefuseChild(vms[0], "job 1 was not started: the queue\x1b is full")
			},
			core.JobFailed, "evacuate NODE: job 1 was not started: the queue· is full", ": Migrating instance B",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				s := w.Login("admin")
				n := fullNode(t, s.View())
				tt.setup(w, n.Primary)
				job := ended(t, s, w.Do(s, core.EvacuateNode{Node: n.Ref(), What: core.EvacuatePrimary}), tt.want)
				why := ""
				if job.Error != nil {
					why = job.Error.Message
				}
				words := strings.NewReplacer("NODE", n.Name, "(A)", "("+n.Primary[0]+")", "(B)", "("+n.Primary[1]+")", "instance B", "instance "+n.Primary[1])
				if got, want := noJobNumber(why), words.Replace(tt.why); got != want {
					t.Errorf("it failed because %q, want %q", got, want)
				}
				log := logOf(t, s, job.ID)
				if !slices.ContainsFunc(log, func(line string) bool { return strings.HasSuffix(noJobNumber(line), words.Replace(tt.logs)) }) {
					t.Errorf("the log does not say %q:\n%s", words.Replace(tt.logs), strings.Join(log, "\n"))
				}
			})
		})
	}
}

// TestEvacuateAllIsTwoRequests: the VMs leave before the second copies, and those
// stay where VMs could not leave.
func TestEvacuateAllIsTwoRequests(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		n := fullNode(t, s.View())
		all := core.EvacuateNode{Node: n.Ref(), What: core.EvacuateAll}
		ended(t, s, w.Do(s, all), core.JobDone)
		if got := evacuations(w, n.Name); got != 2 {
			t.Errorf("the cluster received %d evacuations, want 2", got)
		}
		n = fullNode(t, s.View())
		all.Node = n.Ref()
		w.Berlin.FailJobs(n.Primary[0], "no memory")
		before := evacuations(w, n.Name)
		ended(t, s, w.Do(s, all), core.JobFailed)
		if got := evacuations(w, n.Name) - before; got != 1 {
			t.Errorf("after VMs could not leave the cluster received %d evacuations, want 1", got)
		}
	})
}

// evacuations counts how often the cluster was asked to evacuate a node.
func evacuations(w *coretest.World, node string) int {
	n := 0
	for _, line := range w.Berlin.Submitted() {
		if line == "NODE_EVACUATE "+node {
			n++
		}
	}
	return n
}

// noJobNumber puts ID in the place of a job's number.
func noJobNumber(text string) string {
	before, after, ok := strings.Cut(text, ", job ")
	if !ok {
		return text
	}
	_, rest, _ := strings.Cut(after, " ")
	return before + ", job ID " + rest
}

// fullNode is a node of berlin with two VMs or more.
func fullNode(t *testing.T, v *core.View) *core.Node {
	t.Helper()
	for _, n := range v.Nodes() {
		if n.Cluster == coretest.Berlin && len(n.Primary) > 1 {
			return n
		}
	}
	t.Fatal("berlin has no node with two VMs")
	return nil
}
