package core_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// TestDeletedVMLeavesNothing holds that what gwm keeps about a VM goes in the
// transaction that ends the job which deleted it, and not when that failed.
func TestDeletedVMLeavesNothing(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{Tags: true}, func(t *testing.T, w *coretest.World) {
		s, vm := w.Login("admin"), coretest.BerlinVM(coretest.Web1)
		w.Do(s, core.SetOwner{VM: vm, Owner: core.UserRef("bob"), Grant: true})
		if _, err := s.NewToken(t.Context(), vm, "", time.Time{}); err != nil {
			t.Fatal(err)
		}
		w.Berlin.FailJobs(coretest.Web1, "the disks are busy")
		ended(t, s, w.Do(s, core.DeleteVM{VM: vm}), core.JobFailed)
		if owner, _ := s.View().Owner(vm); owner != core.UserRef("bob") {
			t.Errorf("a failure changed the owner to %v", owner)
		}
		w.Berlin.FailJobs(coretest.Web1, "")
		id := w.Do(s, core.DeleteVM{VM: vm})
		ended(t, s, id, core.JobDone)
		if records, err := s.Audit(t.Context(), core.AuditQuery{Op: "vm.delete", Event: core.EventDone}); err != nil || len(records) != 1 {
			t.Errorf("audit has %+v, %v", records, err)
		} else {
			var fields []string
			for _, c := range records[0].Changes {
				fields = append(fields, c.Field)
			}
			if diff := cmp.Diff([]string{"owner", "grant user:ann", "grant user:bob", "token"}, fields); diff != "" {
				t.Errorf("audit (-want +got):\n%s", diff)
			}
		}
		if grants, err := s.Grants(t.Context(), core.Ref{}, vm); err != nil || len(grants) != 0 {
			t.Errorf("grants are left: %v, %v", grants, err)
		}
		if tokens, err := s.Tokens(t.Context()); err != nil || len(tokens) != 0 {
			t.Errorf("tokens are left: %v, %v", tokens, err)
		}
		w.Until(s, "web1 is gone", func(v *core.View) bool { _, listed := v.VM(vm); return !listed })
	})
}
