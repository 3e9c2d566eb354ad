package core

import "context"

// Can tells whether the person who sits there may do op, as Session.Can does.
func (s *Seat) Can(op Op) Decision { return s.session.Can(op) }

// Do asks for op as the person who sits there, as Session.Do does. It is for what
// is offered beside a console, so op must concern the VM of the seat.
func (s *Seat) Do(ctx context.Context, op Op) (JobID, error) {
	if err := s.Err(); err != nil {
		return 0, err
	}
	if op.Spec().Target != s.info.VM {
		return 0, Errorf(CodeDenied, "beside the console of %s only %s can be switched", s.info.VM, s.info.VM)
	}
	return s.session.Do(ctx, op)
}
