// Package inventory asks the clusters what they have and publishes it as
// [core.Snapshot], for everybody at once.
//
// It asks little: one poller for each cluster, a cheap question for what moves,
// whole objects only where their serial moved. It loses nothing by a bad answer,
// a cluster that does not answer slows no other, and what was published is never
// changed. It keeps the last snapshot in the store, for the first screen after a
// restart. It knows nothing of people, rights and jobs of ours: those are core's,
// which alone holds an inventory.
package inventory

import (
	"context"
	"maps"
	"sync"
	"time"

	"gwm/core"
)

// inventory is the core.Inventory of this package: a poller for each cluster, and
// the cache of what was seen last.
type inventory struct {
	core.InventoryConfig

	looks  looks
	cache  *cache
	trends *trends
	edited chan struct{} // size 1: clusters were added, edited or removed

	mu      sync.Mutex // guards pollers and every publication
	pollers map[string]*poller
}

// New makes an inventory; it starts nothing.
func New(cfg core.InventoryConfig) core.Inventory {
	past := newTrends()
	return &inventory{
		InventoryConfig: cfg, cache: newCache(cfg.Store, cfg.Log, past), trends: past,
		edited: make(chan struct{}, 1), pollers: map[string]*poller{},
	}
}

// Load publishes the snapshot that the store holds from the last run.
func (v *inventory) Load(ctx context.Context) error {
	snap := &core.Snapshot{Rev: 1, Clusters: map[string]*core.ClusterState{}}
	clusters := v.Clusters()
	for name := range clusters {
		st, err := v.cache.load(ctx, name)
		if err != nil {
			return err
		}
		st.Name = name
		st.Health.Loading = true
		snap.Clusters[name] = st
	}
	v.Snapshot.Store(snap)
	return v.cache.clean(ctx, func(name string) bool { _, ok := clusters[name]; return ok })
}

// Start starts the pollers, and what starts, restarts and stops them with the
// clusters.
func (v *inventory) Start(ctx context.Context) (wait func()) {
	var all sync.WaitGroup
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	all.Go(func() { v.keep(writing, "cache", v.cache.run) })
	v.follow(ctx)
	all.Go(func() {
		defer stopWriting() // after everybody who leaves notes for the cache
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-v.edited:
				v.follow(ctx)
			}
		}
		v.stop()
	})
	return all.Wait
}

// stop stops the pollers and forgets them.
func (v *inventory) stop() {
	v.mu.Lock()
	stopping := v.pollers
	v.pollers = map[string]*poller{}
	v.mu.Unlock()
	for _, p := range stopping {
		p.stop()
	}
}

// keep runs f until ctx ends, again after a fault.
func (v *inventory) keep(ctx context.Context, what string, f func(ctx context.Context)) {
	for ctx.Err() == nil && !v.Guard(what, func() { f(ctx) }) {
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// Edited has the pollers follow the clusters; who comes later finds them anyway.
func (v *inventory) Edited() { signal(v.edited) }

// signal puts a value into a channel of size 1 unless it holds one.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// follow starts, restarts and stops pollers so that they are those of the
// clusters that exist now, with their present settings and passwords.
func (v *inventory) follow(ctx context.Context) {
	clusters := v.Clusters()
	v.mu.Lock()
	old := maps.Clone(v.pollers)
	v.mu.Unlock()
	for name, p := range old {
		if _, ok := clusters[name]; !ok {
			v.forget(name)
			p.stop()
			v.trends.put(name, nil)
			v.cache.drop(name)
		}
	}
	for name, cl := range clusters {
		setup := v.Setup(ctx, cl)
		if p := old[name]; p != nil {
			if p.setup.Cluster == setup.Cluster && p.setup.Password == setup.Password {
				continue
			}
			p.stop()
		}
		v.start(ctx, newPoller(v, setup))
	}
}

// forget takes a removed cluster out of the snapshot and its poller out of the
// list.
func (v *inventory) forget(name string) {
	v.mu.Lock()
	delete(v.pollers, name)
	next := v.next()
	delete(next.Clusters, name)
	v.Snapshot.Store(next)
	v.mu.Unlock()
	v.Published(true)
}

// start makes p the poller of its cluster and publishes that it loads.
func (v *inventory) start(ctx context.Context, p *poller) {
	ctx, p.cancel = context.WithCancel(ctx)
	v.mu.Lock()
	v.pollers[p.name()] = p
	next := v.next()
	if known := next.Clusters[p.name()]; known != nil {
		p.state = *known
	}
	if len(p.state.VMs) > 0 {
		p.full = time.Now() // what the cache held is as good as an inventory
	}
	p.state.Name = p.name()
	p.state.Health.Loading = true
	st := p.state
	next.Clusters[p.name()] = &st
	v.Snapshot.Store(next)
	v.mu.Unlock()
	v.Published(true)
	go func() {
		defer close(p.done)
		v.keep(ctx, "poller "+p.name(), p.run)
	}()
}

// publish makes st the state of p's cluster, unless p was stopped meanwhile.
// visible tells that more changed than the age of the data.
func (v *inventory) publish(p *poller, st core.ClusterState, visible bool) {
	v.mu.Lock()
	if v.pollers[p.name()] != p {
		v.mu.Unlock()
		return
	}
	next := v.next()
	next.Clusters[p.name()] = &st
	v.Snapshot.Store(next)
	v.mu.Unlock()
	v.Published(visible)
	v.cache.note(&st)
}

// next begins the next snapshot, which is as the present one. It copies the map
// of clusters and no list. v.mu is held until it is published.
func (v *inventory) next() *core.Snapshot {
	now := v.Snapshot.Load()
	return &core.Snapshot{Rev: now.Rev + 1, Clusters: maps.Clone(now.Clusters)}
}
