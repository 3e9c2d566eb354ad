package core

import (
	"slices"
	"sync"
	"sync/atomic"
)

// jobList is the visible jobs of a view, made when they are first asked for.
// Views share it where they show the same jobs: a job has more to it than a
// pointer, and each session holds the views of the pages it came through.
type jobList struct {
	from jobSource
	made atomic.Bool // the view that it is made from, of the snapshot rev, is no longer held
	rev  uint64
	rows func() []JobRow
	on   func() map[Ref][]*JobRow // by target
}

// jobSource is what a list of jobs is made from, but for the rights.
type jobSource struct {
	ours     *jobPicture
	clusters []string
	theirs   [][]*UpstreamJob // by cluster: those that it lists, and the archived ones
}

func newJobList(v *View, from jobSource) *jobList {
	l := &jobList{from: from, rev: v.snap.Rev}
	l.rows = sync.OnceValue(func() []JobRow {
		defer l.made.Store(true)
		return v.jobRows()
	})
	l.on = sync.OnceValue(func() map[Ref][]*JobRow { return jobsByTarget(l.rows()) })
	return l
}

func (v *View) jobSource() jobSource {
	from := jobSource{ours: v.ours, clusters: v.snap.names()}
	for _, name := range from.clusters {
		st := v.snap.Clusters[name]
		from.theirs = append(from.theirs, st.Jobs, st.Archived)
	}
	return from
}

// fits tells whether the list can stand for one made from a source by who has
// the same rights. One that was never asked for keeps its view, so that it cannot
// where that would keep an older snapshot.
func (l *jobList) fits(from jobSource, rev uint64) bool {
	return l != nil && (l.rev == rev || l.made.Load()) && l.from.ours == from.ours && slices.Equal(l.from.clusters, from.clusters) &&
		slices.EqualFunc(l.from.theirs, from.theirs, same[*UpstreamJob])
}

// shareJobs gives v the list of the person's last view, that of everybody who
// sees all jobs, or a new one.
func (vs *views) shareJobs(v, old *View) {
	from, all := v.jobSource(), v.people.isAdmin(v.who)
	switch {
	case old != nil && old.people == v.people && v.now.Before(old.until) && old.jobs.fits(from, v.snap.Rev):
		v.jobs = old.jobs
	case all && vs.jobs.fits(from, v.snap.Rev):
		v.jobs = vs.jobs
	default:
		v.jobs = newJobList(v, from)
	}
	if all {
		vs.jobs = v.jobs
	}
}

// jobsByTarget finds the jobs of every object in one pass.
func jobsByTarget(jobs []JobRow) map[Ref][]*JobRow {
	on := map[Ref][]*JobRow{}
	for i := range jobs {
		for _, r := range jobs[i].Targets {
			if r.Cluster == "" {
				r.Cluster = jobs[i].Cluster
			}
			if list := on[r]; len(list) == 0 || list[len(list)-1] != &jobs[i] {
				on[r] = append(list, &jobs[i])
			}
		}
	}
	return on
}
