package core_test

import (
	"math"
	"strconv"
	"strings"
	"sync"
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

// TestTwoEditsAtOnce has two people ask at the same moment, each from what both saw:
// one is carried out, the other ends with what was changed.
func TestTwoEditsAtOnce(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		vm, sizes := coretest.BerlinVM(coretest.Web1), []string{"5", "7"}
		ops, ids := make([]core.EditVM, 2), make([]core.JobID, 2)
		sessions := []*core.Session{w.Login("admin"), w.Local()}
		defer sessions[1].Close()
		for i, s := range sessions {
			ops[i] = edit(t, s, vm, core.ParamEdit{Name: core.ParamVCPUs, Value: sizes[i]})
		}
		var both sync.WaitGroup
		for i, s := range sessions {
			both.Go(func() { ids[i], _ = s.Do(t.Context(), ops[i]) })
		}
		both.Wait()
		won, lost := -1, -1
		for i, s := range sessions {
			switch job, err := s.WaitJob(t.Context(), ids[i], math.MaxInt64); {
			case err != nil:
				t.Fatal(err)
			case job.State == core.JobDone:
				won = i
			case core.CodeOf(job.Error) == core.CodeConflict && strings.Contains(job.Error.Message, "is "+sizes[1-i]+"; nothing was changed"):
				lost = i
			default:
				t.Errorf("job %s ends as %s: %v", job.ID, job.State, job.Error)
			}
		}
		if won < 0 || lost < 0 {
			t.Fatalf("one has to win and one to lose: %d %d", won, lost)
		}
		w.Until(sessions[1], "what won", func(v *core.View) bool { is, ok := v.VM(vm); return ok && strconv.Itoa(is.VCPUs) == sizes[won] })
		if got := w.Berlin.Calls("EditVM"); got != 1 {
			t.Errorf("the cluster was asked %d times", got)
		}
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
			"hv/something_new": false, core.ParamOS: true,
		} {
			op := core.EditVM{VM: vm, Params: []core.ParamEdit{{Name: name, Value: "/etc/shadow"}}}
			if d := ann.Can(op); d.OK != allowed {
				t.Errorf("ann may set %s: %+v", name, d)
			}
			if d := root.Can(op); !d.OK {
				t.Errorf("who administers the site may not set %s: %+v", name, d)
			}
		}
	})
}

// TestWhoMayPlug holds that which network a NIC is in is for who may modify the VM
// and create VMs on its cluster, as long as they may do both, and that a lock on the
// VM binds administrators too.
func TestWhoMayPlug(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Local()
		defer root.Close()
		vm := coretest.BerlinVM(coretest.Web1)
		w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: vm, Verbs: []core.Verb{core.VerbAdmin}})
		ann := w.Login("ann")
		for _, tt := range []struct {
			name    string
			op      core.EditVM
			allowed bool
		}{
			{"name", core.EditVM{NICs: []core.NICEdit{{Set: core.NewNIC{Name: "first", MAC: "generate"}}}}, true},
			{"remove", core.EditVM{NICs: []core.NICEdit{{Remove: true}}}, true},
			{"add as by default", core.EditVM{AddNICs: []core.NewNIC{{}}}, true},
			{"link", core.EditVM{NICs: []core.NICEdit{{Set: core.NewNIC{Link: "br9"}}}}, false},
			{"address", core.EditVM{NICs: []core.NICEdit{{Set: core.NewNIC{IP: "192.0.2.1"}}}}, false},
			{"add elsewhere", core.EditVM{AddNICs: []core.NewNIC{{Network: "dmz"}}}, false},
			{"add a disk", core.EditVM{AddDisks: []core.NewDisk{{SizeMiB: 1}}}, true},
			{"add a disk elsewhere", core.EditVM{AddDisks: []core.NewDisk{{SizeMiB: 1, VG: "fast"}}}, false},
			{"remove a disk", core.EditVM{Disks: []core.DiskEdit{{Remove: true}}}, true},
		} {
			tt.op.VM = vm
			if d := ann.Can(tt.op); d.OK != tt.allowed {
				t.Errorf("%s: %+v", tt.name, d)
			}
			if d := root.Can(tt.op); !d.OK {
				t.Errorf("%s: who administers the site: %+v", tt.name, d)
			}
		}
		plug, berlin := core.EditVM{VM: vm, AddNICs: []core.NewNIC{{Link: "br9"}}}, core.ClusterRef("berlin")
		if d := ann.Can(plug); !strings.Contains(d.Why, "create_vm on berlin") {
			t.Errorf("what is missing is not said: %+v", d)
		}
		create := core.SetGrant{Who: core.UserRef("ann"), On: berlin, Verbs: []core.Verb{core.VerbCreateVM}}
		w.Do(root, create)
		other := plug
		other.VM = coretest.BerlinVM(coretest.Cold)
		if _, err := ann.Do(t.Context(), other); core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("who may create VMs plugs those of others: %v", err)
		}
		files := plug
		files.AddDisks = []core.NewDisk{{SizeMiB: 1, VG: "fast"}}
		if d := ann.Can(files); d.OK {
			t.Errorf("who may create VMs reaches the node: %+v", d)
		}
		w.Do(ann, plug)
		w.Do(root, core.RemoveGrant{Who: core.UserRef("ann"), On: berlin})
		_, err := ann.Do(t.Context(), plug)
		wantError(t, err, core.CodeDenied, "create_vm on berlin")
		w.Do(root, core.SetLock{On: vm, Reason: "evidence"})
		for _, op := range []core.EditVM{{VM: vm, AddNICs: []core.NewNIC{{}}}, {VM: vm, AddNICs: []core.NewNIC{{Network: "dmz"}}}} {
			if d := root.Can(op); d.OK || !strings.Contains(d.Why, "evidence") {
				t.Errorf("a VM that is locked may be edited by the site's administrator: %+v", d)
			}
			if _, err := root.Do(t.Context(), op); core.CodeOf(err) != core.CodeLocked {
				t.Errorf("a VM that is locked is edited: %v", err)
			}
		}
	})
}

// TestTwoPeopleEditDevices holds that NICs and disks are told by what they are and
// not by their number: who saw them before somebody else removed one changes
// nothing.
func TestTwoPeopleEditDevices(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		defer s.Close()
		vm := coretest.BerlinVM(coretest.Web1)
		w.Do(s, core.EditVM{VM: vm, AddNICs: []core.NewNIC{{Name: "second", Link: "br1"}}, AddDisks: []core.NewDisk{{SizeMiB: 512, Name: "data"}}})
		w.Until(s, "more NICs and disks", func(v *core.View) bool { is, ok := v.VM(vm); return ok && len(is.NICs) > 1 && len(is.Disks) > 1 })
		d, err := s.VMDetail(t.Context(), vm)
		if err != nil {
			t.Fatal(err)
		}
		edits := func(ops ...core.EditVM) []core.EditVM {
			for i := range ops {
				ops[i].VM = vm
				if err := ops[i].See(d); err != nil {
					t.Fatal(err)
				}
			}
			return ops
		}
		last := len(d.VM.NICs) - 1
		late := edits(
			core.EditVM{NICs: []core.NICEdit{{Index: last, Set: core.NewNIC{Name: "other"}}}},
			core.EditVM{NICs: []core.NICEdit{{Index: 0, Set: core.NewNIC{IP: "192.0.2.99"}}}},
			core.EditVM{Disks: []core.DiskEdit{{Index: 0, Remove: true}}},
		)
		w.Do(s, edits(core.EditVM{NICs: []core.NICEdit{{Index: 0, Remove: true}}, Disks: []core.DiskEdit{{Index: 0, Name: "root"}}})[0])
		w.Wait()
		for i, want := range []string{
			"nic/1 was link=br1,name=second, is not there any more",
			"nic/0 was ",
			"disk/0/name was ",
		} {
			id, err := s.Do(t.Context(), late[i])
			if err != nil {
				t.Fatal(err)
			}
			w.Wait()
			if job := ended(t, s, id, core.JobFailed); core.CodeOf(job.Error) != core.CodeConflict || !strings.Contains(job.Error.Message, want) {
				t.Errorf("the late edit %d ends with %v, want %q", i, job.Error, want)
			}
		}
		r := lastAudit(t, w, "vm.edit", core.EventRequested)
		if len(r.Changes) != 1 || r.Changes[0].Field != "disk/0" || r.Changes[0].To != "removed" {
			t.Errorf("the audit log has %v", r.Changes)
		}
		if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		if is, _ := s.View().VM(vm); len(is.NICs) != 1 || is.NICs[0].Name != "second" || is.Disks[0].Name != "root" || len(is.Disks) != len(d.VM.Disks) {
			t.Errorf("the VM was overwritten: %v %v", is.NICs, is.Disks)
		}
		if err := (core.EditVM{VM: vm, NICs: []core.NICEdit{{Index: 7, Remove: true}}}).See(d); core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("a NIC that is not there: %v", err)
		}
	})
}

// TestDiskIsCharged holds that a new disk is taken from the owner's quota, also
// where the VM is down.
func TestDiskIsCharged(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root := w.Local()
		defer root.Close()
		cold := coretest.BerlinVM(coretest.Cold)
		w.Do(root, core.SetOwner{VM: cold, Owner: ops})
		w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: cold, Verbs: []core.Verb{core.VerbModify}})
		is, _ := root.View().VM(cold)
		w.Do(root, core.SetQuota{Who: ops, Cluster: coretest.Berlin, Limits: limits(-1, is.DiskMiB+1024, -1, -1)})
		ann := w.Login("ann")
		_, err := ann.Do(t.Context(), core.EditVM{VM: cold, AddDisks: []core.NewDisk{{SizeMiB: 512}, {SizeMiB: 513}}})
		wantError(t, err, core.CodeLimit, "the quota of group ops on berlin does not suffice")
		w.Do(ann, core.EditVM{VM: cold, AddDisks: []core.NewDisk{{SizeMiB: 1024}}})
	})
}

// FuzzDeviceEdit holds that what is read of a NIC or a disk is written so that it
// reads the same, and has only characters that can be shown.
func FuzzDeviceEdit(f *testing.F) {
	for _, text := range []string{"0:ip=none,name=first", "1:network=lan,ip=pool", "2:mode=ro,name=root", "0:", ":", "99:link=br0,mode=default", "0:name=a\x1b[2J"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := core.ParseNICEdit(text); err == nil {
			again, err := core.ParseNICEdit(strconv.Itoa(e.Index) + ":" + e.Set.String())
			if err != nil || again != e || core.Printable(e.Set.String()) != e.Set.String() {
				t.Errorf("%q reads as %+v and then as %+v, %v", text, e, again, err)
			}
		}
		if e, err := core.ParseDiskEdit(text); err == nil && core.Printable(e.Name+e.Mode) != e.Name+e.Mode {
			t.Errorf("%q reads as %+v", text, e)
		}
	})
}
