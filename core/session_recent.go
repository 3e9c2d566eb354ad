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

// opAuditRecent is the Op of the record that others' activity was shown.
const opAuditRecent = "audit.recent"

// recent is what Recent found last, and what it was found in.
type recent struct {
	head    auditHead
	people  *people
	records []Record
	told    bool // it is recorded that others' activity was shown
}

// Recent returns the last things that were done by the person, to them, or to
// what they manage, newest first and at most n: of the newest records only, none
// that SearchAudit would not show, and neither visits, nor what was denied, nor
// upkeep. Where somebody came from is left out.
//
// It is for a screen that always shows them, so a record of every look would bury
// what people did under it. What the person did themselves is read without one;
// what others did is recorded as read when the session first shows it, once, and
// where that fails nothing is shown.
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
		if last.people != p {
			last = recent{told: last.told}
		}
		if last.records, err = s.scanRecent(ctx, p, last, head.Seq); err != nil {
			return nil, notRead(err)
		}
		last.head, last.people = head, p
	}
	var out []Record
	others := false
	for i := range last.records {
		// A right may have ended since they were read.
		if r := &last.records[i]; len(out) < min(n, maxRecent) && s.mayRead(p, r) {
			out = append(out, *r)
			others = others || r.By != s.actor()
		}
	}
	if others && !last.told {
		if err := s.recordRead(ctx, opAuditRecent); err != nil {
			return nil, err
		}
		last.told = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	last.told = last.told || s.recent.told
	s.recent = last
	return out, nil
}

// scanRecent reads what concerns the person out of the newest records up to
// number to; what was found last is not read again.
func (s *Session) scanRecent(ctx context.Context, p *people, last recent, to int64) ([]Record, error) {
	var out []Record
	var fault error
	looked := 0
	err := s.core.store.ListBack(ctx, prefixAudit, auditKey(to+1), func(it Item) (on bool) {
		var r Record
		if fault = errors.Join(json.Unmarshal(it.Value, &r), ctx.Err()); fault != nil || r.Seq <= last.head.Seq {
			return false
		}
		if looked++; r.outcome() && s.mayRead(p, &r) {
			r.Addr, r.Key, r.Session = "", "", ""
			out = append(out, r)
		}
		return len(out) < maxRecent && looked < recentScanned
	})
	out = append(out, last.records...)
	return out[:min(len(out), maxRecent)], errors.Join(err, fault)
}

// outcome tells whether a record says what came of something that was not upkeep.
func (r *Record) outcome() bool {
	return slices.Contains([]Event{EventDone, EventFailed, EventCanceled}, r.Event) && !r.Upkeep()
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
