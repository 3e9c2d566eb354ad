package inventory

import (
	"context"
	"sync"
	"time"

	"gwm/core"
)

// looks remembers which clusters somebody looks at.
type looks struct {
	mu    sync.Mutex
	until map[string]time.Time // by cluster; "": all
}

// lookFor is how long Look holds.
const lookFor = time.Minute

// set records a look and tells whether it is the first for a while.
func (l *looks) set(cluster string, now time.Time) (first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until == nil {
		l.until = map[string]time.Time{}
	}
	first = !now.Before(l.until[cluster])
	l.until[cluster] = now.Add(lookFor)
	return first
}

func (l *looks) at(cluster string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return now.Before(l.until[cluster]) || now.Before(l.until[""])
}

// Look asks for a cluster (empty: all) more often from now on.
func (v *inventory) Look(cluster string) {
	if !v.looks.set(cluster, time.Now()) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for name, p := range v.pollers {
		if cluster == "" || cluster == name {
			signal(p.news)
		}
	}
}

// Nudge has a poller find out anew when it is due.
func (v *inventory) Nudge(cluster string) {
	if p := v.poller(cluster); p != nil {
		signal(p.news)
	}
}

// Ask orders a poll and leaves.
func (v *inventory) Ask(cluster, vm string) {
	if p := v.poller(cluster); p != nil {
		p.ask(vm)
	}
}

// Refresh asks a cluster now and returns when it answered or failed.
func (v *inventory) Refresh(ctx context.Context, cluster string) error {
	p := v.poller(cluster)
	if p == nil {
		return unknown(cluster)
	}
	answer := p.ask("")
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.done:
		return core.Errorf(core.CodeState, "cluster %s was just changed", cluster).WithHint("try again")
	case err := <-answer:
		return err
	}
}

// Platform returns the client of a cluster.
func (v *inventory) Platform(cluster string) (core.Platform, error) {
	p := v.poller(cluster)
	if p == nil {
		return nil, unknown(cluster)
	}
	return p.platform, p.openErr
}

// poller returns the poller of a cluster; nil: there is none.
func (v *inventory) poller(cluster string) *poller {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.pollers[cluster]
}

func unknown(cluster string) error {
	return core.Errorf(core.CodeNotFound, "cluster %s is not known", core.Printable(cluster))
}
