package core

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what New needs.
type Config struct {
	Store  Store
	Open   map[string]Opener // by Cluster.Platform: "ganeti"
	Log    *slog.Logger      // nil: nothing is logged
	Tuning Tuning
}

// Tuning sets how often and how much. Zero fields take the defaults.
type Tuning struct {
	PollBusy     time.Duration // while jobs run there: 2 s
	PollLooked   time.Duration // while a screen shows it: 5 s
	PollIdle     time.Duration // otherwise: 30 s
	PollFull     time.Duration // the whole inventory, however little changed: 30 min
	BackoffMax   time.Duration // between attempts at a cluster that does not answer: 2 min
	Slots        int           // jobs of ours that run on one cluster at once: 4
	QueueUser    int           // jobs of one user that may wait or run: 200
	JobKeep      time.Duration // finished jobs are kept: 30 days
	Sessions     int           // live sessions: 2000
	SessionsUser int           // of one user: 10
}

// withDefaults fills the zero fields.
func (t Tuning) withDefaults() Tuning {
	for field, value := range map[*time.Duration]time.Duration{
		&t.PollBusy: 2 * time.Second, &t.PollLooked: 5 * time.Second, &t.PollIdle: 30 * time.Second,
		&t.PollFull: 30 * time.Minute, &t.BackoffMax: 2 * time.Minute, &t.JobKeep: 30 * 24 * time.Hour,
	} {
		if *field == 0 {
			*field = value
		}
	}
	for field, value := range map[*int]int{
		&t.Slots: 4, &t.QueueUser: 200, &t.Sessions: 2000, &t.SessionsUser: 10,
	} {
		if *field == 0 {
			*field = value
		}
	}
	return t
}

// Core is the running domain: accounts, rights, pollers, runner, audit.
type Core struct {
	store  Store
	open   map[string]Opener
	log    *slog.Logger
	tuning Tuning

	people   atomic.Pointer[people]   // who there is and what they may; never nil
	snap     atomic.Pointer[Snapshot] // what the clusters look like; never nil
	engine   *engine                  // pollers and runner
	turn     chan struct{}            // holds a value while nobody is in update
	sessions sessions
	tasks    sync.WaitGroup // short work that Run waits for

	expiryMu sync.Mutex
	expiry   *time.Timer // fires when the next grant ends
	stopped  bool        // Run has ended: no more timers
}

// New loads accounts and the cached snapshot from the store. It starts nothing.
func New(ctx context.Context, cfg Config) (*Core, error) {
	c := &Core{
		store: cfg.Store, open: cfg.Open, log: cfg.Log, tuning: cfg.Tuning.withDefaults(),
		turn: make(chan struct{}, 1),
	}
	if c.store == nil {
		return nil, errors.New("core needs a store")
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.turn <- struct{}{}
	c.sessions.live = map[string]*Session{}
	c.snap.Store(&Snapshot{Clusters: map[string]*ClusterState{}})
	if err := c.loadPeople(ctx); err != nil {
		return nil, err
	}
	c.engine = newEngine(c)
	if err := c.engine.loadCache(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Run runs the pollers and the job runner until ctx ends, and returns after all
// of them stopped and every session was ended. Jobs that are under way on a
// cluster are followed up by the next Run.
func (c *Core) Run(ctx context.Context) error {
	c.awaitExpiry()
	var watching sync.WaitGroup
	watching.Go(func() { c.watchPeople(ctx) })
	err := c.engine.run(ctx)
	watching.Wait()
	c.stopExpiry()
	c.endAll(Errorf(CodeState, "the server stops").WithHint("log in again in a moment"))
	c.tasks.Wait()
	return err
}
