package core

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

// defaultRecords and maxRecords bound the answer to an AuditQuery. The same
// question of the same session is recorded once in readEvery, so that a screen
// that follows the log does not fill it.
const (
	defaultRecords = 100
	maxRecords     = 10000
	readEvery      = time.Minute
)

// Audit returns audit records that the person may read, newest first: everything
// for a site administrator, for others what concerns objects they administer, and
// themselves. Reading is recorded itself; where that fails nothing is shown.
func (s *Session) Audit(ctx context.Context, q AuditQuery) ([]Record, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	if q, err = q.bounded(); err != nil {
		return nil, err
	}
	if err := s.recordRead(ctx, "audit.read", q); err != nil {
		return nil, err
	}
	before := ""
	if q.Before > 0 {
		before = auditKey(q.Before)
	}
	var records []Record
	var fault error
	err = s.core.store.ListBack(ctx, prefixAudit, before, func(it Item) bool {
		var r Record
		if fault = json.Unmarshal(it.Value, &r); fault != nil {
			return false
		}
		if !q.Since.IsZero() && r.At.Before(q.Since) {
			return false
		}
		if q.matches(r) && s.mayRead(p, r) {
			if r.By != s.who && !p.isAdmin(s.who) {
				r.Addr, r.Key, r.Session = "", "", "" // where others come from is theirs
			}
			records = append(records, r)
		}
		if fault = ctx.Err(); fault != nil {
			return false
		}
		return len(records) < q.Limit
	})
	switch {
	case err != nil:
		return nil, notRead(err)
	case fault != nil:
		return nil, notRead(fault)
	}
	return records, nil
}

// bounded fills in the limit and refuses what makes no sense.
func (q AuditQuery) bounded() (AuditQuery, error) {
	switch {
	case q.Limit < 0 || q.Before < 0:
		return q, Errorf(CodeInvalid, "a negative number makes no sense here")
	case q.Limit > maxRecords:
		return q, Errorf(CodeInvalid, "at most %d records are possible at once", maxRecords).WithHint("page on with the last number")
	case q.Limit == 0:
		q.Limit = defaultRecords
	}
	return q, nil
}

// matches tells whether a record is asked for.
func (q AuditQuery) matches(r Record) bool {
	switch {
	case q.By != "" && r.By != q.By,
		q.Op != "" && r.Op != q.Op,
		q.Event != "" && r.Event != q.Event:
		return false
	case q.Target.IsZero() || r.Target == q.Target:
		return true
	}
	return q.Target.Kind == KindCluster && r.Target.Cluster == q.Target.Cluster
}

// mayRead tells whether the person may read a record.
func (s *Session) mayRead(p *people, r Record) bool {
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
	question.Before, question.Limit, question.Since = 0, 0, q.Since.Truncate(time.Hour)
	now := time.Now()
	s.mu.Lock()
	last, known := s.asked[question]
	s.mu.Unlock()
	if known && op == "audit.read" && now.Sub(last) < readEvery {
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

// args lists what restricts the query.
func (q AuditQuery) args() map[string]string {
	args := map[string]string{}
	add := func(name, value string) {
		if value != "" {
			args[name] = cut(Printable(value))
		}
	}
	add("by", q.By)
	if !q.Target.IsZero() {
		add("on", q.Target.String())
	}
	add("op", q.Op)
	add("event", string(q.Event))
	if !q.Since.IsZero() {
		add("since", q.Since.UTC().Format(time.RFC3339))
	}
	if q.Before != 0 {
		add("before", strconv.FormatInt(q.Before, 10))
	}
	if len(args) == 0 {
		return nil
	}
	return args
}

// VerifyAudit walks the whole chain. For site administrators. The error names
// the first record that does not fit.
func (s *Session) VerifyAudit(ctx context.Context) (records int64, err error) {
	if _, err := s.reader(ctx); err != nil {
		return 0, err
	}
	if !s.isAdmin() {
		return 0, Errorf(CodeDenied, "only a site administrator may verify the audit log")
	}
	if err := s.recordRead(ctx, "audit.verify", AuditQuery{}); err != nil {
		return 0, err
	}
	return s.core.verifyAudit(ctx)
}
