package core_test

import (
	"strings"
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
		w.Do(s, core.EditNote{On: vm, Text: "ask ann\nfirst"})
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
			if diff := cmp.Diff([]string{"owner", "grant user:ann", "grant user:bob", "note", "token"}, fields); diff != "" {
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

// TestRecordsFollowTheName holds that owner, rights and tokens are those of the
// new name after a VM was renamed, and that what another VM of that name left
// behind is not taken over.
func TestRecordsFollowTheName(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{Tags: true}, func(t *testing.T, w *coretest.World) {
		s, vm, to := w.Login("admin"), coretest.BerlinVM(coretest.Web1), core.VMRef("berlin", "shop.example.org")
		w.Do(s, core.SetOwner{VM: vm, Owner: core.UserRef("bob"), Grant: true})
		w.Do(s, core.EditNote{On: vm, Text: "ask ann\nfirst"})
		if _, err := s.NewToken(t.Context(), vm, "", time.Time{}); err != nil {
			t.Fatal(err)
		}
		_, err := s.Do(t.Context(), core.RenameVM{VM: vm, Name: "shop"})
		if core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("half a name: %v", err)
		}
		ended(t, s, w.Do(s, core.RenameVM{VM: vm, Name: to.Name}), core.JobDone)
		w.Until(s, "it has its new name", func(v *core.View) bool {
			_, old := v.VM(vm)
			_, listed := v.VM(to)
			return listed && !old
		})
		if note, ok := s.View().Note(to); !ok || note.Text != "ask ann\nfirst" || note.By != "admin" {
			t.Errorf("the note is %+v", note)
		}
		if owner, ok := s.View().Owner(to); !ok || owner != core.UserRef("bob") {
			t.Errorf("the owner is %v", owner)
		}
		for on, want := range map[core.Ref]int{vm: 0, to: 2} {
			if grants, err := s.Grants(t.Context(), core.Ref{}, on); err != nil || len(grants) != want {
				t.Errorf("grants on %s: %v, %v", on, grants, err)
			}
		}
		if tokens, err := s.Tokens(t.Context()); err != nil || len(tokens) != 1 || tokens[0].On != to {
			t.Errorf("tokens: %v, %v", tokens, err)
		}
	})
}

// TestGrownDiskIsCharged holds that a disk grows only as far as the quota of its
// owner allows.
func TestGrownDiskIsCharged(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s, vm := w.Login("admin"), coretest.BerlinVM(coretest.Web1)
		w.Do(s, core.SetOwner{VM: vm, Owner: core.UserRef("bob")})
		w.Do(s, core.SetGrant{Who: core.UserRef("bob"), On: vm, Verbs: []core.Verb{core.VerbModify}})
		listed, _ := s.View().VM(vm)
		limit := listed.DiskMiB + 1024
		w.Do(s, core.SetQuota{Who: core.UserRef("bob"), Cluster: "berlin", Limits: core.Limits{DiskMiB: &limit}})
		bob := w.Login("bob")
		size := listed.Disks[0].SizeMiB
		for op, want := range map[core.GrowDisk]core.Code{
			{VM: vm, By: 1025}: core.CodeLimit, {VM: vm, To: size + 1025}: core.CodeLimit, {VM: vm, To: size + 1024}: "",
		} {
			if _, err := bob.Do(t.Context(), op); core.CodeOf(err) != want {
				t.Errorf("%+v: %v", op, err)
			}
		}
	})
}

// TestReinstallIsNeverRepeated holds that what cannot be found again by its reason
// is not sent twice where the answer was lost.
func TestReinstallIsNeverRepeated(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		w.Berlin.DropRequests(1)
		job := ended(t, s, w.Do(s, core.ReinstallVM{VM: coretest.BerlinVM(coretest.Web1)}), core.JobFailed)
		if job.Error.Code != core.CodeUnknown {
			t.Errorf("error is %+v", job.Error)
		}
		submitted(t, w)
	})
}

// TestNoteOfTwo holds that the second of two who write a note is told of the first,
// and that a note is only for who sees what it is on.
func TestNoteOfTwo(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		ann, root, vm, empty := w.Login("ann"), w.Login("admin"), coretest.BerlinVM(coretest.Web1), ""
		w.Do(root, core.EditNote{On: vm, Text: "mine", Was: &empty})
		w.Do(root, core.EditNote{On: core.ClusterRef("berlin"), Text: "old disks"})
		_, err := root.Do(t.Context(), core.EditNote{On: vm, Text: "yours", Was: &empty})
		if core.CodeOf(err) != core.CodeConflict || !strings.Contains(err.Error(), "admin changed the note") {
			t.Errorf("the second: %v", err)
		}
		if note, ok := ann.View().Note(vm); !ok || note.Text != "mine" {
			t.Errorf("ann reads %+v", note)
		}
		if note, ok := ann.View().Note(coretest.BerlinVM(coretest.Cold)); ok {
			t.Errorf("ann reads %+v of what she does not see", note)
		}
		w.Do(root, core.EditNote{On: vm})
		if note, ok := root.View().Note(vm); ok {
			t.Errorf("%+v is left", note)
		}
	})
}
