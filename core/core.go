package core

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what New needs.
type Config struct {
	Store Store
	Open  map[string]Opener // by Cluster.Platform: "ganeti"
	// Inventory makes what asks the clusters: inventory.New.
	Inventory func(InventoryConfig) Inventory
	Log       *slog.Logger // nil: nothing is logged
	Tuning    Tuning
	// Tags has owner and grants of VMs written to the clusters as tags.
	Tags bool
	// Registration lets people without an account ask for one.
	Registration bool
	Directory    Directory // nil: nobody logs in with a password
	Consoles     Consoles  // nil: there are none
	// RequireFactor refuses to site administrators without a second factor what
	// one is asked for.
	RequireFactor bool
}

// Tuning sets how often and how much. Zero fields are those of DefaultTuning.
type Tuning struct {
	PollBusy     time.Duration // while jobs run there
	PollLooked   time.Duration // while a screen shows it
	PollIdle     time.Duration // otherwise
	PollFull     time.Duration // the whole inventory, however little changed
	BackoffMax   time.Duration // between attempts at a cluster that does not answer
	Slots        int           // jobs of ours that run on one cluster at once
	QueueUser    int           // jobs of one user that may wait or run
	JobKeep      time.Duration // finished jobs are kept
	AuditKeep    time.Duration // audit records are kept; 0: for ever
	Sessions     int           // live sessions
	SessionsUser int           // of one user
	StepUp       time.Duration // a code of the second factor is good for this long

	Seats         int           // consoles that one session may sit at, and links that may wait for it
	TicketLife    time.Duration // a link to a console is good for this long
	RecordingKeep time.Duration // recordings of consoles are kept; 0: for ever
}

// DefaultTuning suits a site of some clusters and some dozen people.
func DefaultTuning() Tuning {
	return Tuning{
		PollBusy: 2 * time.Second, PollLooked: 5 * time.Second, PollIdle: 30 * time.Second,
		PollFull: 30 * time.Minute, BackoffMax: 2 * time.Minute,
		Slots: 4, QueueUser: 200, JobKeep: 30 * 24 * time.Hour,
		Sessions: 2000, SessionsUser: 10, StepUp: 10 * time.Minute,
		Seats: 8, TicketLife: 30 * time.Second,
	}
}

// withDefaults fills the zero fields.
func (t Tuning) withDefaults() Tuning {
	d := DefaultTuning()
	return Tuning{
		PollBusy: cmp.Or(t.PollBusy, d.PollBusy), PollLooked: cmp.Or(t.PollLooked, d.PollLooked),
		PollIdle: cmp.Or(t.PollIdle, d.PollIdle), PollFull: cmp.Or(t.PollFull, d.PollFull),
		BackoffMax: cmp.Or(t.BackoffMax, d.BackoffMax),
		Slots:      cmp.Or(t.Slots, d.Slots), QueueUser: cmp.Or(t.QueueUser, d.QueueUser), JobKeep: cmp.Or(t.JobKeep, d.JobKeep),
		AuditKeep: t.AuditKeep,
		Sessions:  cmp.Or(t.Sessions, d.Sessions), SessionsUser: cmp.Or(t.SessionsUser, d.SessionsUser), StepUp: cmp.Or(t.StepUp, d.StepUp),
		Seats: cmp.Or(t.Seats, d.Seats), TicketLife: cmp.Or(t.TicketLife, d.TicketLife), RecordingKeep: t.RecordingKeep,
	}
}

// Core is the running domain: accounts, rights, inventory, runner, audit.
type Core struct {
	store  Store
	open   map[string]Opener
	log    *slog.Logger
	tuning Tuning

	registration bool
	directory    Directory
	consoles     Consoles

	requireFactor bool

	writeTags bool

	people      atomic.Pointer[people]   // who there is and what they may; never nil
	snap        atomic.Pointer[Snapshot] // what the clusters look like; never nil
	engine      *engine                  // runner and inventory
	turn        chan struct{}            // holds a value while nobody is in update
	ledger      ledger                   // what is taken from quotas
	sessions    sessions
	seats       seats
	reels       reels
	consolesRev atomic.Uint64  // see consolesChanged
	ready       chan struct{}  // see Ready
	begun       sync.Once      // closes ready
	tasks       sync.WaitGroup // short work that Run waits for
	feeds       moments        // what was recorded of key feeds
	asked       moments        // which clusters were asked for the sake of a machine

	expiryMu sync.Mutex
	expiry   *time.Timer // fires when the next grant ends
	stopped  bool        // Run has ended: no more timers
}

// New loads accounts and the cached snapshot from the store. It starts nothing.
func New(ctx context.Context, cfg Config) (*Core, error) {
	c := &Core{
		store: cfg.Store, open: cfg.Open, log: cfg.Log, tuning: cfg.Tuning.withDefaults(), writeTags: cfg.Tags,
		registration: cfg.Registration, directory: cfg.Directory, consoles: cfg.Consoles, requireFactor: cfg.RequireFactor,
		turn: make(chan struct{}, 1), ready: make(chan struct{}),
	}
	if c.store == nil {
		return nil, errors.New("core needs a store")
	}
	if cfg.Inventory == nil {
		return nil, errors.New("core needs an inventory")
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.turn <- struct{}{}
	c.sessions.live = map[string]*Session{}
	c.seats.taken = map[string]*Seat{}
	c.snap.Store(&Snapshot{Clusters: map[string]*ClusterState{}})
	if err := c.loadPeople(ctx); err != nil {
		return nil, err
	}
	c.engine = newEngine(c, cfg.Inventory)
	if err := c.engine.load(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Ready is closed once Run has a client for every cluster. What asks a cluster
// before that is told that there is none.
func (c *Core) Ready() <-chan struct{} { return c.ready }

// Run runs the inventory and the job runner until ctx ends, and returns after all
// of them stopped and every session was ended. Jobs that are under way on a
// cluster are followed up by the next Run.
func (c *Core) Run(ctx context.Context) error {
	c.awaitExpiry()
	if err := c.closeReels(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	var watching sync.WaitGroup
	watching.Go(func() { c.watchPeople(ctx) })
	c.engine.run(ctx)
	watching.Wait()
	c.stopExpiry()
	c.endAll(Errorf(CodeState, "the server stops").WithHint("log in again in a moment"))
	c.tasks.Wait()
	return nil
}
