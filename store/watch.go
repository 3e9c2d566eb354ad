package store

import (
	"context"
	"strings"

	"gwm/core"
)

// watcher is one channel that tells of writes under a prefix.
type watcher struct {
	prefix string
	ch     chan struct{}
	stop   func() bool // gives up waiting for the context
}

// Watch implements core.Store. The channel is also closed when the store is.
func (d *DB) Watch(ctx context.Context, prefix string) <-chan struct{} {
	w := &watcher{prefix: prefix, ch: make(chan struct{}, 1)}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || ctx.Err() != nil {
		close(w.ch)
		return w.ch
	}
	d.watchers[w] = struct{}{}
	w.stop = context.AfterFunc(ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if _, ok := d.watchers[w]; ok {
			delete(d.watchers, w)
			close(w.ch)
		}
	})
	return w.ch
}

// end is called with DB.mu held.
func (w *watcher) end() {
	w.stop()
	close(w.ch)
}

// signal tells the watchers of what b wrote.
func (d *DB) signal(b core.Batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for w := range d.watchers {
		if !touches(b, w.prefix) {
			continue
		}
		select {
		case w.ch <- struct{}{}:
		default:
		}
	}
}

func touches(b core.Batch, prefix string) bool {
	for _, it := range b.Put {
		if strings.HasPrefix(it.Key, prefix) {
			return true
		}
	}
	for _, key := range b.Delete {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
