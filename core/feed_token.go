package core

import (
	"context"
	"strings"
	"sync"
	"time"
)

// TokenReader is a machine that proved to have the secret of a token. It can read
// the key feed of what the token is for, and nothing else. It is safe for
// concurrent use.
type TokenReader struct {
	core *Core
	id   string
	addr string
}

// ID is the id of the token.
func (r *TokenReader) ID() string { return r.id }

// LoginToken lets a machine in that has the secret of a token; addr is where it
// comes from. The error is CodeDenied with the same text for every secret that is
// not good; the audit log has the reason. The secret is in no record.
func (c *Core) LoginToken(ctx context.Context, secret Secret, addr string) (*TokenReader, error) {
	p := c.people.Load()
	t, ok := p.token(secret)
	if ok && !t.Expired(time.Now()) {
		return &TokenReader{core: c, id: t.ID, addr: addr}, nil
	}
	r := &TokenReader{core: c, id: "unknown", addr: addr}
	reason := "the secret is not that of a token"
	if ok {
		r.id, reason = t.ID, "the token has expired"
	}
	return nil, r.refuse(ctx, Ref{}, reason)
}

// refuse records why a machine gets nothing, once in readEvery for each source,
// and answers as every refusal does.
func (r *TokenReader) refuse(ctx context.Context, on Ref, reason string) error {
	rec := r.record(EventDenied)
	rec.Target, rec.Result = on, reason
	_, source := SourceOf(r.addr)
	if err := r.core.recordSeldom(ctx, rec, r.id+" "+on.String()+" "+source.String()+" "+reason); err != nil {
		return err
	}
	return Errorf(CodeDenied, "this secret does not open these keys").
		WithHint("ask an administrator for a token; token list shows what is there")
}

func (r *TokenReader) record(event Event) Record {
	return Record{Event: event, Op: opFeed, By: "token:" + r.id, Addr: Printable(r.addr)}
}

// Feed lists the keys of a VM by its full or short name, of a cluster where vm is
// empty, of the site where both are. The error is CodeDenied for what the token is
// not for, whether it exists or not, and CodeNotFound for what is not there of
// what it is for. A VM that gwm has not heard of is asked for on its cluster
// first: it may be about to be installed.
func (r *TokenReader) Feed(ctx context.Context, cluster, vm string) ([]FeedKey, error) {
	p, now := r.core.people.Load(), time.Now()
	t, ok := p.tokens[r.id]
	if !ok || t.Expired(now) {
		return nil, r.refuse(ctx, Ref{}, "the token has expired or was removed")
	}
	on, found := r.core.resolve(p, cluster, vm)
	asked := requested(cluster, vm)
	if !found && t.covers(asked) && vm != "" {
		r.core.askFor(ctx, cluster)
		on, found = r.core.resolve(p, cluster, vm)
	}
	switch {
	case found && t.covers(on):
	case !found && t.covers(asked):
		return nil, Errorf(CodeNotFound, "there is no such cluster or VM")
	default:
		if !found {
			on = Ref{}
		}
		return nil, r.refuse(ctx, on, "the token is for "+t.On.String())
	}
	rec := r.record(EventRead)
	rec.Target = on
	if err := r.core.recordSeldom(ctx, rec, r.id+" "+on.String()); err != nil {
		return nil, err
	}
	return r.core.people.Load().feed(on, now), nil
}

// requested is what was asked for as it was written.
func requested(cluster, vm string) Ref {
	switch {
	case cluster == "":
		return Site()
	case vm == "":
		return ClusterRef(cluster)
	}
	return VMRef(cluster, vm)
}

// resolve finds what a machine names: a VM by its full name, or by its short one
// where only one has it. Upper and lower case are alike.
func (c *Core) resolve(p *people, cluster, vm string) (Ref, bool) {
	on := requested(strings.ToLower(cluster), strings.ToLower(vm))
	if on.Kind != KindVM {
		return on, c.exists(on)
	}
	if _, ok := p.clusters[on.Cluster]; !ok {
		return Ref{}, false
	}
	if c.known(p, on) {
		return on, true
	}
	var names []string
	if state := c.snap.Load().Clusters[on.Cluster]; state != nil {
		for _, v := range state.VMs {
			name := strings.ToLower(v.Name)
			if name == on.Name {
				return v.Ref(), true
			}
			if short, _, _ := strings.Cut(name, "."); short == on.Name {
				names = append(names, v.Name)
			}
		}
	}
	if len(names) != 1 {
		return Ref{}, false
	}
	return VMRef(on.Cluster, names[0]), true
}

// askWait bounds how long a machine waits for a cluster, askEvery how often
// machines that name what is not there have it asked.
const (
	askWait  = 10 * time.Second
	askEvery = 3 * time.Second
)

// askFor asks a cluster for what is new there.
func (c *Core) askFor(ctx context.Context, cluster string) {
	cluster, now := strings.ToLower(cluster), time.Now()
	if _, ok := c.people.Load().clusters[cluster]; !ok {
		return
	}
	if !c.asked.first(cluster, now, askEvery) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	if err := c.engine.inventory.Refresh(ctx, cluster); err != nil {
		c.log.Debug("cannot ask a cluster for a new VM", "cluster", cluster, "err", err)
	}
}

// moments remembers when something happened last, for a minute and in bounded
// memory. The zero value is ready.
type moments struct {
	mu sync.Mutex
	at map[string]time.Time
}

// maxMoments is how many are remembered. Beyond that all that is new counts as
// one.
const maxMoments = 5000

// recent tells whether it happened within readEvery.
func (m *moments) recent(what string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, ok := m.at[m.slot(what, now)]
	return ok && now.Sub(last) < readEvery
}

// note remembers that it happened.
func (m *moments) note(what string, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at == nil {
		m.at = map[string]time.Time{}
	}
	m.at[m.slot(what, now)] = now
}

// first notes that it happens, unless that was noted within every.
func (m *moments) first(what string, now time.Time, every time.Duration) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at == nil {
		m.at = map[string]time.Time{}
	}
	slot := m.slot(what, now)
	if last, ok := m.at[slot]; ok && now.Sub(last) < every {
		return false
	}
	m.at[slot] = now
	return true
}

// slot is where a moment is kept.
func (m *moments) slot(what string, now time.Time) string {
	if _, ok := m.at[what]; ok || len(m.at) < maxMoments {
		return what
	}
	for k, at := range m.at {
		if now.Sub(at) >= readEvery {
			delete(m.at, k)
		}
	}
	if len(m.at) < maxMoments {
		return what
	}
	return "others"
}
