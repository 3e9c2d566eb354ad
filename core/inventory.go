package core

import (
	"cmp"
	"context"
	"log/slog"
	"sync/atomic"
)

// CachePrefix begins the store keys of the Inventory. What is there may be
// deleted: it is what the clusters looked like last, and what was known of jobs
// that they archived.
const CachePrefix = "cache/"

// Inventory asks the clusters what they have, for everybody, and publishes each
// change as a new Snapshot. It keeps the last one over a restart. It is safe for
// concurrent use. Package inventory is the one that servers run on.
type Inventory interface {
	// Load publishes what was kept of the clusters that exist; those that nothing
	// is known of are published as loading. It is called once, before Start.
	Load(ctx context.Context) error
	// Start has every cluster asked until ctx ends, and returns as soon as
	// Platform knows them all. The wait that it returns lasts until the last
	// goroutine ended and what is kept was written.
	Start(ctx context.Context) (wait func())
	// Edited tells that clusters were added, edited or removed, or their passwords
	// changed: nothing else has these read. It never waits.
	Edited()
	// Platform returns the client of a cluster. The error is CodeNotFound for a
	// cluster that does not exist, or what is wrong with its settings.
	Platform(cluster string) (Platform, error)
	// Look has a cluster (empty: all) asked more often for a minute.
	Look(cluster string)
	// Ask orders a question now, also for a VM (empty: none) as a whole. It does
	// not wait, and the question begins after the call.
	Ask(cluster, vm string)
	// Refresh is Ask that returns when the cluster answered or failed.
	Refresh(ctx context.Context, cluster string) error
	// Nudge tells that jobs of ours began on a cluster, so that it is due sooner.
	Nudge(cluster string)
	// Detail returns everything known of a VM: what is kept where it is of the
	// same serial, else what its cluster says.
	Detail(ctx context.Context, vm *VM) (VMDetail, error)
	// Trend returns what a cluster, node or VM used over the last day, empty where
	// that is not known. It does not wait.
	Trend(on Ref) Trend
}

// InventoryConfig is what an Inventory works with.
type InventoryConfig struct {
	Store    Store // for keys that begin with CachePrefix
	Log      *slog.Logger
	Tuning   Tuning
	Snapshot *atomic.Pointer[Snapshot] // never nil inside; the Inventory alone writes it

	// Clusters returns the clusters that exist now, by name. It is not written to.
	Clusters func() map[string]Cluster
	// Setup returns how one of them is set up now; it reads the store.
	Setup func(ctx context.Context, c Cluster) ClusterSetup
	// Busy tells whether a job of ours is under way on a cluster.
	Busy func(cluster string) bool
	// Ours tells whether a job of a cluster carries out one of ours, or was started by
	// one that does: more is kept of those than an Inventory knows.
	Ours func(up *UpstreamJob) bool
	// Published is called after each publication; visible tells that more changed
	// than the age of the data. It does not wait.
	Published func(visible bool)
	// Guard runs f and turns a panic into a log record. It tells whether f returned.
	Guard func(what string, f func()) bool
}

// ClusterSetup is a cluster as it is set up now.
type ClusterSetup struct {
	Cluster  Cluster
	Password uint64 // the revision of its password: another one needs a new client
	Open     func() (Platform, error)
}

// clusters returns the clusters that exist now, by name.
func (e *engine) clusters() map[string]Cluster { return e.core.people.Load().clusters }

// setup returns how a cluster is set up now. Where its password cannot be read
// it is asked without one, and says so.
func (e *engine) setup(ctx context.Context, cl Cluster) ClusterSetup {
	password, rev, err := e.password(ctx, cl.Name)
	if err != nil {
		e.log.Error("cannot read the password of a cluster", "cluster", cl.Name, "err", err)
	}
	return ClusterSetup{Cluster: cl, Password: rev, Open: func() (Platform, error) { return e.open(cl, password) }}
}

// published follows a new snapshot: sessions look, and so does the runner.
func (e *engine) published(visible bool) {
	if visible {
		e.core.changed()
	}
	e.runner.listed()
	signal(e.listed)
}

// open makes the client of a cluster; it does not connect.
func (e *engine) open(cl Cluster, password Secret) (Platform, error) {
	open := e.core.open[cmp.Or(cl.Platform, "ganeti")]
	if open == nil {
		return nil, Errorf(CodeUnsupported, "%s is of a kind that this gwm cannot talk to: %s", cl.Name, Printable(cl.Platform))
	}
	return open(cl, password)
}
