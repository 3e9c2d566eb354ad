package core

import (
	"context"
	"encoding/json"
	"errors"
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
	if err := s.recordSearch(ctx, q); err != nil {
		return AuditPage{}, err
	}
	before, err := s.core.auditBefore(ctx, q)
	if err != nil {
		return AuditPage{}, notRead(err)
	}
	scan := auditScan{q: q, mayRead: func(r *Record) bool { return s.mayRead(p, r) }}
	var fault error
	err = s.core.store.ListBack(ctx, prefixAudit, before, func(it Item) (on bool) {
		if on, fault = scan.look(it); fault == nil {
			fault = ctx.Err()
		}
		return on && fault == nil
	})
	if err = errors.Join(err, fault); err != nil {
		return AuditPage{}, notRead(err)
	}
	if !scan.more {
		scan.page.Next = 0
	}
	for i := range scan.page.Records {
		if r := &scan.page.Records[i]; r.By != s.who && !p.isAdmin(s.who) {
			r.Addr, r.Key, r.Session = "", "", "" // where others come from is theirs
		}
	}
	return scan.page, nil
}

// auditScan looks at one record after the other for an AuditPage.
type auditScan struct {
	q       AuditQuery
	mayRead func(r *Record) bool
	page    AuditPage
	looked  int
	more    bool // the page or the patience was full before the records ended
}

// look looks at a record and tells whether to go on.
func (s *auditScan) look(it Item) (on bool, err error) {
	if len(s.page.Records) == s.q.Limit || s.looked == maxScanned {
		s.more = true
		return false, nil
	}
	var r Record
	if err := json.Unmarshal(it.Value, &r); err != nil {
		return false, err
	}
	if !s.q.Since.IsZero() && r.At.Before(s.q.Since.Add(-clockSlack)) {
		return false, nil
	}
	s.looked++
	s.page.Next, s.page.Searched = r.Seq, r.At
	switch {
	case !s.q.matches(&r) || !s.mayRead(&r):
	case s.q.Tidy && r.Upkeep():
		s.page.LeftOut++
	default:
		s.page.Records = append(s.page.Records, r)
	}
	return true, nil
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
	head, err := c.auditHead(ctx)
	if err != nil || head.Seq == 0 {
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

// recordRead writes down that something is read.
func (s *Session) recordRead(ctx context.Context, op string) error {
	return s.core.recordAlone(ctx, s.record(EventRead, op))
}

// recordSearch writes down that the audit log is searched. A page that follows
// one that was recorded is not recorded again.
func (s *Session) recordSearch(ctx context.Context, q AuditQuery) error {
	question := q
	question.Before, question.Limit, question.Tidy = 0, 0, false
	question.Since, question.Until = q.Since.Truncate(time.Hour), q.Until.Truncate(time.Hour)
	now := time.Now()
	s.mu.Lock()
	last, known := s.asked[question]
	s.mu.Unlock()
	if known && now.Sub(last) < readEvery {
		return nil
	}
	r := s.record(EventRead, opAuditRead)
	r.Args = q.args()
	if err := s.core.recordAlone(ctx, r); err != nil {
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
// the first record that does not fit. progress is told now and then how many
// records are checked, of how many, and may be nil.
func (s *Session) VerifyAudit(ctx context.Context, progress func(done, total int64)) (AuditCheck, error) {
	if _, err := s.reader(ctx); err != nil {
		return AuditCheck{}, err
	}
	if !s.isAdmin() {
		return AuditCheck{}, Errorf(CodeDenied, "only a site administrator may verify the audit log")
	}
	if err := s.recordRead(ctx, "audit.verify"); err != nil {
		return AuditCheck{}, err
	}
	return s.core.verifyAudit(ctx, progress)
}
