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
			before, moved := b.people, map[Ref]bool{}
			if rapid.Bool().Draw(t, "owners change") {
				b.people = &people{owners: map[Ref]Ownership{}}
				for _, vm := range vms {
					if rapid.Bool().Draw(t, "owned") {
						b.people.owners[vm.Ref()] = Ownership{VM: vm.Ref(), Owner: rapid.SampledFrom(personas).Draw(t, "owner")}
					}
				}
			}
			for _, owners := range []map[Ref]Ownership{before.owners, b.people.owners} {
				for vm := range owners {
					moved[vm] = true
				}
			}
			fresh := (&tally{owners: b.people.owners}).follow(vms)
			got := b.ledger.tally(b.people, b.st)
			if diff := cmp.Diff(fresh.of, got.of, cmp.AllowUnexported(holding{})); diff != "" {
				t.Fatalf("the sums differ from new ones: %s", diff)
			}
			for _, who := range personas {
				follows := account{people: b.people, before: before, moved: moved, ledger: &ledger{}}.holding(who, b.st)
				if follows != got.of[who] {
					t.Fatalf("%s holds %+v after the change, in the sums %+v", who, follows, got.of[who])
				}
			}
		}
	})
}
