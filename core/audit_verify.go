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

// verifyAudit walks the chain from the base to the head. Records that are
// appended meanwhile are not counted.
func (c *Core) verifyAudit(ctx context.Context) (AuditCheck, error) {
	for try := 1; ; try++ {
		base, err := c.readBase(ctx)
		if err != nil {
			return AuditCheck{}, err
		}
		check, wrong := c.verifyFrom(ctx, base)
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
func (c *Core) verifyFrom(ctx context.Context, base auditBase) (check AuditCheck, err error) {
	var head auditHead
	it, ok, err := c.store.Read(ctx, keyAuditHead)
	if err != nil {
		return check, notRead(err)
	}
	if ok {
		if err := json.Unmarshal(it.Value, &head); err != nil {
			return check, broken("the head of the audit log is damaged")
		}
	}
	check.First = base.Seq + 1
	last, pruned := base.auditHead, auditHead{}
	var fault error
	err = c.store.List(ctx, prefixAudit, "", func(it Item) bool {
		if last.Seq == head.Seq && ok {
			return false
		}
		var r Record
		if r, fault = checkRecord(it, last); fault != nil {
			return false
		}
		if check.From.IsZero() {
			check.From = r.At
		}
		check.Records++
		last = auditHead{Seq: r.Seq, Hash: r.Hash}
		if p, ok := prunedBy(r); ok {
			pruned = p
		}
		fault = ctx.Err()
		return fault == nil
	})
	switch {
	case err != nil:
		return check, notRead(err)
	case fault != nil:
		return check, fault
	case last.Seq < head.Seq:
		return check, broken("the audit log ends at record %d, but %d were written", last.Seq, head.Seq)
	case last != head:
		return check, broken("the last audit record, %d, is not the one that was written last", last.Seq)
	case pruned != base.auditHead:
		return check, broken("the audit log begins at record %d, but its own records say %d", base.Seq+1, pruned.Seq+1)
	}
	return check, nil
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
