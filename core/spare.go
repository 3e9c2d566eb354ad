package core

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Spare says whether the other nodes of its group could run what a node runs, if
// it failed now: the N+1 question of Ganeti's hcheck, as far as a cluster tells
// from afar. No VM is named in it, so that whoever sees the node may see it.
type Spare struct {
	State SpareState `json:"state"`
	Why   string     `json:"why"`             // a sentence without a full stop
	Notes []string   `json:"notes,omitempty"` // what was not looked at or is not known, a sentence each
}

// SpareState is the answer in a word.
type SpareState string

// The answers. A node with nothing that should run is SpareOK.
const (
	SpareOK      SpareState = "ok"
	SpareLacking SpareState = "lacking"
	SpareUnknown SpareState = "unknown"
)

// Spare answers for a node that the person sees; the zero Spare for any other.
func (v *View) Spare(node Ref) Spare {
	n, ok := v.Node(node)
	if !ok {
		return Spare{}
	}
	return v.snap.Clusters[node.Cluster].spare(n)
}

// Spares counts the nodes of a cluster that could fail, those whose VMs would lack
// a place, and those of which it is not known. It counts what the person sees.
func (v *View) Spares(cluster string) (ok, lacking, unknown int) {
	for _, n := range v.Nodes() {
		if n.Cluster != cluster || n.Gone {
			continue
		}
		switch v.Spare(n.Ref()).State {
		case SpareOK:
			ok++
		case SpareLacking:
			lacking++
		case SpareUnknown:
			unknown++
		}
	}
	return ok, lacking, unknown
}

// How the disks of a VM let it start on another node.
const (
	disksMirrored = iota // a copy on its second node
	disksShared          // every node of the group reaches them
	disksLocal           // on its node alone
)

func diskReach(template string) int {
	switch template {
	case "drbd":
		return disksMirrored
	case "plain", "file":
		return disksLocal
	}
	return disksShared
}

// refuge is what the nodes of a group have left while VMs are put on them.
type refuge struct {
	rooms  []room   // of nodes that take VMs and tell, by name
	silent []string // nodes that would take VMs and do not tell
}

type room struct {
	node string
	free int // MiB of memory
}

func (st *ClusterState) refuge(without *Node) refuge {
	var r refuge
	for _, n := range st.Nodes {
		switch {
		case !without.relievedBy(n):
		case n.MemoryFreeMiB < 0:
			r.silent = append(r.silent, n.Name)
		default:
			r.rooms = append(r.rooms, room{n.Name, n.MemoryFreeMiB})
		}
	}
	return r
}

// relievedBy tells whether another node may take the VMs of this one.
func (n *Node) relievedBy(o *Node) bool {
	return o.Name != n.Name && o.Group == n.Group && !o.Gone && !o.Offline && !o.Drained && o.VMCapable
}

// take puts a VM on a node; on "" it chooses the fullest that has room for it.
func (r refuge) take(memory int, on string) bool {
	best := -1
	for i := range r.rooms {
		if o := &r.rooms[i]; o.free >= memory && (on == "" || on == o.node) && (best < 0 || o.free < r.rooms[best].free) {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	r.rooms[best].free -= memory
	return true
}

// running are the VMs of a node that should run and could elsewhere, those that
// have no choice first and the large before the small, and how many could not.
func (st *ClusterState) running(n *Node) (run []*VM, local int) {
	for _, name := range n.Primary {
		vm, ok := st.VM(name)
		switch {
		case !ok || vm.Gone || vm.AdminState != "up":
		case diskReach(vm.DiskTemplate) == disksLocal:
			local++
		default:
			run = append(run, vm)
		}
	}
	slices.SortStableFunc(run, func(a, b *VM) int {
		return cmp.Or(cmp.Compare(diskReach(a.DiskTemplate), diskReach(b.DiskTemplate)), cmp.Compare(b.MemoryMiB, a.MemoryMiB))
	})
	return run, local
}

// homeless are VMs that found no room.
type homeless struct {
	vms, memory, largest int // MiB
}

// house puts VMs on the nodes, in their order.
func (r refuge) house(vms []*VM) (left homeless) {
	for _, vm := range vms {
		on := ""
		if diskReach(vm.DiskTemplate) == disksMirrored {
			on = cmp.Or(at0(vm.Secondaries), "nowhere/") // no node is called so
		}
		if !r.take(vm.MemoryMiB, on) {
			left = homeless{left.vms + 1, left.memory + vm.MemoryMiB, max(left.largest, vm.MemoryMiB)}
		}
	}
	return left
}

// spare puts the VMs of a node on the others of its group.
func (st *ClusterState) spare(n *Node) Spare {
	run, local := st.running(n)
	others := st.refuge(n)
	left := others.house(run)
	s := Spare{State: SpareOK}
	switch {
	case len(run)+local == 0:
		s.Why = "nothing that should run is on it"
	case left.vms > 0 && len(others.silent) > 0:
		s.State, s.Why = SpareUnknown, fmt.Sprintf("not known: %s of group %s tells no free memory", joinWords(others.silent), n.Group)
	case left.vms > 0:
		s.State = SpareLacking
		s.Why = fmt.Sprintf("no room for %d of its %s with %s of memory, the largest %s", left.vms, vmsWord(len(run)), FormatSize(left.memory), FormatSize(left.largest))
	case len(run) > 0:
		s.Why = fmt.Sprintf("the others of group %s have room for its %s", n.Group, vmsWord(len(run)))
	default:
		s.State, s.Why = SpareLacking, "all that runs on it stays down"
	}
	if local > 0 {
		s.Notes = append(s.Notes, vmsWord(local)+" with disks on this node alone (plain, file) would stay down until it is back")
	}
	if len(run) > 0 {
		s.Notes = append(s.Notes, "only memory is counted: policies, CPUs and tags that keep VMs apart are for the cluster's own tools (hcheck)")
	}
	return s
}

func vmsWord(n int) string {
	if n == 1 {
		return "1 VM"
	}
	return fmt.Sprintf("%d VMs", n)
}

func at0(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// Sentence is the answer with what is to be known about it.
func (s Spare) Sentence() string {
	return strings.Join(append([]string{s.Why}, s.Notes...), "; ")
}

// SpareWords says how many of the nodes of a cluster could fail, one at a time.
func SpareWords(ok, lacking, unknown int) string {
	all := ok + lacking + unknown
	switch {
	case all == 0:
		return "not known"
	case ok == all:
		return "any one of the nodes could fail"
	case lacking == 0:
		return fmt.Sprintf("not known of %d of %d nodes", unknown, all)
	}
	text := fmt.Sprintf("VMs would lack a place if one of %d of the %d nodes failed", lacking, all)
	if unknown > 0 {
		text += fmt.Sprintf("; not known of %d", unknown)
	}
	return text
}
