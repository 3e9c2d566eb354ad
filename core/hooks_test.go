package core

// Publish makes snap what the clusters look like, as pollers would.
func (c *Core) Publish(snap *Snapshot) { c.snap.Store(snap) }
