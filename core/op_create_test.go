package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// created is a creation on berlin that fits.
func created(name string, change func(o *core.CreateVM)) core.CreateVM {
	return newVM(func(o *core.CreateVM) {
		o.VM, o.OS = coretest.BerlinVM(name), "debootstrap+default"
		if change != nil {
			change(o)
		}
	})
}

// mayCreate lets ann create on berlin.
func mayCreate(w *coretest.World, who core.Ref) {
	root := w.Local()
	defer root.Close()
	w.Do(root, core.SetGrant{Who: who, On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbCreateVM}})
}

// TestCreatedVMBelongsToItsOwner holds that owner and rights are recorded by the
// transaction that ends the job, and travel with the request as tags.
func TestCreatedVMBelongsToItsOwner(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{Tags: true}, func(t *testing.T, w *coretest.World) {
		mayCreate(w, core.UserRef("ann"))
		ann, vm := w.Login("ann"), coretest.BerlinVM("new1.example.org")
		id := w.Do(ann, created("new1.example.org", func(o *core.CreateVM) { o.Tags = []string{"env:test"} }))
		ended(t, ann, id, core.JobDone)
		w.Until(ann, "new1 runs", func(v *core.View) bool { is, ok := v.VM(vm); return ok && is.State == core.StateRunning })
		is, _ := ann.View().VM(vm)
		if diff := cmp.Diff([]string{"env:test", "gwm:grant:user:ann:admin", "gwm:owner:user:ann"}, is.Tags); diff != "" {
			t.Errorf("tags (-want +got):\n%s", diff)
		}
		if owner, _ := ann.View().Owner(vm); owner != core.UserRef("ann") {
			t.Errorf("the owner is %v", owner)
		}
		if d := ann.Can(core.DeleteVM{VM: vm}); !d.OK {
			t.Errorf("ann may not delete her VM: %+v", d)
		}
		var fields []string
		for _, c := range lastAudit(t, w, "vm.create", core.EventDone).Changes {
			fields = append(fields, c.Field+"="+c.To)
		}
		if diff := cmp.Diff([]string{"owner=user:ann", "grant user:ann=admin"}, fields); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
		jobs := 0
		for _, j := range ann.View().Jobs() {
			if strings.HasPrefix(j.Title, "sync the owner tags of new1") {
				jobs++
			}
		}
		if jobs > 0 {
			t.Errorf("%d jobs write tags that the request carried", jobs)
		}
		_, err := ann.Do(t.Context(), created("new1.example.org", nil))
		wantError(t, err, core.CodeConflict, "berlin has a VM named new1.example.org already")
	})
}

// TestCreatedVMForgetsItsNamesake holds that rights on an earlier VM of that name
// do not come back to life.
func TestCreatedVMForgetsItsNamesake(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		mayCreate(w, core.UserRef("ann"))
		root, vm := w.Local(), coretest.BerlinVM(coretest.Web2)
		w.Do(root, core.SetOwner{VM: vm, Owner: ops, Grant: true})
		w.Berlin.RemoveVM(coretest.Web2)
		w.Until(root, "web2 is gone", func(v *core.View) bool { _, ok := v.VM(vm); return !ok })
		ann := w.Login("ann")
		ended(t, ann, w.Do(ann, created(coretest.Web2, nil)), core.JobDone)
		grants, err := root.Grants(t.Context(), core.Ref{}, vm)
		if err != nil || len(grants) != 1 || grants[0].Who != core.UserRef("ann") {
			t.Errorf("grants are %v, %v", grants, err)
		}
	})
}

// TestFailedCreation holds that a refusal leaves nothing, and that a VM which the
// cluster left behind belongs to its owner, who can delete it.
func TestFailedCreation(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		mayCreate(w, core.UserRef("ann"))
		ann, vm := w.Login("ann"), coretest.BerlinVM("new1.example.org")
		w.Berlin.PutVM(&core.VM{Cluster: coretest.Berlin, Name: "new2.example.org", Status: "ADMIN_down", State: core.StateDown})
		refused := w.Do(ann, created("new2.example.org", nil)) // the cluster knows it, gwm does not yet
		ended(t, ann, refused, core.JobFailed)
		if job, err := ann.Job(t.Context(), refused); err != nil || job.Left || job.LeftUUID != "" {
			t.Errorf("somebody else's VM counts as what job %s left: %v", refused, err)
		}
		if owner, _ := w.Local().View().Owner(coretest.BerlinVM("new2.example.org")); !owner.IsZero() {
			t.Errorf("somebody else's VM belongs to %v", owner)
		}
		w.Berlin.FailJobs("new1.example.org", "the scripts of its system failed")
		id := w.Do(ann, created("new1.example.org", nil))
		ended(t, ann, id, core.JobFailed)
		if owner, _ := ann.View().Owner(vm); owner != core.UserRef("ann") {
			t.Errorf("what is left belongs to %v", owner)
		}
		w.Until(ann, "new1 is listed", func(v *core.View) bool { _, ok := v.VM(vm); return ok })
		w.Berlin.FailJobs("new1.example.org", "")
		ended(t, ann, w.Do(ann, core.DeleteVM{VM: vm}), core.JobDone)
		job, err := ann.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if !job.Left || job.LeftUUID != "uuid-of-new1.example.org" {
			t.Errorf("it left %t %q", job.Left, job.LeftUUID)
		}
		w.Until(w.Local(), "new1 is gone", func(v *core.View) bool { _, ok := v.VM(vm); return !ok })
		again, err := job.Again()
		if err != nil {
			t.Fatal(err)
		}
		ended(t, ann, w.Do(ann, again), core.JobDone)
	})
}

// TestDryRunLeavesNothing holds that a trial makes, records and reserves nothing,
// and is refused as the creation would be.
func TestDryRunLeavesNothing(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{Tags: true}, func(t *testing.T, w *coretest.World) {
		mayCreate(w, ops)
		root, bob := w.Local(), w.Login("bob")
		w.Do(root, core.SetQuota{Who: ops, Cluster: coretest.Berlin, Limits: limits(1024, -1, -1, -1)})
		trial := func(o *core.CreateVM) { o.Owner, o.DryRun = ops, true }
		id := w.Do(bob, created("new1.example.org", trial))
		if u := usageOf(t, bob); u.Reserved != (core.Amount{}) {
			t.Errorf("a trial reserves %+v", u.Reserved)
		}
		ended(t, bob, id, core.JobDone)
		vm := coretest.BerlinVM("new1.example.org")
		if owner, _ := root.View().Owner(vm); !owner.IsZero() {
			t.Errorf("a VM that is not there belongs to %v", owner)
		}
		_, err := bob.Do(t.Context(), created("new1.example.org", func(o *core.CreateVM) { trial(o); o.MemoryMiB = 2048 }))
		wantError(t, err, core.CodeLimit, "the quota of group ops on berlin does not suffice")
	})
}

// TestCreateIsChargedAtOnce holds that two creations cannot share what is left.
func TestCreateIsChargedAtOnce(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		mayCreate(w, ops)
		root, bob := w.Local(), w.Login("bob")
		w.Do(root, core.SetQuota{Who: ops, Cluster: coretest.Berlin, Limits: limits(1500, 20480, -1, -1)})
		forOps := func(o *core.CreateVM) { o.Owner = ops }
		first := w.Do(bob, created("new1.example.org", forOps))
		_, err := bob.Do(t.Context(), created("new2.example.org", forOps))
		wantError(t, err, core.CodeLimit, "memory: 1 GiB used, 1 GiB more wanted, 1500 MiB allowed")
		down := func(o *core.CreateVM) { o.Owner, o.Start = ops, false }
		second := w.Do(bob, created("new2.example.org", down)) // what is down takes its disk
		_, err = bob.Do(t.Context(), created("new3.example.org", down))
		wantError(t, err, core.CodeLimit, "disk: 20 GiB used, 10 GiB more wanted, 20 GiB allowed")
		ended(t, bob, first, core.JobDone)
		ended(t, bob, second, core.JobDone)
	})
}

// TestWhoOwnsWhatIsCreated holds the rule of personas: what a group may do is done
// for the group, and nobody creates for others but who administers the cluster.
func TestWhoOwnsWhatIsCreated(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		mayCreate(w, ops)
		root, ann, bob := w.Local(), w.Login("ann"), w.Login("bob")
		if diff := cmp.Diff([]core.Ref{ops}, bob.Creators(coretest.Berlin)); diff != "" {
			t.Errorf("bob may create for (-want +got):\n%s", diff)
		}
		if list := ann.Creators(coretest.Berlin); len(list) > 0 {
			t.Errorf("ann may create for %v", list)
		}
		for _, owner := range []core.Ref{{}, core.UserRef("bob"), core.UserRef("ann"), core.UserRef("nobody"), core.GroupRef("nobody")} {
			_, err := bob.Do(t.Context(), created("new1.example.org", func(o *core.CreateVM) { o.Owner = owner }))
			wantError(t, err, core.CodeDenied, "you may for: group:ops")
		}
		if err := bob.SetActAs(ops); err != nil {
			t.Fatal(err)
		}
		ended(t, bob, w.Do(bob, created("new1.example.org", nil)), core.JobDone)
		if owner, _ := root.View().Owner(coretest.BerlinVM("new1.example.org")); owner != ops {
			t.Errorf("the owner is %v", owner)
		}
		w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbAdmin}})
		_, err := ann.Do(t.Context(), created("new2.example.org", func(o *core.CreateVM) { o.Owner = core.UserRef("nobody") }))
		wantError(t, err, core.CodeNotFound, `no user named "nobody"`)
		ended(t, ann, w.Do(ann, created("new2.example.org", func(o *core.CreateVM) { o.Owner = core.UserRef("bob") })), core.JobDone)
		_, err = bob.Do(t.Context(), created("new3.example.org", func(o *core.CreateVM) { o.Node = core.NodeRef("berlin", "nowhere") }))
		wantError(t, err, core.CodeNotFound, "nowhere")
	})
}

// TestCreateForATime holds that who may create until a day gives the VM no rights
// beyond that day.
func TestCreateForATime(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root, until := w.Local(), time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbCreateVM}, Until: until})
		ann := w.Login("ann")
		ended(t, ann, w.Do(ann, created("new1.example.org", nil)), core.JobDone)
		grants, err := root.Grants(t.Context(), core.UserRef("ann"), coretest.BerlinVM("new1.example.org"))
		if err != nil || len(grants) != 1 || !grants[0].Until.Equal(until) {
			t.Errorf("granted is %+v, %v", grants, err)
		}
	})
}

// TestOffer holds who is told what a cluster offers, and that it is asked once in
// a while only.
func TestOffer(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		mayCreate(w, core.UserRef("ann"))
		ann, bob := w.Login("ann"), w.Login("bob")
		for range 3 {
			o, err := ann.Offer(t.Context(), coretest.Berlin)
			if err != nil || o.Cluster != coretest.Berlin || len(o.OSes) == 0 || len(o.Groups) == 0 {
				t.Fatalf("offered is %+v, %v", o, err)
			}
		}
		if n := w.Berlin.Calls("Offer"); n != 1 {
			t.Errorf("the cluster was asked %d times", n)
		}
		time.Sleep(11 * time.Second)
		if _, err := ann.Offer(t.Context(), coretest.Berlin); err != nil || w.Berlin.Calls("Offer") != 2 {
			t.Errorf("the cluster was asked %d times, %v", w.Berlin.Calls("Offer"), err)
		}
		_, err := ann.Offer(t.Context(), coretest.Paris)
		wantError(t, err, core.CodeNotFound, "paris")
		_, err = ann.Offer(t.Context(), "nowhere")
		wantError(t, err, core.CodeNotFound, "nowhere")
		w.Do(w.Local(), core.SetGrant{Who: core.UserRef("bob"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbSee}})
		_, err = bob.Offer(t.Context(), coretest.Berlin)
		wantError(t, err, core.CodeDenied, "needs create_vm on berlin")
	})
}
