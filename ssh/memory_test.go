package ssh

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"gwm/core"
)

// memory is a core.Store that forgets.
type memory struct {
	mu    sync.Mutex
	rev   uint64
	items map[string]core.Item
}

func newMemory() *memory { return &memory{items: map[string]core.Item{}} }

func (m *memory) Read(_ context.Context, key string) (core.Item, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	it, ok := m.items[key]
	return it, ok, nil
}

func (m *memory) sorted(prefix string) []core.Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []core.Item
	for k, it := range m.items {
		if strings.HasPrefix(k, prefix) {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b core.Item) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func (m *memory) List(_ context.Context, prefix, after string, yield func(core.Item) bool) error {
	for _, it := range m.sorted(prefix) {
		if it.Key > after && !yield(it) {
			return nil
		}
	}
	return nil
}

func (m *memory) ListBack(_ context.Context, prefix, before string, yield func(core.Item) bool) error {
	all := m.sorted(prefix)
	slices.Reverse(all)
	for _, it := range all {
		if (before == "" || it.Key < before) && !yield(it) {
			return nil
		}
	}
	return nil
}

func (m *memory) Commit(_ context.Context, b core.Batch) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range b.If {
		if m.items[c.Key].Rev != c.Rev {
			return 0, core.ErrConflict
		}
	}
	m.rev++
	for _, it := range b.Put {
		m.items[it.Key] = core.Item{Key: it.Key, Value: slices.Clone(it.Value), Rev: m.rev}
	}
	for _, k := range b.Delete {
		delete(m.items, k)
	}
	return m.rev, nil
}

func (m *memory) Watch(ctx context.Context, _ string) <-chan struct{} {
	ch := make(chan struct{}, 1)
	context.AfterFunc(ctx, func() { close(ch) })
	return ch
}

func (m *memory) Lease(context.Context, string, time.Duration) (core.Lease, bool, error) {
	return nil, false, nil
}
