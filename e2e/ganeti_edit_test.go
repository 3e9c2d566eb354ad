//go:build ganeti

package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGanetiEdit holds that the real instance has what vm edit asked for, that
// what is inherited again is no longer its own, and that the cluster's refusal
// is told.
func TestGanetiEdit(t *testing.T) {
	b := newBed(t)
	like := b.table("alpha", "gnt-instance", "name,os,pnode", b.pick("alpha", "kvm", "running"))
	name, os, node := "", "", ""
	for vm, row := range like {
		os, node = row[0], row[1]
		name = "edit-test" + vm[strings.IndexByte(vm, '.'):]
	}
	b.exec("alpha", "gnt-instance", "add", "-t", "diskless", "-H", "kvm", "-o", os, "--no-start", "--no-install", "--no-ip-check", "--no-name-check",
		"-n", node, "-B", "maxmem=128,minmem=128,vcpus=1", name)
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
