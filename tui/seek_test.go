package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// belonging is a VM that belongs to somebody.
type belonging struct {
	*core.VM
	owner string
}

func (r belonging) FilterField(name string) ([]string, bool) {
	if name == "owner" {
		return []string{r.owner}, true
	}
	return r.VM.FilterField(name)
}

// owned is a page of many VMs of which each hundredth is ann's and the next bob's.
func owned(t testing.TB) *vmsPage {
	t.Helper()
	p := vmsOf(t, fleet(sortAside))
	p.far = func() func(*core.VM) core.Row {
		if !p.find.parsed.Asks("owner") {
			return nil
		}
		owners := map[string]string{"00": "ann", "01": "bob"}
		return func(vm *core.VM) core.Row { return belonging{vm, owners[vm.Name[6:8]]} }
	}
	return p
}

// footing is what stands under the table.
func footing(p *vmsPage) string {
	lines := strings.Split(ansi.Strip(p.table(100, 29)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

func TestOwnersAreLookedForAside(t *testing.T) {
	t.Parallel()
	p := owned(t)
	before := shownNames(p)
	if _, _, err := p.filter("owner:ann"); err != nil {
		t.Fatal(err)
	}
	cmd := p.settled()
	if cmd == nil {
		t.Fatal("looked for within Update")
	}
	if diff := cmp.Diff(before, shownNames(p)); diff != "" || !strings.Contains(footing(p), "filtering…") {
		t.Errorf("under the table stands %q, the list changed before it was filtered:\n%s", footing(p), diff)
	}
	p.grid.Move(5)
	if n := settle(t, cmd); n != 1 {
		t.Errorf("looked %d times", n)
	}
	if p.shown.len() != sortAside/100 || p.shown.row(1).Name != "vm000100.example.org" || strings.Contains(footing(p), "filtering…") {
		t.Errorf("%d are shown, the second is %s, below stands %q", p.shown.len(), p.shown.row(1).Name, footing(p))
	}
	if id, _, _ := p.grid.Cursor(); id.Name != "vm000000.example.org" {
		t.Errorf("the cursor is on %s", id.Name)
	}
	settle(t, p.sort("name", true))
	if first := p.shown.row(0).Name; p.shown.len() != sortAside/100 || first != "vm019900.example.org" {
		t.Errorf("sorted are %d, the first is %s", p.shown.len(), first)
	}
	if _, _, err := p.filter(""); err != nil || p.settled() != nil || p.shown.len() != sortAside {
		t.Errorf("without a filter %d are shown: %v", p.shown.len(), err)
	}
}

func TestSearchThatIsNoLongerWantedIsDropped(t *testing.T) {
	t.Parallel()
	p := owned(t)
	filter := func(text string) {
		if _, _, err := p.filter(text); err != nil {
			t.Fatal(err)
		}
	}
	filter("owner:ann")
	slow := p.settled()
	filter("owner:bob")
	if p.settled() != nil {
		t.Error("two searches at a time")
	}
	next := take(t, slow())
	if next == nil || p.shown.len() != sortAside {
		t.Errorf("%d of the old filter are shown", p.shown.len())
	}
	settle(t, next)
	if first := p.shown.row(0).Name; first != "vm000001.example.org" {
		t.Errorf("the first is %s", first)
	}
	filter("owner:ann")
	slow = p.settled()
	filter("vm000007")
	if p.settled() != nil || p.shown.len() != 1 {
		t.Errorf("a word finds %d", p.shown.len())
	}
	if take(t, slow()) != nil || p.shown.len() != 1 {
		t.Errorf("the owner's %d have come back", p.shown.len())
	}
}

func TestRowsChangeDuringASearch(t *testing.T) {
	t.Parallel()
	p := owned(t)
	if _, _, err := p.filter("owner:ann"); err != nil {
		t.Fatal(err)
	}
	slow := p.settled()
	if p.load(fleet(sortAside+100), nil) != nil {
		t.Error("two searches at a time")
	}
	next := take(t, slow())
	if n := p.shown.len(); n != sortAside/100 {
		t.Errorf("of the rows before %d are shown", n)
	}
	settle(t, next)
	if n := p.shown.len(); n != sortAside/100+1 {
		t.Errorf("of the rows since %d are shown", n)
	}
	settle(t, p.renew(7, "owner"))
	if n := p.shown.len(); n != sortAside/100+1 {
		t.Errorf("after another owner %d are shown", n)
	}
}
