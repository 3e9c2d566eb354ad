package rapitest

import (
	"maps"
	"sync"
)

// Stats is what a cluster has counted since its start.
type Stats struct {
	Requests  map[string]int // by route, "GET /2/instances/{name}"; unknown paths under "GET ?"
	Bytes     int64          // body bytes sent
	Submitted map[string]int // jobs by the thing they are about
}

type counters struct {
	mu sync.Mutex
	Stats
}

// Stats returns a copy of the counters.
func (c *Cluster) Stats() Stats {
	c.counters.mu.Lock()
	defer c.counters.mu.Unlock()
	s := c.counters.Stats
	s.Requests, s.Submitted = maps.Clone(s.Requests), maps.Clone(s.Submitted)
	return s
}

func (c *counters) init() {
	c.Requests, c.Submitted = map[string]int{}, map[string]int{}
}

func (c *counters) request(route string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Requests[route]++
}

func (c *counters) sent(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Bytes += int64(n)
}

func (c *counters) submitted(target string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Submitted[target]++
}
