package core_test

import (
	"testing"

	"pgregory.net/rapid"

	"gwm/core"
)

// TestSeatsFollowRights holds that whatever people do to rights, accounts and
// locks, in whatever order, a seat is kept exactly as long as its person could
// take it again.
func TestSeatsFollowRights(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	rapid.Check(t, func(r *rapid.T) {
		h := newHouse(t)
		people := []string{"bob", "eve"}
		vms := []core.Ref{web1, web2}
		verbs := []core.Verb{core.VerbSee, core.VerbConsole, core.VerbAdmin}
		sessions := map[string]*core.Session{}
		seats := []*core.Seat{}
		who, vm := rapid.SampledFrom(people), rapid.SampledFrom(vms)
		// Locks refuse some of it, which is as good.
		do := func(op core.Op) { _, _ = h.root.Do(t.Context(), op) }
		step := map[string]func(){
			"grant": func() {
				do(core.SetGrant{Who: core.UserRef(who.Draw(r, "who")), On: vm.Draw(r, "vm"), Verbs: []core.Verb{rapid.SampledFrom(verbs).Draw(r, "verb")}})
			},
			"grant group": func() {
				do(core.SetGrant{Who: core.GroupRef("ops"), On: vm.Draw(r, "vm"), Verbs: []core.Verb{core.VerbConsole}})
			},
			"revoke":    func() { do(core.RemoveGrant{Who: core.UserRef(who.Draw(r, "who")), On: vm.Draw(r, "vm")}) },
			"member":    func() { do(core.AddMember{Group: "ops", User: who.Draw(r, "who")}) },
			"no member": func() { do(core.RemoveMember{Group: "ops", User: who.Draw(r, "who")}) },
			"lock":      func() { do(core.SetLock{On: vm.Draw(r, "vm"), Reason: "x"}) },
			"unlock":    func() { do(core.ClearLock{On: vm.Draw(r, "vm")}) },
			"disable":   func() { do(core.EditUser{Name: who.Draw(r, "who"), Disabled: &yes}) },
			"enable":    func() { do(core.EditUser{Name: who.Draw(r, "who"), Disabled: &no}) },
			"admin":     func() { do(core.EditUser{Name: who.Draw(r, "who"), Admin: &yes}) },
			"demote":    func() { do(core.EditUser{Name: who.Draw(r, "who"), Admin: &no}) },
			"freeze": func() {
				c := berlin()
				c.ReadOnly = rapid.Bool().Draw(r, "frozen")
				do(core.EditCluster{Cluster: c})
			},
			"login": func() {
				name := who.Draw(r, "who")
				if s, err := h.core.Login(t.Context(), credential(t, name)); err == nil {
					sessions[name] = s
				}
			},
			"sit": func() {
				s := sessions[who.Draw(r, "who")]
				if s == nil {
					return
				}
				if seat, err := s.OpenConsole(t.Context(), vm.Draw(r, "vm"), core.ConsoleSerial); err == nil {
					seats = append(seats, seat)
				}
			},
		}
		names := []string{
			"grant", "grant group", "revoke", "member", "no member", "lock", "unlock", "disable", "enable", "admin", "demote", "freeze", "login",
			"sit", "sit", "sit", "grant", "login", // more often
		}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			name := rapid.SampledFrom(names).Draw(r, "step")
			over := map[*core.Seat]bool{}
			for _, seat := range seats {
				over[seat] = seat.Err() != nil
			}
			step[name]()
			for _, seat := range seats {
				may := seat.Session().Can(core.OpenConsole{VM: seat.Info().VM, Kind: core.ConsoleSerial})
				switch {
				case over[seat] && seat.Err() == nil:
					r.Fatalf("after %s a seat that was over is not", name)
				case !over[seat] && may.OK != (seat.Err() == nil):
					r.Fatalf("after %s %s may sit at %s: %v, %q; the seat: %v", name, seat.Info().User, seat.Info().VM, may.OK, may.Why, seat.Err())
				}
			}
		}
	})
}
