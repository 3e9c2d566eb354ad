package core

import (
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
