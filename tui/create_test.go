package tui_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

// fillIn answers the steps of a new VM on berlin and ends at the summary.
func fillIn(d *tuitest.Driver, name string) {
	d.Press("space", "ctrl+n", "ctrl+n") // berlin, the owner stays
	d.Type(name)
	d.Press("tab", "tab", "enter")
	d.Type("noop")
	d.Press("enter", "ctrl+n", "tab")
	d.Type("10G")
	d.Press("ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n")
}

// TestCreateWizard makes a VM from key n on, step by step.
func TestCreateWizard(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Press("2", "n")
		d.Shows("[Cluster]", "berlin", "paris")
		d.Hides("Basics")
		d.Press("space", "ctrl+n") // berlin
		d.Shows("[Owner]", "admin, yourself")
		d.Press("ctrl+n")
		d.Shows("[Basics]", "as berlin: kvm", "as berlin: 1 GiB")
		d.Type("Web9")
		d.Press("tab", "tab", "enter")
		d.Shows("debootstrap+default")
		d.Type("noop")
		d.Press("enter", "ctrl+p", "ctrl+n")
		d.Shows("cannot be the name of a VM: it has characters")
		d.Press("ctrl+u")
		d.Type("web9.example.org")
		d.Press("ctrl+n")
		d.Shows("[Disks]", "as berlin: drbd")
		d.Press("tab")
		d.Type("4T")
		d.Press("tab")
		d.Shows("the policy allows at most 1 TiB", "Disk 2")
		d.Press("shift+tab", "ctrl+u")
		d.Type("10G")
		d.Press("tab")
		d.Type("root")
		d.Press("tab")
		d.Type("20G")
		d.Press("ctrl+n")
		d.Shows("[NICs]", "as berlin", "made by the cluster", "NIC 2")
		d.Press("ctrl+n")
		d.Shows("[Place]", "(x) the cluster chooses  hail")
		d.Press("ctrl+n")
		d.Shows("[Hypervisor]", "as berlin: disk", "Serial console")
		d.Press("ctrl+n")
		d.Shows("[Summary]", "[ Dry run ]", "--disk", "10G,name=root", "--owner admin")
		d.Press("ctrl+x")
		w.Until(s, "web9 is there", func(v *core.View) bool {
			vm, ok := v.VM(coretest.BerlinVM("web9.example.org"))
			return ok && len(vm.Disks) == 2 && v.OwnerOf(vm) == core.UserRef("admin")
		})
	})
}

// TestGoldenWizard draws the steps that ask most, and the last.
func TestGoldenWizard(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		drawn := map[string]string{}
		synctest.Test(t, func(t *testing.T) {
			w := coretest.Start(t)
			defer w.Stop()
			d := tuitest.New(t, w.Login("admin"), tui.Options{Width: size[0], Height: size[1], Profile: colorprofile.ANSI})
			defer d.Close()
			d.Advance(40 * time.Second)
			draw := func(step string) { drawn[step] = d.Screen() + "\n" }
			d.Press("2", "n")
			draw("cluster")
			d.Press("space", "ctrl+n", "ctrl+n")
			d.Type("web9.example.org")
			d.Press("tab", "tab", "enter")
			d.Type("noop")
			d.Press("enter", "ctrl+n", "tab")
			d.Type("10G")
			d.Press("tab")
			d.Type("root")
			d.Press("tab")
			d.Type("4T")
			d.Press("tab")
			draw("disks")
			d.Press("shift+tab", "ctrl+u")
			d.Type("20G")
			d.Press("ctrl+n", "enter")
			d.Type("to a bridge")
			d.Press("enter", "tab")
			draw("nics")
			d.Press("ctrl+n", "ctrl+n", "ctrl+n")
			draw("summary")
		})
		for step, screen := range drawn {
			t.Run(fmt.Sprintf("%s/%dx%d", step, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				golden.RequireEqual(t, screen)
			})
		}
	}
}

// TestCreateDraft loses the connection in the middle and goes on where it was.
func TestCreateDraft(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		resume := func() {
			d.Press(":")
			d.Type("resume")
			d.Press("enter")
		}
		resume()
		d.Shows("no form was left unsaved")
		d.Press("2", "n")
		fillIn(d, "web9.example.org")
		d.Press("esc", "d")
		d.Shows("a draft is kept")
		resume() // from any page
		d.Shows("what you had filled in", "is back")
		d.Press("esc", "d")
		d.Shows("a draft is kept")
		d.Press("n")
		d.Shows("what you had filled in", "is back")
		d.Press("ctrl+n", "ctrl+n")
		d.Shows("web9.example.org", "noop")
	})
}

// TestTemplates makes a template of a VM and of the wizard, changes one, copies
// it, and makes a VM of it.
func TestTemplates(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		d.Command("templates")
		d.Shows("there is no template")
		d.Command("template-of " + coretest.Web1)
		d.Shows("[Template]", "[web1")
		d.Press("ctrl+x")
		d.Command("create berlin")
		fillIn(d, "web9.example.org")
		d.Press("tab")
		d.Type("tiny")
		d.Press("tab", "tab", "tab", "enter")
		d.Shows("the template berlin/tiny is kept")
		d.Press("esc", "y")
		d.Command("templates")
		d.Advance(time.Second) // news are gathered
		d.Shows("web1", "tiny", "noop")
		d.Press("/")
		d.Type("tiny")
		d.Press("enter", "E")
		d.Shows("[Template]", "tiny")
		d.Press("ctrl+n", "tab", "tab", "tab", "tab", "ctrl+u")
		d.Type("2G")
		d.Press("ctrl+x")
		d.Advance(time.Second)
		d.Shows("2G")
		d.Press("c")
		d.Shows("berlin", "paris")
		d.Press("down", "space", "tab", "ctrl+u")
		d.Type("tiny2")
		d.Press("ctrl+x")
		list, err := s.Templates(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, tpl := range list {
			got = append(got, tpl.Path())
		}
		if len(got) != 3 || got[2] != "paris/tiny2" {
			t.Errorf("there are the templates %q", got)
		}
		d.Press("esc")
		d.Command("templates")
		d.Press("/")
		d.Type("name:tiny")
		d.Press("enter", "n")
		d.Shows("[Cluster]", "(x) berlin")
		d.Press("ctrl+n", "ctrl+n")
		d.Shows("noop", "[2G")
		d.Type("web10.example.org")
		d.Press("ctrl+x")
		w.Until(s, "web10 is there", func(v *core.View) bool {
			vm, ok := v.VM(coretest.BerlinVM("web10.example.org"))
			return ok && vm.MemoryMiB == 2048
		})
	})
}
