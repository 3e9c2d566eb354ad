package core

import (
	"cmp"
	"slices"
	"strings"
)

// MapRow is a node of a cluster on its map, with the visible VMs that have
// something there.
type MapRow struct {
	Name      string `json:"name"`
	Node      *Node  `json:"node,omitempty"` // nil: the person may not see it, or the cluster does not list it
	Primary   []*VM  `json:"primary"`        // that run or would run here, by name
	Secondary []*VM  `json:"secondary"`      // that have a second disk copy here, by name
	alone     bool   // no other node of its group takes VMs
}

// Map returns what is where on a cluster, by name of the node. Who sees single
// VMs only gets their nodes, by name alone; a VM that may not be seen leaves no
// trace. The error is CodeNotFound.
func (v *View) Map(cluster string) ([]MapRow, error) {
	if _, ok := v.Cluster(cluster); !ok {
		return nil, Unknown(KindCluster, cluster)
	}
	part := v.parts[cluster]
	rows := make([]MapRow, 0, len(part.nodes))
	at := make(map[string]int, len(part.nodes))
	row := func(name string) *MapRow {
		i, ok := at[name]
		if !ok {
			i = len(rows)
			at[name], rows = i, append(rows, MapRow{Name: name})
		}
		return &rows[i]
	}
	for _, n := range part.nodes {
		row(n.Name).Node = n
	}
	for _, vm := range part.vms { // by name
		if vm.Node != "" {
			r := row(vm.Node)
			r.Primary = append(r.Primary, vm)
		}
		for _, name := range vm.Secondaries {
			r := row(name)
			r.Secondary = append(r.Secondary, vm)
		}
	}
	for i := range rows {
		if n := rows[i].Node; n != nil {
			rows[i].alone = !slices.ContainsFunc(part.nodes, n.relievedBy)
		}
	}
	slices.SortFunc(rows, func(a, b MapRow) int { return strings.Compare(a.Name, b.Name) })
	return rows, nil
}

// Failover is what would go to one node if another one died.
type Failover struct {
	To        string `json:"to"`               // empty: VMs that have no second node
	Shared    bool   `json:"shared,omitempty"` // those start on any node of their group, because all reach their disks; else nowhere
	VMs       int    `json:"vms"`
	MemoryMiB int    `json:"memory_mib"` // of those that run, at most
}

// Failovers says where the primaries of a node would go if it died, most memory
// first and those without a second node last.
func (r *MapRow) Failovers() []Failover {
	var out []Failover
	for _, vm := range r.Primary {
		way := Failover{To: at0(vm.Secondaries)}
		way.Shared = way.To == "" && !r.alone && diskReach(vm.DiskTemplate) == disksShared
		i := slices.IndexFunc(out, func(f Failover) bool { return f.To == way.To && f.Shared == way.Shared })
		if i < 0 {
			i, out = len(out), append(out, way)
		}
		out[i].VMs++
		if vm.State == StateRunning {
			out[i].MemoryMiB += vm.MemoryMiB
		}
	}
	slices.SortFunc(out, func(a, b Failover) int {
		return cmp.Or(a.order()-b.order(), b.MemoryMiB-a.MemoryMiB, b.VMs-a.VMs, strings.Compare(a.To, b.To))
	})
	return out
}

// order puts those that have a node first, and those that go nowhere last.
func (f Failover) order() int {
	switch {
	case f.To != "":
		return 0
	case f.Shared:
		return 1
	}
	return 2
}
