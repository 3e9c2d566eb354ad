package core

import (
	"context"
	"strconv"
	"time"
)

// auditBase is the last record that was pruned from the beginning of the log: the
// chain goes on from its hash. It is sealed, so that who can write to the store but
// has not the master key cannot make the log begin where they like.
type auditBase struct {
	auditHead
	At     time.Time `json:"at"`     // of the last record that was pruned
	Pruned time.Time `json:"pruned"` // when that was done
}

// opPrune is the Op of the records that pruning leaves, and auditKeeper who does
// it: gwm itself.
const (
	opPrune     = "audit.prune"
	auditKeeper = "audit@" + localName
)

// A run prunes at most pruneRecords records of at most pruneSpan of the log, so
// that a clock that jumped ahead costs little before somebody reads the log, and
// pruneBatch of them in one transaction. There is one run in pruneEvery, whatever
// is restarted meanwhile.
const (
	pruneEvery   = 24 * time.Hour
	pruneLook    = time.Hour
	pruneSpan    = 31 * 24 * time.Hour
	pruneRecords = 50000
	pruneBatch   = 500
)

// keepAudit prunes what is older than Tuning.AuditKeep until ctx ends.
func (c *Core) keepAudit(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.pruneAudit(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("cannot prune the audit log", "err", err)
		}
		_ = pause(ctx, pruneLook)
	}
}

// pruneAudit is one run, where one is due.
func (c *Core) pruneAudit(ctx context.Context) error {
	base, err := c.readBase(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	if since := now.Sub(base.Pruned); since >= 0 && since < pruneEvery {
		return nil
	}
	limit := now.Add(-c.tuning.AuditKeep)
	oldest, err := c.oldestRecord(ctx)
	if err != nil || oldest.Seq == 0 || !oldest.At.Before(limit) {
		return err
	}
	bound := oldest.At.Add(pruneSpan)
	bounded := bound.Before(limit)
	if bounded {
		limit = bound
	}
	total := 0
	for total < pruneRecords {
		n, err := c.pruneSome(ctx, limit)
		if err != nil {
			return err
		}
		if total += n; n < pruneBatch {
			break
		}
	}
	bounded = bounded || total >= pruneRecords
	log := c.log.Info
	if bounded {
		log = c.log.Warn // a lot at once may be a wrong clock
	}
	log("pruned the audit log", "records", total, "before", limit.UTC().Format(time.RFC3339), "more_tomorrow", bounded)
	return nil
}

// oldestRecord is the first record that is kept; its Seq is 0 without any.
func (c *Core) oldestRecord(ctx context.Context) (r Record, err error) {
	base, err := c.readBase(ctx)
	if err != nil {
		return r, err
	}
	var fault error
	err = c.store.List(ctx, prefixAudit, "", func(it Item) bool {
		r, fault = checkRecord(it, base.auditHead)
		return false
	})
	if err != nil {
		return r, notRead(err)
	}
	return r, fault
}

// pruneSome deletes some records that were written before limit, moves the base
// behind them and records that, in one transaction. What does not fit into the
// chain is not deleted: it is evidence.
func (c *Core) pruneSome(ctx context.Context, limit time.Time) (n int, err error) {
	err = c.update(ctx, func(tx *txn) error {
		n = 0
		var base auditBase
		if _, err := tx.read(keyAuditBase, &base); err != nil {
			return err
		}
		var fault error
		err := c.store.List(ctx, prefixAudit, "", func(it Item) bool {
			var r Record
			if r, fault = checkRecord(it, base.auditHead); fault != nil || !r.At.Before(limit) {
				return false
			}
			tx.remove(it.Key)
			base.auditHead, base.At = auditHead{Seq: r.Seq, Hash: r.Hash}, r.At
			n++
			return n < pruneBatch
		})
		if err != nil {
			return notRead(err)
		}
		if fault != nil || n == 0 {
			return fault
		}
		base.Pruned = tx.now
		tx.record(Record{Event: EventDone, Op: opPrune, Target: Site(), By: auditKeeper, Rule: "local", Args: map[string]string{
			"records": strconv.Itoa(n), "through": strconv.FormatInt(base.Seq, 10), "hash": base.Hash,
			"written before": limit.UTC().Format(time.RFC3339),
		}})
		return tx.put(keyAuditBase, base)
	})
	return n, err
}

// prunedBy is the base that a record of pruning speaks of.
func prunedBy(r Record) (auditHead, bool) {
	if r.Op != opPrune || r.Event != EventDone || r.By != auditKeeper {
		return auditHead{}, false
	}
	seq, err := strconv.ParseInt(r.Args["through"], 10, 64)
	return auditHead{Seq: seq, Hash: r.Args["hash"]}, err == nil
}
