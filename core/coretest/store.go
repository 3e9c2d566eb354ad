package coretest

import (
	"bytes"
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"gwm/core"
)

// Store is a core.Store in memory, for tests. It keeps what core.Store promises:
// revisions that grow, conditions, one consistent picture for a list, watches
// and leases. The hooks make it fail on purpose; set them before the store is
// used, or with Fail.
type Store struct {
	mu      sync.Mutex
	rev     uint64
	items   map[string]core.Item
	keys    []string // sorted
	watches map[*watch]struct{}
	leases  map[string]*lease

	onCommit func(core.Batch) error
	onRead   func(key string) error
}

type watch struct {
	prefix string
	news   chan struct{} // size 1; nil after it was closed
}

// NewStore makes an empty store.
func NewStore() *Store {
	return &Store{items: map[string]core.Item{}, watches: map[*watch]struct{}{}, leases: map[string]*lease{}}
}

// FailCommit makes Commit ask f first, which may refuse a batch, or change the
// store as somebody else would; nil: none is refused. f may call every method.
func (s *Store) FailCommit(f func(core.Batch) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onCommit = f
}

// FailRead makes Read, List and ListBack ask f first, with the key or prefix;
// nil: none is refused.
func (s *Store) FailRead(f func(key string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onRead = f
}

// TouchesAudit tells whether a batch appends to the audit log: for FailCommit.
func TouchesAudit(b core.Batch) bool {
	return slices.ContainsFunc(b.Put, func(it core.Item) bool { return strings.HasPrefix(it.Key, "audit") })
}

func (s *Store) readable(ctx context.Context, key string) error {
	s.mu.Lock()
	f := s.onRead
	s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if f != nil {
		return f(key)
	}
	return nil
}

// Read returns the item of a key.
func (s *Store) Read(ctx context.Context, key string) (core.Item, bool, error) {
	if err := s.readable(ctx, key); err != nil {
		return core.Item{}, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	it, ok := s.items[key]
	return copied(it), ok, nil
}

func copied(it core.Item) core.Item {
	it.Value = bytes.Clone(it.Value)
	return it
}

// picture copies the items under a prefix, in key order.
func (s *Store) picture(prefix string) []core.Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	var items []core.Item
	for _, key := range s.keys[sort.SearchStrings(s.keys, prefix):] {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		items = append(items, copied(s.items[key]))
	}
	return items
}

// List calls yield with the items under prefix after a key.
func (s *Store) List(ctx context.Context, prefix, after string, yield func(core.Item) bool) error {
	if err := s.readable(ctx, prefix); err != nil {
		return err
	}
	for _, it := range s.picture(prefix) {
		if it.Key > after && !yield(it) {
			break
		}
	}
	return nil
}

// ListBack calls yield with the items under prefix before a key, last first.
func (s *Store) ListBack(ctx context.Context, prefix, before string, yield func(core.Item) bool) error {
	if err := s.readable(ctx, prefix); err != nil {
		return err
	}
	for _, it := range slices.Backward(s.picture(prefix)) {
		if (before == "" || it.Key < before) && !yield(it) {
			break
		}
	}
	return nil
}

// Commit writes a batch where its conditions hold.
func (s *Store) Commit(ctx context.Context, b core.Batch) (uint64, error) {
	s.mu.Lock()
	f := s.onCommit
	s.mu.Unlock()
	if f != nil {
		if err := f(b); err != nil {
			return 0, err
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range b.If {
		if s.items[c.Key].Rev != c.Rev {
			return 0, core.ErrConflict
		}
	}
	s.rev++
	for _, key := range b.Delete {
		s.drop(key)
	}
	for _, it := range b.Put {
		s.put(it.Key, it.Value)
	}
	return s.rev, nil
}

// put and drop write one key and tell who watches it. The caller holds mu.
func (s *Store) put(key string, value []byte) {
	if i, ok := slices.BinarySearch(s.keys, key); !ok {
		s.keys = slices.Insert(s.keys, i, key)
	}
	s.items[key] = core.Item{Key: key, Value: bytes.Clone(value), Rev: s.rev}
	s.tell(key)
}

func (s *Store) drop(key string) {
	if i, ok := slices.BinarySearch(s.keys, key); ok {
		s.keys = slices.Delete(s.keys, i, i+1)
		delete(s.items, key)
		s.tell(key)
	}
}

func (s *Store) tell(key string) {
	for w := range s.watches {
		if !strings.HasPrefix(key, w.prefix) {
			continue
		}
		select {
		case w.news <- struct{}{}:
		default:
		}
	}
}

// Watch returns a channel that tells when something under prefix was written.
func (s *Store) Watch(ctx context.Context, prefix string) <-chan struct{} {
	w := &watch{prefix: prefix, news: make(chan struct{}, 1)}
	s.mu.Lock()
	s.watches[w] = struct{}{}
	s.mu.Unlock()
	context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watches, w)
		close(w.news)
	})
	return w.news
}

// lease is a right that one holder has.
type lease struct {
	store *Store
	key   string
	rev   uint64
	lost  chan struct{}
}

// Lease takes a named right. In memory nobody dies: it holds until ctx ends, it
// is released, or ExpireLease is called.
func (s *Store) Lease(ctx context.Context, name string, _ time.Duration) (core.Lease, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leases[name] != nil {
		return nil, false, nil
	}
	s.rev++
	l := &lease{store: s, key: "lease/" + name, rev: s.rev, lost: make(chan struct{})}
	s.put(l.key, nil)
	s.leases[name] = l
	context.AfterFunc(ctx, l.Release)
	return l, true, nil
}

// ExpireLease takes a right from its holder as if it had not renewed it in time.
func (s *Store) ExpireLease(name string) {
	s.mu.Lock()
	l := s.leases[name]
	s.mu.Unlock()
	if l != nil {
		l.Release()
	}
}

// Guard is the condition that fails once the lease is lost.
func (l *lease) Guard() core.Cond { return core.Cond{Key: l.key, Rev: l.rev} }

// Lost is closed when the lease is lost.
func (l *lease) Lost() <-chan struct{} { return l.lost }

// Release gives the right up. It may be called twice.
func (l *lease) Release() {
	s, name := l.store, strings.TrimPrefix(l.key, "lease/")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leases[name] != l {
		return
	}
	delete(s.leases, name)
	s.rev++
	s.drop(l.key)
	close(l.lost)
}

// Dump returns every item, in key order, for tests that look at what is stored.
func (s *Store) Dump() []core.Item { return s.picture("") }
