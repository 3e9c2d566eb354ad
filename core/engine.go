package core

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// engine is what works while nobody asks: the runner, and the inventory, whose
// snapshots it makes into views.
type engine struct {
	core   *Core
	log    *slog.Logger
	tuning Tuning

	views     views
	strays    strays
	offers    answers[Offer]
	shelves   answers[backupShelf]
	runner    *runner
	inventory Inventory
	listed    chan struct{} // size 1: there is news of the clusters
}

// newEngine makes the engine of c, which asks clusters through what inventory
// returns.
func newEngine(c *Core, inventory func(InventoryConfig) Inventory) *engine {
	e := &engine{core: c, log: c.log, tuning: c.tuning, listed: make(chan struct{}, 1)}
	e.runner = newRunner(e)
	e.inventory = inventory(InventoryConfig{
		Store: c.store, Log: c.log, Tuning: c.tuning, Snapshot: &c.snap,
		Clusters: e.clusters, Setup: e.setup, Busy: e.runner.busy, Ours: e.runner.ours, Published: e.published, Guard: e.guard,
	})
	return e
}

// load loads the jobs and has the last snapshot published.
func (e *engine) load(ctx context.Context) error {
	if err := e.runner.load(ctx); err != nil {
		return fmt.Errorf("load the jobs: %w", err)
	}
	if err := e.inventory.Load(ctx); err != nil {
		return err
	}
	e.core.ledger.store(bookOf(e.runner.picture().jobs, e.core.snap.Load(), time.Now()))
	return nil
}

// run runs inventory and runner until ctx ends, and returns after the last of
// their goroutines.
func (e *engine) run(ctx context.Context) {
	wait := e.inventory.Start(ctx) // first: without a client a job would be lost
	e.core.begun.Do(func() { close(e.core.ready) })
	var all sync.WaitGroup
	all.Go(func() { e.keep(ctx, "runner", e.runner.run) })
	all.Go(func() { e.keep(ctx, "keeper of cleared problems", e.core.keepProblems) })
	if e.tuning.AuditKeep > 0 {
		all.Go(func() { e.keep(ctx, "keeper of the audit log", e.core.keepAudit) })
	}
	if e.tuning.RecordingKeep > 0 {
		all.Go(func() { e.keep(ctx, "keeper of the recordings", e.core.keepRecordings) })
	}
	all.Wait()
	wait()
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

// signal puts a value into a channel of size 1 unless it holds one.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
