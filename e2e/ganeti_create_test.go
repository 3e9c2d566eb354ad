//go:build ganeti

package e2e

import (
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// gone removes what is left of VMs that a test makes.
func (b *bed) gone(where string, names ...string) {
	b.Helper()
	b.Cleanup(func() {
		for name := range b.table(where, "gnt-instance", "name") {
			if slices.Contains(names, name) {
				b.exec(where, "gnt-instance", "remove", "-f", "--shutdown-timeout=0", name)
			}
		}
	})
}

// testCreate makes VMs on the real Ganeti as somebody who may only create:
// they are what was asked for, and hers.
func testCreate(b *bed) {
	t := b.T
	b.join("carl")
	b.w.must(t, "admin", "grant", "set", "carl", "create_vm", "alpha")
	b.w.must(t, "admin", "cluster", "refresh", "alpha")

	var offer core.Offer
	b.json(&offer, "carl", "cluster", "offer", "alpha")
	node := slices.MinFunc(offer.Groups, func(a, b core.OfferGroup) int { return len(b.Nodes) - len(a.Nodes) }).Nodes[0]
	_, domain, _ := strings.Cut(node, ".")
	fake, real, bad := "new6."+domain, "new7."+domain, "new8."+domain
	b.gone("alpha", fake, real, bad)
	at := func(name string) string { return "alpha/" + name }
	common := []string{"--os", "noop", "--disk-template", "sharedfile", "--wait"}
	create := func(name string, words ...string) []string {
		return append([]string{"vm", "create", at(name)}, append(words, common...)...)
	}

	// A trial leaves nothing, and says what it is.
	has(t, b.w.must(t, "carl", create(fake, "--hypervisor", "fake", "--disk", "64M", "--dry-run")...), "success")
	if _, there := b.table("alpha", "gnt-instance", "name")[fake]; there {
		t.Errorf("a trial made %s", fake)
	}

	has(t, b.w.must(t, "carl", create(fake, "--hypervisor", "fake", "--disk", "64M,name=root", "--disk", "16M", "--nic", "network=lan,ip=pool", "--memory", "256M",
		"--min-memory", "128M", "--vcpus", "2", "--name-check", "--be", "auto_balance=false", "--tag", "made:by-test")...), "Chose IP", "success")
	fields := "name,status,os,hypervisor,be/maxmem,be/minmem,be/vcpus,be/auto_balance,disk.sizes,disk.names,nic.networks.names"
	want := []string{"running", "noop", "fake", "256", "128", "2", "N", "64,16", "['root', None]", "['lan']"}
	if diff := cmp.Diff(want, b.table("alpha", "gnt-instance", fields, fake)[fake]); diff != "" {
		t.Errorf("gnt-instance list: %s", diff)
	}
	if diff := cmp.Diff([]string{"gwm:grant:user:carl:admin", "gwm:owner:user:carl"}, b.tags("alpha", fake)); diff != "" {
		t.Errorf("gnt-instance list-tags: %s", diff)
	}

	has(t, b.w.must(t, "carl", create(real, "--hypervisor", "kvm", "--disk", "64M", "--node", node, "--memory", "128M", "--hv", "serial_console=false",
		"--hv", "vnc_bind_address=127.0.0.1")...), "starting instance", "success")
	fields = "name,status,pnode,hypervisor,hv/serial_console,hv/vnc_bind_address"
	if diff := cmp.Diff([]string{"running", node, "kvm", "N", "127.0.0.1"}, b.table("alpha", "gnt-instance", fields, real)[real]); diff != "" {
		t.Errorf("gnt-instance list: %s", diff)
	}
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	has(t, b.w.must(t, "carl", "vm", "list", "owner:carl"), fake, real)

	// A job that must fail says a sentence; what it leaves behind can be deleted.
	refused := func(says string, words ...string) {
		t.Helper()
		r := b.w.as(t, "carl", words...)
		if r.code == 0 {
			t.Errorf("%v was done", words)
		}
		has(t, r.out+r.err, says)
	}
	refused("has a VM named "+fake+" already", create(fake, "--disk", "16M")...)
	refused("64 virtual CPUs (at most 8)", create(bad, "--disk", "16M", "--vcpus", "64")...)
	refused("offers no operating system plan9", "vm", "create", at(bad), "--os", "plan9", "--disk-template", "sharedfile", "--disk", "16M")
	refused("needs admin on alpha", create(bad, "--disk", "16M", "--hv", "kvm_path=/bin/sh")...)
	refused("does not resolve", create("nosuch."+domain, "--hypervisor", "fake", "--disk", "16M", "--name-check")...)
	failing := []string{"vm", "create", at(bad), "--os", "gwmtest+small", "--hypervisor", "fake", "--disk-template", "sharedfile", "--disk", "16M", "--os-param", "fail_install=yes", "--wait"}
	refused("the create script of the operating system failed", failing...)
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	has(t, b.w.must(t, "carl", "vm", "delete", at(fake), at(real), at(bad), "--yes", "--wait"), "success")
	if left := b.table("alpha", "gnt-instance", "name"); left[fake] != nil || left[real] != nil || left[bad] != nil {
		t.Errorf("VMs are left: %v", left)
	}
}
