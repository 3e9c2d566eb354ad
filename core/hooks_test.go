package core

import "context"

// Publish makes snap what the clusters look like, as pollers would.
func (c *Core) Publish(snap *Snapshot) { c.snap.Store(snap) }

// VerifyAuditOnly walks the chain without recording that somebody asked.
func (c *Core) VerifyAuditOnly(ctx context.Context) (int64, error) { return c.verifyAudit(ctx) }

// HashRecord is the hash that a forger would compute too.
func HashRecord(r Record) string {
	hash, err := hashRecord(r)
	if err != nil {
		panic(err)
	}
	return hash
}
