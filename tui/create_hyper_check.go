package tui

import (
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// cpuMask is what Ganeti takes for the CPUs of a container: numbers and ranges.
var cpuMask = regexp.MustCompile(`^\d+(-\d+)?(,\d+(-\d+)?)*$`)

// device is the name of a network interface of a node.
var device = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,14}$`)

// hyperFault says what a hypervisor would not take as the value of one of the
// fields, as PARAMETERS of Ganeti's hypervisors have it; nil: nothing is wrong.
func hyperFault(hypervisor, name, value string) error {
	hint, ok := "", true
	switch name {
	case "kernel_path", "initrd_path", "bootloader_path":
		hint, ok = "write a full path on the node, as /boot/vmlinuz", plainPath(value)
	case "cdrom_image_path", "cdrom2_image_path":
		hint, ok = "write a full path on the node, as /srv/iso/debian.iso", plainPath(value)
		if hypervisor == hyperKVM {
			hint, ok = hint+", or an address that begins with http", ok || webAddress(value)
		}
	case "boot_order":
		hint, ok = "write letters: d the CD, c the disk, n the network, a the floppy; as cd", hypervisor != hyperHVM || strings.Trim(value, "acdn") == ""
	case "vnc_bind_address":
		hint, ok = "write an address of the node, as 127.0.0.1", listens(hypervisor, value)
	case "cpu_mask":
		hint, ok = "write numbers of CPUs, as 0-3,8", cpuMask.MatchString(value)
	case "startup_timeout":
		n, err := strconv.Atoi(value)
		hint, ok = "write a number of seconds", err == nil && n >= 0
	}
	if ok {
		return nil
	}
	return core.Errorf(core.CodeInvalid, "%s", hint)
}

// plainPath tells whether a path is what Ganeti calls normal.
func plainPath(value string) bool { return path.IsAbs(value) && path.Clean(value) == value }

func webAddress(value string) bool {
	u, err := url.Parse(value)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// listens tells whether a screen can listen there: Xen takes an IPv4 address, KVM
// any address, an interface of the node or a socket.
func listens(hypervisor, value string) bool {
	ip, err := netip.ParseAddr(value)
	if hypervisor == hyperHVM {
		return err == nil && ip.Is4()
	}
	return err == nil || plainPath(value) || device.MatchString(value)
}

// checkHyper says at each field what the hypervisor would not take, and at the one
// that is missing what others need.
func (w *wizard) checkHyper(v form.Values, params map[string]string, out map[string]error) {
	hypervisor := w.hypervisor(v)
	is := func(name string) string { // what the VM gets
		if value, set := params[name]; set {
			return value
		}
		value, _ := paramOf(w.offer(v).Hypervisor[hypervisor], name)
		return value
	}
	for _, h := range hyperFields() {
		field := hyperValue(h.name)
		if words, fits := h.of[hypervisor]; !fits || words != nil {
			continue
		}
		if text := v.Text(field); text != "" {
			out[field] = hyperFault(hypervisor, h.name, text)
		}
	}
	if hypervisor != hyperKVM {
		return
	}
	if is("boot_order") == "cdrom" && is("cdrom_image_path") == "" {
		out[hyperValue("cdrom_image_path")] = core.Errorf(core.CodeInvalid, "it boots from a CD, so it needs an image of one")
	}
	if params["kernel_path"] != "" && is("root_path") == "" {
		out[hyperValue("root_path")] = core.Errorf(core.CodeInvalid, "with a kernel of the node it needs a root, as /dev/vda1")
	}
}
