package core

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestViewAsksAllowForEveryVM holds the lists of a view, which are made from the
// grants, against what allow says of each VM and node.
func TestViewAsksAllowForEveryVM(t *testing.T) {
	t.Parallel()
	snap := fleet(3, 20)
	clusters := engineOn(snap).clusters()
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...Ref) Ref { return list[rnd.IntN(len(list))] }
	for round := range 200 {
		p := &people{
			users: map[string]User{"ann": {Name: "ann", Admin: round%50 == 0, Disabled: round%60 == 0}},
			groups: map[string]Group{
				"ops": {Name: "ops", Members: []string{"ann"}}, "dev": {Name: "dev"},
			},
			clusters: clusters, grants: map[grantID]Grant{},
		}
		for range rnd.IntN(8) {
			cluster := fmt.Sprintf("c%02d", rnd.IntN(4))
			on := VMRef(cluster, fmt.Sprintf("vm%05d.example.org", rnd.IntN(22)))
			if rnd.IntN(4) == 0 {
				on = ClusterRef(cluster)
			}
			verbs := VerbsOn(on.Kind)
			g := Grant{Who: pick(UserRef("ann"), GroupRef("ops"), GroupRef("dev")), On: on, Verbs: verbs[rnd.IntN(len(verbs)):][:1]}
			if rnd.IntN(5) == 0 {
				g.Until = time.Now().Add(-time.Second)
			}
			p.grants[grantID{g.Who, g.On}] = g
		}
		p.indexGroups()
		p.listGrants()
		e := engineOn(snap)
		e.core.people.Store(p)
		v := e.view("ann")
		var vms []*VM
		var nodes []*Node
		for _, name := range snap.names() {
			for _, vm := range snap.Clusters[name].VMs {
				if v.sees(vm.Ref()) {
					vms = append(vms, vm)
				}
			}
			for _, n := range snap.Clusters[name].Nodes {
				if v.sees(n.Ref()) {
					nodes = append(nodes, n)
				}
			}
		}
		if !slices.Equal(v.VMs(), vms) || !slices.Equal(v.Nodes(), nodes) {
			t.Fatalf("with %v the view lists %d VMs and %d nodes, allow lets see %d and %d", p.grants, len(v.VMs()), len(v.Nodes()), len(vms), len(nodes))
		}
	}
}
