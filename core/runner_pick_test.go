package core

import (
	"slices"
	"testing"
	"time"
)

func TestPick(t *testing.T) {
	t.Parallel()
	job := func(id JobID, on Ref, state JobState) *Job {
		return &Job{ID: id, OpID: "vm.stop", Target: on, State: state}
	}
	web1, web2, db1, shop := VMRef("berlin", "web1"), VMRef("berlin", "web2"), VMRef("berlin", "db1"), VMRef("paris", "shop")
	cancel := &Job{ID: 9, OpID: "job.cancel", Target: web1, State: JobQueued}
	tests := []struct {
		name   string
		open   []*Job
		active []JobID
		slots  int
		want   []JobID
	}{
		{"nothing", nil, nil, 2, nil},
		{"one", []*Job{job(1, web1, JobQueued)}, nil, 2, []JobID{1}},
		{"slots are full", []*Job{job(1, web1, JobRunning), job(2, web2, JobRunning), job(3, db1, JobQueued)}, []JobID{1, 2}, 2, nil},
		{"a slot of another cluster is free", []*Job{job(1, web1, JobRunning), job(2, web2, JobQueued), job(3, shop, JobQueued)}, []JobID{1}, 1, []JobID{3}},
		{"same VM waits", []*Job{job(1, web1, JobQueued), job(2, web1, JobQueued), job(3, web2, JobQueued)}, nil, 3, []JobID{1, 3}},
		{"same VM waits in order", []*Job{job(1, web1, JobRunning), job(2, web1, JobQueued), job(3, web1, JobQueued)}, []JobID{1}, 3, nil},
		{"what ran before a restart goes on at once", []*Job{job(1, web1, JobRunning), job(2, web2, JobSubmitting), job(3, db1, JobQueued)}, nil, 1, []JobID{1, 2}},
		{"a cancellation does not wait", []*Job{job(1, web1, JobRunning), cancel}, []JobID{1}, 2, []JobID{9}},
		{"a later job does not wait for a cancellation", []*Job{cancel, job(10, web1, JobQueued)}, []JobID{9}, 2, []JobID{10}},
		{"a bulk job never starts", []*Job{{ID: 1, OpID: opBulk, Target: ClusterRef("berlin"), State: JobQueued}}, nil, 2, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := pick(tt.open, func(id JobID) bool { return slices.Contains(tt.active, id) }, tt.slots)
			if !slices.Equal(got, tt.want) {
				t.Errorf("starts %v, want %v", got, tt.want)
			}
		})
	}
}

func TestJudgeQueue(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	queue := []*UpstreamJob{{ID: "7", Reason: "gwm:x:job-123"}, {ID: "6", Reason: "gwm:x:job-12"}}
	tests := []struct {
		name   string
		reason string
		waited time.Duration // for the answer
		after  time.Duration
		want   verdict
		id     string
	}{
		{"there", "gwm:x:job-12", 0, time.Second, arrived, "6"},
		{"there after long", "gwm:x:job-12", 0, 48 * time.Hour, arrived, "6"},
		{"another installation's", "gwm:y:job-12", 0, time.Minute, neverSent, ""},
		{"too early to tell", "gwm:x:job-1", 0, 34 * time.Second, lookAgain, ""},
		{"late enough", "gwm:x:job-1", 0, 35 * time.Second, neverSent, ""},
		{"given up just now", "gwm:x:job-1", 40 * time.Second, 41 * time.Second, lookAgain, ""},
		{"given up long ago", "gwm:x:job-1", 40 * time.Second, 75 * time.Second, neverSent, ""},
		{"it may have been archived", "gwm:x:job-1", 0, time.Hour, forgotten, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, id := judgeQueue(queue, tt.reason, sent, sent.Add(tt.waited), sent.Add(tt.after)); got != tt.want || id != tt.id {
				t.Errorf("verdict %d, job %q; want %d, %q", got, id, tt.want, tt.id)
			}
		})
	}
}

func TestParentState(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		children []JobState
		want     JobState
	}{
		{"all wait", []JobState{JobQueued, JobQueued}, JobQueued},
		{"one began", []JobState{JobSubmitting, JobQueued}, JobRunning},
		{"one is left", []JobState{JobDone, JobQueued}, JobRunning},
		{"all done", []JobState{JobDone, JobDone}, JobDone},
		{"one failed", []JobState{JobDone, JobFailed, JobCanceled}, JobFailed},
		{"a failure does not end the others", []JobState{JobFailed, JobRunning}, JobRunning},
		{"all canceled", []JobState{JobCanceled, JobCanceled}, JobCanceled},
		{"some canceled", []JobState{JobCanceled, JobDone}, JobDone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var children []*Job
			for _, s := range tt.children {
				children = append(children, &Job{State: s})
			}
			if got := parentState(children); got != tt.want {
				t.Errorf("state is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestNewerJob(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		a, b Job
		want bool
	}{
		{"a final state stays", Job{State: JobRunning, CancelBy: "ann"}, Job{State: JobDone}, false},
		{"a final state comes", Job{State: JobDone}, Job{State: JobRunning, LogLines: 3}, true},
		{"more log", Job{State: JobRunning, LogLines: 4}, Job{State: JobRunning, LogLines: 3}, true},
		{"less log", Job{State: JobRunning, LogLines: 2}, Job{State: JobRunning, LogLines: 3}, false},
		{"a wish to cancel", Job{State: JobRunning, CancelBy: "ann"}, Job{State: JobRunning}, true},
		{"a wish to cancel stays", Job{State: JobRunning}, Job{State: JobRunning, CancelBy: "ann"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := newer(&tt.a, &tt.b); got != tt.want {
				t.Errorf("newer is %v, want %v", got, tt.want)
			}
		})
	}
}
