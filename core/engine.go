package core

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// engine is the part of the core that talks to clusters: a poller for each, the
// runner, and the cache of what was seen last.
type engine struct {
	core   *Core
	log    *slog.Logger
	tuning Tuning

	views  views
	looks  looks
	strays strays
	cache  *cache
	runner *runner

	edited chan struct{} // size 1: clusters were added, edited or removed

	mu      sync.Mutex // guards pollers and every publication
	pollers map[string]*poller
}

func newEngine(c *Core) *engine {
	e := &engine{
		core: c, log: c.log, tuning: c.tuning,
		edited: make(chan struct{}, 1), pollers: map[string]*poller{},
	}
	e.cache = newCache(c.store, c.log)
	e.runner = newRunner(e)
	return e
}

// loadCache loads the jobs and publishes the snapshot that the store holds from
// the last run. Clusters that nothing is known of are published as loading.
func (e *engine) loadCache(ctx context.Context) error {
	if err := e.runner.load(ctx); err != nil {
		return fmt.Errorf("load the jobs: %w", err)
	}
	snap := &Snapshot{Rev: 1, Clusters: map[string]*ClusterState{}}
	clusters := e.core.people.Load().clusters
	for name, cl := range clusters {
		st, err := e.cache.load(ctx, name)
		if err != nil {
			return err
		}
		st.Cluster = cl
		st.Health.Loading = true
		snap.Clusters[name] = st
	}
	e.core.snap.Store(snap)
	e.core.ledger.store(bookOf(e.runner.picture().jobs, snap, time.Now()))
	return e.cache.clean(ctx, func(name string) bool { _, ok := clusters[name]; return ok })
}

// run runs pollers and runner until ctx ends, and returns after the last of
// their goroutines.
func (e *engine) run(ctx context.Context) error {
	var all, last sync.WaitGroup
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	last.Go(func() { e.keep(writing, "cache", e.cache.run) })
	e.syncPollers(ctx)
	all.Go(func() { e.keep(ctx, "runner", e.runner.run) })
	if e.tuning.AuditKeep > 0 {
		all.Go(func() { e.keep(ctx, "keeper of the audit log", e.core.keepAudit) })
	}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-e.edited:
			e.syncPollers(ctx)
		}
	}
	e.mu.Lock()
	stopping := e.pollers
	e.pollers = map[string]*poller{}
	e.mu.Unlock()
	for _, p := range stopping {
		p.stop()
	}
	all.Wait()
	stopWriting() // after everybody who leaves notes for the cache
	last.Wait()
	return nil
}

// guard runs f and turns a panic into a log record, so that a fault in one
// cluster or one job does not end the process. It tells whether f returned.
func (e *engine) guard(what string, f func()) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("recovered from a fault", "in", what, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	f()
	return true
}

// keep runs f until ctx ends, again after a fault.
func (e *engine) keep(ctx context.Context, what string, f func(ctx context.Context)) {
	for ctx.Err() == nil && !e.guard(what, func() { f(ctx) }) {
		_ = pause(ctx, time.Second)
	}
}

// clustersChanged tells that clusters were added, edited or removed, so that
// pollers are started, restarted or stopped. It never waits; who comes later
// looks at c.people.
func (e *engine) clustersChanged() { signal(e.edited) }

// signal puts a value into a channel of size 1 unless it holds one.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// platform returns the client of a cluster. The error is CodeNotFound for a
// cluster that does not exist, or what is wrong with its settings.
func (e *engine) platform(cluster string) (Platform, error) {
	e.mu.Lock()
	p := e.pollers[cluster]
	e.mu.Unlock()
	if p == nil {
		return nil, Errorf(CodeNotFound, "cluster %s is not known", Printable(cluster))
	}
	return p.platform, p.openErr
}

// syncPollers starts, restarts and stops pollers so that they are those of the
// clusters that exist now, with their present settings and passwords.
func (e *engine) syncPollers(ctx context.Context) {
	clusters := e.core.people.Load().clusters
	e.mu.Lock()
	old := e.pollers
	e.mu.Unlock()
	for name, p := range old {
		if _, ok := clusters[name]; !ok {
			e.forget(name)
			p.stop()
			e.cache.drop(name)
		}
	}
	for name, cl := range clusters {
		password, rev, err := e.password(ctx, name)
		if err != nil {
			e.log.Error("cannot read the password of a cluster", "cluster", name, "err", err)
		}
		if p := old[name]; p != nil {
			if p.cluster == cl && p.passwordRev == rev {
				continue
			}
			p.stop()
		}
		e.start(ctx, newPoller(e, cl, password, rev))
	}
}

// forget takes a removed cluster out of the snapshot and its poller out of the
// list.
func (e *engine) forget(name string) {
	e.mu.Lock()
	delete(e.pollers, name)
	e.core.snap.Store(e.core.snap.Load().without(name))
	e.mu.Unlock()
	e.core.changed()
}

// start makes p the poller of its cluster and publishes the cluster's settings.
func (e *engine) start(ctx context.Context, p *poller) {
	ctx, p.cancel = context.WithCancel(ctx)
	e.mu.Lock()
	e.pollers[p.cluster.Name] = p
	snap := e.core.snap.Load()
	if known := snap.Clusters[p.cluster.Name]; known != nil {
		p.state = *known
	}
	if len(p.state.VMs) > 0 {
		p.full = time.Now() // what the cache held is as good as an inventory
	}
	p.state.Cluster = p.cluster
	p.state.Health.Loading = true
	st := p.state
	e.core.snap.Store(snap.with(&st))
	e.mu.Unlock()
	e.core.changed()
	go func() {
		defer close(p.done)
		e.keep(ctx, "poller "+p.cluster.Name, p.run)
	}()
}

// publish makes st the state of p's cluster, unless p was stopped meanwhile.
// visible tells that more changed than the age of the data.
func (e *engine) publish(p *poller, st ClusterState, visible bool) {
	e.mu.Lock()
	if e.pollers[st.Cluster.Name] != p {
		e.mu.Unlock()
		return
	}
	e.core.snap.Store(e.core.snap.Load().with(&st))
	e.mu.Unlock()
	if visible {
		e.core.changed()
	}
	e.cache.note(&st)
}

// looks remembers which clusters somebody looks at.
type looks struct {
	mu    sync.Mutex
	until map[string]time.Time // by cluster; "": all
}

// lookFor is how long Session.Looking holds.
const lookFor = time.Minute

// set records a look and tells whether it is the first for a while.
func (l *looks) set(cluster string, now time.Time) (first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until == nil {
		l.until = map[string]time.Time{}
	}
	first = !now.Before(l.until[cluster])
	l.until[cluster] = now.Add(lookFor)
	return first
}

func (l *looks) at(cluster string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return now.Before(l.until[cluster]) || now.Before(l.until[""])
}

// look asks for a cluster (empty: all) more often from now on.
func (e *engine) look(cluster string) {
	if !e.looks.set(cluster, time.Now()) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, p := range e.pollers {
		if cluster == "" || cluster == name {
			signal(p.news)
		}
	}
}

// nudge has a poller find out anew when it is due.
func (e *engine) nudge(cluster string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.pollers[cluster]; p != nil {
		signal(p.news)
	}
}

// refresh asks a cluster now and returns when it answered or failed.
func (e *engine) refresh(ctx context.Context, cluster string) error {
	e.mu.Lock()
	p := e.pollers[cluster]
	e.mu.Unlock()
	if p == nil {
		return Errorf(CodeNotFound, "cluster %s is not known", Printable(cluster))
	}
	answer := p.ask(nil)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.done:
		return Errorf(CodeState, "cluster %s was just changed", cluster).WithHint("try again")
	case err := <-answer:
		return err
	}
}
