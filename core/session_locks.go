package core

import (
	"context"
	"time"
)

// ClusterLocks returns what the jobs of a cluster hold or wait for, now: for who
// administers the cluster, which is asked each time. The error is CodeUnsupported
// where it does not tell.
func (s *Session) ClusterLocks(ctx context.Context, cluster string) ([]JobLock, error) {
	p, err := s.reader(ctx)
	on := ClusterRef(cluster)
	switch {
	case err != nil:
		return nil, err
	case !s.sees(p, on, time.Now()) || !s.core.exists(on):
		return nil, notFound(on)
	case !s.holds(p, VerbAdmin, on):
		return nil, Errorf(CodeDenied, "the locks of %s are for who administers it: %s", on, lacking(VerbAdmin, on))
	}
	client, err := s.core.engine.inventory.Platform(cluster)
	if err != nil {
		return nil, err
	}
	return client.Locks(ctx)
}
