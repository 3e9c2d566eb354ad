package inventory

import (
	"math"
	"slices"
	"sync"
	"time"

	"gwm/core"
)

// point is where a number changed: it holds from its slot on.
type point struct{ slot, value uint32 }

// nothing is the value of a slot in which an object did not tell.
const nothing = math.MaxUint32

// series is one number of an object over time, as points in rising order. One
// that never changes takes 8 bytes however long it is kept, one that changes with
// every sample 8 bytes a sample: 2.3 kB.
type series []point

// add notes a value. What the numbers before oldest are is forgotten.
func (s series) add(slot, oldest, value uint32) series {
	drop := 0
	for drop+1 < len(s) && s[drop+1].slot <= oldest {
		drop++
	}
	s = slices.Delete(s, 0, drop)
	if len(s) > 0 && s[len(s)-1].value == value {
		return s
	}
	return append(s, point{slot, value})
}

// at returns the value in a slot, -1 where it is not known.
func (s series) at(slot uint32) int {
	i, exact := slices.BinarySearchFunc(s, slot, func(p point, slot uint32) int { return int(p.slot) - int(slot) })
	if !exact {
		i--
	}
	if i < 0 || s[i].value == nothing {
		return -1
	}
	return int(s[i].value)
}

// span is a run of slots, the last one included.
type span struct{ from, to uint32 }

// The measures of clusters and nodes, in the order of a totals.
var measured = [...]core.Measure{core.MeasureMemory, core.MeasureConfigured, core.MeasureDisk, core.MeasureRunning}

// totals are the numbers of a cluster or a node.
type totals [len(measured)]series

// trend is what a cluster and what is on it used over the last day. It is safe
// for concurrent use.
type trend struct {
	mu      sync.Mutex
	heard   []span // slots in which the cluster answered, in rising order
	cluster totals
	nodes   map[string]*totals
	vms     map[string]series // memory in use
}

func newTrend() *trend { return &trend{nodes: map[string]*totals{}, vms: map[string]series{}} }

// slotOf numbers the slot of a moment.
func slotOf(at time.Time) uint32 { return uint32(at.Unix() / int64(core.TrendStep/time.Second)) }

const kept = uint32(core.TrendSpan / core.TrendStep)

// oldestAt is the first slot that is still kept when slot is the last.
func oldestAt(slot uint32) uint32 { return slot - kept + 1 }

// sample takes the numbers of a cluster that just answered, once for each slot.
// Slots that were left out because it is seldom asked, every often, are no gap.
func (t *trend) sample(now time.Time, often time.Duration, st *core.ClusterState) {
	slot := slotOf(now)
	t.mu.Lock()
	defer t.mu.Unlock()
	last := len(t.heard) - 1
	if last >= 0 && t.heard[last].to >= slot {
		return
	}
	if last >= 0 && time.Duration(slot-t.heard[last].to-1)*core.TrendStep <= often {
		t.heard[last].to = slot
	} else {
		t.heard = append(t.heard, span{slot, slot})
	}
	oldest := oldestAt(slot)
	t.heard = slices.DeleteFunc(t.heard, func(s span) bool { return s.to < oldest })
	t.take(slot, oldest, st)
}

// load is what VMs ask of the node that they run on.
type load struct{ configured, running int }

// take notes the numbers of everything; what is not listed any more is forgotten.
// t.mu is held.
func (t *trend) take(slot, oldest uint32, st *core.ClusterState) {
	onNode := map[string]load{}
	listed := make(map[string]bool, len(t.vms))
	for _, vm := range st.VMs {
		if vm.Gone {
			continue
		}
		listed[vm.Name] = true
		t.vms[vm.Name] = t.vms[vm.Name].add(slot, oldest, number(vm.RunMemoryMiB))
		if vm.State == core.StateRunning {
			l := onNode[vm.Node]
			onNode[vm.Node] = load{l.configured + vm.MemoryMiB, l.running + 1}
		}
	}
	if len(listed) < len(t.vms) {
		for name := range t.vms {
			if !listed[name] {
				delete(t.vms, name)
			}
		}
	}
	t.takeNodes(slot, oldest, st, onNode)
}

// takeNodes is take for the nodes and the cluster, which is the sum of the nodes
// that tell.
func (t *trend) takeNodes(slot, oldest uint32, st *core.ClusterState, onNode map[string]load) {
	var all [len(measured)]int
	told := false
	nodes := make(map[string]*totals, len(st.Nodes))
	for _, n := range st.Nodes {
		if n.Gone {
			continue
		}
		l, own := onNode[n.Name], t.nodes[n.Name]
		if own == nil {
			own = &totals{}
		}
		values := [len(measured)]int{used(n.MemoryMiB, n.MemoryFreeMiB), l.configured, used(n.DiskMiB, n.DiskFreeMiB), l.running}
		for i, v := range values {
			own[i] = own[i].add(slot, oldest, number(v))
			all[i] += max(v, 0)
		}
		told = told || values[0] >= 0
		nodes[n.Name] = own
	}
	t.nodes = nodes
	all[1], all[3] = 0, 0 // also of VMs whose node is not listed
	for _, l := range onNode {
		all[1] += l.configured
		all[3] += l.running
	}
	if !told {
		all[0], all[2] = -1, -1
	}
	for i, v := range all {
		t.cluster[i] = t.cluster[i].add(slot, oldest, number(v))
	}
}

// used is -1 where the node does not tell.
func used(total, free int) int {
	if total < 0 || free < 0 {
		return -1
	}
	return max(total-free, 0)
}

func number(v int) uint32 {
	if v < 0 {
		return nothing
	}
	return uint32(min(v, nothing-1))
}

// of returns what is kept of an object at a moment.
func (t *trend) of(on core.Ref, now time.Time) core.Trend {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case on.Kind == core.KindCluster:
		return t.told(now, measured[:], t.cluster[:])
	case on.Kind == core.KindNode && t.nodes[on.Name] != nil:
		return t.told(now, measured[:], t.nodes[on.Name][:])
	case on.Kind == core.KindVM && t.vms[on.Name] != nil:
		return t.told(now, measured[:1], []series{t.vms[on.Name]})
	}
	return core.Trend{}
}

// told spreads series over slots, from the first that is known of any. t.mu is held.
func (t *trend) told(now time.Time, names []core.Measure, all []series) core.Trend {
	last := slotOf(now)
	from := last + 1
	for _, h := range t.heard {
		for _, s := range all {
			if len(s) > 0 && h.to >= s[0].slot {
				from = min(from, max(h.from, s[0].slot, oldestAt(last)))
			}
		}
	}
	if from > last {
		return core.Trend{}
	}
	if n := len(t.heard); t.heard[n-1].to+1 == last {
		last-- // the present slot may still be heard
	}
	out := core.Trend{Until: time.Unix(int64(last)*int64(core.TrendStep/time.Second), 0).UTC()}
	for i, s := range all {
		values := make([]int, 0, last-from+1)
		for slot := from; slot <= last; slot++ {
			v := -1
			if t.answered(slot) {
				v = s.at(slot)
			}
			values = append(values, v)
		}
		out.Series = append(out.Series, core.Series{Measure: names[i], Values: values})
	}
	return out
}

// answered tells whether the cluster answered in a slot. t.mu is held.
func (t *trend) answered(slot uint32) bool {
	return slices.ContainsFunc(t.heard, func(s span) bool { return s.from <= slot && slot <= s.to })
}
