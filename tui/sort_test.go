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
	p.grid.Move(3)
	at, _, _ := p.grid.Cursor()
	if n := settle(t, cmd); n != 1 {
		t.Errorf("sorted %d times", n)
	}
	if p.shown[0].MemoryMiB < p.shown[len(p.shown)-1].MemoryMiB || sortHeader(p) != "MEMORY↓" {
		t.Errorf("sorted from %d to %d, the header says %q", p.shown[0].MemoryMiB, p.shown[len(p.shown)-1].MemoryMiB, sortHeader(p))
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
	if p.shown[0].VCPUs != 8 || sortHeader(p) != "CPU↓" {
		t.Errorf("the first has %d CPUs, the header says %q", p.shown[0].VCPUs, sortHeader(p))
	}
	slow = p.sort("memory", true)
	if cmd := p.sort("", false); cmd != nil || sortHeader(p) != "" {
		t.Errorf("the order of the view is not there at once: %q", sortHeader(p))
	}
	settle(t, slow)
	if p.shown[0].Name != "vm000000.example.org" || sortHeader(p) != "" {
		t.Errorf("%s is first, the header says %q", p.shown[0].Name, sortHeader(p))
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
	cmd := p.load(revision(5))
	if p.load(revision(6)) != nil {
		t.Error("two sortings at a time")
	}
	next := take(t, cmd())
	if p.shown[0].Name != "vm000005.example.org" {
		t.Errorf("%s is first after the first revision", p.shown[0].Name)
	}
	if settle(t, next) != 1 || p.shown[0].Name != "vm000006.example.org" || sortHeader(p) != "MEMORY↓" {
		t.Errorf("%s is first after the second, the header says %q", p.shown[0].Name, sortHeader(p))
	}
}
