package core_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// openConsole takes a seat that must be free.
func (h *house) openConsole(s *core.Session, vm core.Ref) *core.Seat {
	h.t.Helper()
	seat, err := s.OpenConsole(h.t.Context(), vm, core.ConsoleSerial)
	if err != nil {
		h.t.Fatal(err)
	}
	return seat
}

// seatOf is the ID of the one seat that a session has.
func (h *house) seatOf(s *core.Session) string {
	h.t.Helper()
	for _, seat := range s.SeatsTaken() {
		if seat.Session == s.ID() {
			return seat.ID
		}
	}
	h.t.Fatal("the session has no seat")
	return ""
}

// TestSeatIsTakenAway holds that whoever may not use a console any more is away
// from it within a second, whatever takes the right away, and that nobody else is.
func TestSeatIsTakenAway(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	bob, soon := core.UserRef("bob"), time.Minute
	for _, tt := range []struct {
		name  string
		after time.Duration // until the right ends; 0: at once
		end   func(h *house, s *core.Session)
		why   string
	}{
		{"closed", 0, func(_ *house, s *core.Session) { s.Close() }, "the session was closed"},
		{"disabled", 0, func(h *house, _ *core.Session) { h.do(h.root, core.EditUser{Name: "bob", Disabled: &yes}) }, "your account was disabled"},
		{"deleted", 0, func(h *house, _ *core.Session) { h.do(h.root, core.DeleteUser{Name: "bob"}) }, "your account was removed"},
		{"key removed", 0, func(h *house, _ *core.Session) {
			h.do(h.root, core.RemoveKey{User: "bob", Fingerprint: credential(h.t, "bob").Key})
		}, "the key that you logged in with was removed"},
		{"grant removed", 0, func(h *house, _ *core.Session) { h.do(h.root, core.RemoveGrant{Who: core.GroupRef("ops"), On: web1}) }, "you may not use the console of berlin/web1 any more: needs console on berlin/web1"},
		{"grant without console", 0, func(h *house, _ *core.Session) { h.grant(core.GroupRef("ops"), web1, core.VerbPower) }, "you may not use the console of berlin/web1 any more: needs console"},
		{"out of the group", 0, func(h *house, _ *core.Session) { h.do(h.root, core.RemoveMember{Group: "ops", User: "bob"}) }, "you may not use the console"},
		{"VM locked", 0, func(h *house, _ *core.Session) { h.do(h.root, core.SetLock{On: web1, Reason: "evidence"}) }, "berlin/web1 is locked by"},
		{"site locked", 0, func(h *house, _ *core.Session) { h.do(h.root, core.SetLock{On: core.Site(), Reason: "fire"}) }, "site is locked by"},
		{"user locked", 0, func(h *house, _ *core.Session) { h.do(h.root, core.SetLock{On: bob, Reason: "left"}) }, "user:bob is locked by"},
		{"read-only cluster", 0, func(h *house, _ *core.Session) {
			c := berlin()
			c.ReadOnly = true
			h.do(h.root, core.EditCluster{Cluster: c})
		}, "berlin is read-only"},
		{"cluster removed", 0, func(h *house, _ *core.Session) { h.do(h.root, core.RemoveCluster{Name: "berlin"}) }, "the cluster berlin was removed"},
		{"read-only session", 0, func(_ *house, s *core.Session) { s.SetReadOnly() }, "this session is read-only"},
		{"kicked", 0, func(h *house, s *core.Session) { h.do(h.root, core.CloseConsole{Seat: h.seatOf(s)}) }, "ended your console of berlin/web1"},
		{"by another process", 0, func(h *house, _ *core.Session) {
			other := h.another()
			root, err := other.Local(h.t.Context(), "", "test")
			if err != nil {
				h.t.Fatal(err)
			}
			h.do(root, core.RemoveGrant{Who: core.GroupRef("ops"), On: web1})
			h.do(h.root, core.EditUser{Name: "eve", Disabled: &no}) // the next change takes over what the other process did
		}, "you may not use the console"},
		{"grant ended", soon, func(h *house, _ *core.Session) {
			h.do(h.root, core.SetGrant{Who: core.GroupRef("ops"), On: web1, Verbs: []core.Verb{core.VerbConsole}, Until: time.Now().Add(soon)})
		}, "you may not use the console"},
		{"hours ended", soon, func(h *house, _ *core.Session) {
			hours, err := core.ParseHours("mon-sun 00:00-" + time.Now().UTC().Add(soon).Format("15:04") + " UTC") // the bubble begins at midnight
			if err != nil {
				h.t.Fatal(err)
			}
			h.do(h.root, core.SetGrant{Who: core.GroupRef("ops"), On: web1, Verbs: []core.Verb{core.VerbConsole}, Hours: hours})
		}, "you may not use the console"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.grant(core.GroupRef("ops"), web1, core.VerbConsole)
				h.grant(core.UserRef("eve"), web2, core.VerbConsole)
				other := h.openConsole(h.login("eve"), web2)
				s := h.login("bob")
				seat := h.openConsole(s, web1)
				began := time.Now()
				tt.end(h, s)
				<-seat.Done()
				if d := time.Since(began) - tt.after; d < 0 || d >= time.Second {
					t.Errorf("the seat ended after %s", time.Since(began))
				}
				wantError(t, seat.Err(), core.CodeOf(seat.Err()), tt.why)
				if _, err := seat.Endpoint(t.Context()); err == nil || err.Error() != seat.Err().Error() {
					t.Errorf("a seat that is over answers %v", err)
				}
				if err := seat.CheckHost(t.Context(), "n1", hostBlob("a")); err == nil || err.Error() != seat.Err().Error() {
					t.Errorf("a seat that is over checks hosts: %v", err)
				}
				if _, err := seat.Identity(t.Context()); err == nil || err.Error() != seat.Err().Error() {
					t.Errorf("a seat that is over gives gwm's key: %v", err)
				}
				elsewhere := tt.name == "site locked" || tt.name == "read-only cluster" || tt.name == "cluster removed"
				if (other.Err() != nil) != elsewhere {
					t.Errorf("the seat of somebody else: %v", other.Err())
				}
				found := 0
				records, err := h.root.Audit(t.Context(), core.AuditQuery{By: "bob", Op: "console.leave"})
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range records {
					found++
					if r.Target != web1 || r.Args["seat"] != seat.Info().ID || r.Args["kind"] != "serial" || r.Args["lasted"] != tt.after.String() || r.Result != core.AsError(seat.Err()).Message {
						t.Errorf("recorded is %+v", r)
					}
				}
				if found != 1 {
					t.Errorf("%d records of the end", found)
				}
			})
		})
	}
}

func TestSeats(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbConsole)
	h.grant(core.UserRef("eve"), web1, core.VerbAdmin)
	bob, eve := h.login("bob"), h.login("eve")
	if _, err := bob.OpenConsole(t.Context(), web2, core.ConsoleSerial); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("a console of what bob may not see: %v", err)
	}
	a, b := h.openConsole(bob, web1), h.openConsole(eve, web1)
	if diff := cmp.Diff([]string{"bob", "eve"}, people(t, eve.AllSeats)); diff != "" {
		t.Errorf("the administrator sees (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bob"}, people(t, bob.AllSeats)); diff != "" {
		t.Errorf("bob sees (-want +got)\n%s", diff)
	}
	// Nobody learns from the answer whether there is such a seat.
	for _, id := range []string{b.Info().ID, "nosuchseat"} {
		h.refused(bob, core.CloseConsole{Seat: id}, core.CodeNotFound, `no console named "`+id+`" that you may see`)
	}
	h.do(bob, core.CloseConsole{Seat: a.Info().ID})
	wantError(t, a.Err(), core.CodeDenied, "bob ended your console of berlin/web1")
	h.refused(bob, core.CloseConsole{Seat: a.Info().ID}, core.CodeNotFound, "no console named")
	if err := b.Took(t.Context(), a.Info()); err != nil {
		t.Fatal(err)
	}
	if r := h.lastRecord(core.EventDone); r.Op != "console.take" || r.By != "eve" || r.Target != web1 || r.Args["from"] != "bob" {
		t.Errorf("recorded is %+v", r)
	}
	for range 8 {
		h.openConsole(bob, web1)
	}
	_, err := bob.OpenConsole(t.Context(), web1, core.ConsoleSerial)
	wantError(t, err, core.CodeLimit, "you sit at 8 consoles in this session")
	other := h.login("bob")
	h.openConsole(other, web1)
}

// people names who a list of seats tells of.
func people(t *testing.T, list func(ctx context.Context) ([]core.SeatInfo, error)) (names []string) {
	t.Helper()
	infos, err := list(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range infos {
		names = append(names, i.User)
	}
	slices.Sort(names) // seats that were taken at the same moment are in no order
	return names
}

func TestForward(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(core.UserRef("bob"), web1, core.VerbConsole)
	bob := h.login("bob")
	forward, seat, err := bob.Forward(t.Context(), web1)
	if err != nil || forward.Address != "host:7000" || h.consoles.forwarded[0] != seat {
		t.Fatalf("%+v, %+v, %v", forward, seat, err)
	}
	if i := seat.Info(); i.Kind != core.ConsoleVNC || i.Via != core.ViaViewer || i.VM != web1 || i.User != "bob" {
		t.Errorf("the seat is %+v", i)
	}
	h.consoles.fail = core.Errorf(core.CodeUnsupported, "no ports are left")
	if _, _, err := bob.Forward(t.Context(), web1); core.CodeOf(err) != core.CodeUnsupported {
		t.Errorf("without a port: %v", err)
	}
	if n := len(bob.SeatsTaken()); n != 1 {
		t.Errorf("%d seats are taken", n)
	}
	if _, _, err := bob.Forward(t.Context(), web2); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("of what bob may not see: %v", err)
	}
}
