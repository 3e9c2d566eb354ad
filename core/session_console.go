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
	seat, err := s.core.seat(s, vm, kind, s.info.Addr, s.info.Via)
	if err != nil || kind != ConsoleSerial {
		return seat, err
	}
	if err := s.core.joined(ctx, vm, s.who); err != nil {
		seat.Close(AsError(err))
		return nil, err
	}
	return seat, nil
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

// Forward takes a seat at the screen of a VM and opens a TCP port for one VNC
// viewer, which the seat is for: Close ends the viewer too. The error is CodeState
// where the VM does not run, and CodeUnsupported where gwm shows no screen of it.
func (s *Session) Forward(ctx context.Context, vm Ref) (Forward, *Seat, error) {
	if s.core.consoles == nil {
		return Forward{}, nil, errNoConsoles()
	}
	open := OpenConsole{VM: vm, Kind: ConsoleVNC, Via: ViaViewer}
	if err := s.hasScreen(ctx, open); err != nil {
		return Forward{}, nil, err
	}
	if _, err := s.Do(ctx, open); err != nil {
		return Forward{}, nil, err
	}
	seat, err := s.core.seat(s, vm, ConsoleVNC, s.info.Addr, ViaViewer)
	if err != nil {
		return Forward{}, nil, err
	}
	forward, err := s.core.consoles.Forward(ctx, seat)
	if err != nil {
		seat.Close(AsError(err))
		return Forward{}, nil, err
	}
	return forward, seat, nil
}

// hasScreen asks the cluster, and is the error for a VM that has no screen which gwm
// shows at this moment. Who may not ask gets no answer here: Do refuses them and
// records it.
func (s *Session) hasScreen(ctx context.Context, o OpenConsole) error {
	if o.Kind != ConsoleVNC || !s.Can(o).OK {
		return nil
	}
	found, err := s.core.endpoints(ctx, o.VM)
	if err != nil {
		return err
	}
	for _, e := range found {
		switch {
		case e.Kind == ConsoleSerial:
		case e.Problem != "":
			return Errorf(CodeUnsupported, "gwm cannot show the screen of %s: %s", o.VM, Printable(e.Problem))
		case e.Kind == ConsoleVNC:
			return nil
		}
	}
	return noConsole(o.VM, ConsoleVNC, found)
}

// Seats lists who sits at the consoles of a VM, longest first, for who may use
// them.
func (s *Session) Seats(ctx context.Context, vm Ref) ([]SeatInfo, error) {
	if err := s.maySit(ctx, vm, "who sits at the consoles of "+vm.String()); err != nil {
		return nil, err
	}
	var infos []SeatInfo
	for _, other := range s.core.seats.list() {
		if other.info.VM == vm {
			infos = append(infos, other.Info())
		}
	}
	return infos, nil
}

// Endpoints asks the cluster which consoles a VM has at this moment, for who may
// use them. The error is CodeState where the VM does not run, and CodeUnsupported
// where it has none.
func (s *Session) Endpoints(ctx context.Context, vm Ref) ([]Endpoint, error) {
	if err := s.maySit(ctx, vm, "which consoles "+vm.String()+" has"); err != nil {
		return nil, err
	}
	return s.core.endpoints(ctx, vm)
}

// maySit is the error for who may not use the consoles of a VM.
func (s *Session) maySit(ctx context.Context, vm Ref, what string) error {
	p, err := s.reader(ctx)
	switch {
	case err != nil:
		return err
	case !s.holds(p, VerbSee, vm), !s.core.exists(vm):
		return notFound(vm)
	case !s.holds(p, VerbConsole, vm):
		return Errorf(CodeDenied, "%s is for who may use them: %s", what, lacking(VerbConsole, vm))
	}
	return nil
}

// AllSeats lists who sits at the consoles of the VMs that the person administers,
// and where they sit themselves, longest first.
func (s *Session) AllSeats(ctx context.Context) ([]SeatInfo, error) {
	p, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	var infos []SeatInfo
	for _, seat := range s.core.seats.list() {
		if seat.info.User == s.who || s.holds(p, VerbAdmin, seat.info.VM) {
			infos = append(infos, seat.Info())
		}
	}
	return infos, nil
}

// endpoints asks the cluster for all consoles of a VM.
func (c *Core) endpoints(ctx context.Context, vm Ref) ([]Endpoint, error) {
	platform, err := c.engine.inventory.Platform(vm.Cluster)
	if err != nil {
		return nil, err
	}
	return platform.Consoles(ctx, vm.Name)
}

// endpoint asks the cluster for the console of one kind.
func (c *Core) endpoint(ctx context.Context, vm Ref, kind ConsoleKind) (Endpoint, error) {
	endpoints, err := c.endpoints(ctx, vm)
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
