//go:build ganeti

package e2e

import (
	"strings"

	"github.com/google/go-cmp/cmp"
)

// testEdit holds that the real instance has what vm edit asked for, that
// what is inherited again is no longer its own, and that the cluster's refusal
// is told.
func testEdit(b *bed) {
	t := b.T
	name := b.vm("alpha", "edit-test")
	b.exec("alpha", "gnt-instance", "add", "-t", "diskless", "-H", "kvm", "-o", "noop", "--no-start", "--no-install", "--no-ip-check", "--no-name-check",
		"-n", b.master("alpha"), "-B", "maxmem=128,minmem=128,vcpus=1", name)
	t.Cleanup(func() { b.exec("alpha", "gnt-instance", "remove", "-f", name) })
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	fields := "name,be/maxmem,be/minmem,be/vcpus,be/auto_balance,hv/acpi,hv/boot_order,custom_hvparams"
	own := func() []string { b.Helper(); return b.table("alpha", "gnt-instance", fields, name)[name] }

	has(t, b.w.must(t, "admin", "vm", "edit", "alpha/"+name, "--memory", "256M", "--vcpus", "2", "--be", "auto_balance=false",
		"--hv", "acpi=false", "--hv", "boot_order=network", "--wait"), "success")
	if diff := cmp.Diff([]string{"256", "128", "2", "N", "N", "network"}, own()[:6]); diff != "" {
		t.Errorf("gnt-instance list: %s", diff)
	}
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	has(t, b.w.must(t, "admin", "vm", "edit", "alpha/"+name, "--hv", "acpi=default", "--hv", "boot_order=default", "--be", "auto_balance=default", "--wait"), "success")
	if got := own(); got[3] != "Y" || got[4] != "Y" || got[5] != "disk" || strings.Contains(got[6], "acpi") {
		t.Errorf("nothing is inherited again: %v", got)
	}
	r := b.w.as(t, "admin", "vm", "edit", "alpha/"+name, "--hv", "nosuch=1", "--yes", "--wait")
	has(t, r.out+r.err, "nosuch")
	has(t, b.w.must(t, "admin", "audit", "list", "--on", "alpha/"+name), "vm.edit", "done", "failed")
}

// testEditDevices holds that the real instance has the NICs and disks that vm
// edit asked for and no longer those that it removed, and that what the cluster
// refuses is told in a sentence.
func testEditDevices(b *bed) {
	t := b.T
	name := b.vm("alpha", "edit-devices")
	b.exec("alpha", "gnt-instance", "add", "-t", "file", "-s", "16M", "-H", "fake", "-o", "noop", "--no-start", "--no-install", "--no-ip-check", "--no-name-check",
		"-n", b.master("alpha"), "--net", "0:mac=aa:00:00:e5:00:01", name)
	t.Cleanup(func() { b.exec("alpha", "gnt-instance", "remove", "-f", name) })
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	own := func() []string {
		b.Helper()
		return b.table("alpha", "gnt-instance", "name,nic.count,nic.mac/0,nic.mac/1,nic.ip/1,nic.name/0,disk.count,disk.name/0,os,status", name)[name]
	}
	edit := func(words ...string) result {
		b.Helper()
		b.w.must(t, "admin", "cluster", "refresh", "alpha")
		return b.w.as(t, "admin", append([]string{"vm", "edit", "alpha/" + name, "--yes", "--wait"}, words...)...)
	}

	r := edit("--add-nic", "mac=aa:00:00:e5:00:02,name=second", "--nic", "0:name=first", "--add-disk", "16M,name=data", "--disk", "0:name=root", "--os", "noop", "--offline")
	has(t, r.out+r.err, "success")
	if diff := cmp.Diff([]string{"2", "aa:00:00:e5:00:01", "aa:00:00:e5:00:02", "-", "first", "2", "root", "noop", "ADMIN_offline"}, own()); diff != "" {
		t.Errorf("gnt-instance list: %s", diff)
	}
	has(t, b.exec("alpha", "gnt-instance", "info", name), "aa:00:00:e5:00:02", "data")

	r = edit("--remove-nic", "0", "--nic", "1:ip=192.0.2.77,name=none", "--remove-disk", "0", "--online")
	has(t, r.out+r.err, "success")
	if diff := cmp.Diff([]string{"1", "aa:00:00:e5:00:02", "-", "-", "-", "1", "data", "noop", "ADMIN_down"}, own()); diff != "" {
		t.Errorf("gnt-instance list after the removal: %s", diff)
	}
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	has(t, b.w.must(t, "admin", "vm", "show", "alpha/"+name), "192.0.2.77")

	r = edit("--nic", "0:link=nosuchbridge,mode=bridged")
	has(t, r.out+r.err, "nosuchbridge")
	r = edit("--nic", "4:name=x")
	has(t, r.out+r.err, "has no NIC 4")
	has(t, b.w.must(t, "admin", "audit", "list", "--on", "alpha/"+name), "vm.edit", "done", "failed")
}
