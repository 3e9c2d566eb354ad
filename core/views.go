package core

import (
	"sync"
	"time"
)

// views keeps the last view of each person, so that their sessions share it, and
// the merged lists of whole clusters, so that persons share those. An
// administrator's lists exist once, however many administrators look.
type views struct {
	mu     sync.Mutex
	rev    uint64
	last   map[string]*View // by user
	vms    map[string]rows[*VM]
	nodes  map[string]rows[*Node]
	jobs   *jobList // what whoever sees all jobs was shown last
	pruned time.Time
}

// viewKeep is how long the view of somebody who does not look is kept.
const viewKeep = 10 * time.Minute

// rows is a list merged from the lists of clusters in the order of their names,
// which is the order of the whole. rev changes with the list.
type rows[T Row] struct {
	parts [][]T
	all   []T
	texts func() []string // of all, made when first asked for
	rev   uint64
}

// fits tells whether the list is merged from just these parts.
func (r rows[T]) fits(parts [][]T) bool {
	if r.rev == 0 || len(r.parts) != len(parts) {
		return false
	}
	for i := range parts {
		if !same(r.parts[i], parts[i]) {
			return false
		}
	}
	return true
}

func merge[T Row](parts [][]T, rev uint64) rows[T] {
	all := join(parts)
	return rows[T]{parts: parts, all: all, texts: sync.OnceValue(func() []string { return filterTexts(all) }), rev: rev}
}

func join[T any](parts [][]T) []T {
	if len(parts) == 1 {
		return parts[0]
	}
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	all := make([]T, 0, n)
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// view returns what a user may see now. It builds a new view only where data,
// rights or jobs changed since their last one, and reuses every list that did
// not change.
func (e *engine) view(who string) *View {
	now := time.Now()
	book := e.core.ledger.load()
	snap, people, jobs := e.core.snap.Load(), e.core.people.Load(), e.runner.picture()
	e.views.mu.Lock()
	old := e.views.last[who]
	e.views.mu.Unlock()
	if old != nil && old.snap == snap && old.people == people && old.ours == jobs && now.Before(old.until) {
		return old
	}
	v := &View{who: who, now: now, until: people.until(who, now), snap: snap, people: people, ours: jobs, engine: e, book: book, ledger: &e.core.ledger}
	v.look(old)
	v.strayCounts = sync.OnceValue(v.countStrays)
	e.views.keep(v, old)
	return v
}

// keep finishes v with shared lists and makes it the person's last view.
func (vs *views) keep(v, old *View) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if vs.last == nil {
		vs.last, vs.vms, vs.nodes = map[string]*View{}, map[string]rows[*VM]{}, map[string]rows[*Node]{}
		vs.pruned = v.now
	}
	var oldVMs rows[*VM]
	var oldNodes rows[*Node]
	if old != nil {
		oldVMs, oldNodes = old.vms, old.nodes
	}
	key, vmParts, nodeParts := v.visibleParts()
	v.vms = share(vs, vs.vms, key, oldVMs, vmParts)
	v.nodes = share(vs, vs.nodes, key, oldNodes, nodeParts)
	vs.shareJobs(v, old)
	vs.rev++
	v.rev = vs.rev
	vs.last[v.who] = v
	vs.prune(v.now)
}

// share returns the merged list: the person's last one, the one of everybody who
// sees the same whole clusters (their names are key), or a new one.
func share[T Row](vs *views, shared map[string]rows[T], key string, old rows[T], parts [][]T) rows[T] {
	if old.fits(parts) {
		if key != "" {
			shared[key] = old
		}
		return old
	}
	if r := shared[key]; key != "" && r.fits(parts) {
		return r
	}
	vs.rev++
	r := merge(parts, vs.rev)
	if key != "" {
		shared[key] = r
	}
	return r
}

// prune forgets views that nobody asked for lately, and with them old snapshots.
func (vs *views) prune(now time.Time) {
	if now.Sub(vs.pruned) < viewKeep {
		return
	}
	vs.pruned = now
	for who, v := range vs.last {
		if now.Sub(v.now) > viewKeep {
			delete(vs.last, who)
		}
	}
	clear(vs.vms)
	clear(vs.nodes)
	vs.jobs = nil
}

// until is when a grant that the person has begins or ends, and their view with
// it.
func (p *people) until(who string, now time.Time) time.Time {
	end := now.Add(viewKeep)
	for _, subject := range p.subjects(who) {
		for _, g := range p.grantsOf[subject] {
			if next := g.turns(now); !next.IsZero() && next.Before(end) {
				end = next
			}
		}
	}
	return end
}
