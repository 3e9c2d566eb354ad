package core

import "context"

// OpenConsole takes a seat at a console of a VM, and records it. It does not
// connect: Line does, or who redeems what the seat is for.
func (s *Session) OpenConsole(ctx context.Context, vm Ref, kind ConsoleKind) (*Seat, error) {
	if s.core.consoles == nil {
		return nil, errNoConsoles()
	}
	if _, err := s.Do(ctx, OpenConsole{VM: vm, Kind: kind}); err != nil {
		return nil, err
	}
	return s.core.seat(s, vm, kind, s.info.Addr, s.info.Via)
}

// Line joins the serial line that a seat of this session is for.
func (s *Session) Line(ctx context.Context, seat *Seat) (Line, error) {
	if seat.session != s {
		return nil, Errorf(CodeInternal, "the seat is another session's")
	}
	if err := seat.Err(); err != nil {
		return nil, err
	}
	return s.core.consoles.Join(ctx, seat)
}

// Seats lists who sits at the consoles of a VM, longest first, for who may use
// them.
func (s *Session) Seats(ctx context.Context, vm Ref) ([]SeatInfo, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	if !s.holds(p, VerbSee, vm) {
		return nil, notFound(vm)
	}
	if !s.holds(p, VerbConsole, vm) {
		return nil, Errorf(CodeDenied, "who sits at the consoles of %s is for who may use them: %s", vm, lacking(VerbConsole, vm))
	}
	var infos []SeatInfo
	for _, other := range s.core.seats.list() {
		if other.info.VM == vm {
			infos = append(infos, other.info)
		}
	}
	return infos, nil
}

// endpoint asks the cluster for the console of one kind.
func (c *Core) endpoint(ctx context.Context, vm Ref, kind ConsoleKind) (Endpoint, error) {
	platform, err := c.engine.inventory.Platform(vm.Cluster)
	if err != nil {
		return Endpoint{}, err
	}
	endpoints, err := platform.Consoles(ctx, vm.Name)
	if err != nil {
		return Endpoint{}, err
	}
	for _, e := range endpoints {
		if e.Kind == kind {
			e.VM = vm
			return e, nil
		}
	}
	return Endpoint{}, noConsole(vm, kind, endpoints)
}

// noConsole says that a VM has no console of a kind, and which it has.
func noConsole(vm Ref, kind ConsoleKind, endpoints []Endpoint) *Error {
	err := Errorf(CodeUnsupported, "%s has no %s console", vm, kind)
	var has []string
	for _, e := range endpoints {
		has = append(has, string(e.Kind))
	}
	if len(has) > 0 {
		return err.WithHint("it has: %s", joinWords(has))
	}
	return err.WithHint("its hypervisor or its parameters offer none")
}

func errNoConsoles() *Error {
	return Errorf(CodeUnsupported, "consoles are switched off here").WithHint("the administrator switches them on in the configuration")
}
