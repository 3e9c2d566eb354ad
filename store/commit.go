package store

import (
	"context"
	"fmt"
	"os"

	"go.etcd.io/bbolt"

	"gwm/core"
)

// maxGroup is how many batches are made durable with one fsync.
const maxGroup = 256

// maxKey is the longest key, in bytes.
const maxKey = 4096

// request is one batch on its way through the writer.
type request struct {
	batch   core.Batch
	payload [][]byte // of batch.Put, sealed where they must be
	done    chan struct{}
	rev     uint64
	err     error
}

// Commit implements core.Store. The keys of a batch must differ; those under
// "lease/" belong to Lease.
func (d *DB) Commit(ctx context.Context, b core.Batch) (uint64, error) {
	for _, it := range b.Put {
		if isLease(it.Key) {
			return 0, fmt.Errorf("write %s: the key belongs to leases", it.Key)
		}
	}
	for _, key := range b.Delete {
		if isLease(key) {
			return 0, fmt.Errorf("delete %s: the key belongs to leases", key)
		}
	}
	return d.commit(ctx, b)
}

// commit hands the batch to the writer. Once it is there the answer is waited
// for, whatever becomes of ctx: a caller always learns what happened.
func (d *DB) commit(ctx context.Context, b core.Batch) (uint64, error) {
	if err := checkBatch(b); err != nil {
		return 0, err
	}
	r := &request{batch: b, payload: make([][]byte, len(b.Put)), done: make(chan struct{})}
	for i, it := range b.Put {
		r.payload[i] = it.Value
		if isSealed(it.Key) {
			r.payload[i] = d.keys.seal(it.Key, it.Value)
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	select {
	case d.requests <- r:
	case <-d.quit:
		return 0, errClosed
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	<-r.done
	return r.rev, r.err
}

func checkBatch(b core.Batch) error {
	seen := map[string]bool{}
	for _, it := range b.Put {
		if err := checkKey(it.Key, seen); err != nil {
			return err
		}
		if len(it.Value) > bbolt.MaxValueSize-1024 {
			return fmt.Errorf("write %s: the value has %d bytes", it.Key, len(it.Value))
		}
	}
	for _, key := range b.Delete {
		if err := checkKey(key, seen); err != nil {
			return err
		}
	}
	return nil
}

func checkKey(key string, seen map[string]bool) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("a key of the store has %d bytes", len(key))
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return fmt.Errorf("the key %q of the store is not printable ASCII", key)
		}
	}
	if seen[key] {
		return fmt.Errorf("the key %s is twice in one batch", key)
	}
	seen[key] = true
	return nil
}

// write is the one goroutine that writes. It carries out what has arrived while
// the last group was being made durable as the next group.
func (d *DB) write() {
	defer close(d.stopped)
	for {
		var group []*request
		select {
		case r := <-d.requests:
			group = append(group, r)
		case <-d.quit:
			return
		}
		for more := true; more && len(group) < maxGroup; {
			select {
			case r := <-d.requests:
				group = append(group, r)
			default:
				more = false
			}
		}
		d.writeGroup(group)
	}
}

// writeGroup carries the batches out in one transaction, each for itself: one
// whose conditions fail does not touch the others.
func (d *DB) writeGroup(group []*request) {
	err := d.inPlace()
	if err == nil {
		err = contain(d.path, func() error { return d.applyGroup(group) })
	}
	for _, r := range group {
		if err != nil && r.err == nil {
			r.rev, r.err = 0, explain(d.path, err)
		}
		if r.err == nil {
			d.signal(r.batch)
		}
		close(r.done)
	}
}

// inPlace refuses to write into a file that its path does not lead to any more:
// the next start would not find what was written.
func (d *DB) inPlace() error {
	info, err := os.Stat(d.path)
	if err == nil && os.SameFile(info, d.file) {
		return nil
	}
	e := core.Errorf(core.CodeInternal, "the store %s was moved or replaced while it is open", d.path).
		WithHint("bring the file back, or start gwm again on the one that is there")
	e.Err = err
	return e
}

func (d *DB) applyGroup(group []*request) error {
	tx, err := d.bolt.Begin(true)
	if err != nil {
		return err
	}
	// Ends the transaction whatever a damaged file does; after the end it does
	// nothing.
	defer func() { _ = tx.Rollback() }()
	before := readNumber(tx, metaRev)
	rev := before
	for _, r := range group {
		if err := r.apply(tx, &rev); err != nil {
			return err
		}
	}
	if rev == before {
		return nil
	}
	if err := writeNumber(tx, metaRev, rev); err != nil {
		return err
	}
	return tx.Commit()
}

// apply carries one batch out and moves rev on. A failed condition is the
// batch's own error; an error that is returned spoils the transaction.
func (r *request) apply(tx *bbolt.Tx, rev *uint64) error {
	data := tx.Bucket(dataBucket)
	for _, c := range r.batch.If {
		if revOf(data.Get([]byte(c.Key))) != c.Rev {
			r.err = core.ErrConflict
			return nil
		}
	}
	if len(r.batch.Put)+len(r.batch.Delete) > 0 {
		*rev++
	}
	r.rev = *rev
	for _, key := range r.batch.Delete {
		if err := data.Delete([]byte(key)); err != nil {
			return fmt.Errorf("delete %s: %w", key, err)
		}
	}
	for i, it := range r.batch.Put {
		if err := data.Put([]byte(it.Key), encode(*rev, r.payload[i])); err != nil {
			return fmt.Errorf("write %s: %w", it.Key, err)
		}
	}
	return nil
}
