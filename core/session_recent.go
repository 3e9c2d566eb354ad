package core

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

// maxRecent bounds the answer of Recent, and recentScanned the records that are
// looked at for it.
const (
	maxRecent     = 50
	recentScanned = 1000
)

// recent is what Recent found last, and what it was found in.
type recent struct {
	head    auditHead
	people  *people
	records []Record
}

// Recent returns the last things that were done by the person, to them, or to
// what they manage, newest first and at most n: of the newest records only, none
// that SearchAudit would not show, and neither visits nor what others were denied.
// Where somebody came from is left out. It is for a screen that always shows them
// and so, unlike SearchAudit, is not recorded.
func (s *Session) Recent(ctx context.Context, n int) ([]Record, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	head, err := s.core.auditHead(ctx)
	if err != nil {
		return nil, notRead(err)
	}
	s.mu.Lock()
	last := s.recent
	s.mu.Unlock()
	if last.people != p || last.head != head {
		last = recent{head: head, people: p}
		if last.records, err = s.scanRecent(ctx, p); err != nil {
			return nil, notRead(err)
		}
		s.mu.Lock()
		s.recent = last
		s.mu.Unlock()
	}
	var out []Record
	for i := range last.records {
		// A right may have ended since they were read.
		if len(out) < min(n, maxRecent) && s.mayRead(p, &last.records[i]) {
			out = append(out, last.records[i])
		}
	}
	return out, nil
}

// scanRecent reads what concerns the person out of the newest records.
func (s *Session) scanRecent(ctx context.Context, p *people) ([]Record, error) {
	var out []Record
	var fault error
	looked := 0
	err := s.core.store.ListBack(ctx, prefixAudit, "", func(it Item) (on bool) {
		var r Record
		if fault = errors.Join(json.Unmarshal(it.Value, &r), ctx.Err()); fault != nil {
			return false
		}
		if looked++; s.concerns(&r) && s.mayRead(p, &r) {
			r.Addr, r.Key, r.Session = "", "", ""
			out = append(out, r)
		}
		return len(out) < maxRecent && looked < recentScanned
	})
	return out, errors.Join(err, fault)
}

// concerns tells whether a record says what came of something, and not of what
// somebody else was denied.
func (s *Session) concerns(r *Record) bool {
	outcomes := []Event{EventDone, EventFailed, EventCanceled}
	return slices.Contains(outcomes, r.Event) || r.Event == EventDenied && r.By == s.who
}

// auditHead is the number and the hash of the newest record.
func (c *Core) auditHead(ctx context.Context) (auditHead, error) {
	var head auditHead
	it, ok, err := c.store.Read(ctx, keyAuditHead)
	if err != nil || !ok {
		return head, err
	}
	return head, json.Unmarshal(it.Value, &head)
}
