package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"gwm/core"
)

// The cache keeps in the store what the clusters looked like last, so that a
// restart shows it at once. It follows the published snapshots from behind and
// delays nobody; losing it costs that, and the jobs that clusters archived.
//
//	cache/CLUSTER/head        what is small, as JSON (cacheHead)
//	cache/CLUSTER/vms/<2 hex> the VMs whose names have that hash, see encodeVMs
//	cache/CLUSTER/archived/ID one job that the cluster lists no more, as JSON, see history.go
//	cache/CLUSTER/trend       samples of the last day, see trend_code.go
//	cache/CLUSTER/detail/NAME time, serial and raw bytes of one VM, see cache_detail.go
const (
	cacheHeadKey  = "/head"
	cacheVMs      = "/vms/"
	cacheDetails  = "/detail/"
	cacheArchived = "/archived/"

	// cacheChunks is how many chunks the VMs of a cluster are spread over, so
	// that a change writes a small part of them again.
	cacheChunks = 256
	// cacheEvery is how often chunks are written, cacheHeadEvery the rest.
	cacheEvery     = 15 * time.Second
	cacheHeadEvery = time.Minute
	// cacheBatch is about how many bytes are written in one transaction.
	cacheBatch = 4 << 20
	// lastWrite bounds how long writing may take while the server stops.
	lastWrite = 5 * time.Second
)

// cacheHead is what the cache keeps of a cluster beside its VMs.
type cacheHead struct {
	Info    core.ClusterInfo    `json:"info"`
	Nodes   []*core.Node        `json:"nodes"`
	Jobs    []*core.UpstreamJob `json:"jobs"`
	Fetched time.Time           `json:"fetched"`
}

// cache writes in one goroutine; the other methods only leave notes for it.
type cache struct {
	store  core.Store
	trends *trends
	log    *slog.Logger
	news   chan struct{} // size 1
	urgent chan struct{} // size 1: much waits

	mu sync.Mutex
	cacheNotes

	saved map[string]savedCluster // owned by the goroutine
}

// cacheNotes is what waits to be written.
type cacheNotes struct {
	states  map[string]*core.ClusterState // latest, by cluster
	gone    []string                      // clusters to delete
	details map[string]cachedDetail       // by key; without bytes: to delete
	bytes   int                           // in details
}

func newCacheNotes() cacheNotes {
	return cacheNotes{states: map[string]*core.ClusterState{}, details: map[string]cachedDetail{}}
}

// savedCluster is what the store holds of a cluster.
type savedCluster struct {
	vms      []*core.VM
	archived []*core.UpstreamJob
	head     time.Time // when the head was last written
	past     time.Time // when the samples were last written
}

func newCache(s core.Store, log *slog.Logger, t *trends) *cache {
	return &cache{
		store: s, log: log, trends: t, news: make(chan struct{}, 1), urgent: make(chan struct{}, 1),
		cacheNotes: newCacheNotes(), saved: map[string]savedCluster{},
	}
}

func cachePrefix(cluster string) string { return core.CachePrefix + cluster }

// note leaves the latest state of a cluster for writing.
func (c *cache) note(st *core.ClusterState) {
	c.mu.Lock()
	c.states[st.Name] = st
	c.mu.Unlock()
	signal(c.news)
}

// drop deletes what is kept of a cluster.
func (c *cache) drop(cluster string) {
	c.mu.Lock()
	delete(c.states, cluster)
	c.gone = append(c.gone, cluster)
	for key := range c.details {
		if strings.HasPrefix(key, cachePrefix(cluster)+"/") {
			c.forget(key)
		}
	}
	c.mu.Unlock()
	signal(c.news)
}

// run writes until ctx ends, and then what is left.
func (c *cache) run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-c.news:
			if err := c.flush(ctx, false); err != nil && ctx.Err() == nil {
				c.log.Warn("cannot write the cache", "err", err)
			}
			c.rest(ctx)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	if err := c.flush(last, true); err != nil {
		c.log.Warn("cannot write the cache", "err", err)
	}
}

// rest waits until it is time to write again, or much waits to be written.
func (c *cache) rest(ctx context.Context) {
	timer := time.NewTimer(cacheEvery)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-c.urgent:
	}
}

// flush writes what changed since the last time; with all, also the heads that
// are not due yet. What could not be written waits for the next time.
func (c *cache) flush(ctx context.Context, all bool) error {
	c.mu.Lock()
	n := c.cacheNotes
	c.cacheNotes = newCacheNotes()
	c.mu.Unlock()
	err := c.write(ctx, n, all)
	if err != nil {
		c.mu.Lock()
		c.putBack(n)
		c.mu.Unlock()
	}
	return err
}

func (c *cache) write(ctx context.Context, n cacheNotes, all bool) error {
	for _, cluster := range n.gone {
		delete(c.saved, cluster)
		if err := core.DeletePrefix(ctx, c.store, cachePrefix(cluster)+"/"); err != nil {
			return fmt.Errorf("delete the cache of %s: %w", cluster, err)
		}
	}
	w := &batchWriter{ctx: ctx, store: c.store}
	saved := map[string]savedCluster{}
	for name, st := range n.states {
		s, err := c.save(w, name, st, all)
		if err != nil {
			return err
		}
		saved[name] = s
	}
	for key, d := range n.details {
		if len(d.raw) == 0 {
			w.delete(key)
		} else {
			w.put(key, d.encode())
		}
	}
	if err := w.flush(); err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	maps.Copy(c.saved, saved)
	return nil
}

// putBack leaves again the notes that could not be written, where no newer ones
// came meanwhile. c.mu is held.
func (c *cache) putBack(n cacheNotes) {
	for name, st := range n.states {
		if c.states[name] == nil && !slices.Contains(c.gone, name) {
			c.states[name] = st
		}
	}
	for key, d := range n.details {
		cluster, _, _ := strings.Cut(strings.TrimPrefix(key, core.CachePrefix), "/")
		if _, ok := c.details[key]; !ok && !slices.Contains(c.gone, cluster) && c.bytes+len(d.raw) <= maxPending {
			c.details[key] = d
			c.bytes += len(d.raw)
		}
	}
	c.gone = append(n.gone, c.gone...)
	signal(c.news)
}

// save writes the chunks in which a VM changed, jobs that were archived, and then
// the head, which lists them no more, where it is due. It returns what the store
// then holds.
func (c *cache) save(w *batchWriter, name string, st *core.ClusterState, all bool) (savedCluster, error) {
	s := c.saved[name]
	if !same(s.vms, st.VMs) {
		for chunk, vms := range changedChunks(s.vms, st.VMs) {
			key := cachePrefix(name) + cacheVMs + fmt.Sprintf("%02x", chunk)
			if len(vms) == 0 {
				w.delete(key)
			} else {
				w.put(key, encodeVMs(vms))
			}
		}
		s.vms = st.VMs
	}
	if !same(s.archived, st.Archived) {
		if err := saveArchived(w, name, s.archived, st.Archived); err != nil {
			return s, err
		}
		s.archived = st.Archived
	}
	s.past = c.saveTrend(w, name, s.past, all)
	if now := time.Now(); all || now.Sub(s.head) >= cacheHeadEvery {
		raw, err := json.Marshal(cacheHead{Info: st.Info, Nodes: st.Nodes, Jobs: st.Jobs, Fetched: st.Health.Fetched})
		if err != nil {
			return s, fmt.Errorf("encode the cache of %s: %w", name, err)
		}
		w.put(cachePrefix(name)+cacheHeadKey, raw)
		s.head = now
	}
	return s, nil
}

// chunkOf is the chunk that a VM is kept in.
func chunkOf(name string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return int(h.Sum32() % cacheChunks)
}

// changedChunks returns the new content of every chunk in which the two sorted
// lists differ. It compares pointers: an unchanged VM keeps its own.
func changedChunks(before, after []*core.VM) map[int][]*core.VM {
	changed := map[int][]*core.VM{}
	i := 0
	for _, vm := range after {
		for ; i < len(before) && before[i].Name < vm.Name; i++ {
			changed[chunkOf(before[i].Name)] = nil
		}
		if i < len(before) && before[i].Name == vm.Name {
			i++
			if before[i-1] == vm {
				continue
			}
		}
		changed[chunkOf(vm.Name)] = nil
	}
	for ; i < len(before); i++ {
		changed[chunkOf(before[i].Name)] = nil
	}
	for _, vm := range after {
		chunk := chunkOf(vm.Name)
		if vms, ok := changed[chunk]; ok {
			changed[chunk] = append(vms, vm)
		}
	}
	return changed
}

// clean deletes what is kept of clusters that do not exist any more.
func (c *cache) clean(ctx context.Context, exists func(cluster string) bool) error {
	after := ""
	for {
		key := ""
		err := c.store.List(ctx, core.CachePrefix, after, func(it core.Item) bool {
			key = it.Key
			return false
		})
		if err != nil || key == "" {
			return err
		}
		cluster, _, _ := strings.Cut(strings.TrimPrefix(key, core.CachePrefix), "/")
		if !exists(cluster) {
			c.drop(cluster)
		}
		after = cachePrefix(cluster) + "/~" // greater than every key of the cluster
	}
}

// load returns what is kept of a cluster; nothing, where there is none or it is
// of another version.
func (c *cache) load(ctx context.Context, cluster string) (*core.ClusterState, error) {
	st := &core.ClusterState{}
	it, ok, err := c.store.Read(ctx, cachePrefix(cluster)+cacheHeadKey)
	if err != nil || !ok {
		return st, err
	}
	var head cacheHead
	if err := json.Unmarshal(it.Value, &head); err != nil {
		c.log.Warn("passed over a damaged cache", "cluster", cluster, "err", err)
		return st, nil
	}
	shared := map[string]string{}
	err = c.store.List(ctx, cachePrefix(cluster)+cacheVMs, "", func(it core.Item) bool {
		vms, err := decodeVMs(cluster, it.Value, shared)
		if err != nil {
			c.log.Warn("passed over a damaged chunk of the cache", "key", it.Key, "err", err)
		}
		st.VMs = append(st.VMs, vms...)
		return true
	})
	slices.SortFunc(st.VMs, func(a, b *core.VM) int { return strings.Compare(a.Name, b.Name) })
	st.Info, st.Nodes, st.Jobs = head.Info, head.Nodes, head.Jobs
	st.Health.Fetched = head.Fetched
	if err == nil {
		err = c.loadArchived(ctx, cluster, st)
	}
	c.saved[cluster] = savedCluster{vms: st.VMs, archived: st.Archived, head: time.Now(), past: time.Now()}
	if err != nil {
		return st, err
	}
	return st, c.loadTrend(ctx, cluster)
}
