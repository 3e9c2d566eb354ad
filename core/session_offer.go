package core

import (
	"context"
	"sync"
	"time"
)

// offerKept is how long what a cluster offers is not asked for again.
const offerKept = 10 * time.Second

// offers keeps what clusters offered a moment ago, by name. What is kept is not
// written to. The zero value is empty.
type offers struct {
	mu   sync.Mutex
	kept map[string]Offer
}

// Offer returns what a cluster offers to who creates VMs on it: for who may create
// VMs there, or administers it. The cluster is asked, unless it was a moment ago.
// The answer is shared and must not be written to.
func (s *Session) Offer(ctx context.Context, cluster string) (Offer, error) {
	p, err := s.reader(ctx)
	on := ClusterRef(cluster)
	switch {
	case err != nil:
		return Offer{}, err
	case !s.sees(p, on, time.Now()) || !s.core.exists(on):
		return Offer{}, notFound(on)
	case !s.holds(p, VerbCreateVM, on):
		return Offer{}, Errorf(CodeDenied, "what %s offers is for who may create VMs there: %s", on, lacking(VerbCreateVM, on))
	}
	return s.core.engine.offer(ctx, cluster)
}

// offer asks a cluster what it offers.
func (e *engine) offer(ctx context.Context, cluster string) (Offer, error) {
	if o, ok := e.offers.find(cluster, time.Now()); ok {
		return o, nil
	}
	p, err := e.inventory.Platform(cluster)
	if err != nil {
		return Offer{}, err
	}
	o, err := p.Offer(ctx)
	if err != nil {
		return Offer{}, err
	}
	o.Cluster, o.Fetched = cluster, time.Now().UTC()
	if st := e.core.snap.Load().Clusters[cluster]; st != nil {
		o.OSes = st.Info.OSes // a job of the cluster's own, seldom asked for
	}
	if len(o.OSes) == 0 {
		if o.OSes, err = p.OSes(ctx); err != nil {
			return Offer{}, err
		}
	}
	e.offers.keep(o)
	return o, nil
}

func (o *offers) find(cluster string, now time.Time) (Offer, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kept, ok := o.kept[cluster]
	return kept, ok && now.Sub(kept.Fetched) < offerKept
}

func (o *offers) keep(offer Offer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kept == nil {
		o.kept = map[string]Offer{}
	}
	o.kept[offer.Cluster] = offer
}

// drop forgets what a cluster offers, after something changed there.
func (o *offers) drop(cluster string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.kept, cluster)
}
