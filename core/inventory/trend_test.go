package inventory

import (
	"fmt"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// stateOf is a cluster of one node with VMs that use so much memory each.
func stateOf(nodeFree int, memory ...int) *core.ClusterState {
	st := &core.ClusterState{Name: "c", Nodes: []*core.Node{{Name: "n1", MemoryMiB: 1000, MemoryFreeMiB: nodeFree, DiskMiB: 500, DiskFreeMiB: 100}}}
	for i, m := range memory {
		vm := &core.VM{Name: fmt.Sprintf("vm%04d", i), Node: "n1", MemoryMiB: 64, RunMemoryMiB: m, State: core.StateRunning}
		if m == 0 {
			vm.State = core.StateDown
		}
		st.VMs = append(st.VMs, vm)
	}
	return st
}

func TestTrend(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 22, 8, 1, 0, 0, time.UTC)
	at := func(slot int) time.Time { return begin.Add(time.Duration(slot) * core.TrendStep) }
	tr := newTrend()
	tr.sample(at(0), 0, stateOf(600, 64, 32))
	tr.sample(at(0).Add(time.Minute), 0, stateOf(0, 1, 1)) // the slot has its sample
	tr.sample(at(1), 0, stateOf(500, 64, 0))
	tr.sample(at(4), 0, stateOf(-1, 64, 0))       // two slots without an answer, and a node that does not tell
	tr.sample(at(5), 0, stateOf(400, 64))         // the second VM is gone
	tr.sample(at(7), time.Hour, stateOf(400, 64)) // seldom asked: no gap

	nodes := core.Trend{Until: begin.Add(-time.Minute + 7*core.TrendStep), Series: []core.Series{
		{Measure: core.MeasureMemory, Values: []int{400, 500, -1, -1, -1, 600, 600, 600}},
		{Measure: core.MeasureConfigured, Values: []int{128, 64, -1, -1, 64, 64, 64, 64}},
		{Measure: core.MeasureDisk, Values: []int{400, 400, -1, -1, -1, 400, 400, 400}},
		{Measure: core.MeasureRunning, Values: []int{2, 1, -1, -1, 1, 1, 1, 1}},
	}}
	// The node tells its disk though not its memory: only one of both is missing.
	nodes.Series[2].Values[4] = 400
	cluster := core.Trend{Until: nodes.Until, Series: append([]core.Series(nil), nodes.Series...)}
	cluster.Series[2] = core.Series{Measure: core.MeasureDisk, Values: []int{400, 400, -1, -1, -1, 400, 400, 400}}
	again, err := decodeTrend(tr.encode())
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []*trend{tr, again} {
		for _, c := range []struct {
			on   core.Ref
			want core.Trend
		}{
			{core.NodeRef("c", "n1"), nodes},
			{core.ClusterRef("c"), cluster},
			{core.VMRef("c", "vm0000"), core.Trend{Until: nodes.Until, Series: []core.Series{{Measure: core.MeasureMemory, Values: []int{64, 64, -1, -1, 64, 64, 64, 64}}}}},
			{core.VMRef("c", "vm0001"), core.Trend{}},
			{core.NodeRef("c", "n2"), core.Trend{}},
		} {
			if diff := cmp.Diff(c.want, kept.of(c.on, at(7))); diff != "" {
				t.Errorf("%v: (-want +got)\n%s", c.on, diff)
			}
		}
	}
	if got := tr.of(core.ClusterRef("c"), at(7)).Since(); !got.Equal(begin.Add(-time.Minute)) {
		t.Errorf("the first sample is of %s", got)
	}
	if got := tr.of(core.VMRef("c", "vm0000"), at(9)).Of(core.MeasureMemory); got[len(got)-1] != -1 {
		t.Errorf("a cluster that is silent for two slots shows no gap: %v", got)
	}
	if got := newTrend().of(core.ClusterRef("c"), at(0)); got.Len() != 0 || !got.Since().IsZero() {
		t.Errorf("without a sample: %v", got)
	}
}

// A day is kept, and no more; what never changes takes no room for it.
func TestTrendIsBounded(t *testing.T) {
	t.Parallel()
	tr, now := newTrend(), time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for i := range 3 * int(kept) {
		tr.sample(now, 0, stateOf(i%1000, 64, 1+i%2))
		now = now.Add(core.TrendStep)
	}
	if n := len(tr.vms["vm0000"]); n != 1 {
		t.Errorf("a VM that never changed has %d points, want 1", n)
	}
	for what, s := range map[string]series{"a VM": tr.vms["vm0001"], "a node": tr.nodes["n1"][0]} {
		if n := len(s); n != int(kept) {
			t.Errorf("%s that changes all the time has %d points, want those of a day: %d", what, n, kept)
		}
		if room := cap(s) * int(unsafe.Sizeof(point{})); room > 8<<10 {
			t.Errorf("%s takes %d bytes", what, room)
		}
	}
	if got := tr.of(core.ClusterRef("c"), now).Len(); got != int(kept) && got != int(kept)-1 {
		t.Errorf("%d samples are told, want those of a day: %d", got, kept)
	}
}

func FuzzTrend(f *testing.F) {
	tr := newTrend()
	tr.sample(time.Unix(1_700_000_000, 0), 0, stateOf(600, 64, 32))
	f.Add(tr.encode())
	f.Add([]byte{codeVersion, 2, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		tr, err := decodeTrend(raw)
		if err != nil {
			return
		}
		again, err := decodeTrend(tr.encode())
		if err != nil || len(again.vms) != len(tr.vms) || len(again.heard) != len(tr.heard) {
			t.Errorf("what was read of %x is not read again: %v", raw, err)
		}
	})
}

// BenchmarkTrendMemory tells what a day of 2,000 VMs and 20 nodes takes where one
// VM in twenty changes with every sample.
func BenchmarkTrendMemory(b *testing.B) {
	b.ReportAllocs()
	memory := make([]int, 2000)
	for b.Loop() {
		tr, now := newTrend(), time.Unix(1_700_000_000, 0)
		for i := range int(kept) {
			for v := range memory {
				memory[v] = 64 + i*(1-min(v%20, 1))
			}
			tr.sample(now, 0, stateOf(i, memory...))
			now = now.Add(core.TrendStep)
		}
		room := 0
		for _, s := range tr.vms {
			room += int(unsafe.Sizeof(s)) + cap(s)*int(unsafe.Sizeof(point{}))
		}
		b.ReportMetric(float64(room)/float64(len(tr.vms)), "B/VM")
		b.ReportMetric(float64(len(tr.encode()))/float64(len(tr.vms)), "B/VM-in-store")
	}
}
