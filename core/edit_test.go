package core_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// edit makes the Op that changes parameters of a VM from what s sees now.
func edit(t *testing.T, s *core.Session, vm core.Ref, params ...core.ParamEdit) core.EditVM {
	t.Helper()
	d, err := s.VMDetail(t.Context(), vm)
	if err != nil {
		t.Fatal(err)
	}
	for i := range params {
		was := d.Param(params[i].Name)
		params[i].Was = &was
	}
	return core.EditVM{VM: vm, Params: params}
}

// TestTwoPeopleEdit holds that who saw the VM as it was before somebody else's
// change is told what changed, and that nothing is overwritten.
func TestTwoPeopleEdit(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		defer s.Close()
		vm := coretest.BerlinVM(coretest.Web1)
		first := edit(t, s, vm, core.ParamEdit{Name: core.ParamVCPUs, Value: "7"})
		second := edit(t, s, vm, core.ParamEdit{Name: core.ParamMemory, Value: "8192"}, core.ParamEdit{Name: core.ParamVCPUs, Value: "3"})
		w.Do(s, first)
		w.Until(s, "7 VCPUs", func(v *core.View) bool { is, ok := v.VM(vm); return ok && is.VCPUs == 7 })
		before, _ := s.View().VM(vm)
		id, err := s.Do(t.Context(), second)
		if err != nil {
			t.Fatal(err)
		}
		w.Wait()
		job := ended(t, s, id, core.JobFailed)
		if core.CodeOf(job.Error) != core.CodeConflict ||
			!strings.Contains(job.Error.Message, "somebody else changed "+vm.Name+" meanwhile: be/vcpus was "+first.Params[0].Was.Value+", is 7; nothing was changed") {
			t.Errorf("the second edit ends as %s: %v", job.State, job.Error)
		}
		if r := lastAudit(t, w, "vm.edit", core.EventRequested); len(r.Changes) != 2 || r.Changes[1] != (core.Change{Field: "be/vcpus", From: first.Params[0].Was.Value, To: "3"}) {
			t.Errorf("the audit log has %v", r.Changes)
		}
		if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		if is, _ := s.View().VM(vm); is.VCPUs != 7 || is.MemoryMiB != before.MemoryMiB {
			t.Errorf("the VM was overwritten: %s", cmp.Diff(before, is))
		}
		w.Do(s, edit(t, s, vm, core.ParamEdit{Name: core.ParamVCPUs, Value: "3"}))
		w.Until(s, "3 VCPUs", func(v *core.View) bool { is, ok := v.VM(vm); return ok && is.VCPUs == 3 })
	})
}

// TestEditIsCharged holds that what a VM that runs grows by is taken from its
// owner's quota, and that one that is down takes nothing yet.
func TestEditIsCharged(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Local()
		defer root.Close()
		web1, cold := coretest.BerlinVM(coretest.Web1), coretest.BerlinVM(coretest.Cold)
		for _, vm := range []core.Ref{web1, cold} {
			w.Do(root, core.SetOwner{VM: vm, Owner: ops})
			w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: vm, Verbs: []core.Verb{core.VerbModify}})
		}
		is, _ := root.View().VM(web1)
		w.Do(root, core.SetQuota{Who: ops, Cluster: coretest.Berlin, Limits: limits(is.MemoryMiB+1024, -1, is.VCPUs, -1)})
		ann := w.Login("ann")
		memory := func(vm core.Ref, mib string) core.EditVM {
			return core.EditVM{VM: vm, Params: []core.ParamEdit{{Name: core.ParamMemory, Value: mib}}}
		}
		_, err := ann.Do(t.Context(), memory(web1, "999999"))
		wantError(t, err, core.CodeLimit, "the quota of group ops on berlin does not suffice")
		_, err = ann.Do(t.Context(), core.EditVM{VM: web1, Params: []core.ParamEdit{{Name: core.ParamVCPUs, Value: "99"}}})
		wantError(t, err, core.CodeLimit, "does not suffice")
		w.Do(ann, memory(cold, "999999"))
		w.Do(ann, memory(web1, "16"))
	})
}

// TestEditOfTheNodesFiles holds that parameters which reach files of the nodes
// are for who administers the cluster.
func TestEditOfTheNodesFiles(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Local()
		defer root.Close()
		vm := coretest.BerlinVM(coretest.Web1)
		w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: vm, Verbs: []core.Verb{core.VerbModify}})
		ann := w.Login("ann")
		for name, allowed := range map[string]bool{
			"hv/acpi": true, "hv/nic_type": true, "os/dhcp": true, "hv/kernel_path": false, "hv/kvm_extra": false, "hv/cdrom_image_path": false,
			"hv/vnc_bind_address": false, "hv/something_new": false,
		} {
			op := core.EditVM{VM: vm, Params: []core.ParamEdit{{Name: name, Inherit: true}}}
			if d := ann.Can(op); d.OK != allowed {
				t.Errorf("ann may set %s: %+v", name, d)
			}
			if d := root.Can(op); !d.OK {
				t.Errorf("who administers the site may not set %s: %+v", name, d)
			}
		}
	})
}
