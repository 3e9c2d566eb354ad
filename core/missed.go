package core

import "context"

// Missed records that the person asked for op on an object whose name View.Find
// did not know (answer is what Find said), and returns answer. Who tries names
// that they may not see leaves a trace that way, as who is refused does. Where
// the record cannot be written the answer is refused as well.
func (s *Session) Missed(ctx context.Context, op Op, answer error) error {
	if err := s.Err(); err != nil {
		return err
	}
	e := AsError(answer)
	if e.Code != CodeNotFound {
		return answer
	}
	err := s.core.update(ctx, func(tx *txn) error {
		tx.record(s.denied(&denial{op: op, rule: "not-found", err: e}))
		return nil
	})
	if err != nil {
		return err
	}
	return answer
}
