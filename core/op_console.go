package core

import (
	"context"
	"slices"
)

// OpenConsole takes a seat at a console of a VM: ask for it with
// Session.OpenConsole or Session.NewTicket, which give the seat or the way to it.
type OpenConsole struct {
	VM   Ref         `json:"vm"`
	Kind ConsoleKind `json:"kind"`
	Via  string      `json:"via,omitempty"` // "browser" and "viewer": through a ticket or a forwarded port
	// Ticket is the secret of the ticket that is stored with it; empty: none is.
	Ticket Secret `json:"-"`
}

// Spec describes the opening.
func (o OpenConsole) Spec() Spec {
	command := "console"
	if o.Kind == ConsoleVNC {
		command = "vnc"
	}
	return Spec{
		ID: "vm.console", Title: "open the " + string(o.Kind) + " console of " + o.VM.Name, Verb: VerbConsole, Target: o.VM,
		Effect:  "you sit in front of " + o.VM.Name + ", as whoever is logged in there",
		Command: []string{"vm", command, o.VM.String()},
	}
}

func (o OpenConsole) check() error {
	if err := checkKind(o.VM, KindVM); err != nil {
		return err
	}
	if !slices.Contains([]ConsoleKind{ConsoleSerial, ConsoleVNC}, o.Kind) {
		return Errorf(CodeInvalid, "there is no console of the kind %q", Printable(string(o.Kind))).WithHint("serial and vnc are possible")
	}
	return nil
}

// run checks that the VM is there and that one more seat is free, and stores the
// ticket; the audit record is what the rest is for.
func (o OpenConsole) run(_ context.Context, w *worker) error {
	if !w.core.exists(o.VM) {
		return notFound(o.VM)
	}
	if err := w.core.seats.room(w.session, w.core.tuning.Seats); err != nil || o.Ticket.IsZero() {
		return err
	}
	return w.tx.putTicket(w.session, o)
}
