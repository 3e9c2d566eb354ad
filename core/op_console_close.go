package core

import (
	"context"
	"time"
)

// CloseConsole ends somebody's seat at a console: one's own, or one at a VM that
// one administers.
type CloseConsole struct {
	Seat string `json:"seat"`
	VM   Ref    `json:"vm,omitzero"`   // filled in: where that is
	User string `json:"user,omitzero"` // filled in: whose it is
}

// Spec describes the end.
func (o CloseConsole) Spec() Spec {
	s := Spec{
		ID: "console.end", Title: "end the console " + o.Seat, Verb: VerbAdmin, Target: o.VM, Danger: Disruptive,
		Effect:  "whoever sits there sees and types nothing any more; what runs in the VM goes on",
		Command: []string{"console", "end", o.Seat},
	}
	if o.User != "" {
		s.Title = "end the console of " + o.User + " at " + o.VM.Name
		s.Effect = o.User + " sees and types nothing of " + o.VM.Name + " any more; what runs in the VM goes on"
	}
	return s
}

func (o CloseConsole) check() error {
	if o.Seat == "" {
		return Errorf(CodeInvalid, "no console is named").WithHint("console list shows who sits where")
	}
	return nil
}

// need finds the seat. One that the person may not end answers as one that does
// not exist.
func (o CloseConsole) need(s *Session, p *people, now time.Time) (Op, Verb, Ref, *Error) {
	seat := s.core.seats.find(o.Seat)
	if seat == nil {
		return o, VerbAdmin, Ref{}, unknownSeat(o.Seat)
	}
	o.VM, o.User = seat.info.VM, seat.info.User
	if o.User == s.who {
		return o, VerbModify, UserRef(s.who), nil
	}
	if !p.held(s.who, VerbAdmin, o.VM, now).OK {
		return o, VerbAdmin, Ref{}, unknownSeat(o.Seat)
	}
	return o, VerbAdmin, o.VM, nil
}

func unknownSeat(id string) *Error { return Unknown("console", cut(id)) }

// run ends the seat once that is recorded.
func (o CloseConsole) run(_ context.Context, w *worker) error {
	seat := w.core.seats.find(o.Seat)
	if seat == nil {
		return unknownSeat(o.Seat)
	}
	by := w.session.actor()
	w.tx.after(func() {
		w.core.leave(vacancy{seat, Errorf(CodeDenied, "%s ended your console of %s", by, seat.info.VM)})
	})
	return nil
}
