//go:build bench

package bench

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

// A pageSet is a page, how one gets there, and two keys that lead there and back.
type pageSet struct {
	name string
	open func(d *tuitest.Driver)
	keys [2]string
}

// pageSets are the pages of the life of a cluster. The first is what the others
// are compared with.
func pageSets() []pageSet {
	word := func(line string, keys ...string) func(*tuitest.Driver) {
		return func(d *tuitest.Driver) {
			d.Command(line)
			d.Press(keys...)
		}
	}
	keys := func(keys ...string) func(*tuitest.Driver) { return func(d *tuitest.Driver) { d.Press(keys...) } }
	return []pageSet{
		{"list of VMs", keys("2"), [2]string{"j", "k"}},
		{"list of nodes", keys("3"), [2]string{"j", "k"}},
		{"map of the cluster", word("map berlin"), [2]string{"j", "k"}},
		{"map of the cluster, at a VM", word("map berlin", "right"), [2]string{"j", "k"}},
		{"how the cluster is set up", word("cluster-setup berlin"), [2]string{"j", "k"}},
		{"find an object, as one types", keys("ctrl+p", "w"), [2]string{"e", "backspace"}},
		{"templates", word("templates"), [2]string{"j", "k"}},
		{"a new VM, first step", word("create berlin"), [2]string{"tab", "shift+tab"}},
		{"a new VM, what it is made of", word("create berlin", "ctrl+n", "ctrl+n"), [2]string{"tab", "shift+tab"}},
		{"edit a VM", word("edit web1.example.org"), [2]string{"tab", "shift+tab"}},
		{"settings of the cluster", word("cluster-set berlin"), [2]string{"tab", "shift+tab"}},
		{"steps of a job", keys("4", "enter", "tab"), [2]string{"j", "k"}},
	}
}

// TestBenchPages counts what a key and the frame after it allocate on each page,
// as a ratio to the list of VMs: a page that grows with the cluster shows.
func TestBenchPages(t *testing.T) {
	const nodes, vms = 200, 2000
	synctest.Test(t, func(t *testing.T) {
		berlin := coretest.NewBerlin()
		berlin.Grow(nodes, vms)
		w := coretest.StartWith(t, coretest.Options{Berlin: berlin})
		defer w.Stop()
		s := w.Login("admin")
		w.Until(s, "all VMs", func(v *core.View) bool { return len(v.VMs()) >= vms })
		for i := range 40 {
			vm := core.CreateVM{OS: "noop", Hypervisor: "kvm", DiskTemplate: "plain", MemoryMiB: 512, VCPUs: 1, Disks: []core.NewDisk{{SizeMiB: 1024}}}
			w.Do(s, core.SaveTemplate{Template: core.Template{Cluster: coretest.Berlin, Name: fmt.Sprintf("kind%d", i), VM: vm}})
		}
		w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		results.section("A key and its frame on pages of a cluster of %d VMs on %d nodes, %dx%d", vms, nodes, width, height)
		var list float64
		for _, p := range pageSets() {
			d := tuitest.New(t, s, tui.Options{Width: width, Height: height, Profile: colorprofile.TrueColor})
			d.Advance(time.Minute)
			p.open(d)
			d.Advance(2 * time.Second)
			before := d.ANSI()
			d.Press(p.keys[0])
			if d.ANSI() == before {
				t.Errorf("%s: %s paints nothing:\n%s", p.name, p.keys[0], d.Screen())
			}
			d.Press(p.keys[1])
			n := testing.AllocsPerRun(20, func() {
				for _, k := range p.keys {
					d.Press(k)
					_ = d.ANSI()
				}
			}) / 2
			d.Close()
			if list == 0 {
				list = n
				results.note(n, "allocations", "%s", p.name)
				continue
			}
			results.aim(n/list, "times those", 15, "%s", p.name)
		}
	})
}
