// Package store keeps gwm's records durably: core.Store on one bbolt file.
//
// What it guarantees. A Commit that returned without an error survives kill -9
// and power loss; one that failed left nothing behind; several are made durable
// together when they arrive together. Every item carries the revision of its
// last write; the revision only grows, also over restarts. Values under
// core.SealedPrefix are never on disk in the clear (seal.go). One process holds
// the file at a time; a second one is told which (holder.go). The file, its
// backups and the master keys are readable by their owner only, and a store or
// key file that others could read or replace is refused with the command that
// mends it (permission.go). The schema has a version: an older one is migrated
// after a copy was set aside, a newer one is refused (schema.go).
package store

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"gwm/core"
)

var _ core.Store = (*DB)(nil)

// Options says where the store is.
type Options struct {
	Path    string        // the store's file; its directory is made (0700) if missing
	KeyFile string        // the master keys, see CreateKeyFile
	Wait    time.Duration // for another process to let go of the file; 0: half a second

	// picture is how long a List keeps one read transaction; 0: two seconds.
	picture time.Duration
	// steps are the migrations; nil: those of this program.
	steps []migration
	// noSync leaves out fsync, for tests that write much and crash nothing.
	noSync bool
}

// wait is how long another process has to let go of the file.
func (o Options) wait() time.Duration {
	if o.Wait == 0 {
		return 500 * time.Millisecond
	}
	return o.Wait
}

// DB is an open store. It is safe for concurrent use.
type DB struct {
	bolt    *bbolt.DB
	path    string
	file    os.FileInfo // of the open file
	keys    *keyring
	picture time.Duration

	requests chan *request
	quit     chan struct{} // closed by Close
	stopped  chan struct{} // closed when the writer has ended

	mu       sync.Mutex
	closed   bool
	watchers map[*watcher]struct{}
	leases   map[*lease]struct{}
}

// errClosed is what every method returns after Close.
var errClosed = errors.New("the store is closed")

// Open opens the store and makes an empty one where there is none. The caller
// closes it. The error is a *core.Error for everything that a person can mend.
func Open(o Options) (*DB, error) {
	keys, err := loadKeys(o.KeyFile)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
		return nil, explain(o.Path, err)
	}
	bolt, err := openFile(o)
	if err != nil {
		return nil, err
	}
	d := &DB{
		bolt: bolt, path: o.Path, keys: keys, picture: o.picture,
		requests: make(chan *request), quit: make(chan struct{}), stopped: make(chan struct{}),
		watchers: map[*watcher]struct{}{}, leases: map[*lease]struct{}{},
	}
	if d.picture == 0 {
		d.picture = 2 * time.Second
	}
	if d.file, err = os.Stat(o.Path); err == nil {
		err = d.prepare(o)
	}
	if err != nil {
		return nil, errors.Join(explain(o.Path, err), bolt.Close())
	}
	go d.write()
	return d, nil
}

// prepare brings the file to this program's schema, proves that the master keys
// fit, seals anew what a retiring key still holds, and drops the leases of the
// process before us, which is dead since we hold the file.
func (d *DB) prepare(o Options) error {
	if err := migrate(d.bolt, o); err != nil {
		return explain(d.path, err)
	}
	return explain(d.path, update(d.bolt, func(tx *bbolt.Tx) error {
		if err := checkKeys(tx, d.keys); err != nil {
			return err
		}
		if err := reseal(tx, d.keys); err != nil {
			return err
		}
		return dropLeases(tx)
	}))
}

// Path returns the file's path.
func (d *DB) Path() string { return d.path }

// Close ends watches and leases, waits for what is being written and read, and
// closes the file. Later calls do nothing.
func (d *DB) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	for w := range d.watchers {
		w.end()
	}
	for l := range d.leases {
		l.end()
		close(l.freed)
	}
	clear(d.watchers)
	clear(d.leases)
	d.mu.Unlock()
	close(d.quit)
	<-d.stopped
	return explain(d.path, d.bolt.Close())
}

// Read implements core.Store.
func (d *DB) Read(ctx context.Context, key string) (it core.Item, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return core.Item{}, false, err
	}
	err = view(d.bolt, func(tx *bbolt.Tx) error {
		raw := tx.Bucket(dataBucket).Get([]byte(key))
		if raw == nil {
			return nil
		}
		ok = true
		it, err = decode(d.keys, key, raw)
		return err
	})
	if err != nil {
		return core.Item{}, false, explain(d.path, err)
	}
	return it, ok, nil
}

// mapSize is how much address space the file is mapped into: far more than it
// will need, so that growing never waits for readers and a reader that reads
// again inside of List cannot block. It costs no memory.
func mapSize(fileSize int64) int {
	if math.MaxInt == math.MaxInt32 {
		return 0
	}
	return int(max(16<<30, 4*fileSize))
}
