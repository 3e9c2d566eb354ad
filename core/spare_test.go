package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// spareState is a cluster written in a few words: nodes as "NAME GROUP FREE
// [offline|drained|unfit]", VMs as "NAME NODE[,SECOND] TEMPLATE MEMORY [down]".
func spareState(t *testing.T, nodes, vms string) *ClusterState {
	t.Helper()
	st := &ClusterState{Name: "berlin"}
	byName := map[string]*Node{}
	for line := range strings.SplitSeq(nodes, "; ") {
		n := &Node{Cluster: "berlin", VMCapable: true}
		var mark string
		if k, err := fmt.Sscan(line, &n.Name, &n.Group, &n.MemoryFreeMiB, &mark); k < 3 {
			t.Fatal(err)
		}
		n.Offline, n.Drained, n.VMCapable = mark == "offline", mark == "drained", mark != "unfit"
		byName[n.Name] = n
		st.Nodes = append(st.Nodes, n)
	}
	for line := range strings.SplitSeq(vms, "; ") {
		vm, where, mark := &VM{Cluster: "berlin", AdminState: "up"}, "", ""
		if k, err := fmt.Sscan(line, &vm.Name, &where, &vm.DiskTemplate, &vm.MemoryMiB, &mark); k < 4 {
			t.Fatal(err)
		}
		node, second, ok := strings.Cut(where, ",")
		if vm.Node = node; ok {
			vm.Secondaries = []string{second}
		}
		if mark != "" {
			vm.AdminState = mark
		}
		byName[node].Primary = append(byName[node].Primary, vm.Name)
		st.VMs = append(st.VMs, vm)
	}
	slices.SortFunc(st.VMs, func(a, b *VM) int { return strings.Compare(a.Name, b.Name) })
	return st
}

// TestSpare: what the others could take if n1 failed.
func TestSpare(t *testing.T) {
	t.Parallel()
	const three = "n1 a 100; n2 a 1000; n3 a 600"
	tests := []struct {
		name       string
		nodes, vms string
		state      SpareState
		why        string
	}{
		{"nothing on it", three, "x n2 sharedfile 10", SpareOK, "nothing that should run is on it"},
		{"what is down needs no room", three, "x n1 sharedfile 9000 down", SpareOK, "nothing that should run is on it"},
		{"shared disks fit", three, "x n1 sharedfile 600; y n1 rbd 1000", SpareOK, "the others of group a have room for its 2 VMs"},
		{"the large one goes first", three, "a n1 rbd 500; b n1 rbd 500; c n1 rbd 600", SpareOK, "the others of group a have room for its 3 VMs"},
		{"one too large", three, "x n1 rbd 1200; y n1 rbd 100", SpareLacking, "no room for 1 of its 2 VMs with 1200 MiB of memory, the largest 1200 MiB"},
		{"a second copy has room", three, "x n1,n3 drbd 600", SpareOK, "the others of group a have room for its 1 VM"},
		{"room is where no copy is", three, "x n1,n3 drbd 700", SpareLacking, "no room for 1 of its 1 VM with 700 MiB of memory, the largest 700 MiB"},
		{"what has no choice goes first", three, "x n1,n3 drbd 600; y n1 rbd 600", SpareOK, "the others of group a have room for its 2 VMs"},
		{"no second copy at all", three, "x n1 drbd 1", SpareLacking, "no room for 1 of its 1 VM"},
		{"the other is offline", "n1 a 0; n2 a 900 offline", "x n1 rbd 1", SpareLacking, "no room"},
		{"the other is drained", "n1 a 0; n2 a 900 drained", "x n1 rbd 1", SpareLacking, "no room"},
		{"the other holds no VMs", "n1 a 0; n2 a 900 unfit", "x n1 rbd 1", SpareLacking, "no room"},
		{"the other is of another group", "n1 a 0; n2 b 900", "x n1 rbd 1", SpareLacking, "no room"},
		{"the other is silent", "n1 a 0; n2 a -1", "x n1 rbd 1", SpareUnknown, "not known: n2 of group a tells no free memory"},
		{"a silent one is not needed", "n1 a 0; n2 a -1; n3 a 5", "x n1 rbd 1", SpareOK, "the others of group a have room for its 1 VM"},
		{"local disks alone", three, "x n1 plain 1; y n1 file 1", SpareLacking, "all that runs on it stays down; 2 VMs with disks on this node alone (plain, file) would stay down until it is back"},
		{"local disks too", three, "x n1 plain 1; y n1 rbd 1", SpareOK, "the others of group a have room for its 1 VM; 1 VM with disks on this node alone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			st := spareState(t, tt.nodes, tt.vms)
			got := st.spare(st.Nodes[0])
			if got.State != tt.state || !strings.HasPrefix(got.Sentence(), tt.why) {
				t.Errorf("%s: %s; want %s: %s", got.State, got.Sentence(), tt.state, tt.why)
			}
			if got2 := st.spare(st.Nodes[0]); got2.Sentence() != got.Sentence() {
				t.Errorf("asked again it says %q, not %q", got2.Sentence(), got.Sentence())
			}
		})
	}
}

// TestSpareWords is the same of a whole cluster.
func TestSpareWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		ok, lacking, unknown int
		want                 string
	}{
		{0, 0, 0, "not known"},
		{3, 0, 0, "any one of the nodes could fail"},
		{1, 0, 2, "not known of 2 of 3 nodes"},
		{1, 2, 0, "VMs would lack a place if one of 2 of the 3 nodes failed"},
		{1, 1, 1, "VMs would lack a place if one of 1 of the 3 nodes failed; not known of 1"},
	} {
		if got := SpareWords(tt.ok, tt.lacking, tt.unknown); got != tt.want {
			t.Errorf("%d %d %d: %q, want %q", tt.ok, tt.lacking, tt.unknown, got, tt.want)
		}
	}
}
