package core_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// limits makes Limits; a negative number is unlimited.
func limits(memory, disk, vcpus, vms int) core.Limits {
	limit := func(n int) *int {
		if n < 0 {
			return nil
		}
		return &n
	}
	return core.Limits{MemoryMiB: limit(memory), DiskMiB: limit(disk), VCPUs: limit(vcpus), VMs: limit(vms)}
}

const runner2 = "ci-runner-02.example.org" // berlin: stopped, 8 GiB

var ops = core.GroupRef("ops")

// quotaWorld lets the group ops own two VMs that are down, with 1 and 8 GiB, and
// have 8 GiB on berlin; bob of ops and ann operate both.
func quotaWorld(t *testing.T, w *coretest.World) {
	t.Helper()
	root := w.Local()
	defer root.Close()
	for _, vm := range []string{coretest.Cold, runner2} {
		w.Do(root, core.SetOwner{VM: coretest.BerlinVM(vm), Owner: ops})
		for _, who := range []core.Ref{ops, core.UserRef("ann")} {
			w.Do(root, core.SetGrant{Who: who, On: coretest.BerlinVM(vm), Verbs: []core.Verb{core.VerbPower}})
		}
	}
	w.Do(root, core.SetQuota{Who: ops, Cluster: coretest.Berlin, Limits: limits(8192, -1, -1, -1)})
}

// usageOf is what s sees that ops uses on berlin.
func usageOf(t *testing.T, s *core.Session) core.Usage {
	t.Helper()
	for _, u := range s.View().Usage(ops) {
		if u.Cluster == coretest.Berlin {
			return u
		}
	}
	t.Fatal("the use of ops on berlin is not shown")
	return core.Usage{}
}

// lastAudit returns the newest record of an Op.
func lastAudit(t *testing.T, w *coretest.World, op string, event core.Event) core.Record {
	t.Helper()
	records, err := w.Local().Audit(t.Context(), core.AuditQuery{Op: op, Event: event, Limit: 1})
	if err != nil || len(records) != 1 {
		t.Fatalf("audit of %s: %v, %v", op, records, err)
	}
	return records[0]
}

func TestTwoStartsAtOnce(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		quotaWorld(t, w)
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, ask := range []struct{ who, vm string }{{"ann", coretest.Cold}, {"bob", runner2}} {
			s := w.Login(ask.who)
			both.Go(func() { _, errs[i] = s.Do(t.Context(), core.StartVM{VM: coretest.BerlinVM(ask.vm)}) })
		}
		both.Wait()
		refused := errors.Join(errs...)
		if (errs[0] == nil) == (errs[1] == nil) || core.CodeOf(refused) != core.CodeLimit {
			t.Fatalf("the answers are %v; exactly one of both has to be refused", errs)
		}
		if r := lastAudit(t, w, "vm.start", core.EventDenied); r.Rule != "quota" || !strings.Contains(r.Result, "the quota of group ops on berlin") {
			t.Errorf("recorded is %+v", r)
		}
	})
}

func TestStartBeyondTheQuota(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		quotaWorld(t, w)
		bob := w.Login("bob")
		w.Do(bob, core.StartVM{VM: coretest.BerlinVM(coretest.Cold)})
		want := core.Amount{MemoryMiB: 1024, VCPUs: 1}
		if u := usageOf(t, bob); u.Reserved != want || u.Used.MemoryMiB != 1024 || u.Owned != 2 || u.Running != 0 {
			t.Errorf("right after the request the use is %+v", u)
		}
		second := core.StartVM{VM: coretest.BerlinVM(runner2)}
		_, err := bob.Do(t.Context(), second)
		wantError(t, err, core.CodeLimit, "start "+runner2+": the quota of group ops on berlin does not suffice "+
			"(memory: 1 GiB used, 8 GiB more wanted, 8 GiB allowed); stop or remove other VMs of group ops, or ask an administrator of berlin")
		if d := bob.Can(second); d.OK || d.Rule != "quota" || d.Why != err.Error() {
			t.Errorf("can says %+v, and the refusal %q", d, err)
		}
		_, err = bob.Do(t.Context(), core.RestartVM{VM: second.VM})
		wantError(t, err, core.CodeLimit, "does not suffice")
		second.Override = "the shop must run"
		_, err = bob.Do(t.Context(), second)
		wantError(t, err, core.CodeLimit, "does not suffice")

		w.Do(w.Local(), core.SetGrant{Who: core.UserRef("ann"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbAdmin}})
		ann := w.Login("ann")
		second.Override = ""
		_, err = ann.Do(t.Context(), second)
		wantError(t, err, core.CodeLimit, "override it with a reason: --override REASON")
		second.Override = "the shop must run"
		ended(t, ann, w.Do(ann, second), core.JobDone)
		if r := lastAudit(t, w, "vm.start", core.EventRequested); r.Result !=
			"quota of ops on berlin exceeded: memory 9 GiB of 8 GiB; passed as administrator of berlin: the shop must run" {
			t.Errorf("recorded is %q", r.Result)
		}
		if err := ann.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		if u := usageOf(t, ann); u.Running != 2 || u.Used.MemoryMiB != 9216 || u.Reserved != (core.Amount{}) || u.Exceeds(core.ResourceMemory) != 1024 {
			t.Errorf("in the end the use is %+v", u)
		}
		// What runs may be restarted: nothing more is taken.
		w.Do(bob, core.RestartVM{VM: second.VM})
	})
}

func TestSiteAdministratorsPass(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		quotaWorld(t, w)
		for _, vm := range []string{coretest.Cold, runner2} {
			w.Do(w.Login("admin"), core.StartVM{VM: coretest.BerlinVM(vm)})
		}
		if r := lastAudit(t, w, "vm.start", core.EventRequested); r.Result !=
			"quota of ops on berlin exceeded: memory 9 GiB of 8 GiB; passed as site administrator" {
			t.Errorf("recorded is %q", r.Result)
		}
	})
}

func TestBulkStartIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		quotaWorld(t, w)
		bob := w.Login("bob")
		_, err := bob.DoAll(t.Context(), "", []core.Op{core.StartVM{VM: coretest.BerlinVM(coretest.Cold)}, core.StartVM{VM: coretest.BerlinVM(runner2)}})
		wantError(t, err, core.CodeLimit, "memory: 1 GiB used, 8 GiB more wanted")
		if u := usageOf(t, bob); u.Reserved != (core.Amount{}) {
			t.Errorf("a request that was refused reserved %+v", u.Reserved)
		}
		w.Do(bob, core.StartVM{VM: coretest.BerlinVM(runner2)})
	})
}

func TestReservationIsGivenBack(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		quotaWorld(t, w)
		bob := w.Login("bob")
		w.Berlin.FailJobs(coretest.Cold, "no memory left")
		ended(t, bob, w.Do(bob, core.StartVM{VM: coretest.BerlinVM(coretest.Cold)}), core.JobFailed)
		if err := bob.Refresh(t.Context(), coretest.Berlin); err != nil {
			t.Fatal(err)
		}
		w.Do(bob, core.StartVM{VM: coretest.BerlinVM(runner2)})
	})
}

func TestReservationOutlivesARestart(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		quotaWorld(t, w)
		w.Berlin.Pace(time.Hour)
		bob := w.Login("bob")
		id := w.Do(bob, core.StartVM{VM: coretest.BerlinVM(coretest.Cold)})
		reached(t, w, bob, id, core.JobRunning)
		w.Stop()
		again := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
		bob = again.Login("bob")
		if u := usageOf(t, bob); u.Reserved.MemoryMiB != 1024 {
			t.Errorf("after the restart the use is %+v", u)
		}
		_, err := bob.Do(t.Context(), core.StartVM{VM: coretest.BerlinVM(runner2)})
		wantError(t, err, core.CodeLimit, "memory: 1 GiB used")
	})
}

func TestQuotaEdits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.grant(ops, core.ClusterRef("berlin"), core.VerbAdmin)
	bob, eve := h.login("bob"), h.login("eve")
	set := core.SetQuota{Who: core.UserRef("eve"), Cluster: "berlin", Limits: limits(8192, 1536, -1, 0), Was: &core.Limits{}}
	h.refused(eve, set, core.CodeNotFound, `no cluster named "berlin" that you may see`)
	h.do(bob, set)
	if diff := cmp.Diff([]core.Change{
		{Field: "memory", To: "8 GiB"}, {Field: "disk", To: "1.5 GiB"}, {Field: "virtual CPUs", To: "unlimited"}, {Field: "VMs", To: "0"},
	}, h.lastRecord(core.EventDone).Changes); diff != "" {
		t.Errorf("recorded (-want +got): %s", diff)
	}
	h.refused(h.root, set, core.CodeConflict, "bob changed the quota of eve on berlin meanwhile; look at it again and repeat your change")
	was := set.Limits
	set.Limits, set.Was = limits(-1, 1536, -1, 0), &was
	h.do(h.root, set)
	if diff := cmp.Diff([]core.Change{{Field: "memory", From: "8 GiB", To: "unlimited"}}, h.lastRecord(core.EventDone).Changes); diff != "" {
		t.Errorf("recorded (-want +got): %s", diff)
	}
	h.refused(bob, core.RemoveQuota{Who: core.UserRef("eve"), Cluster: "berlin", Was: &was}, core.CodeConflict, "local changed the quota")
	h.do(bob, core.RemoveQuota{Who: core.UserRef("eve"), Cluster: "berlin", Was: &set.Limits})
	h.refused(bob, core.RemoveQuota{Who: core.UserRef("eve"), Cluster: "berlin"}, core.CodeNotFound, "there is no such quota: the quota of eve on berlin")
	h.refused(bob, core.SetQuota{Who: core.UserRef("zoe"), Cluster: "berlin"}, core.CodeNotFound, `no user named "zoe"`)
	h.refused(bob, core.SetQuota{Who: web1, Cluster: "berlin"}, core.CodeInvalid, "berlin/web1 is not possible here")
	h.refused(bob, core.SetQuota{Cluster: "berlin", Limits: limits(-1, -1, 1<<31, -1)}, core.CodeInvalid, "virtual CPUs cannot be limited to 2147483648")
	minus := -1
	h.refused(bob, core.SetQuota{Cluster: "berlin", Limits: core.Limits{VMs: &minus}}, core.CodeInvalid, "VMs cannot be limited to -1")
}

func TestQuotasGoWithWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	left := func() (keys []string) {
		for _, it := range h.store.Dump() {
			if strings.HasPrefix(it.Key, "quota/") {
				keys = append(keys, it.Key)
			}
		}
		return keys
	}
	for _, who := range []core.Ref{{}, ops, core.UserRef("eve")} {
		h.do(h.root, core.SetQuota{Who: who, Cluster: "berlin", Limits: limits(0, 0, 0, 0)})
	}
	h.do(h.root, core.DeleteUser{Name: "eve"})
	h.do(h.root, core.DeleteGroup{Name: "ops"})
	if diff := cmp.Diff([]string{"quota/berlin/"}, left()); diff != "" {
		t.Errorf("left over (-want +got): %s", diff)
	}
	h.do(h.root, core.RemoveCluster{Name: "berlin"})
	if keys := left(); len(keys) != 0 {
		t.Errorf("left over: %v", keys)
	}
}

// TestWhoSeesQuotas looks at the quotas and the use of ops, of ann and the
// default, for each kind of person.
func TestWhoSeesQuotas(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		quotaWorld(t, w)
		root := w.Local()
		w.Do(root, core.SetQuota{Who: core.UserRef("ann"), Cluster: coretest.Berlin, Limits: limits(1024, -1, -1, -1)})
		w.Do(root, core.SetQuota{Cluster: coretest.Berlin, Limits: limits(0, 0, 0, 0)})
		w.Do(root, core.SetQuota{Cluster: coretest.Paris, Limits: limits(0, 0, 0, 0)})
		w.Do(root, core.SetOwner{VM: core.VMRef(coretest.Paris, coretest.Shop1), Owner: ops})
		w.Do(root, core.AddUser{User: core.User{Name: "mayor"}, Keys: []core.Key{coretest.UserKey("mayor")}})
		w.Do(root, core.AddUser{User: core.User{Name: "guest"}, Keys: []core.Key{coretest.UserKey("guest")}})
		w.Do(root, core.SetGrant{Who: core.UserRef("mayor"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbAdmin}})
		for _, tt := range []struct{ who, quotas, ops, onBerlin string }{
			{"admin", "berlin/default berlin/user:ann berlin/group:ops paris/default", "berlin/own paris/default", "user:ann user:mayor group:ops"},
			{"mayor", "berlin/default berlin/user:ann berlin/group:ops", "berlin/own", "user:ann user:mayor group:ops"},
			{"bob", "berlin/default berlin/group:ops", "berlin/own paris/default", "group:ops"},
			{"ann", "berlin/default berlin/user:ann", "", "user:ann"},
			{"guest", "", "", ""},
		} {
			s := w.Login(tt.who)
			quotas, err := s.Quotas(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			var got, used, on []string
			for _, q := range quotas {
				word := q.Who.String()
				if q.Who.IsZero() {
					word = "default"
				}
				got = append(got, q.Cluster+"/"+word)
			}
			for _, u := range s.View().Usage(ops) {
				used = append(used, fmt.Sprintf("%s/%s", u.Cluster, u.Source))
			}
			for _, u := range s.View().UsageOn(coretest.Berlin) {
				on = append(on, u.Who.String())
			}
			if diff := cmp.Diff([]string{tt.quotas, tt.ops, tt.onBerlin}, []string{
				strings.Join(got, " "), strings.Join(used, " "), strings.Join(on, " "),
			}); diff != "" {
				t.Errorf("%s sees (-want +got): %s", tt.who, diff)
			}
			if _, err := s.Quotas(t.Context(), "oslo"); core.CodeOf(err) != core.CodeNotFound {
				t.Errorf("%s: the quotas of a cluster that is not there: %v", tt.who, err)
			}
		}
	})
}

func TestParseLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		res  core.Resource
		text string
		want string
	}{
		{core.ResourceMemory, " 1.5g ", "1.5 GiB"},
		{core.ResourceDisk, "0", "0 MiB"},
		{core.ResourceVCPUs, "12", "12"},
		{core.ResourceVMs, "Unlimited", "unlimited"},
		{core.ResourceMemory, "unlimited", "unlimited"},
		{core.ResourceMemory, "", "invalid"},
		{core.ResourceVMs, "", "invalid"},
		{core.ResourceVCPUs, "-1", "invalid"},
		{core.ResourceVCPUs, "1.5", "invalid"},
		{core.ResourceVCPUs, "8G", "invalid"},
		{core.ResourceVMs, "9999999999", "invalid"},
		{core.ResourceDisk, "none", "invalid"},
	} {
		limit, err := core.ParseLimit(tt.res, tt.text)
		got := core.Limits{}.With(tt.res, limit).Text(tt.res)
		if err != nil {
			got = string(core.CodeOf(err))
		}
		if got != tt.want {
			t.Errorf("%s %q is %s (%v), want %s", tt.res, tt.text, got, err, tt.want)
		}
	}
}

func TestOwnersInBulkAddUp(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		root, ann := w.Local(), core.UserRef("ann")
		w.Do(root, core.SetGrant{Who: ops, On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbAdmin}})
		w.Do(root, core.SetQuota{Who: ann, Cluster: coretest.Berlin, Limits: limits(-1, -1, -1, 2)})
		bob := w.Login("bob")
		give := func(override string, vms ...string) error {
			var list []core.Op
			for _, vm := range vms {
				list = append(list, core.SetOwner{VM: coretest.BerlinVM(vm), Owner: ann, Override: override})
			}
			_, err := bob.DoAll(t.Context(), "", list)
			return err
		}
		wantError(t, give("", coretest.Web1, coretest.Web2, coretest.Cold), core.CodeLimit,
			"the quota of user ann on berlin does not suffice (VMs: 2 used, 1 more wanted, 2 allowed)")
		if err := give("", coretest.Web1, coretest.Web2); err != nil {
			t.Fatal(err)
		}
		if err := give("she asked for it", coretest.Web1, coretest.Cold); err != nil {
			t.Fatal(err)
		}
		if u := w.Login("ann").View().Usage(ann); len(u) != 1 || u[0].Used != (core.Amount{MemoryMiB: 4096, DiskMiB: 51200, VCPUs: 4, VMs: 3}) {
			t.Errorf("in the end the use is %+v", u)
		}
	})
}
