package tui_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
)

// answering answers a form line by line: to each question what is next for it, an
// empty line where nothing is left.
type answering struct {
	bytes.Buffer // all that was asked

	next map[string][]string
}

// Read writes the next answer; the last question stands at the end of what was asked.
func (a *answering) Read(p []byte) (int, error) {
	asked := a.String()
	asked = asked[strings.LastIndex(asked, "\n")+1:]
	answer := ""
	for label, list := range a.next {
		if len(list) > 0 && strings.HasPrefix(asked, label) {
			answer, a.next[label] = list[0], list[1:]
		}
	}
	a.WriteString("<" + answer + ">\n")
	return copy(p, answer+"\n"), nil
}

// ganetiParams are the parameters of Ganeti 3.0 that the wizard may ask for, with
// the values that a new cluster has (HVC_DEFAULTS of constants.py).
var ganetiParams = map[string]string{
	"kvm": "acpi=true boot_order=disk cdrom_image_path= cdrom2_image_path= cpu_type= disk_cache=default disk_type=paravirtual " +
		"initrd_path= kernel_args=ro kernel_path=/boot/vmlinuz-3-kvmU nic_type=paravirtual root_path= serial_console=true vnc_bind_address=",
	"xen-pvm": "bootloader_path= initrd_path= kernel_args=ro kernel_path=/boot/vmlinuz-3-xenU root_path=/dev/xvda1 use_bootloader=false",
	"xen-hvm": "acpi=true boot_order=cd cdrom_image_path= disk_type=paravirtual kernel_path=/usr/lib/xen/boot/hvmloader nic_type=rtl8139 " +
		"pae=true viridian=false vnc_bind_address=0.0.0.0",
	"lxc":  "cpu_mask= extra_config= startup_timeout=30",
	"fake": "migration_mode=live",
}

// TestWizardOfHypervisors asks for the parameters of each hypervisor, and refuses at
// the field what it would not take.
func TestWizardOfHypervisors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		hypervisor string
		fields     []string
		answers    map[string][]string
		refused    []string
		command    string
	}{
		{
			"kvm",
			[]string{
				"Boot from", "CD image", "Second CD", "Kernel", "Initrd", "Root", "Kernel options", "Serial console", "Screen", "Disk type", "Disk cache",
				"NIC type", "CPU type", "ACPI",
			},
			map[string][]string{
				"Boot from":  {"hd", "cdrom"},
				"CD image":   {"", "debian.iso", "ftp://x/y.iso", "/srv/iso/../debian.iso", "/srv/iso/debian.iso"},
				"Kernel":     {"vmlinuz", "/boot/vmlinuz"},
				"Root":       {"", "/dev/vda1"},
				"Screen":     {"10.0.0.300", "127.0.0.1"},
				"Disk type":  {"ioemu", "scsi-hd"},
				"Disk cache": {"fast", "none"},
				"NIC type":   {"vmxnet", "e1000"},
				"ACPI":       {"maybe", "False"},
			},
			[]string{
				"Boot from, number or name [as berlin: disk]: <hd>\nNothing matches", "Error: CD image: it boots from a CD", "Error: CD image: write a full path",
				"Error: Root: with a kernel of the node it needs a root", "Error: Kernel: write a full path",
				"Error: Screen: write an address", "<ioemu>\nNothing matches", "<fast>\nNothing matches", "<vmxnet>\nNothing matches",
			},
			"--hv acpi=False --hv boot_order=cdrom --hv cdrom_image_path=/srv/iso/debian.iso --hv disk_cache=none --hv disk_type=scsi-hd " +
				"--hv kernel_path=/boot/vmlinuz --hv nic_type=e1000 --hv root_path=/dev/vda1 --hv vnc_bind_address=127.0.0.1",
		},
		{
			"xen-pvm",
			[]string{"Boot loader", "Its path", "Kernel", "Initrd", "Root", "Kernel options"},
			map[string][]string{"Its path": {"pygrub", "/usr/bin/pygrub"}, "Initrd": {"initrd/", "/boot/initrd"}, "Root": {"/dev/xvdb1"}},
			[]string{"Error: Its path: write a full path", "Error: Initrd: write a full path"},
			"--hv bootloader_path=/usr/bin/pygrub --hv initrd_path=/boot/initrd --hv root_path=/dev/xvdb1",
		},
		{
			"xen-hvm",
			[]string{"Boot from", "CD image", "Screen", "Disk type", "NIC type", "ACPI", "PAE", "Viridian"},
			map[string][]string{
				"Boot from": {"cdrom", "dc"}, "CD image": {"http://example.org/a.iso", "/srv/a.iso"}, "Screen": {"::1", "127.0.0.1"},
				"Disk type": {"ide", "ioemu"}, "NIC type": {"pcnet", "ne2k_pci"}, "Viridian": {"True"},
			},
			[]string{
				"Error: Boot from: write letters", "Error: CD image: write a full path", "Error: Screen: write an address", "<ide>\nNothing matches",
				"<pcnet>\nNothing matches",
			},
			"--hv boot_order=dc --hv cdrom_image_path=/srv/a.iso --hv disk_type=ioemu --hv nic_type=ne2k_pci --hv viridian=True --hv vnc_bind_address=127.0.0.1",
		},
		{
			"lxc",
			[]string{"CPUs", "Start timeout", "LXC options"},
			map[string][]string{"CPUs": {"all", "0-3,8"}, "Start timeout": {"-1", "soon", "60"}},
			[]string{"Error: CPUs: write numbers", "Error: Start timeout: write a number"},
			"--hv cpu_mask=0-3,8 --hv startup_timeout=60",
		},
		{
			"fake",
			[]string{"Migration"},
			map[string][]string{"Migration": {"warm", "non-live"}},
			[]string{"<warm>\nNothing matches"},
			"--hv migration_mode=non-live",
		},
	} {
		t.Run(tt.hypervisor, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				w.Berlin.Reshape(func(o *core.Offer) {
					o.Hypervisors, o.Hypervisor = []string{tt.hypervisor}, map[string][]core.Param{tt.hypervisor: nil}
					for _, word := range strings.Fields(ganetiParams[tt.hypervisor]) {
						name, value, _ := strings.Cut(word, "=")
						o.Hypervisor[tt.hypervisor] = append(o.Hypervisor[tt.hypervisor], core.Param{Name: name, Value: value})
					}
				})
				a := &answering{next: tt.answers}
				for label, answer := range map[string]string{"Cluster": "berlin", "Name": web9, "System": "noop", "Disk 1": "10G", "Create": "no"} {
					a.next[label] = append(a.next[label], answer)
				}
				if err := tui.Plain(t.Context(), w.Login("admin"), "vm create", "", a, a); err != nil {
					t.Fatal(err)
				}
				said := a.String()
				_, step, _ := strings.Cut(said, "\n\nHypervisor:\n")
				step, _, _ = strings.Cut(step, "Others, line by line")
				var fields []string
				for _, line := range strings.Split(step, "\n") {
					label, _, asked := strings.Cut(line, " [")
					label, _, _ = strings.Cut(label, ", number or name")
					if asked && !slices.Contains(fields, label) {
						fields = append(fields, label)
					}
				}
				if diff := cmp.Diff(tt.fields, fields); diff != "" {
					t.Errorf("the fields (-want +asked):\n%s\n%s", diff, step)
				}
				for _, text := range append(tt.refused, tt.command+" --owner") {
					if !strings.Contains(said, text) {
						t.Errorf("it does not say %q:\n%s", text, step)
					}
				}
			})
		})
	}
}

// TestWizardKeepsWhatIsEmpty holds that a VM without a kernel of the node has none
// either when it is made of a template, whatever its cluster has.
func TestWizardKeepsWhatIsEmpty(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s, shape := w.Login("admin"), made("", core.Ref{}, 1024)
		shape.Hypervisor, shape.HypervisorParams = "kvm", map[string]string{"kernel_path": "", "boot_order": "network"}
		w.Do(s, core.SaveTemplate{Template: core.Template{Cluster: coretest.Berlin, Name: "own", VM: shape.Shape()}})
		a := &answering{next: map[string][]string{"Name": {web9}, "Create": {"no"}}}
		if err := tui.Plain(t.Context(), s, "vm create", "template berlin/own", a, a); err != nil {
			t.Fatal(err)
		}
		if want := "--hv boot_order=network --hv kernel_path= "; !strings.Contains(a.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, a.String())
		}
	})
}
