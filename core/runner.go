package core

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// jobsInMemory is how many ended jobs the lists of jobs show at most; older ones
// are found by their number.
const jobsInMemory = 2000

// retireEvery is how often old jobs are deleted.
const retireEvery = time.Hour

// jobPicture is an immutable list of our jobs, newest first.
type jobPicture struct{ jobs []*Job }

// runner carries out the remote jobs: each in a goroutine of its own, from its
// start to the end of the cluster's job.
type runner struct {
	e            *engine
	installation string // random, the same for the life of the store
	news         chan struct{}
	work         sync.WaitGroup

	mu     sync.Mutex
	jobs   map[JobID]*Job // open ones and the latest of the ended; never changed in place
	active map[JobID]bool // have a goroutine; true: their cluster was asked to cancel them
	seen   *jobPicture    // nil: to be made anew
	bell   chan struct{}  // closed with the next change of a job
}

func newRunner(e *engine) *runner {
	return &runner{
		e: e, news: make(chan struct{}, 1), bell: make(chan struct{}),
		jobs: map[JobID]*Job{}, active: map[JobID]bool{},
	}
}

// run starts jobs as they become possible until ctx ends, and returns after the
// last of their goroutines.
func (r *runner) run(ctx context.Context) {
	defer r.work.Wait()
	retire := time.NewTicker(retireEvery)
	defer retire.Stop()
	r.retire(ctx)
	for failures := 0; ctx.Err() == nil; {
		r.startReady(ctx)
		var again <-chan time.Time // where the store failed: nothing else may wake us
		if failures++; r.settleParents(ctx) {
			failures = 0
		} else {
			again = time.After(backoff(failures, r.e.tuning.BackoffMax))
		}
		select {
		case <-ctx.Done():
		case <-r.news:
		case <-again:
		case <-retire.C:
			r.retire(ctx)
		}
	}
}

// startReady starts what pick chooses and passes on wishes to cancel.
func (r *runner) startReady(ctx context.Context) {
	r.mu.Lock()
	open := r.open()
	start := pick(open, func(id JobID) bool { _, ok := r.active[id]; return ok }, r.e.tuning.Slots)
	for _, id := range start {
		r.active[id] = false
	}
	var cancel []Job
	for _, j := range open {
		if asked, ok := r.active[j.ID]; ok && !asked && j.CancelBy != "" && j.Upstream != "" {
			r.active[j.ID] = true
			cancel = append(cancel, *j)
		}
	}
	late := r.late()
	for j := range late {
		r.active[j.ID] = true
	}
	r.mu.Unlock()
	for j, up := range late {
		r.work.Go(func() {
			r.e.guard("job "+j.ID.String(), func() { r.arriveLate(ctx, *j, up) })
		})
	}
	for _, id := range start {
		r.work.Go(func() {
			if j, _ := r.find(id); j != nil {
				r.e.inventory.Nudge(j.Target.Cluster)
			}
			r.carryOut(ctx, id)
			r.leave(id)
		})
	}
	for _, j := range cancel {
		r.work.Go(func() { r.e.guard("cancel", func() { r.askCancel(ctx, j) }) })
	}
}

// leave tells that nobody works on a job any more.
func (r *runner) leave(id JobID) {
	r.mu.Lock()
	delete(r.active, id)
	r.mu.Unlock()
	signal(r.news)
}

// open lists the jobs that are not final, oldest first. r.mu is held.
func (r *runner) open() []*Job {
	var open []*Job
	for _, j := range r.jobs {
		if !j.State.Final() {
			open = append(open, j)
		}
	}
	slices.SortFunc(open, func(a, b *Job) int { return cmp.Compare(a.ID, b.ID) })
	return open
}

// wake takes over jobs as they were stored, also those that were born done, and
// has the runner look. It never waits. Two transactions may tell in the other
// order than they were committed; newer decides.
func (r *runner) wake(jobs ...Job) {
	r.mu.Lock()
	for _, j := range jobs {
		if old := r.jobs[j.ID]; old == nil || newer(&j, old) {
			r.jobs[j.ID] = &j
		}
	}
	r.seen = nil
	r.trim()
	close(r.bell)
	r.bell = make(chan struct{})
	r.mu.Unlock()
	signal(r.news)
}

// trim forgets the oldest of the ended jobs. r.mu is held.
func (r *runner) trim() {
	if len(r.jobs) < jobsInMemory+jobsInMemory/4 {
		return
	}
	var ended []JobID
	for id, j := range r.jobs {
		parent := r.jobs[j.Parent]
		if j.State.Final() && (parent == nil || parent.State.Final()) {
			ended = append(ended, id)
		}
	}
	slices.Sort(ended)
	for _, id := range ended[:max(0, len(ended)-jobsInMemory)] {
		delete(r.jobs, id)
	}
}

// picture returns our jobs for a view: the same value until one changes.
func (r *runner) picture() *jobPicture {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = &jobPicture{jobs: make([]*Job, 0, len(r.jobs))}
		for _, j := range r.jobs {
			r.seen.jobs = append(r.seen.jobs, j)
		}
		slices.SortFunc(r.seen.jobs, func(a, b *Job) int { return cmp.Compare(b.ID, a.ID) })
	}
	return r.seen
}

// find returns a job that is in memory, and a channel that is closed with the
// next change of any job.
func (r *runner) find(id JobID) (*Job, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.jobs[id], r.bell
}

// busy tells whether a job of ours is under way on the cluster.
func (r *runner) busy(cluster string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.active {
		if j := r.jobs[id]; j != nil && j.Target.Cluster == cluster {
			return true
		}
	}
	return false
}

// queued counts the jobs of a user that wait or run.
func (r *runner) queued(user string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, j := range r.jobs {
		if j.By == user && !j.State.Final() && j.OpID != opBulk {
			n++
		}
	}
	return n
}
