package core_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

func TestOwnersInTheView(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		admin, bob := w.Login("admin"), w.Login("bob") // bob sees berlin
		if admin.View().AnyOwned() || admin.View().OwnersRev() != 0 {
			t.Error("something is owned from the start")
		}
		w.Do(admin, core.SetOwner{VM: core.VMRef(coretest.Paris, coretest.Shop1), Owner: core.UserRef("ann")})
		if !admin.View().AnyOwned() || bob.View().AnyOwned() {
			t.Errorf("owned for who sees it: %v, for who does not: %v", admin.View().AnyOwned(), bob.View().AnyOwned())
		}
		before := admin.View().OwnersRev()
		w.Do(admin, core.SetLock{On: web, Reason: "x"})
		if now := admin.View().OwnersRev(); now != before {
			t.Errorf("a lock made the owners %d of %d", now, before)
		}
		w.Do(admin, core.SetOwner{VM: web, Owner: core.UserRef("ann")})
		v := admin.View()
		if v.OwnersRev() == before || !bob.View().AnyOwned() {
			t.Error("another owner is not noticed")
		}
		vm, _ := v.VM(web)
		if got := v.OwnerOf(vm); got != core.UserRef("ann") {
			t.Errorf("the owner is %s", got)
		}
	})
}

func TestUsageWith(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		admin, bob := w.Login("admin"), w.Login("bob")
		ann := core.UserRef("ann")
		w.Do(admin, core.SetOwner{VM: web, Owner: ann})
		shop := core.VMRef(coretest.Paris, coretest.Shop1)
		got := map[string]core.Amount{}
		for _, u := range admin.View().UsageWith(ann, []core.Ref{web, cold, shop}) { // web1 is theirs already, cold1 is down
			got[u.Cluster] = u.Used
		}
		want := map[string]core.Amount{
			coretest.Berlin: {MemoryMiB: 2048, DiskMiB: 30 << 10, VCPUs: 2, VMs: 2},
			coretest.Paris:  {MemoryMiB: 4096, DiskMiB: 40 << 10, VCPUs: 4, VMs: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if got := bob.View().UsageWith(ann, []core.Ref{web}); got != nil {
			t.Errorf("who does not administer berlin learns what ann uses: %v", got)
		}
	})
}
