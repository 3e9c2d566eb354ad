package inventory

import (
	"context"
	"encoding/binary"
	"time"

	"gwm/core"
)

// maxPending bounds the bytes of details that wait to be written. What is above
// is not cached: who wants to see it asks the cluster.
const maxPending = 32 << 20

// cachedDetail is the raw answer of a cluster for one VM.
type cachedDetail struct {
	at     time.Time
	serial int64
	raw    []byte
}

func (d cachedDetail) encode() []byte {
	buf := binary.AppendVarint([]byte{codeVersion}, d.at.UnixNano())
	return append(binary.AppendVarint(buf, d.serial), d.raw...)
}

func decodeDetail(value []byte) (d cachedDetail, ok bool) {
	if len(value) == 0 || value[0] != codeVersion {
		return d, false
	}
	at, n := binary.Varint(value[1:])
	if n <= 0 {
		return d, false
	}
	serial, m := binary.Varint(value[1+n:])
	if m <= 0 {
		return d, false
	}
	return cachedDetail{at: time.Unix(0, at), serial: serial, raw: value[1+n+m:]}, true
}

func detailKey(cluster, vm string) string { return cachePrefix(cluster) + cacheDetails + vm }

// detail leaves a VM's raw bytes for writing; it copies them. It is false where
// too much waits already.
func (c *cache) detail(cluster string, vm *core.VM, raw []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes+len(raw) > maxPending {
		return false
	}
	key := detailKey(cluster, vm.Name)
	c.forget(key)
	c.details[key] = cachedDetail{at: time.Now(), serial: vm.Serial, raw: append([]byte(nil), raw...)}
	c.bytes += len(raw)
	if c.bytes > maxPending/2 {
		signal(c.urgent)
	}
	signal(c.news)
	return true
}

// forget takes a detail out of those that wait. c.mu is held.
func (c *cache) forget(key string) {
	c.bytes -= len(c.details[key].raw)
	delete(c.details, key)
}

// dropDetail deletes the detail of a VM that is gone: an empty value is no
// detail, and is deleted instead of written.
func (c *cache) dropDetail(cluster, vm string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := detailKey(cluster, vm)
	c.forget(key)
	c.details[key] = cachedDetail{}
	signal(c.news)
}

// readDetail returns the raw bytes of a VM where they are of its serial.
func (c *cache) readDetail(ctx context.Context, vm *core.VM) (raw []byte, at time.Time, ok bool) {
	key := detailKey(vm.Cluster, vm.Name)
	c.mu.Lock()
	d, waiting := c.details[key]
	c.mu.Unlock()
	if !waiting {
		it, found, err := c.store.Read(ctx, key)
		if err != nil || !found {
			return nil, time.Time{}, false
		}
		if d, ok = decodeDetail(it.Value); !ok {
			return nil, time.Time{}, false
		}
	}
	if d.serial != vm.Serial || len(d.raw) == 0 {
		return nil, time.Time{}, false
	}
	return d.raw, d.at, true
}

// batchWriter writes in transactions of bounded size. After an error it writes
// nothing more and flush returns the error.
type batchWriter struct {
	ctx   context.Context // of the one flush that it lives for
	store core.Store
	batch core.Batch
	size  int
	err   error
}

func (w *batchWriter) put(key string, value []byte) {
	w.batch.Put = append(w.batch.Put, core.Item{Key: key, Value: value})
	w.grow(len(key) + len(value))
}

func (w *batchWriter) delete(key string) {
	w.batch.Delete = append(w.batch.Delete, key)
	w.grow(len(key))
}

func (w *batchWriter) grow(n int) {
	if w.size += n + 64; w.size >= cacheBatch {
		_ = w.flush()
	}
}

func (w *batchWriter) flush() error {
	if w.err == nil && w.size > 0 {
		_, w.err = w.store.Commit(w.ctx, w.batch)
	}
	w.batch, w.size = core.Batch{}, 0
	return w.err
}
