package core

import (
	"context"
	"log/slog"
	"time"
)

// Config is what New needs.
type Config struct {
	Store  Store
	Open   map[string]Opener // by Cluster.Platform: "ganeti"
	Log    *slog.Logger
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

// Core is the running domain: accounts, rights, pollers, runner, audit.
type Core struct{ stub int }

// New loads accounts and the cached snapshot from the store. It starts nothing.
func New(ctx context.Context, cfg Config) (*Core, error) { panic("stub") }

// Run runs the pollers and the job runner until ctx ends, and returns after all
// of them stopped and every session was ended. Jobs that are under way on a
// cluster are followed up by the next Run.
func (c *Core) Run(ctx context.Context) error { panic("stub") }

// Credential is how somebody proved who they are. A front end fills it only with
// what it verified.
type Credential struct {
	User  string    // found by UserByKey, or the principal of a verified certificate
	Key   string    // fingerprint of the key or of the certificate's key
	Cert  string    // id and serial of the certificate; then Key needs not be registered
	Addr  string    // "192.0.2.1:5555"
	Via   string    // "tui", "command"
	Until time.Time // a certificate's end: ends the session; zero: none
}

// Login opens a session. The error is CodeDenied, with the same text for every
// reason; the audit record has the reason. CodeLimit where too many are open.
func (c *Core) Login(ctx context.Context, cred Credential) (*Session, error) { panic("stub") }

// Local opens the session of who sits at the machine itself, or at its control
// socket: a site administrator named name (by default "local"), who needs no
// account.
func (c *Core) Local(ctx context.Context, name, via string) (*Session, error) { panic("stub") }

// UserByKey tells whose key this is (wire format). ok is false for an unknown or
// expired key or a disabled user. It proves nothing by itself: see Login.
func (c *Core) UserByKey(blob []byte) (user string, ok bool) { panic("stub") }
