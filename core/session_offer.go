package core

import (
	"context"
	"time"
)

// Offer returns what a cluster offers to who creates VMs on it: for who may create
// VMs there, or administers it. The cluster is asked, unless it was a moment ago.
// The answer is shared and must not be written to.
func (s *Session) Offer(ctx context.Context, cluster string) (Offer, error) {
	if err := s.holdsOn(ctx, VerbCreateVM, cluster, "what "+cluster+" offers is for who may create VMs there"); err != nil {
		return Offer{}, err
	}
	return s.core.engine.offer(ctx, cluster)
}

// offer asks a cluster what it offers.
func (e *engine) offer(ctx context.Context, cluster string) (Offer, error) {
	if o, _, ok := e.offers.find(cluster, time.Now()); ok {
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
	e.offers.keep(cluster, o, o.Fetched)
	return o, nil
}
