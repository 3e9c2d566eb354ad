package storetest

import (
	"context"

	"gwm/core"
)

// Faulty is a store that fails on request. Before is asked before a call
// reaches the store, After once the store has carried a batch out: an error from
// it is a commit whose answer got lost. Either may be nil.
type Faulty struct {
	core.Store
	Before func(c Call) error
	After  func(c Call) error
}

// Call is what a Faulty is asked about.
type Call struct {
	Method string     // "read", "list" or "commit"
	Key    string     // of read, or the prefix of list
	Batch  core.Batch // of commit
}

func (f *Faulty) before(c Call) error {
	if f.Before == nil {
		return nil
	}
	return f.Before(c)
}

// Read implements core.Store.
func (f *Faulty) Read(ctx context.Context, key string) (core.Item, bool, error) {
	if err := f.before(Call{Method: "read", Key: key}); err != nil {
		return core.Item{}, false, err
	}
	return f.Store.Read(ctx, key)
}

// List implements core.Store.
func (f *Faulty) List(ctx context.Context, prefix, after string, yield func(core.Item) bool) error {
	if err := f.before(Call{Method: "list", Key: prefix}); err != nil {
		return err
	}
	return f.Store.List(ctx, prefix, after, yield)
}

// ListBack implements core.Store.
func (f *Faulty) ListBack(ctx context.Context, prefix, before string, yield func(core.Item) bool) error {
	if err := f.before(Call{Method: "list", Key: prefix}); err != nil {
		return err
	}
	return f.Store.ListBack(ctx, prefix, before, yield)
}

// Commit implements core.Store.
func (f *Faulty) Commit(ctx context.Context, b core.Batch) (uint64, error) {
	c := Call{Method: "commit", Batch: b}
	if err := f.before(c); err != nil {
		return 0, err
	}
	rev, err := f.Store.Commit(ctx, b)
	if err == nil && f.After != nil {
		if err := f.After(c); err != nil {
			return 0, err
		}
	}
	return rev, err
}
