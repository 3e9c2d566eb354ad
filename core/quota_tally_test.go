package core

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestTallyFollows changes VMs and owners in any way: the sums that follow are
// those that are made anew, and those of one persona alone.
func TestTallyFollows(t *testing.T) {
	t.Parallel()
	personas := []Ref{GroupRef("ops"), UserRef("ann"), UserRef("bob")}
	states := []VMState{StateRunning, StateDown, StateError}
	rapid.Check(t, func(t *rapid.T) {
		b := bankOf()
		known := map[string]*VM{}
		for range rapid.IntRange(1, 8).Draw(t, "rounds") {
			var vms []*VM
			for _, name := range []string{"a", "b", "c", "d", "e"} {
				old := known[name]
				delete(known, name)
				switch what := rapid.SampledFrom([]string{"same", "change", "gone"}).Draw(t, name); {
				case what == "gone":
					continue
				case what == "change" || old == nil:
					old = &VM{
						Cluster: "berlin", Name: name, State: rapid.SampledFrom(states).Draw(t, "state"),
						MemoryMiB: rapid.IntRange(1, 9).Draw(t, "memory"), DiskMiB: 1, VCPUs: 1,
					}
				}
				known[name] = old
				vms = append(vms, old)
			}
			b.show(vms, b.now)
			before, moves := b.people, shift{}
			if rapid.Bool().Draw(t, "owners change") {
				b.people = &people{owners: map[Ref]Ownership{}}
				for _, vm := range vms {
					if rapid.Bool().Draw(t, "owned") {
						b.people.owners[vm.Ref()] = Ownership{VM: vm.Ref(), Owner: rapid.SampledFrom(personas).Draw(t, "owner")}
					}
				}
			}
			for _, vm := range vms {
				moves.move(vm.Ref(), before.owners[vm.Ref()].Owner, b.people.owners[vm.Ref()].Owner, &Snapshot{Clusters: map[string]*ClusterState{"berlin": b.st}})
			}
			fresh := (&tally{owners: b.people.owners}).follow(vms)
			got := b.ledger.tally(b.people, b.st)
			if diff := cmp.Diff(fresh.of, got.of, cmp.AllowUnexported(holding{})); diff != "" {
				t.Fatalf("the sums differ from new ones: %s", diff)
			}
			for _, who := range personas {
				follows := account{people: b.people, before: before, shift: moves, ledger: &ledger{}}.holding(who, b.st)
				if follows != got.of[who] {
					t.Fatalf("%s holds %+v after the change, in the sums %+v", who, follows, got.of[who])
				}
			}
		}
	})
}

// TestBulkReckonsEachMoveOnce gives many VMs away in one transaction: what is
// reckoned with for the next one grows with the personas, not with the VMs that
// moved, and is what a new count finds.
func TestBulkReckonsEachMoveOnce(t *testing.T) {
	t.Parallel()
	const vms = 2000
	e := engineOn(fleet(1, vms))
	p, st := *e.core.people.Load(), e.core.snap.Load().Clusters["c00"]
	ann, ops := UserRef("ann"), GroupRef("ops")
	p.owners = map[Ref]Ownership{}
	for _, vm := range st.VMs[:vms/2] {
		p.owners[vm.Ref()] = Ownership{VM: vm.Ref(), Owner: ann}
	}
	e.core.people.Store(&p)
	tx := &txn{core: e.core}
	tx.reset()
	for i, vm := range st.VMs {
		if err := tx.put(ownerKey(vm.Ref()), Ownership{VM: vm.Ref(), Owner: ops}); err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 { // left to nobody again
			if err := tx.advance(); err != nil {
				t.Fatal(err)
			}
			tx.remove(ownerKey(vm.Ref()))
		}
		if err := tx.advance(); err != nil {
			t.Fatal(err)
		}
		if n := len(tx.account().shift); n > 3 {
			t.Fatalf("after %d moves the account has %d sums; want one each for ann, ops and nobody", i+1, n)
		}
	}
	// a poll in the middle changes nothing that was reckoned
	e.core.snap.Store(&Snapshot{Rev: 9, Clusters: map[string]*ClusterState{"c00": {Name: st.Name}}})
	want := (&tally{owners: tx.people.owners}).follow(st.VMs)
	for _, who := range []Ref{ann, ops} {
		if got := tx.account().usage(who, "c00").Used; got != want.of[who].used {
			t.Errorf("%s uses %+v, want %+v", who, got, want.of[who].used)
		}
	}
}
