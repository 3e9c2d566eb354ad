package core

import (
	"bytes"
	"context"
	"encoding/json"
	"time"
)

// AuditCheck is what was found of an audit log that is whole.
type AuditCheck struct {
	Records int64     // that are kept
	First   int64     // the number of the oldest one that is kept; 1: nothing was ever pruned
	From    time.Time // its time; zero without any
}

// verifyTries is how often verification begins anew because records were pruned
// meanwhile.
const verifyTries = 5

// verifyBatch is how many records are checked in one reading of the store, and
// between two reports of progress.
const verifyBatch = 1000

// verifyAudit walks the chain from the base to the head. Records that are
// appended meanwhile are not counted. progress may be nil; it is told now and then
// how many records are checked, of how many.
func (c *Core) verifyAudit(ctx context.Context, progress func(done, total int64)) (AuditCheck, error) {
	for try := 1; ; try++ {
		base, err := c.readBase(ctx)
		if err != nil {
			return AuditCheck{}, err
		}
		check, wrong := c.verifyFrom(ctx, base, progress)
		after, err := c.readBase(ctx)
		if err != nil {
			return AuditCheck{}, err
		}
		if after.auditHead == base.auditHead || try == verifyTries {
			return check, wrong
		}
	}
}

// readBase reads where the chain begins; the zero base is before record 1.
func (c *Core) readBase(ctx context.Context) (base auditBase, err error) {
	it, ok, err := c.store.Read(ctx, keyAuditBase)
	switch {
	case err != nil:
		return base, notRead(err)
	case ok && json.Unmarshal(it.Value, &base) != nil:
		return base, broken("the base of the audit log is damaged")
	}
	return base, nil
}

// verifyFrom walks the chain. Pruning leaves a record of itself, whose base must
// be the one that is kept.
func (c *Core) verifyFrom(ctx context.Context, base auditBase, progress func(done, total int64)) (AuditCheck, error) {
	w := &chainWalk{last: base.auditHead}
	w.check.First = base.Seq + 1
	it, ok, err := c.store.Read(ctx, keyAuditHead)
	if err != nil {
		return w.check, notRead(err)
	}
	if ok {
		if err := json.Unmarshal(it.Value, &w.head); err != nil {
			return w.check, broken("the head of the audit log is damaged")
		}
		w.headed = true
	}
	for more := true; more; {
		if more, err = w.on(ctx, c.store); err != nil {
			return w.check, err
		}
		if more && progress != nil {
			progress(w.check.Records, max(w.head.Seq-base.Seq, w.check.Records))
		}
	}
	switch {
	case w.last.Seq < w.head.Seq:
		return w.check, broken("the audit log ends at record %d, but %d were written", w.last.Seq, w.head.Seq)
	case w.last != w.head:
		return w.check, broken("the last audit record, %d, is not the one that was written last", w.last.Seq)
	case w.pruned != base.auditHead:
		return w.check, broken("the audit log begins at record %d, but its own records say %d", base.Seq+1, w.pruned.Seq+1)
	}
	return w.check, nil
}

// chainWalk is a check of the chain under way.
type chainWalk struct {
	check  AuditCheck
	head   auditHead // where it ends
	headed bool      // the head is there
	last   auditHead // that was checked
	pruned auditHead // the base of which the last record of a pruning tells
	after  string    // its key; empty: nothing was read yet
}

// on checks the next records, and tells whether there may be more. The store is
// not read while others are told of it: who listens may be slow.
func (w *chainWalk) on(ctx context.Context, store Store) (more bool, err error) {
	var fault error
	n := 0
	err = store.List(ctx, prefixAudit, w.after, func(it Item) bool {
		if w.last.Seq == w.head.Seq && w.headed {
			return false
		}
		if more = n == verifyBatch; more {
			return false
		}
		n++
		w.after = it.Key
		fault = w.record(it)
		if fault == nil {
			fault = ctx.Err()
		}
		return fault == nil
	})
	if err != nil {
		return false, notRead(err)
	}
	return more, fault
}

// record checks the record that follows the last one.
func (w *chainWalk) record(it Item) error {
	r, err := checkRecord(it, w.last)
	if err != nil {
		return err
	}
	if w.check.From.IsZero() {
		w.check.From = r.At
	}
	w.check.Records++
	w.last = auditHead{Seq: r.Seq, Hash: r.Hash}
	if p, ok := prunedBy(r); ok {
		w.pruned = p
	}
	return nil
}

// checkRecord checks one stored record against the one before it.
func checkRecord(it Item, last auditHead) (Record, error) {
	var r Record
	if err := json.Unmarshal(it.Value, &r); err != nil {
		return r, broken("audit record %d is damaged", last.Seq+1)
	}
	want, err := hashRecord(r)
	if err != nil {
		return r, err
	}
	raw, err := json.Marshal(r)
	switch {
	case err != nil:
		return r, err
	case it.Key != auditKey(last.Seq+1) || r.Seq != last.Seq+1:
		return r, broken("audit record %d is missing or out of order", last.Seq+1)
	case r.Hash != want || !bytes.Equal(raw, it.Value):
		return r, broken("audit record %d was altered", r.Seq)
	case r.Prev != last.Hash:
		return r, broken("audit record %d does not follow the one before it", r.Seq)
	}
	return r, nil
}

func broken(format string, args ...any) *Error {
	return Errorf(CodeConflict, format, args...).WithHint("compare with an exported copy or a backup")
}

// notRead is the answer where the store failed to read.
func notRead(err error) error {
	return &Error{
		Code: CodeInternal, Message: "gwm could not read its records",
		Hint: "ask the administrator to look at the disk and the log of gwm", Err: err,
	}
}
