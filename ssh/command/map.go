package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gwm/core"
)

// mapJSON is a node on the map of its cluster for programs.
type mapJSON struct {
	Node          string          `json:"node"`
	Known         bool            `json:"known"` // what it has is told
	MemoryMiB     int             `json:"memory_mib"`
	MemoryFreeMiB int             `json:"memory_free_mib"`
	DiskMiB       int             `json:"disk_mib"`
	DiskFreeMiB   int             `json:"disk_free_mib"`
	Primary       []string        `json:"primary"`
	Secondary     []string        `json:"secondary"`
	Failovers     []core.Failover `json:"failovers"` // where its primaries would go
}

// clusterMap prints what is where on a cluster.
func (t *tree) clusterMap() *cobra.Command {
	return &cobra.Command{
		Use:   "map CLUSTER",
		Short: "Show which VMs are where on a cluster, and where they would go if a node died",
		Long: "Show which VMs are where on a cluster: a line for each node with what is free there, the VMs that run there, those that\n" +
			"have their second copy there, and where its VMs would go if it died. A VM that does not run says what it does.",
		Example:           "  gwm map berlin",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: t.complete(0, clusterNames),
		RunE: func(_ *cobra.Command, args []string) error {
			v := t.Session.View()
			on, err := v.Find(core.KindCluster, args[0])
			if err != nil {
				return err
			}
			nodes, err := v.Map(on.Cluster)
			if err != nil {
				return err
			}
			rows := make([]mapJSON, 0, len(nodes))
			for i := range nodes {
				rows = append(rows, mapOut(&nodes[i]))
			}
			t.staleNote(v, on.Cluster)
			return list(t, rows, []string{"NODE", "MEMORY FREE", "DISK FREE", "HERE", "SECOND COPIES", "IF IT DIES"}, mapCells)
		},
	}
}

func mapOut(r *core.MapRow) mapJSON {
	out := mapJSON{
		Node: r.Name, MemoryMiB: -1, MemoryFreeMiB: -1, DiskMiB: -1, DiskFreeMiB: -1,
		Primary: vmWords(r.Primary), Secondary: vmWords(r.Secondary), Failovers: r.Failovers(),
	}
	if n := r.Node; n != nil {
		out.Known = true
		out.MemoryMiB, out.MemoryFreeMiB, out.DiskMiB, out.DiskFreeMiB = n.MemoryMiB, n.MemoryFreeMiB, n.DiskMiB, n.DiskFreeMiB
	}
	return out
}

// vmWords are the names of VMs, with the state of those that do not run.
func vmWords(vms []*core.VM) []string {
	out := make([]string, 0, len(vms))
	for _, vm := range vms {
		word := vm.Name
		if vm.State != core.StateRunning {
			word += "(" + string(vm.State) + ")"
		}
		out = append(out, word)
	}
	return out
}

func mapCells(r mapJSON) []string {
	memory, disk := "-", "-"
	if r.Known {
		memory, disk = mib(r.MemoryFreeMiB)+"/"+mib(r.MemoryMiB), mib(r.DiskFreeMiB)+"/"+mib(r.DiskMiB)
	}
	ways := make([]string, 0, len(r.Failovers))
	for _, f := range r.Failovers {
		to := "nowhere"
		switch {
		case f.To != "":
			to = "to " + f.To
		case f.Shared:
			to = "to any"
		}
		ways = append(ways, fmt.Sprintf("%d %s", f.VMs, to))
	}
	return []string{r.Node, memory, disk, words(r.Primary), words(r.Secondary), orDash(strings.Join(ways, ", "))}
}
