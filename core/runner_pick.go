package core

import "time"

// The decisions of the runner are pure functions over lists of jobs.

// pick chooses the jobs to start now from the open ones, oldest first: what was
// under way before a restart at once, what waits where its cluster has a free
// slot and no older open job has the same target.
func pick(open []*Job, active func(JobID) bool, slots int) []JobID {
	used := map[string]int{}
	for _, j := range open {
		if j.OpID != opBulk && (active(j.ID) || j.State != JobQueued) {
			used[j.Target.Cluster]++
		}
	}
	var start []JobID
	taken := map[Ref]bool{}
	for _, j := range open {
		if j.OpID == opBulk {
			continue
		}
		waits := taken[j.Target] && exclusive(j)
		if exclusive(j) {
			taken[j.Target] = true
		}
		switch {
		case active(j.ID):
		case j.State != JobQueued:
			start = append(start, j.ID)
		case !waits && used[j.Target.Cluster] < slots:
			used[j.Target.Cluster]++
			start = append(start, j.ID)
		}
	}
	return start
}

// exclusive tells whether a job keeps others from its target. A cancellation
// must not wait for what it cancels.
func exclusive(j *Job) bool { return j.OpID != CancelJob{}.Spec().ID }

// newer tells whether a is a later state of the same job than b.
func newer(a, b *Job) bool {
	if rank(a.State) != rank(b.State) {
		return rank(a.State) > rank(b.State)
	}
	return a.LogLines > b.LogLines || a.LogLines == b.LogLines && (a.CancelBy != "" || b.CancelBy == "")
}

func rank(s JobState) int {
	switch s {
	case JobQueued:
		return 0
	case JobSubmitting:
		return 1
	case JobRunning:
		return 2
	case JobDone, JobFailed, JobCanceled, JobUnseen:
		return 3
	}
	return 0
}

// parentState is the state of a bulk job: queued until a child began, final when
// all are, failed where one failed, canceled where none was done.
func parentState(children []*Job) JobState {
	count := map[JobState]int{}
	for _, c := range children {
		count[c.State]++
	}
	switch ended := count[JobDone] + count[JobFailed] + count[JobCanceled]; {
	case count[JobQueued] == len(children):
		return JobQueued
	case ended < len(children):
		return JobRunning
	case count[JobFailed] > 0:
		return JobFailed
	case count[JobDone] > 0:
		return JobDone
	}
	return JobCanceled
}

// queueTimeout is how long a cluster may need to put a request that it received
// into its queue (Ganeti gives up after 30 s).
const queueTimeout = 35 * time.Second

// lookBack is how long a job surely stays in the cluster's queue. What was
// submitted longer ago and is not there may have run and been archived.
const lookBack = time.Hour

// verdict is what a cluster's queue says of a request whose answer was lost.
type verdict int

const (
	lookAgain verdict = iota // it may still arrive
	arrived                  // it is there
	neverSent                // it will not arrive any more
	forgotten                // nobody can tell
)

// judgeQueue looks for a job of ours in a cluster's queue. The request was sent
// between begun and given up, and the cluster was asked for its queue at asked.
func judgeQueue(jobs []*UpstreamJob, reason string, begun, givenUp, asked time.Time) (verdict, string) {
	for _, up := range jobs {
		if up.Reason == reason {
			return arrived, up.ID
		}
	}
	switch {
	case asked.Sub(begun) >= lookBack:
		return forgotten, ""
	case asked.Sub(givenUp) < queueTimeout:
		return lookAgain, ""
	}
	return neverSent, ""
}

// backoff is the pause before asking an unreachable cluster again.
func backoff(attempt int, most time.Duration) time.Duration {
	d := time.Second << min(attempt, 16)
	return min(d, most)
}
