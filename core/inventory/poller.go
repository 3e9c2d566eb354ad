package inventory

import (
	"cmp"
	"context"
	"hash/fnv"
	"hash/maphash"
	"strconv"
	"sync"
	"time"

	"gwm/core"
)

// poller asks one cluster, for everybody. Its goroutine owns every field but
// those that mu guards.
type poller struct {
	all      *inventory
	setup    core.ClusterSetup
	platform core.Platform
	openErr  error // why there is no platform
	state    core.ClusterState
	cancel   context.CancelFunc
	done     chan struct{} // closed when the goroutine ended
	news     chan struct{} // size 1: somebody asked or looks

	failures int
	polls    int          // numbers the polls, for the spread
	last     time.Time    // when the last poll ended
	full     time.Time    // when the whole inventory was last fetched
	info     time.Time    // when Info was last fetched
	nodesAt  time.Time    // when the nodes were last fetched
	osAt     time.Time    // when the operating systems were last asked for
	leftOut  core.LeftOut // in the last complete answers
	noStamps bool
	seed     maphash.Seed
	sums     map[string]uint64 // of the raw bytes of VMs that the cache holds

	explained map[jobMark]bool // failed jobs whose reason was asked for

	mu      sync.Mutex
	waiting []chan error        // who asked for a poll that did not begin yet
	wanted  map[string]struct{} // VMs to fetch whole
}

// newPoller opens the client of a cluster; it does not connect.
func newPoller(v *inventory, setup core.ClusterSetup) *poller {
	p := &poller{
		all: v, setup: setup, done: make(chan struct{}), news: make(chan struct{}, 1),
		seed: maphash.MakeSeed(), sums: map[string]uint64{}, explained: map[jobMark]bool{}, wanted: map[string]struct{}{},
	}
	p.platform, p.openErr = setup.Open()
	return p
}

// name is our name of the cluster.
func (p *poller) name() string { return p.setup.Cluster.Name }

// stop ends the poller and waits for its goroutine.
func (p *poller) stop() {
	p.cancel()
	<-p.done
	if p.platform != nil {
		p.platform.Close()
	}
}

// ask orders a poll now, with a VM (empty: none) as a whole; the channel receives
// what came of it. The poll begins after the call, so that it sees what happened
// before.
func (p *poller) ask(vm string) <-chan error {
	answer := make(chan error, 1)
	p.mu.Lock()
	p.waiting = append(p.waiting, answer)
	if vm != "" {
		p.wanted[vm] = struct{}{}
	}
	p.mu.Unlock()
	signal(p.news)
	return answer
}

// asked tells whether somebody waits for a poll.
func (p *poller) asked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting) > 0
}

// take takes over what was asked for.
func (p *poller) take() (waiting []chan error, wanted map[string]struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	waiting, wanted = p.waiting, p.wanted
	p.waiting, p.wanted = nil, map[string]struct{}{}
	return waiting, wanted
}

func (p *poller) run(ctx context.Context) {
	for ctx.Err() == nil {
		p.poll(ctx)
		p.wait(ctx)
	}
}

// wait returns when the next poll is due.
func (p *poller) wait(ctx context.Context) {
	for ctx.Err() == nil && !p.asked() {
		left := time.Until(p.last.Add(p.delay()))
		if left <= 0 {
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-p.news:
		}
		timer.Stop()
	}
}

func (p *poller) delay() time.Duration {
	s := pollState{
		busy:     p.all.Busy(p.name()),
		looked:   p.all.looks.at(p.name(), time.Now()),
		failures: p.failures,
	}
	for _, j := range p.state.Jobs {
		s.busy = s.busy || !j.State.Final()
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(p.name() + strconv.Itoa(p.polls)))
	return pollDelay(p.all.Tuning, s, float64(h.Sum32())/(1<<32))
}

// poll asks once and publishes what came of it. What arrived is kept also where
// a later question failed, since each answer is complete by itself.
func (p *poller) poll(ctx context.Context) {
	waiting, wanted := p.take()
	before := p.state.Health
	var changed bool
	err := p.openErr
	if err == nil {
		err = core.Errorf(core.CodeInternal, "asking %s failed inside gwm", p.name()).
			WithHint("ask the administrator to look at the log")
		p.all.Guard("poller "+p.name(), func() { changed, err = p.fetch(ctx, wanted, len(waiting) > 0) })
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	} else {
		p.settle(err)
		p.all.publish(p, p.state, changed || visible(before, p.state.Health))
	}
	for _, w := range waiting {
		w <- err
	}
}

// settle notes in the cluster's health what came of a poll.
func (p *poller) settle(err error) {
	now := time.Now()
	p.last = now
	p.polls++
	h := &p.state.Health
	h.Loading = false
	if p.leftOut != h.LeftOut {
		p.all.Log.Warn("objects are left out because of their names", "cluster", p.name(),
			"vms", p.leftOut.VMs.Count, "nodes", p.leftOut.Nodes.Count, "example", cmp.Or(p.leftOut.VMs.Example, p.leftOut.Nodes.Example))
	}
	h.LeftOut = p.leftOut
	if err == nil {
		if p.failures > 0 {
			p.all.Log.Info("cluster answers again", "cluster", p.name(), "failures", p.failures)
		}
		p.failures = 0
		*h = core.Health{Fetched: now, NodesFetched: p.nodesAt, LeftOut: p.leftOut}
		p.all.trends.of(p.name()).sample(now, p.all.Tuning.PollIdle, &p.state)
		return
	}
	if p.failures == 0 {
		p.all.Log.Warn("cluster does not answer", "cluster", p.name(), "err", err)
	}
	p.failures++
	if h.Since.IsZero() {
		h.Since = now
	}
	h.Error = core.AsError(err)
	h.Retry = now.Add(p.delay())
}

// visible tells whether health changed in more than the age of the data.
func visible(a, b core.Health) bool {
	return a.Loading != b.Loading || a.LeftOut != b.LeftOut || (a.Error == nil) != (b.Error == nil) ||
		a.Error != nil && (a.Error.Error() != b.Error.Error() || !a.Retry.Equal(b.Retry))
}
