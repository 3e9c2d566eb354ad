package inventory

import (
	"context"
	"math"
	"sync"
	"time"

	"gwm/core"
)

// trends are the trends of all clusters, by name.
type trends struct {
	mu  sync.Mutex
	all map[string]*trend
}

func newTrends() *trends { return &trends{all: map[string]*trend{}} }

// of returns the trend of a cluster; one that nothing is known of is made.
func (t *trends) of(cluster string) *trend {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all[cluster] == nil {
		t.all[cluster] = newTrend()
	}
	return t.all[cluster]
}

// put takes over what was kept of a cluster; nil forgets it.
func (t *trends) put(cluster string, one *trend) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one == nil {
		delete(t.all, cluster)
	} else {
		t.all[cluster] = one
	}
}

// Trend returns what an object used over the last day.
func (v *inventory) Trend(on core.Ref) core.Trend {
	if v.poller(on.Cluster) == nil {
		return core.Trend{}
	}
	return v.trends.of(on.Cluster).of(on, time.Now())
}

// encode writes everything that is kept.
func (t *trend) encode() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := newEncoder()
	c.trend(t)
	return c.buf
}

// decodeTrend reads what encode wrote.
func decodeTrend(raw []byte) (*trend, error) {
	c, t := newDecoder(raw, map[string]string{}), newTrend()
	c.trend(t)
	return t, c.err
}

// trend codes the spans and all series.
func (c *coder) trend(t *trend) {
	codeList(c, &t.heard, func(s *span) { c.uint32(&s.from); c.uint32(&s.to) })
	c.totals(&t.cluster)
	codeMap(c, t.nodes, func(own **totals) {
		if *own == nil {
			*own = &totals{}
		}
		c.totals(*own)
	})
	codeMap(c, t.vms, c.series)
}

func (c *coder) totals(t *totals) {
	for i := range t {
		c.series(&t[i])
	}
}

// series codes each slot as its distance from the one before.
func (c *coder) series(s *series) {
	before := uint32(0)
	codeList(c, (*[]point)(s), func(p *point) {
		slot := p.slot - before
		c.uint32(&slot)
		c.uint32(&p.value)
		if c.reading {
			p.slot = slot + before
		}
		before = p.slot
	})
}

func (c *coder) uint32(v *uint32) {
	n := uint64(*v)
	c.uint(&n)
	switch {
	case !c.reading:
	case n > math.MaxUint32:
		c.fail()
	default:
		*v = uint32(n)
	}
}

// codeMap writes the number of entries and each with its name.
func codeMap[T any](c *coder, m map[string]T, each func(*T)) {
	n := uint64(len(m))
	c.uint(&n)
	if !c.reading {
		for name, v := range m {
			c.text(&name)
			each(&v)
		}
		return
	}
	for ; n > 0 && c.err == nil; n-- {
		var name string
		var v T
		c.text(&name)
		each(&v)
		if c.err == nil {
			m[name] = v
		}
	}
}

const (
	cacheTrend = "/trend"
	// cacheTrendEvery is how often the samples are written.
	cacheTrendEvery = 15 * time.Minute
)

// saveTrend writes the samples of a cluster where that is due, and returns when
// it was done last.
func (c *cache) saveTrend(w *batchWriter, name string, last time.Time, all bool) time.Time {
	now := time.Now()
	if !all && now.Sub(last) < cacheTrendEvery {
		return last
	}
	w.put(cachePrefix(name)+cacheTrend, c.trends.of(name).encode())
	return now
}

// loadTrend takes over the samples that are kept of a cluster.
func (c *cache) loadTrend(ctx context.Context, cluster string) error {
	it, ok, err := c.store.Read(ctx, cachePrefix(cluster)+cacheTrend)
	if err != nil || !ok {
		return err
	}
	t, err := decodeTrend(it.Value)
	if err != nil {
		c.log.Warn("passed over damaged samples in the cache", "cluster", cluster, "err", err)
		return nil
	}
	c.trends.put(cluster, t)
	return nil
}
