package core

import (
	"context"
	"maps"
	"time"
)

// Publish makes snap what the clusters look like, as pollers would.
func (c *Core) Publish(snap *Snapshot) { c.snap.Store(snap) }

// VerifyAuditOnly walks the chain without recording that somebody asked.
func (c *Core) VerifyAuditOnly(ctx context.Context) (AuditCheck, error) {
	return c.verifyAudit(ctx, nil)
}

// HashRecord is the hash that a forger would compute too.
func HashRecord(r Record) string {
	hash, err := hashRecord(r)
	if err != nil {
		panic(err)
	}
	return hash
}

// CanAt is Session.Can at another time.
func (s *Session) CanAt(op Op, at time.Time) Decision {
	_, d, _ := s.judge(s.core.people.Load(), op, at)
	return d
}

// PruneAudit is a run of the keeper of the audit log with another time to keep.
func (c *Core) PruneAudit(ctx context.Context, keep time.Duration) error {
	c.tuning.AuditKeep = keep
	return c.pruneAudit(ctx)
}

// with returns the next snapshot, in which st replaces the cluster's state.
func (s *Snapshot) with(st *ClusterState) *Snapshot {
	next := &Snapshot{Rev: s.Rev + 1, Clusters: maps.Clone(s.Clusters)}
	next.Clusters[st.Name] = st
	return next
}

// WriteRecord writes an audit record of what no Op of a test does.
func (c *Core) WriteRecord(ctx context.Context, r Record) error {
	return c.recordAlone(ctx, r)
}
