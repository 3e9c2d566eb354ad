package core

import "context"

// ClusterLocks returns what the jobs of a cluster hold or wait for, now: for who
// administers the cluster, which is asked each time. The error is CodeUnsupported
// where it does not tell.
func (s *Session) ClusterLocks(ctx context.Context, cluster string) ([]JobLock, error) {
	if err := s.holdsOn(ctx, VerbAdmin, cluster, "the locks of "+cluster+" are for who administers it"); err != nil {
		return nil, err
	}
	client, err := s.core.engine.inventory.Platform(cluster)
	if err != nil {
		return nil, err
	}
	return client.Locks(ctx)
}
