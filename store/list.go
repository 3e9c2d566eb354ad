package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"

	"gwm/core"
)

// List implements core.Store. The one consistent picture lasts two seconds: a
// caller that is slower (it writes a long list to a slow client) sees the rest
// as it is then, because an old picture keeps the file from reusing space.
func (d *DB) List(ctx context.Context, prefix, after string, yield func(core.Item) bool) error {
	return d.walk(ctx, walk{prefix: prefix, from: after}, yield)
}

// ListBack implements core.Store, with the same picture as List.
func (d *DB) ListBack(ctx context.Context, prefix, before string, yield func(core.Item) bool) error {
	return d.walk(ctx, walk{prefix: prefix, from: before, back: true}, yield)
}

// walk is where a listing is: from is the last key that was seen.
type walk struct {
	prefix, from string
	back         bool
}

func (d *DB) walk(ctx context.Context, w walk, yield func(core.Item) bool) error {
	for more := true; more; {
		var err error
		if more, err = d.page(ctx, &w, yield); err != nil {
			return explain(d.path, err)
		}
	}
	return nil
}

// page yields items of one read transaction until it is too old; more tells that
// there may be others.
func (d *DB) page(ctx context.Context, w *walk, yield func(core.Item) bool) (more bool, err error) {
	tx, err := d.bolt.Begin(false)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // its only error is that the transaction has ended
	began := time.Now()
	var k, v []byte
	var c *bbolt.Cursor
	err = contain(d.path, func() error {
		c = tx.Bucket(dataBucket).Cursor()
		k, v = w.first(c)
		return nil
	})
	next := func() error {
		k, v = w.next(c)
		return nil
	}
	for ; err == nil && k != nil && bytes.HasPrefix(k, []byte(w.prefix)); err = contain(d.path, next) {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		it, err := decode(d.keys, string(k), v)
		if err != nil {
			return false, err
		}
		w.from = it.Key
		if !yield(it) {
			return false, nil
		}
		if time.Since(began) >= d.picture {
			return true, nil
		}
	}
	return false, cmp.Or(err, ctx.Err())
}

// first moves c to the first key of the page.
func (w *walk) first(c *bbolt.Cursor) (k, v []byte) {
	if !w.back {
		k, v = c.Seek([]byte(max(w.prefix, w.from)))
		if k != nil && w.from != "" && string(k) == w.from {
			return c.Next()
		}
		return k, v
	}
	// Keys are ASCII, so 0xff comes after every key with the prefix.
	end := w.prefix + "\xff"
	if w.from != "" {
		end = min(end, w.from)
	}
	if k, _ = c.Seek([]byte(end)); k == nil {
		return c.Last()
	}
	return c.Prev()
}

func (w *walk) next(c *bbolt.Cursor) (k, v []byte) {
	if w.back {
		return c.Prev()
	}
	return c.Next()
}

// revOf returns the revision in front of a stored value, 0 where there is none.
func revOf(raw []byte) uint64 {
	if len(raw) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(raw)
}
