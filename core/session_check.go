package core

import (
	"context"
	"time"
)

// Check refuses what Do would refuse for want of a right or of a code of the
// second factor, records that, and does nothing else. Front ends call it before
// they ask the person anything; Do decides again.
func (s *Session) Check(ctx context.Context, ops ...Op) error {
	if err := s.Err(); err != nil {
		return err
	}
	p, now := s.core.people.Load(), time.Now()
	completed := make([]Op, len(ops))
	for i, op := range ops {
		complete, d, err := s.judge(p, op, now)
		switch {
		case err == nil:
			completed[i] = complete
			continue
		case err.Code == CodeInvalid || err.Code == CodeInternal:
			return err
		}
		return s.refuse(ctx, &denial{op: complete, rule: d.Rule, err: err})
	}
	if missing := s.stepUp(p, completed, now); missing != nil {
		return s.refuse(ctx, &denial{op: completed[0], rule: ruleFactor, err: missing})
	}
	return nil
}

// Missed records that the person asked for op on an object whose name View.Find
// did not know (answer is what Find said), and returns answer. Who tries names
// that they may not see leaves a trace that way, as who is refused does.
func (s *Session) Missed(ctx context.Context, op Op, answer error) error {
	if err := s.Err(); err != nil {
		return err
	}
	e := AsError(answer)
	if e.Code != CodeNotFound {
		return answer
	}
	return s.refuse(ctx, &denial{op: op, rule: "not-found", err: e})
}

// refuse records a refusal and returns it. Where the record cannot be written the
// error says that instead.
func (s *Session) refuse(ctx context.Context, d *denial) error {
	err := s.core.update(ctx, func(tx *txn) error {
		tx.record(s.denied(d))
		return nil
	})
	if err != nil {
		return err
	}
	return d.err
}
