package core

import (
	"path"
	"strings"
)

// ordinaryParams are the parameters of hypervisors that change the guest alone.
// Every other one may reach the node: a file that QEMU opens, a program that it
// runs, arguments that are passed on, another user, other devices.
const ordinaryParams = " acpi blockdev_prefix boot_order cdrom_disk_type cpu_cores cpu_sockets cpu_threads cpu_type disk_cache " +
	"disk_discard disk_type kernel_args keymap kvm_flag nic_type num_ttys pae reboot_behavior root_path scsi_controller_type " +
	"serial_console serial_speed soundhw startup_timeout usb_mouse use_guest_agent use_localtime user_shutdown vga vif_type " +
	"viridian virtio_net_queues vnc_bind_address vnc_tls vnet_hdr "

// OrdinaryParam tells whether who may make or change a VM may give a parameter of
// its hypervisor this value. Others are for administrators of the cluster, because
// whoever sets them can read files of the node or run programs there. Images of
// CDs are ordinary where they look like such, and a path may be emptied.
func OrdinaryParam(name, value string) bool {
	switch name {
	case "cdrom_image_path", "cdrom2_image_path":
		return value == "" || path.IsAbs(value) && path.Clean(value) == value && strings.HasSuffix(value, ".iso") &&
			!strings.ContainsAny(value, ",")
	case "kernel_path", "initrd_path", "floppy_image_path":
		return value == ""
	case "vnc_bind_address":
		return !strings.Contains(value, "/")
	}
	return strings.Contains(ordinaryParams, " "+name+" ")
}
