package core

import "context"

// engine is the part of the core that talks to clusters: pollers and runner.
type engine struct{ core *Core }

func newEngine(c *Core) (*engine, error) { return &engine{core: c}, nil }

// loadCache publishes the snapshot that the store holds from the last run.
func (e *engine) loadCache(context.Context) error { return nil }

// run runs pollers and runner until ctx ends.
func (e *engine) run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// wake tells the runner that these jobs were stored or changed by Session.Do, also
// those that were born done. It never waits.
func (e *engine) wake(jobs ...Job) {}

// queued counts the jobs of a user that wait or run.
func (e *engine) queued(user string) int { return 0 }

// cancel tells the runner that a running job was marked with CancelBy. It never
// waits.
func (e *engine) cancel(JobID) {}

// clustersChanged tells that clusters were added, edited or removed, so that
// pollers are started, restarted or stopped. It never waits; who comes later
// looks at c.people.
func (e *engine) clustersChanged() {}
