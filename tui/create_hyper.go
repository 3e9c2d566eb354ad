package tui

import (
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The hypervisors of Ganeti whose parameters the wizard has fields for.
const (
	hyperKVM = "kvm"
	hyperPVM = "xen-pvm"
	hyperHVM = "xen-hvm"
	hyperLXC = "lxc"
	hyperFak = "fake"
)

// hyperField is a parameter of hypervisors that people often set. Every other one
// is written by name.
type hyperField struct {
	name  string
	label string
	help  string
	// of says what each hypervisor that has it takes: words to choose from, or nil
	// for free text.
	of map[string][]string
}

// hyperFields are those parameters, in the order of the form (constants.py of
// Ganeti 3.0: HVS_PARAMETER_TYPES and the sets beside it).
func hyperFields() []hyperField {
	yesOrNo := []string{"True", "False"}
	kvmDisks := []string{"paravirtual", "ide", "scsi", "sd", "mtd", "pflash", "scsi-block", "scsi-cd", "scsi-generic", "scsi-hd"}
	kvmNICs := []string{"paravirtual", "e1000", "rtl8139", "ne2k_pci", "ne2k_isa", "i82551", "i82557b", "i82559er", "pcnet"}
	hvmNICs := []string{"paravirtual", "e1000", "rtl8139", "ne2k_pci", "ne2k_isa"}
	return []hyperField{
		{"boot_order", "Boot from", "What it boots from first: for Xen HVM letters, as cd, a, c, d, n.", map[string][]string{
			hyperKVM: {"disk", "cdrom", "network", "floppy"}, hyperHVM: nil,
		}},
		{"cdrom_image_path", "CD image", "A path on the node, or an address that the node can read.", map[string][]string{hyperKVM: nil, hyperHVM: nil}},
		{"cdrom2_image_path", "Second CD", "A path on the node.", map[string][]string{hyperKVM: nil}},
		{"use_bootloader", "Boot loader", "Whether a boot loader finds the kernel on its disk.", map[string][]string{hyperPVM: yesOrNo}},
		{"bootloader_path", "Its path", "The boot loader on the node, as pygrub.", map[string][]string{hyperPVM: nil}},
		{"kernel_path", "Kernel", "A path on the node. A VM of KVM without one boots what is on its disk: kernel_path= under Others.", map[string][]string{hyperKVM: nil, hyperPVM: nil}},
		{"initrd_path", "Initrd", "A path on the node.", map[string][]string{hyperKVM: nil, hyperPVM: nil}},
		{"root_path", "Root", "What the kernel gets as its root, as /dev/vda1.", map[string][]string{hyperKVM: nil, hyperPVM: nil}},
		{"kernel_args", "Kernel options", "Further words for the kernel, as ro quiet.", map[string][]string{hyperKVM: nil, hyperPVM: nil}},
		{"serial_console", "Serial console", "Without it there is no console to type at.", map[string][]string{hyperKVM: yesOrNo}},
		{"vnc_bind_address", "Screen", "The address that its screen listens on: 127.0.0.1, 0.0.0.0, or none.", map[string][]string{hyperKVM: nil, hyperHVM: nil}},
		{"disk_type", "Disk type", "What the guest takes its disks for.", map[string][]string{
			hyperKVM: kvmDisks, hyperHVM: {"paravirtual", "ioemu"},
		}},
		{"disk_cache", "Disk cache", "How the node caches what the guest writes.", map[string][]string{hyperKVM: {"none", "writeback", "writethrough"}}},
		{"nic_type", "NIC type", "What the guest takes its network interfaces for.", map[string][]string{hyperKVM: kvmNICs, hyperHVM: hvmNICs}},
		{"cpu_type", "CPU type", "The processor that the guest sees, as host.", map[string][]string{hyperKVM: nil}},
		{"acpi", "ACPI", "Whether it can be asked to shut down.", map[string][]string{hyperKVM: yesOrNo, hyperHVM: yesOrNo}},
		{"pae", "PAE", "Whether a 32 bit guest sees more than 4 GiB.", map[string][]string{hyperHVM: yesOrNo}},
		{"viridian", "Viridian", "Whether Windows sees what Hyper-V has.", map[string][]string{hyperHVM: yesOrNo}},
		{"cpu_mask", "CPUs", "The CPUs of the node that it may use, as 0-3.", map[string][]string{hyperLXC: nil}},
		{"startup_timeout", "Start timeout", "How many seconds its start may take.", map[string][]string{hyperLXC: nil}},
		{"extra_config", "LXC options", "Further lines for its configuration.", map[string][]string{hyperLXC: nil}},
		{"migration_mode", "Migration", "Whether it runs on while it is moved.", map[string][]string{hyperFak: {"live", "non-live"}}},
	}
}

// hyperValue is the name of the answer about a parameter.
func hyperValue(name string) string { return "hv." + name }

// hyperStep are the fields of the hypervisor that was chosen, as far as the
// cluster has them, and everything else by name.
func (w *wizard) hyperStep() []form.Field {
	out := []form.Field{{Kind: form.Section, Label: "Hypervisor"}}
	for _, h := range hyperFields() {
		has := func(v form.Values) bool {
			hv := w.hypervisor(v)
			_, fits := h.of[hv]
			_, known := paramOf(w.offer(v).Hypervisor[hv], h.name)
			return fits && known
		}
		standard := func(v form.Values) string {
			return byDefault(v["cluster"], w.offer(v).Hypervisor[w.hypervisor(v)], h.name)
		}
		text := form.Field{
			Name: hyperValue(h.name), Label: h.label, Help: h.help, Max: 300, Default: standard,
			When: func(v form.Values) bool { return has(v) && h.of[w.hypervisor(v)] == nil },
		}
		choice := form.Field{
			Name: hyperValue(h.name) + ".of", Label: h.label, Help: h.help, Kind: form.Choice, Folded: true, Default: standard,
			When: func(v form.Values) bool { return has(v) && h.of[w.hypervisor(v)] != nil },
			Offer: func(v form.Values) []form.Option {
				options := []form.Option{{Value: "", Label: standard(v)}}
				for _, word := range h.of[w.hypervisor(v)] {
					options = append(options, form.Option{Value: word})
				}
				return options
			},
		}
		free, chosen := false, false
		for _, words := range h.of {
			free, chosen = free || words == nil, chosen || words != nil
		}
		if chosen {
			out = append(out, choice)
		}
		if free {
			out = append(out, text)
		}
	}
	return append(out,
		form.Field{
			Name: "hvother", Label: "Others", Kind: form.Lines, Max: 2000, Placeholder: "keymap=de",
			Help: "Further parameters of the hypervisor, NAME=VALUE, one a line. Cluster pages list their names.",
		},
		form.Field{
			Name: "osparams", Label: "For the system", Kind: form.Lines, Max: 2000, Placeholder: "dhcp=yes",
			Help: "Parameters of the operating system's installer, NAME=VALUE, one a line.",
		},
		form.Field{
			Name: "backend", Label: "Backend", Kind: form.Lines, Max: 500, Placeholder: "auto_balance=False",
			Help: "Parameters of the cluster about it: auto_balance, always_failover, spindle_use.",
		},
	)
}

// hyperParams are the parameters that the answers set.
func (w *wizard) hyperParams(v form.Values) (map[string]string, error) {
	params, err := readParams(v["hvother"])
	for _, h := range hyperFields() {
		for _, name := range []string{hyperValue(h.name), hyperValue(h.name) + ".of"} {
			if text := v.Text(name); text != "" {
				if params == nil {
					params = map[string]string{}
				}
				params[h.name] = text
			}
		}
	}
	return params, err
}

// hyperAnswers are the answers that set parameters of a hypervisor.
func hyperAnswers(hypervisor string, params map[string]string) form.Values {
	v, rest := form.Values{}, map[string]string{}
	for name, value := range params {
		rest[name] = value
	}
	for _, h := range hyperFields() {
		words, fits := h.of[hypervisor]
		value, set := params[h.name]
		switch {
		case !fits || !set:
			continue
		case value == "": // an empty field would stand for the cluster's value
			continue
		case words == nil:
			v[hyperValue(h.name)] = value
		case slices.Contains(words, value):
			v[hyperValue(h.name)+".of"] = value
		default:
			continue
		}
		delete(rest, h.name)
	}
	v["hvother"] = writeParams(rest)
	return v
}

// readParams reads lines of NAME=VALUE.
func readParams(text string) (map[string]string, error) {
	var params map[string]string
	for _, line := range (form.Values{"": text}).List("") {
		name, value, err := core.ParseParam(line)
		if err != nil {
			return params, err
		}
		if params == nil {
			params = map[string]string{}
		}
		params[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return params, nil
}

// writeParams is the opposite.
func writeParams(params map[string]string) string {
	var lines []string
	for name, value := range params {
		lines = append(lines, name+"="+value)
	}
	slices.Sort(lines)
	return form.Join(lines)
}
