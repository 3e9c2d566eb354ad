package core_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// fromBackup is a creation on berlin from a backup.
func fromBackup(node, name string) core.CreateVM {
	return newVM(func(o *core.CreateVM) {
		o.OS, o.From = "", core.BackupRef{Name: name}
		if node != "" {
			o.From.Node = core.NodeRef("berlin", node)
		}
	})
}

// backupsOf lists what somebody sees of berlin's backups, as NODE:NAME of.
func backupsOf(t *testing.T, s *core.Session) (words []string) {
	t.Helper()
	list, err := s.VMBackups(t.Context(), coretest.Berlin)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list.Backups {
		words = append(words, b.Path()+" "+string(b.Of))
	}
	return words
}

// grantOn gives ann a verb.
func grantOn(t *testing.T, w *coretest.World, on core.Ref, verb core.Verb) {
	t.Helper()
	w.Do(w.Local(), core.SetGrant{Who: core.UserRef("ann"), On: on, Verbs: []core.Verb{verb}})
}

// TestBackupIsSeen holds who is told of which backups: who sees a VM of its own, and
// administrators of those whose VM is gone or another one.
func TestBackupIsSeen(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root, ann := w.Local(), w.Login("ann")
		grantOn(t, w, coretest.BerlinVM(coretest.Web1), core.VerbSee)
		for _, name := range []string{coretest.Web1, coretest.Web2, "old1.example.org"} {
			w.Berlin.PutBackup("node2.berlin.example.org", name)
		}
		w.Berlin.SilentNodes("node4.berlin.example.org")
		all := []string{
			"node2.berlin.example.org:old1.example.org gone", "node2.berlin.example.org:web1.example.org unknown", "node2.berlin.example.org:web2.example.org unknown",
		}
		if diff := cmp.Diff(all, backupsOf(t, root)); diff != "" {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(all[1:2], backupsOf(t, ann)); diff != "" {
			t.Errorf("ann's (-want +got):\n%s", diff)
		}
		if n := w.Berlin.Calls("Backups"); n != 1 {
			t.Errorf("the cluster was asked %d times", n)
		}
		id := w.Do(root, core.ExportVM{VM: coretest.BerlinVM(coretest.Web1), To: core.NodeRef(coretest.Berlin, "node1.berlin.example.org")})
		ended(t, root, id, core.JobDone)
		list, err := ann.VMBackups(t.Context(), coretest.Berlin)
		if err != nil {
			t.Fatal(err)
		}
		want := []core.VMBackup{{Cluster: coretest.Berlin, Node: "node1.berlin.example.org", Name: coretest.Web1, Of: core.BackupCurrent, By: root.User().Name}}
		if len(list.Backups) == 1 {
			want[0].At = list.Backups[0].At
		}
		if diff := cmp.Diff(want, list.Backups); diff != "" || want[0].At.IsZero() {
			t.Errorf("after the export (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"node4.berlin.example.org"}, list.Silent); diff != "" {
			t.Errorf("nodes that were not asked (-want +got):\n%s", diff)
		}
		_, err = ann.VMBackups(t.Context(), coretest.Paris)
		wantError(t, err, core.CodeNotFound, `no cluster named "paris" that you may see`)
		w.Berlin.Fail("Backups", w.Berlin.Unreachable())
		time.Sleep(time.Minute)
		_, err = ann.VMBackups(t.Context(), coretest.Berlin)
		wantError(t, err, core.CodeUnreachable, "berlin does not answer")
	})
}

// TestBackupIsRestored holds who may make VMs of which backups: what is on its disks
// is for who may export the VM, and not for who has a VM of the same name.
func TestBackupIsRestored(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root, ann, vm := w.Local(), w.Login("ann"), coretest.BerlinVM(coretest.DB1)
		mayCreate(w, core.UserRef("ann"))
		w.Berlin.PutBackup("node2.berlin.example.org", coretest.DB1)
		restore := created("new1.example.org", func(o *core.CreateVM) {
			o.OS, o.From = "", core.BackupRef{Node: core.NodeRef(coretest.Berlin, "node2.berlin.example.org"), Name: coretest.DB1}
		})
		refused := func(code core.Code, text string) {
			t.Helper()
			_, err := ann.Do(t.Context(), restore)
			wantError(t, err, code, text)
		}
		refused(core.CodeNotFound, `no backup named "node2.berlin.example.org:db1.example.org" that you may see`)
		grantOn(t, w, vm, core.VerbSee)
		refused(core.CodeDenied, "holds all that was on the disks of db1.example.org: needs export on berlin/db1.example.org")
		grantOn(t, w, vm, core.VerbAdmin)
		refused(core.CodeDenied, "gwm did not make the backup")

		ended(t, ann, w.Do(ann, core.ExportVM{VM: vm, To: core.NodeRef(coretest.Berlin, "node2.berlin.example.org")}), core.JobDone)
		ended(t, ann, w.Do(ann, restore), core.JobDone)
		if got := w.Berlin.Submitted(); got[len(got)-1] != "INSTANCE_CREATE new1.example.org" {
			t.Errorf("the cluster was asked for %q", got)
		}

		w.Berlin.RemoveVM(coretest.DB1)
		w.Until(root, "db1 is gone", func(v *core.View) bool { _, ok := v.VM(vm); return !ok })
		restore.VM.Name = "new2.example.org"
		refused(core.CodeNotFound, "no backup named")
		ended(t, ann, w.Do(ann, created(coretest.DB1, nil)), core.JobDone)
		w.Until(ann, "there is another db1", func(v *core.View) bool { _, ok := v.VM(vm); return ok })
		if d := ann.Can(core.ExportVM{VM: vm}); !d.OK {
			t.Fatalf("ann may not export her new VM: %+v", d)
		}
		refused(core.CodeNotFound, "no backup named")
		if diff := cmp.Diff([]string(nil), backupsOf(t, ann)); diff != "" {
			t.Errorf("ann sees the backup of the VM before hers (-want +got):\n%s", diff)
		}
	})
}

// TestExportAndRemove holds that both rights are needed, and that what gwm kept about
// the VM goes with it, but for what is known of the copy.
func TestExportAndRemove(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root, ann, vm := w.Local(), w.Login("ann"), coretest.BerlinVM(coretest.Web1)
		op := core.ExportVM{VM: vm, Remove: true}
		grantOn(t, w, vm, core.VerbRemove)
		_, err := ann.Do(t.Context(), op)
		wantError(t, err, core.CodeDenied, "needs export on berlin/web1.example.org")
		w.Do(root, core.RemoveGrant{Who: core.UserRef("ann"), On: vm})
		grantOn(t, w, core.ClusterRef(coretest.Berlin), core.VerbExport)
		_, err = ann.Do(t.Context(), op)
		wantError(t, err, core.CodeDenied, "needs remove on berlin/web1.example.org")
		ended(t, ann, w.Do(ann, core.ExportVM{VM: vm}), core.JobDone)

		w.Do(root, core.SetOwner{VM: vm, Owner: ops, Grant: true})
		ended(t, root, w.Do(root, op), core.JobDone)
		w.Until(root, "web1 is gone", func(v *core.View) bool { _, ok := v.VM(vm); return !ok })
		if grants, err := root.Grants(t.Context(), core.Ref{}, vm); err != nil || len(grants) > 0 {
			t.Errorf("grants are left: %v, %v", grants, err)
		}
		list, err := root.VMBackups(t.Context(), coretest.Berlin)
		if err != nil || len(list.Backups) != 1 || list.Backups[0].Of != core.BackupGone || list.Backups[0].At.IsZero() {
			t.Errorf("backups are %+v, %v", list.Backups, err)
		}
	})
}
