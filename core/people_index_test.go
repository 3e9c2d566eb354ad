package core

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func mustJSON(t *rapid.T, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// look writes what a picture says, with its lists in an order.
func (p *people) look() string {
	sorted := func(m map[Ref][]Grant) string {
		var lines []string
		for r, list := range m {
			for _, g := range list {
				lines = append(lines, r.String()+": "+g.Who.String()+" "+g.words()+" "+g.On.String())
			}
		}
		slices.Sort(lines)
		return fmt.Sprint(lines)
	}
	return fmt.Sprint(sorted(p.grantsOf), sorted(p.grantsOn), p.groupsOf, len(p.grants), p.owners)
}

// However a picture came about, step by step or at once, it says the same, and
// the pictures before it say what they said.
func TestPicturesFollowWhatIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		who := []Ref{UserRef("ann"), UserRef("bob"), GroupRef("ops")}
		vms := []Ref{VMRef("berlin", "web1"), VMRef("berlin", "node"), ClusterRef("berlin")}
		all, own := map[string][]byte{}, map[string]bool{}
		now, err := (*people)(nil).apply(1, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		before, said := now, now.look()
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			puts, deletes := map[string][]byte{}, []string{}
			for range rapid.IntRange(1, 4).Draw(t, "changes") {
				w, on := rapid.SampledFrom(who).Draw(t, "who"), rapid.SampledFrom(vms).Draw(t, "on")
				key, value := grantKey(w, on), any(Grant{Who: w, On: on, Verbs: VerbsOn(on.Kind)[:rapid.IntRange(1, 3).Draw(t, "verbs")]})
				switch rapid.IntRange(0, 4).Draw(t, "kind") {
				case 0:
					key, value = ownerKey(on), Ownership{VM: on, Owner: w}
				case 1:
					key, value = groupKey("ops"), Group{Name: "ops", Members: rapid.SampledFrom([][]string{nil, {"ann"}, {"ann", "bob"}}).Draw(t, "members")}
				}
				if _, twice := puts[key]; twice || slices.Contains(deletes, key) {
					continue
				}
				if rapid.IntRange(0, 2).Draw(t, "delete") == 0 {
					deletes = append(deletes, key)
					delete(all, key)
					continue
				}
				puts[key] = mustJSON(t, value)
				all[key] = puts[key]
			}
			if rapid.IntRange(0, 3).Draw(t, "commit") == 0 {
				if before.look() != said {
					t.Fatal("an earlier picture changed")
				}
				before, said = now, now.look()
				own = map[string]bool{}
			}
			if now, err = now.step(puts, deletes, own); err != nil {
				t.Fatal(err)
			}
		}
		if before.look() != said {
			t.Fatal("an earlier picture changed")
		}
		fresh, err := (*people)(nil).apply(1, all, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fresh.look(), now.look()); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(slices.Collect(maps.Keys(fresh.owners)), slices.Collect(maps.Keys(now.owners)),
			cmpopts.SortSlices(func(a, b Ref) bool { return a.String() < b.String() })); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Each step of a transaction costs what it changes, however many owners and
// grants there are.
func TestAStepCostsWhatItChanges(t *testing.T) { // not parallel: it counts allocations
	p := &people{owners: map[Ref]Ownership{}, grants: map[grantID]Grant{}}
	for i := range 20000 {
		vm, group := VMRef("berlin", fmt.Sprintf("vm%d", i)), GroupRef(fmt.Sprintf("g%d", i%500))
		p.owners[vm] = Ownership{VM: vm, Owner: group}
		p.grants[grantID{group, vm}] = Grant{Who: group, On: vm, Verbs: []Verb{VerbPower}}
	}
	p.listGrants()
	own := map[string]bool{}
	vm, puts := VMRef("berlin", "vm17"), map[string][]byte{}
	put := func(key string, v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		puts[key] = raw
	}
	put(ownerKey(vm), Ownership{VM: vm, Owner: UserRef("ann")})
	for _, who := range []Ref{UserRef("ann"), UserRef("bob"), GroupRef("g17")} {
		put(grantKey(who, vm), Grant{Who: who, On: vm, Verbs: []Verb{VerbAdmin}})
	}
	deletes := []string{grantKey(UserRef("eve"), vm), ownerKey(VMRef("berlin", "vm18"))}
	step := func() {
		var err error
		if p, err = p.step(puts, deletes, own); err != nil {
			t.Fatal(err)
		}
	}
	step() // copies the maps, once
	copied := p.owners
	if n := testing.AllocsPerRun(10, step); n > 500 {
		t.Errorf("one step makes %v allocations", n)
	}
	if !sameMap(copied, p.owners) {
		t.Error("a later step copied all owners")
	}
}
