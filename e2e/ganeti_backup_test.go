//go:build ganeti

package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// TestGanetiBackup exports a VM of its own, makes another one of the backup, exports
// that one away, and compares what is on the disks and what Ganeti lists.
func TestGanetiBackup(t *testing.T) {
	b := newBed(t)
	names := b.named("alpha", "new33", "new34")
	name, copied, nodes := names[0], names[1], b.takers("alpha")
	forget := func() {
		there := b.exec("alpha", "gnt-backup", "list", "--no-headers")
		for _, n := range names {
			if strings.Contains(there, n) {
				b.exec("alpha", "gnt-backup", "remove", n)
			}
		}
	}
	forget()
	t.Cleanup(forget)
	b.exec("alpha", "gnt-instance", "add", "-t", "sharedfile", "--disk", "0:size=16M", "-o", "noop", "-H", "fake",
		"-n", nodes[0], "--no-ip-check", name)
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	b.w.must(t, "admin", "user", "add", "ann", "--key", strings.TrimSpace(b.w.actors["ann"].authorizedKey()))
	b.w.must(t, "admin", "owner", "set", "alpha/"+name, "ann", "--grant")
	b.w.must(t, "admin", "grant", "set", "ann", "create_vm", "alpha")
	ann := func(words ...string) string { return b.w.must(t, "ann", append(words, "--yes", "--wait")...) }
	lists := func(who string) (of map[string]string) {
		t.Helper()
		var list []core.VMBackup
		b.json(&list, who, "vm", "backups", "alpha")
		of = map[string]string{}
		for _, found := range list {
			if found.Name == name || found.Name == copied {
				of[found.Path()] = string(found.Of)
			}
		}
		return of
	}
	disk := func(vm string) string {
		t.Helper()
		sum, _, _ := strings.Cut(b.exec("alpha", "sh", "-c", "cat /srv/ganeti/shared-file-storage/"+vm+"/* | sha256sum"), " ")
		return sum
	}

	b.exec("alpha", "sh", "-c", "echo written by a test | dd conv=notrunc status=none of=$(ls /srv/ganeti/shared-file-storage/"+name+"/*)")
	ann("vm", "export", name, "--to", nodes[0])
	if got := b.exec("alpha", "gnt-backup", "list", "--no-headers"); !strings.Contains(got, name) {
		t.Errorf("gnt-backup list: %s", got)
	}
	if got := b.status("alpha", name); got != "running" {
		t.Errorf("after the export it is %s", got)
	}
	if diff := cmp.Diff(map[string]string{nodes[0] + ":" + name: "vm"}, lists("ann")); diff != "" {
		t.Errorf("vm backups: %s", diff)
	}

	ann("vm", "create", "alpha/"+copied, "--from-backup", nodes[0]+":"+name, "--node", nodes[1], "--no-start")
	want := []string{"ADMIN_down", nodes[1], "noop", "fake", "16"}
	if diff := cmp.Diff(want, b.table("alpha", "gnt-instance", "name,status,pnode,os,hypervisor,disk.sizes", copied)[copied]); diff != "" {
		t.Errorf("gnt-instance list: %s", diff)
	}
	if disk(name) != disk(copied) {
		t.Errorf("the disk of %s is not that of %s", copied, name)
	}

	ann("vm", "export", copied, "--to", nodes[1], "--remove", "--compress", "gzip")
	if _, there := b.table("alpha", "gnt-instance", "name")[copied]; there {
		t.Errorf("%s is still there", copied)
	}
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	if diff := cmp.Diff(map[string]string{nodes[0] + ":" + name: "vm", nodes[1] + ":" + copied: "gone"}, lists("admin")); diff != "" {
		t.Errorf("vm backups, as an administrator: %s", diff)
	}
	r := b.w.as(t, "ann", "vm", "create", "alpha/"+copied, "--from-backup", nodes[1]+":"+copied, "--disk", "16M", "--yes", "--wait")
	has(t, r.out+r.err, "no backup named")
}
