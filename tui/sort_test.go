package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// take hands the answer of a sorting to its list, as the shell does.
func take(t testing.TB, answer tea.Msg) tea.Cmd {
	t.Helper()
	msg, ok := answer.(pageMsg)
	if !ok {
		t.Fatalf("the sorting answers %T", answer)
	}
	done, ok := msg.msg.(sortedMsg)
	if !ok {
		t.Fatalf("the sorting answers %T", msg.msg)
	}
	return done()
}

// settle runs sortings until none is left, and tells how many there were.
func settle(t testing.TB, cmd tea.Cmd) (n int) {
	t.Helper()
	for ; cmd != nil; n++ {
		cmd = take(t, cmd())
	}
	return n
}

// sortHeader is the title of the column that the table says it is sorted by.
func sortHeader(p *vmsPage) string {
	p.grid.SetWide(true)
	head, _, _ := strings.Cut(ansi.Strip(p.table(300, 29)), "\n")
	for _, word := range strings.Fields(head) {
		if strings.ContainsAny(word, "↑↓") {
			return word
		}
	}
	return ""
}

func TestManyRowsAreSortedAside(t *testing.T) {
	t.Parallel()
	p := vmsOf(t, fleet(sortAside))
	_, _, _ = p.filter("node1.")
	before := shownNames(p)
	cmd := p.sort("memory", true)
	if cmd == nil {
		t.Fatal("sorted within Update")
	}
	if diff := cmp.Diff(before, shownNames(p)); diff != "" || sortHeader(p) != "" {
		t.Errorf("the list changed before it was sorted; the header says %q:\n%s", sortHeader(p), diff)
	}
	if !strings.Contains(ansi.Strip(p.table(100, 29)), "sorting…") {
		t.Error("nothing tells that the list is being sorted")
	}
	p.grid.Move(3)
	at, _, _ := p.grid.Cursor()
	if n := settle(t, cmd); n != 1 {
		t.Errorf("sorted %d times", n)
	}
	if p.shown.row(0).MemoryMiB < p.shown.row(p.shown.len()-1).MemoryMiB || sortHeader(p) != "MEMORY↓" {
		t.Errorf("sorted from %d to %d, the header says %q", p.shown.row(0).MemoryMiB, p.shown.row(p.shown.len()-1).MemoryMiB, sortHeader(p))
	}
	if strings.Contains(ansi.Strip(p.table(100, 29)), "sorting…") {
		t.Error("the list still says that it is being sorted")
	}
	if id, _, _ := p.grid.Cursor(); id != at {
		t.Errorf("the cursor went from %v to %v", at, id)
	}
}

func TestOrderThatIsNoLongerWantedIsDropped(t *testing.T) {
	t.Parallel()
	p := vmsOf(t, fleet(sortAside))
	slow := p.sort("memory", true)
	if cmd := p.sort("vcpus", true); cmd != nil {
		t.Error("two sortings at a time")
	}
	next := take(t, slow())
	if next == nil || sortHeader(p) != "" {
		t.Fatalf("the old order is shown as %q", sortHeader(p))
	}
	settle(t, next)
	if p.shown.row(0).VCPUs != 8 || sortHeader(p) != "CPU↓" {
		t.Errorf("the first has %d CPUs, the header says %q", p.shown.row(0).VCPUs, sortHeader(p))
	}
	slow = p.sort("memory", true)
	if cmd := p.sort("", false); cmd != nil || sortHeader(p) != "" {
		t.Errorf("the order of the view is not there at once: %q", sortHeader(p))
	}
	settle(t, slow)
	if p.shown.row(0).Name != "vm000000.example.org" || sortHeader(p) != "" {
		t.Errorf("%s is first, the header says %q", p.shown.row(0).Name, sortHeader(p))
	}
}

func TestRevisionsWhileSorting(t *testing.T) {
	t.Parallel()
	p := vmsOf(t, fleet(sortAside))
	settle(t, p.sort("memory", true))
	revision := func(largest int) []*core.VM {
		vms := fleet(sortAside)
		vms[largest].MemoryMiB = 1 << 20
		return vms
	}
	cmd := p.load(revision(5), nil)
	if p.load(revision(6), nil) != nil {
		t.Error("two sortings at a time")
	}
	next := take(t, cmd())
	if p.shown.row(0).Name != "vm000005.example.org" {
		t.Errorf("%s is first after the first revision", p.shown.row(0).Name)
	}
	if settle(t, next) != 1 || p.shown.row(0).Name != "vm000006.example.org" || sortHeader(p) != "MEMORY↓" {
		t.Errorf("%s is first after the second, the header says %q", p.shown.row(0).Name, sortHeader(p))
	}
}

// TestSessionsShareAnOrder counts sortings, and looks at where orders lie.
func TestSessionsShareAnOrder(t *testing.T) {
	t.Parallel()
	vms, o := fleet(sortAside), NewOrders()
	a, b := vmsOf(t, vms), vmsOf(t, vms)
	a.host.orders, b.host.orders = o, o
	first, second := a.sort("memory", true), b.sort("memory", true)
	settle(t, first)
	settle(t, second)
	if &a.rows.at[0] != &b.rows.at[0] {
		t.Error("two sessions hold the same order twice")
	}
	settle(t, b.sort("memory", false))
	if &a.rows.at[0] == &b.rows.at[0] || sortHeader(a) != "MEMORY↓" || sortHeader(b) != "MEMORY↑" {
		t.Errorf("two orders are one, under %s and %s", sortHeader(a), sortHeader(b))
	}
	settle(t, a.load(fleet(sortAside), nil))
	settle(t, a.sort("memory", false))
	if &a.rows.at[0] == &b.rows.at[0] {
		t.Error("the rows have changed and the order is that of the old ones")
	}
}
