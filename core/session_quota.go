package core

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Quotas returns the quotas of a cluster (empty: of all), the default first, then
// by name: all for its administrators; for others the default of clusters that
// they see, and what they and their groups were given.
func (s *Session) Quotas(ctx context.Context, cluster string) ([]Quota, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	if cluster != "" && (!s.sees(p, ClusterRef(cluster), time.Now()) || !s.core.exists(ClusterRef(cluster))) {
		return nil, Unknown(KindCluster, cluster)
	}
	own := p.subjects(s.who)
	var quotas []Quota
	for _, q := range p.quotas {
		on := ClusterRef(q.Cluster)
		switch {
		case cluster != "" && q.Cluster != cluster:
		case slices.Contains(own, q.Who), s.holds(p, VerbManage, on), q.Who.IsZero() && s.sees(p, on, time.Now()):
			quotas = append(quotas, q)
		}
	}
	slices.SortFunc(quotas, func(a, b Quota) int {
		return cmp.Or(cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.Who.order(), b.Who.order()))
	})
	return quotas, nil
}
