package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/tui/theme"
)

func testHost(t testing.TB) *host {
	return &host{ctx: t.Context(), look: &look{theme: theme.New(theme.Default(), theme.Mode16, false)}}
}

// fleet makes n VMs on two clusters, in the order of a view.
func fleet(n int) []*core.VM {
	vms := make([]*core.VM, n)
	for i := range vms {
		vm := &core.VM{
			Cluster: "berlin", Name: fmt.Sprintf("vm%06d.example.org", i), State: core.StateRunning, Status: "running",
			Node: fmt.Sprintf("node%d.example.org", i%40), MemoryMiB: 1024 * (1 + i*7%16), VCPUs: 1 + i%8, OS: "debian",
			NICs: []core.NIC{{IP: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)}}, Tags: []string{"env:prod"},
		}
		if i >= n/2 {
			vm.Cluster = "paris"
		}
		if i%1000 == 7 {
			vm.State, vm.Status = core.StateError, "ERROR_down"
		}
		vm.Search = strings.ToLower(strings.Join([]string{vm.Name, vm.Cluster, vm.Node, vm.OS, vm.NICs[0].IP, vm.Tags[0]}, " "))
		vms[i] = vm
	}
	return vms
}

// vmsOf is a page of VMs without a session behind it.
func vmsOf(t testing.TB, vms []*core.VM) *vmsPage {
	p := newVMsPage(testHost(t), place{Page: pageVMs})
	p.clusters = map[string]core.ClusterSummary{}
	for _, c := range []string{"berlin", "paris"} {
		p.clusters[c] = core.ClusterSummary{Cluster: core.Cluster{Name: c}, Health: core.Health{Fetched: time.Now()}}
	}
	p.resize(100, 30)
	p.load(vms, textsOf(vms))
	_ = p.table(100, 29)
	return p
}

// textsOf are the texts that a view has beside its VMs.
func textsOf(vms []*core.VM) func() []string {
	return sync.OnceValue(func() []string {
		texts := make([]string, len(vms))
		for i, vm := range vms {
			texts[i] = vm.Search
		}
		return texts
	})
}

func shownNames(p *vmsPage) []string {
	var out []string
	for i := range p.shown.len() {
		out = append(out, p.shown.row(i).Name)
	}
	return out
}

func TestFilterFindsTheSameHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	vms := fleet(3000)
	for _, text := range []string{
		"vm0012", "!node1 vm0012", "vm00 /7\\.ex/ 12", "berlin node3", "vm00 prod 7", "node:node7*", "!berlin vm00299", "memory>8G vm0001", "state:error", "vm00 !node1",
	} {
		typed := vmsOf(t, vms)
		for i := range text {
			_, _, _ = typed.filter(text[:i+1]) // what is half typed may be wrong
		}
		pasted := vmsOf(t, vms)
		matched, total, err := pasted.filter(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(shownNames(pasted), shownNames(typed)); diff != "" {
			t.Errorf("%s: typed and pasted differ:\n%s", text, diff)
		}
		if matched == 0 || matched == total || matched != pasted.shown.len() {
			t.Errorf("%s: %d of %d match, %d are shown", text, matched, total, pasted.shown.len())
		}
		if _, _, err := typed.filter(""); err != nil || typed.shown.len() != len(vms) {
			t.Errorf("%s: clearing the filter shows %d of %d: %v", text, typed.shown.len(), len(vms), err)
		}
	}
}

// TestCursorAndFilter follows the cursor's row through filters, orders and
// revisions.
func TestCursorAndFilter(t *testing.T) {
	t.Parallel()
	p := vmsOf(t, fleet(3000))
	p.sort("memory", true)
	p.grid.Select(p.given.of[1234].Ref())
	at := func(step, want string) {
		t.Helper()
		if id, row, _ := p.grid.Cursor(); id.Name != want || p.shown.row(row).Name != want {
			t.Errorf("%s: the cursor is on %s, its row is %s, want %s", step, id.Name, p.shown.row(row).Name, want)
		}
	}
	at("sorted", "vm001234.example.org")
	_, _, _ = p.filter("vm0012")
	at("filtered", "vm001234.example.org")
	p.sort("", false)
	at("in another order", "vm001234.example.org")
	fresh := fleet(3000)
	p.load(fresh, nil)
	at("a new revision, all of it new objects", "vm001234.example.org")
	_, _, _ = p.filter("vm0013")
	at("filtered out", "vm001300.example.org")
	_, _, _ = p.filter("")
	at("all again", "vm001300.example.org")
}

func TestWrongFilterKeepsTheOldOne(t *testing.T) {
	t.Parallel()
	p := vmsOf(t, fleet(100))
	if _, _, err := p.filter("vm00001"); err != nil {
		t.Fatal(err)
	}
	before := shownNames(p)
	_, _, err := p.filter("vm00001 /(/")
	if core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("error %v, want one that says what is wrong", err)
	}
	if diff := cmp.Diff(before, shownNames(p)); diff != "" {
		t.Errorf("a wrong filter changed the list:\n%s", diff)
	}
}

func TestSortAndMarksSurviveARefresh(t *testing.T) {
	t.Parallel()
	vms := fleet(50)
	p := vmsOf(t, vms)
	p.sort("memory", true)
	if p.shown.row(0).MemoryMiB != 16*1024 || p.shown.row(49).MemoryMiB != 1024 {
		t.Errorf("sorted from %d to %d", p.shown.row(0).MemoryMiB, p.shown.row(49).MemoryMiB)
	}
	for i := 1; i < 50; i++ {
		a, b := p.shown.row(i-1), p.shown.row(i)
		if a.MemoryMiB == b.MemoryMiB && a.Cluster+a.Name > b.Cluster+b.Name {
			t.Errorf("equal rows are not in the order of their names: %s before %s", a.Name, b.Name)
		}
	}
	p.grid.Select(vms[20].Ref())
	if _, done := p.act(actMark); !done {
		t.Fatal("mark is not carried out")
	}
	p.grid.Select(vms[30].Ref())
	fresh := fleet(49) // the last one is gone
	fresh[20].MemoryMiB = 1
	p.load(fresh, textsOf(fresh))
	sel := p.selection()
	if diff := cmp.Diff([]core.Ref{vms[20].Ref()}, sel.Refs); diff != "" || !sel.Marked {
		t.Errorf("marked %v:\n%s", sel.Marked, diff)
	}
	if id, _, _ := p.grid.Cursor(); id != vms[30].Ref() {
		t.Errorf("the cursor moved to %v", id)
	}
	if p.shown.row(48).Name != vms[20].Name {
		t.Errorf("last is %s, want the one whose memory shrank", p.shown.row(48).Name)
	}
	if _, _, err := p.filter("vm000001"); err != nil {
		t.Fatal(err)
	}
	if sel := p.selection(); len(sel.Hidden) != 1 || len(sel.Refs) != 1 {
		t.Errorf("a hidden mark: %+v", sel)
	}
	p.load(fleet(10), nil)
	if sel := p.selection(); sel.Marked {
		t.Errorf("the mark of a VM that is gone remains: %+v", sel)
	}
}

func TestProblemsOnly(t *testing.T) {
	t.Parallel()
	p := vmsOf(t, fleet(3000))
	_, _ = p.act(actTrouble)
	if diff := cmp.Diff([]string{"vm000007.example.org", "vm001007.example.org", "vm002007.example.org"}, shownNames(p)); diff != "" {
		t.Error(diff)
	}
	_, _, _ = p.filter("vm001")
	if p.shown.len() != 1 {
		t.Errorf("%d rows with filter and problems", p.shown.len())
	}
	_, _ = p.act(actTrouble)
	if p.shown.len() != 1000 {
		t.Errorf("%d rows with the filter alone", p.shown.len())
	}
}

func TestKeepsItsSettings(t *testing.T) {
	t.Parallel()
	p := vmsOf(t, fleet(10))
	p.sort("memory", true)
	_, _ = p.act(actWide)
	q := vmsOf(t, nil)
	q.restore(p.keep())
	if diff := cmp.Diff(p.keep(), q.keep()); diff != "" {
		t.Error(diff)
	}
	q.restore(map[string]string{"sort": "no such column", "desc": "maybe"})
	if key, _ := q.sorted(); key != "memory" {
		t.Errorf("a wrong setting sorts by %q", key)
	}
}

func TestTextsOfClustersAreMadeHarmless(t *testing.T) {
	t.Parallel()
	vms := fleet(1)
	vms[0].Name, vms[0].Tags = "\x1b]0;owned\x07web1", []string{"\x1b[31mred"}
	vms[0].OS = "deb\u202eian"
	p := vmsOf(t, vms)
	p.grid.SetWide(true)
	_, _ = p.act(actRight)
	for _, screen := range []string{p.table(200, 10), p.table(60, 10)} {
		for _, bad := range []string{"\x1b]", "\x07", "\x1b[31mred", "\u202e"} {
			if strings.Contains(screen, bad) {
				t.Errorf("%q reaches the screen", bad)
			}
		}
	}
	if !strings.Contains(ansi.Strip(p.table(200, 10)), "·]0;owned·web1") {
		t.Errorf("the name is not shown:\n%s", ansi.Strip(p.table(200, 10)))
	}
}

func TestAnswerOfAClosedPageIsDropped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	h := testHost(t)
	h.ctx = ctx
	cmd := h.call(func(context.Context) tea.Msg { return vmDetailMsg{} })
	cancel()
	if msg := cmd(); msg != nil {
		t.Errorf("got %v", msg)
	}
}

func BenchmarkFilterKey(b *testing.B) {
	p := vmsOf(b, fleet(100_000))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range []string{"n", "no", "nod", "node", "node1"} {
			if _, _, err := p.filter(text); err != nil {
				b.Fatal(err)
			}
			_ = p.table(140, 45)
		}
		_, _, _ = p.filter("")
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/5, "us/key")
}

func BenchmarkFirstFilterKey(b *testing.B) {
	p := vmsOf(b, fleet(100_000))
	for b.Loop() {
		_, _, _ = p.filter("zz")
		_, _, _ = p.filter("")
	}
}

func BenchmarkCursorDown(b *testing.B) {
	p := vmsOf(b, fleet(100_000))
	for b.Loop() {
		_, _ = p.act(actDown)
		_ = p.table(140, 45)
		_ = p.selection()
	}
}

// BenchmarkNewRevisionSorted measures what a revision costs in Update and beside
// it.
func BenchmarkNewRevisionSorted(b *testing.B) {
	vms := fleet(100_000)
	p := vmsOf(b, vms)
	settle(b, p.sort("memory", true))
	revisions := [2][]*core.VM{slices.Clone(vms), vms}
	var aside time.Duration
	for n := 0; b.Loop(); n++ {
		cmd := p.load(revisions[n%2], textsOf(revisions[n%2]))
		begun := time.Now()
		answer := cmd()
		aside += time.Since(begun)
		if again := take(b, answer); again != nil {
			b.Fatal("sorted for nothing")
		}
	}
	b.ReportMetric(float64((b.Elapsed()-aside).Microseconds())/float64(b.N), "update-us/op")
}
