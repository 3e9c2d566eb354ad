package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"gwm/core"
)

// leasePrefix begins the keys that stand for leases. A lease is an item that
// exists while somebody holds it, so that its guard is an ordinary condition.
const leasePrefix = "lease/"

func isLease(key string) bool { return strings.HasPrefix(key, leasePrefix) }

type lease struct {
	db    *DB
	guard core.Cond
	lost  chan struct{}
	freed chan struct{} // closed when another can take it
	stop  func() bool   // gives up waiting for the context
}

// Lease implements core.Store. One process holds the file, so a holder that dies
// takes the store with it: the next Open drops its leases, and ttl is not needed.
func (d *DB) Lease(ctx context.Context, name string, _ time.Duration) (core.Lease, bool, error) {
	key := leasePrefix + name
	rev, err := d.commit(ctx, core.Batch{
		If:  []core.Cond{{Key: key}},
		Put: []core.Item{{Key: key, Value: fmt.Appendf(nil, "pid %d", os.Getpid())}},
	})
	if errors.Is(err, core.ErrConflict) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	l := &lease{db: d, guard: core.Cond{Key: key, Rev: rev}, lost: make(chan struct{}), freed: make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, false, errClosed
	}
	d.leases[l] = struct{}{}
	l.stop = context.AfterFunc(ctx, l.Release)
	return l, true, nil
}

func (l *lease) Guard() core.Cond      { return l.guard }
func (l *lease) Lost() <-chan struct{} { return l.lost }

// Release gives the lease up and returns after another can take it.
func (l *lease) Release() {
	l.db.mu.Lock()
	_, held := l.db.leases[l]
	delete(l.db.leases, l)
	if held {
		l.end()
	}
	l.db.mu.Unlock()
	if !held {
		<-l.freed
		return
	}
	defer close(l.freed)
	// A failure leaves the item until the next Open, which drops it.
	_, _ = l.db.commit(context.Background(), core.Batch{If: []core.Cond{l.guard}, Delete: []string{l.guard.Key}})
}

// end is called once, with DB.mu held.
func (l *lease) end() {
	l.stop()
	close(l.lost)
}

// dropLeases removes what a process that died left behind.
func dropLeases(tx *bbolt.Tx) error {
	data := tx.Bucket(dataBucket)
	var keys [][]byte
	c := data.Cursor()
	for k, _ := c.Seek([]byte(leasePrefix)); k != nil && isLease(string(k)); k, _ = c.Next() {
		keys = append(keys, k)
	}
	for _, k := range keys {
		if err := data.Delete(k); err != nil {
			return fmt.Errorf("drop %s: %w", k, err)
		}
	}
	return nil
}
