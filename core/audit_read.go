package core

import (
	"context"
	"encoding/json"
	"time"
)

// readEvery is how often the same question of the same session is recorded, so
// that a screen that follows the log does not fill it.
const readEvery = time.Minute

// opAuditRead is the Op of the records of reading.
const opAuditRead = "audit.read"

// clockSlack is how far the clock may have been set back without hiding records
// from a search by time.
const clockSlack = 24 * time.Hour

// Audit returns audit records that the person may read, newest first. It is
// SearchAudit for those who need the newest only.
func (s *Session) Audit(ctx context.Context, q AuditQuery) ([]Record, error) {
	page, err := s.SearchAudit(ctx, q)
	return page.Records, err
}

// SearchAudit looks for audit records that the person may read, newest first:
// everything for a site administrator, for others what concerns objects they
// administer, and themselves. It looks at a bounded number of records; AuditPage
// says how far it came and where to go on. Reading is recorded itself; where that
// fails nothing is shown.
func (s *Session) SearchAudit(ctx context.Context, q AuditQuery) (AuditPage, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return AuditPage{}, err
	}
	if q, err = q.bounded(); err != nil {
		return AuditPage{}, err
	}
	if err := s.recordRead(ctx, opAuditRead, q); err != nil {
		return AuditPage{}, err
	}
	before, err := s.core.auditBefore(ctx, q)
	if err != nil {
		return AuditPage{}, notRead(err)
	}
	var page AuditPage
	var fault error
	scanned, more := 0, false
	err = s.core.store.ListBack(ctx, prefixAudit, before, func(it Item) bool {
		if len(page.Records) == q.Limit || scanned == maxScanned {
			more = true
			return false
		}
		var r Record
		if fault = json.Unmarshal(it.Value, &r); fault != nil {
			return false
		}
		if !q.Since.IsZero() && r.At.Before(q.Since.Add(-clockSlack)) {
			return false
		}
		scanned++
		page.Next, page.Searched = r.Seq, r.At
		if q.matches(&r) && s.mayRead(p, &r) {
			if r.By != s.who && !p.isAdmin(s.who) {
				r.Addr, r.Key, r.Session = "", "", "" // where others come from is theirs
			}
			page.Records = append(page.Records, r)
		}
		fault = ctx.Err()
		return fault == nil
	})
	if err == nil {
		err = fault
	}
	if err != nil {
		return AuditPage{}, notRead(err)
	}
	if !more {
		page.Next = 0
	}
	return page, nil
}

// auditBefore is the key below which the search begins; empty: at the newest
// record. Records are in the order of their time but for what the clock was set
// back, so that the end of the time is found by halving.
func (c *Core) auditBefore(ctx context.Context, q AuditQuery) (string, error) {
	if q.Until.IsZero() {
		if q.Before == 0 {
			return "", nil
		}
		return auditKey(q.Before), nil
	}
	var head auditHead
	it, ok, err := c.store.Read(ctx, keyAuditHead)
	if err != nil || !ok {
		return "", err
	}
	if err := json.Unmarshal(it.Value, &head); err != nil {
		return "", err
	}
	late := q.Until.Add(clockSlack)
	low, high := int64(1), head.Seq+1 // the first record after late is in [low, high]
	for low < high {
		mid := low + (high-low)/2
		it, ok, err := c.store.Read(ctx, auditKey(mid))
		if err != nil {
			return "", err
		}
		var r Record
		if ok {
			if err := json.Unmarshal(it.Value, &r); err != nil {
				return "", err
			}
		}
		if ok && r.At.After(late) {
			high = mid
		} else {
			low = mid + 1 // also for what was pruned
		}
	}
	if q.Before > 0 {
		low = min(low, q.Before)
	}
	return auditKey(low), nil
}

// mayRead tells whether the person may read a record.
func (s *Session) mayRead(p *people, r *Record) bool {
	switch {
	case p.isAdmin(s.who), r.By == s.who, r.Target == UserRef(s.who):
		return true
	case r.Target.Kind == KindCluster, r.Target.Kind == KindVM, r.Target.Kind == KindNode:
		return s.holds(p, VerbManage, r.Target)
	case r.Target.Kind == KindGroup:
		return s.holds(p, VerbAdmin, r.Target)
	}
	return false
}

// recordRead writes down that the audit log is read. A page that follows one
// that was recorded is not recorded again.
func (s *Session) recordRead(ctx context.Context, op string, q AuditQuery) error {
	question := q
	question.Before, question.Limit = 0, 0
	question.Since, question.Until = q.Since.Truncate(time.Hour), q.Until.Truncate(time.Hour)
	now := time.Now()
	s.mu.Lock()
	last, known := s.asked[question]
	s.mu.Unlock()
	if known && op == opAuditRead && now.Sub(last) < readEvery {
		return nil
	}
	err := s.core.update(ctx, func(tx *txn) error {
		r := s.record(EventRead, op)
		r.Args = q.args()
		tx.record(r)
		return nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) > 100 || s.asked == nil {
		s.asked = map[AuditQuery]time.Time{}
	}
	s.asked[question] = now
	return nil
}

// VerifyAudit walks the whole chain. For site administrators. The error names
// the first record that does not fit.
func (s *Session) VerifyAudit(ctx context.Context) (AuditCheck, error) {
	if _, err := s.reader(ctx); err != nil {
		return AuditCheck{}, err
	}
	if !s.isAdmin() {
		return AuditCheck{}, Errorf(CodeDenied, "only a site administrator may verify the audit log")
	}
	if err := s.recordRead(ctx, "audit.verify", AuditQuery{}); err != nil {
		return AuditCheck{}, err
	}
	return s.core.verifyAudit(ctx)
}
