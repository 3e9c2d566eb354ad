package core

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ledger keeps what jobs reserved and the clusters do not show yet, and sums of
// what the VMs of each persona take. The book changes in the core's turn only,
// with the commit that stores a job; so two people who ask at once are judged one
// after the other.
type ledger struct {
	book atomic.Pointer[book]

	mu      sync.Mutex
	tallies map[string]*tally // by cluster
}

// book is an immutable list of reservations by cluster; nil is the empty one.
type book map[string][]reservation

// reservation is what a job takes from a quota. It holds while the job is open,
// and where the job may have had an effect until a cluster was asked after the
// job's end.
type reservation struct {
	Charge
	job   JobID
	ended time.Time // zero: the job is open
}

// load returns the book as it is.
func (l *ledger) load() book {
	if b := l.book.Load(); b != nil {
		return *b
	}
	return nil
}

func (l *ledger) store(b book) { l.book.Store(&b) }

// with returns the book with one more reservation.
func (b book) with(r reservation) book {
	next := maps.Clone(b)
	if next == nil {
		next = book{}
	}
	list := next[r.VM.Cluster]
	next[r.VM.Cluster] = append(list[:len(list):len(list)], r)
	return next
}

// note returns the book after a job was stored as j.
func (b book) note(j *Job, now time.Time) book {
	if len(j.Takes) == 0 {
		return b
	}
	cluster := j.Takes[0].VM.Cluster
	at := slices.IndexFunc(b[cluster], func(r reservation) bool { return r.job == j.ID })
	next := b
	switch known := at >= 0; {
	case known != j.State.Final(), known && !b[cluster][at].ended.IsZero():
		return b
	case known:
		if next = b.without(j); !j.tookEffect() {
			return next
		}
	default:
		now = time.Time{}
	}
	for _, c := range j.Takes {
		next = next.with(reservation{Charge: c, job: j.ID, ended: now})
	}
	return next
}

// without returns the book without the reservations of a job.
func (b book) without(j *Job) book {
	next := maps.Clone(b)
	for cluster, list := range next {
		next[cluster] = slices.DeleteFunc(slices.Clone(list), func(r reservation) bool { return r.job == j.ID })
		if len(next[cluster]) == 0 {
			delete(next, cluster)
		}
	}
	return next
}

// tookEffect tells whether a final job may have changed something on the
// cluster: only the next answer of the cluster can tell that it did not.
func (j *Job) tookEffect() bool {
	return j.State == JobDone || j.Upstream != "" || j.Error != nil && j.Error.Code == CodeUnknown
}

// holds tells whether st does not show yet what the reservation is for. The
// effect came before ended, so that an answer asked for at that very moment has
// it.
func (r *reservation) holds(st *ClusterState) bool {
	return r.ended.IsZero() || st.Asked.Before(r.ended)
}

// settled returns the book without what snap shows by itself.
func (b book) settled(snap *Snapshot) book {
	over := func(r reservation) bool {
		st := snap.Clusters[r.VM.Cluster]
		return !r.ended.IsZero() && (st == nil || !r.holds(st))
	}
	next := b
	for cluster, list := range b {
		if !slices.ContainsFunc(list, over) {
			continue
		}
		if len(next) == len(b) {
			next = maps.Clone(b)
		}
		if next[cluster] = slices.DeleteFunc(slices.Clone(list), over); len(next[cluster]) == 0 {
			delete(next, cluster)
		}
	}
	return next
}

// cacheLag is how much older than it claims the kept state of a cluster may be.
const cacheLag = 5 * time.Minute

// bookOf makes the book after a start: open jobs hold what they reserved, and so
// do those that ended after what is remembered of their cluster.
func bookOf(jobs []*Job, snap *Snapshot, now time.Time) book {
	var b book
	for _, j := range jobs {
		ended := time.Time{}
		if j.State.Final() {
			st := snap.Clusters[j.Target.Cluster]
			if st == nil || !j.tookEffect() || j.Ended.Before(st.Health.Fetched.Add(-cacheLag)) {
				continue
			}
			ended = now
		}
		for _, c := range j.Takes {
			b = b.with(reservation{Charge: c, job: j.ID, ended: ended})
		}
	}
	return b
}
