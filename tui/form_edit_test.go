package tui_test

import (
	"slices"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestEditAVM changes the VCPUs and gives up an own hypervisor parameter: the
// form shows what is inherited and ends in the differences.
func TestEditAVM(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		vm := coretest.BerlinVM(coretest.Web1)
		before, _ := s.View().VM(vm)
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "E")
		d.Shows("vm edit "+vm.String(), "Nothing is changed yet.", "inherited: true")
		d.Press("tab", "tab", "backspace", "backspace")
		d.Type("9")
		d.Shows("be/vcpus: ", " -> 9", "if it runs, vcpus will hold", "gwm vm edit", "--vcpus 9")
		d.Press("ctrl+x")
		w.Until(s, "9 VCPUs", func(v *core.View) bool {
			is, ok := v.VM(vm)
			return ok && is.VCPUs == 9 && is.MemoryMiB == before.MemoryMiB
		})
	})
}

// TestEditAndRestart: one form changes a VM and restarts it, once that is confirmed.
func TestEditAndRestart(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		vm := coretest.BerlinVM(coretest.Web1)
		open(d, "edit "+vm.String())
		d.Press("tab", "tab", "backspace", "backspace")
		d.Type("9")
		d.Press("tab", "tab", "tab", "tab", "space")
		d.Shows("settings; then it is shut down and", "--restart")
		d.Press("ctrl+x")
		d.Shows("started again", "y ")
		d.Press("y")
		w.Until(s, "the restart", func(*core.View) bool {
			return slices.Contains(w.Berlin.Submitted(), "INSTANCE_REBOOT "+vm.Name)
		})
	})
}

// TestEditAsOneMay shows in which network a NIC is to who may not create VMs on the
// cluster, and why it stays; who may do that too changes it.
func TestEditAsOneMay(t *testing.T) {
	t.Parallel()
	seated(t, "ann", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		root := w.Local()
		defer root.Close()
		vm := coretest.BerlinVM(coretest.Web1)
		w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: vm, Verbs: []core.Verb{core.VerbModify}})
		w.Wait()
		open(d, "edit "+vm.String())
		d.Press("ctrl+n", "ctrl+n", "tab", "enter", "down", "enter", "tab", "tab")
		d.Shows("servers", "192.0.2.32", "[aa:00:")
		d.Shows("network, mode, link, VLAN and address stay:", "create_vm on berlin; ask")
		d.Hides("[servers", "[192.0.2.32")
		d.Type("first")
		d.Shows("nic/0/name: - -> first")
		d.Press("ctrl+x")
		w.Until(s, "a name", func(v *core.View) bool { is, ok := v.VM(vm); return ok && is.NICs[0].Name == "first" })
		w.Do(root, core.SetGrant{Who: core.UserRef("ann"), On: core.ClusterRef(coretest.Berlin), Verbs: []core.Verb{core.VerbCreateVM}})
		w.Wait()
		open(d, "edit "+vm.String())
		d.Press("ctrl+n", "ctrl+n", "tab", "enter", "down", "enter", "tab", "tab")
		d.Hides("address stay")
		d.Press("ctrl+u")
		d.Type("192.0.2.77")
		d.Shows("nic/0/ip: 192.0.2.32 -> 192.0.2.77")
		d.Press("ctrl+x")
		w.Until(s, "another address", func(v *core.View) bool { is, ok := v.VM(vm); return ok && is.NICs[0].IP == "192.0.2.77" })
	})
}

// TestEditDevices adds a NIC and a disk to a VM that is down and removes a disk,
// for which its name must be typed.
func TestEditDevices(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		vm := coretest.BerlinVM(coretest.Cold)
		open(d, "edit "+vm.String())
		d.Press("ctrl+n", "ctrl+n", "tab", "space")
		d.Press("tab", "tab", "tab")
		d.Shows("Network", "as the cluster has it by default")
		d.Type("br7")
		for range 5 {
			d.Press("tab")
		}
		d.Press("tab", "enter", "down", "down", "enter", "tab", "space", "tab")
		d.Type("3G")
		d.Shows("nic/new: - -> link=br7", "disk/0: 10 GiB", "-> removed", "disk/new: - -> 3G", "with everything on it", "--remove-disk 0")
		d.Press("ctrl+x")
		d.Shows("Type cold1.example.org to do it")
		d.Type("cold1.example.org")
		d.Press("enter")
		w.Until(s, "new devices", func(v *core.View) bool {
			is, ok := v.VM(vm)
			return ok && len(is.NICs) == 2 && is.NICs[1].Link == "br7" && len(is.Disks) == 1 && is.DiskMiB == 3072
		})
	})
}

// TestEditMeanwhile holds that who edits what somebody else changed is told so
// before the form is gone, and keeps what they filled in; a VM that is gone is
// told too.
func TestEditMeanwhile(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		vm := coretest.BerlinVM(coretest.Web1)
		open(d, "edit "+vm.String())
		d.Press("tab", "tab", "ctrl+u")
		d.Type("9")
		w.Do(s, core.EditVM{VM: vm, Params: []core.ParamEdit{{Name: core.ParamVCPUs, Value: "5"}}, NICs: []core.NICEdit{{Set: core.NewNIC{IP: "192.0.2.99"}}}})
		w.Until(s, "5 VCPUs", func(v *core.View) bool { is, ok := v.VM(vm); return ok && is.VCPUs == 5 })
		d.Press("ctrl+x")
		d.Shows("somebody else changed web1.example.org meanwhile: be/vcpus was 2, is 5", "ctrl-r loads", "[9")
		d.Press("ctrl+r")
		d.Shows("be/vcpus: 5 -> 9", "somebody set it to 5 meanwhile")
		w.Do(s, core.DeleteVM{VM: vm})
		w.Until(s, "no VM", func(v *core.View) bool { _, ok := v.VM(vm); return !ok })
		d.Press("ctrl+x")
		d.Shows("no VM", "[9")
	})
}

// TestEditLocked tells why before anybody fills anything in, and again where the
// lock comes meanwhile.
func TestEditLocked(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		vm := coretest.BerlinVM(coretest.Web1)
		open(d, "edit "+vm.String())
		d.Press("tab", "tab", "ctrl+u")
		d.Type("9")
		w.Do(s, core.SetLock{On: vm, Reason: "evidence"})
		d.Press("ctrl+x")
		d.Shows("evidence", "[9")
		d.Press("esc", "y")
		d.Press("2", "/")
		d.Type("web1")
		d.Press("enter", "E")
		d.Shows("evidence")
		d.Hides("What saving does")
	})
}

// TestEditUnreachable holds that the form opens with what was last known of a VM
// whose cluster does not answer, and that the job then says why it failed.
func TestEditUnreachable(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		vm := coretest.BerlinVM(coretest.Web1)
		for _, method := range []string{"Stamps", "VMs", "VM", "Nodes", "Jobs", "Info", "EditVM"} {
			w.Berlin.Fail(method, w.Berlin.Unreachable())
		}
		open(d, "edit "+vm.String())
		d.Press("tab", "tab", "ctrl+u")
		d.Type("9")
		d.Shows("be/vcpus: 2 -> 9")
		d.Press("ctrl+x")
		w.Wait()
		d.Advance(time.Second)
		d.Shows("berlin does not answer")
		if is, _ := s.View().VM(vm); is.VCPUs != 2 {
			t.Errorf("it has %d VCPUs", is.VCPUs)
		}
	})
}
