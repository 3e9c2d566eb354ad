package core_test

import (
	"strings"
	"testing"

	"gwm/core"
	"gwm/core/coretest"
)

// How much somebody else uses is theirs: who may start their VM learns that it
// does not fit, and no number.
func TestRefusalKeepsTheNumbersOfOthers(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Local()
		w.Do(root, core.SetOwner{VM: coretest.BerlinVM(runner2), Owner: core.UserRef("ann")})
		w.Do(root, core.SetGrant{Who: core.UserRef("bob"), On: coretest.BerlinVM(runner2), Verbs: []core.Verb{core.VerbPower}})
		w.Do(root, core.SetQuota{Who: core.UserRef("ann"), Cluster: coretest.Berlin, Limits: limits(1024, -1, -1, -1)})
		bob, start := w.Login("bob"), core.StartVM{VM: coretest.BerlinVM(runner2)}
		want := "start " + runner2 + ": the quota of user ann on berlin does not suffice; " +
			"stop or remove other VMs of user ann, or ask an administrator of berlin"
		_, err := bob.Do(t.Context(), start)
		wantError(t, err, core.CodeLimit, want)
		if d := bob.Can(start); d.Why != want {
			t.Errorf("can says %q", d.Why)
		}
		if r := lastAudit(t, w, "vm.start", core.EventDenied); r.Rule != "quota" || strings.Contains(r.Result, "GiB") {
			t.Errorf("bob reads in the audit log: %s", r.Result)
		}
	})
}

// What a VM that somebody may not see would take does not show in their own use.
func TestUseWithAHiddenVM(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		bob := core.UserRef("bob")
		w.Do(w.Local(), core.SetQuota{Who: bob, Cluster: coretest.Berlin, Limits: limits(1024, -1, -1, -1)})
		w.Do(w.Local(), core.RemoveMember{Group: "ops", User: "bob"})
		s := w.Login("bob")
		if _, sees := s.View().VM(coretest.BerlinVM(runner2)); sees {
			t.Fatal("bob sees the VM")
		}
		for _, vm := range []core.Ref{coretest.BerlinVM(runner2), coretest.BerlinVM("nothing")} {
			for _, u := range s.View().UsageWith(bob, []core.Ref{vm}) {
				if u.Owned != 0 || u.Used != (core.Amount{}) {
					t.Errorf("with %s: %+v", vm, u)
				}
			}
		}
	})
}
