package core

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// auditHead is the number and the hash of the last audit record, so that a cut
// tail is noticed.
type auditHead struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// chain numbers the transaction's audit records, links them to the last one and
// writes them.
func (tx *txn) chain() error {
	if len(tx.records) == 0 {
		return nil
	}
	var head auditHead
	if _, err := tx.read(keyAuditHead, &head); err != nil {
		return err
	}
	for _, r := range tx.records {
		r.Seq, r.Prev = head.Seq+1, head.Hash
		hash, err := hashRecord(r)
		if err != nil {
			return err
		}
		r.Hash = hash
		if err := tx.put(auditKey(r.Seq), r); err != nil {
			return err
		}
		tx.conds[auditKey(r.Seq)] = 0
		head = auditHead{Seq: r.Seq, Hash: r.Hash}
	}
	return tx.put(keyAuditHead, head)
}

// hashRecord is the hash of a record as Record describes it. encoding/json
// writes fields in the order of the type and maps in the order of their keys,
// so the form is canonical. Fields may be added to Record only with omitempty
// or omitzero, or old records no longer fit their hashes.
func hashRecord(r Record) (string, error) {
	r.Hash = ""
	raw, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encode an audit record: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// verifyAudit walks the chain from the first record to the head. Records that
// are appended meanwhile are not counted.
func (c *Core) verifyAudit(ctx context.Context) (records int64, err error) {
	var head auditHead
	it, ok, err := c.store.Read(ctx, keyAuditHead)
	if err != nil {
		return 0, notRead(err)
	}
	if ok {
		if err := json.Unmarshal(it.Value, &head); err != nil {
			return 0, broken("the head of the audit log is damaged")
		}
	}
	var last auditHead
	var fault error
	err = c.store.List(ctx, prefixAudit, "", func(it Item) bool {
		if last.Seq == head.Seq && ok {
			return false
		}
		last, fault = checkRecord(it, last)
		return fault == nil
	})
	switch {
	case err != nil:
		return last.Seq, notRead(err)
	case fault != nil:
		return last.Seq, fault
	case last.Seq < head.Seq:
		return last.Seq, broken("the audit log ends at record %d, but %d were written", last.Seq, head.Seq)
	case last != head:
		return last.Seq, broken("the last audit record, %d, is not the one that was written last", last.Seq)
	}
	return last.Seq, nil
}

// checkRecord checks one stored record against the one before it.
func checkRecord(it Item, last auditHead) (auditHead, error) {
	var r Record
	if err := json.Unmarshal(it.Value, &r); err != nil {
		return last, broken("audit record %d is damaged", last.Seq+1)
	}
	want, err := hashRecord(r)
	if err != nil {
		return last, err
	}
	raw, err := json.Marshal(r)
	switch {
	case err != nil:
		return last, err
	case it.Key != auditKey(last.Seq+1) || r.Seq != last.Seq+1:
		return last, broken("audit record %d is missing or out of order", last.Seq+1)
	case r.Hash != want || !bytes.Equal(raw, it.Value):
		return last, broken("audit record %d was altered", r.Seq)
	case r.Prev != last.Hash:
		return last, broken("audit record %d does not follow the one before it", r.Seq)
	}
	return auditHead{Seq: r.Seq, Hash: r.Hash}, nil
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
