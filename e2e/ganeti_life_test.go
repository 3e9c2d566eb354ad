//go:build ganeti

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// named is the name of a VM of this test in a cluster's domain, and what removes
// whatever of these names is left there, now and when the test ends.
func (b *bed) named(where string, hosts ...string) []string {
	b.Helper()
	var suffix string
	for name := range b.table(where, "gnt-instance", "name,status") {
		_, suffix, _ = strings.Cut(name, ".")
	}
	var names []string
	for _, host := range hosts {
		names = append(names, host+"."+suffix)
	}
	remove := func() {
		for name := range b.table(where, "gnt-instance", "name,status") {
			if slices.Contains(names, name) {
				b.exec(where, "gnt-instance", "remove", "-f", "--shutdown-timeout=0", name)
			}
		}
	}
	remove()
	b.Cleanup(remove)
	return names
}

// takers are the nodes of a cluster that take VMs, at least two of them.
func (b *bed) takers(where string) []string {
	b.Helper()
	var names []string
	for name, row := range b.table(where, "gnt-node", "name,role") {
		if row[0] != "O" && row[0] != "D" {
			names = append(names, name)
		}
	}
	if len(names) < 2 {
		b.Fatalf("%s has too few nodes that take VMs: %v", where, names)
	}
	slices.Sort(names)
	return names
}

// fact is one field that Ganeti has of a VM.
func (b *bed) fact(where, name, field string) string {
	b.Helper()
	return b.table(where, "gnt-instance", "name,"+field, name)[name][0]
}

// TestGanetiLife leads a VM of its own through all that can be done with one that
// is there, and compares with Ganeti after each step.
func TestGanetiLife(t *testing.T) {
	b := newBed(t)
	names := b.named("alpha", "new13", "new14")
	name, later, nodes := names[0], names[1], b.takers("alpha")
	b.exec("alpha", "gnt-instance", "add", "-t", "sharedfile", "--disk", "0:size=64M", "-o", "noop", "-H", "fake",
		"-n", nodes[0], "--no-ip-check", "--no-start", name)
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	b.w.must(t, "admin", "user", "add", "ann", "--key", strings.TrimSpace(b.w.actors["ann"].authorizedKey()))
	b.w.must(t, "admin", "owner", "set", "alpha/"+name, "ann")
	b.w.must(t, "admin", "grant", "set", "ann", "manager", "alpha/"+name)
	ann := func(words ...string) string { return b.w.must(t, "ann", append(words, "--yes", "--wait")...) }
	fails := func(code int, says string, who string, words ...string) {
		t.Helper()
		r := b.w.as(t, who, append(words, "--yes", "--wait")...)
		if r.code != code {
			t.Errorf("%v: exit code %d, not %d", words, r.code, code)
		}
		has(t, r.out+r.err, says)
	}

	b.w.must(t, "ann", "vm", "note", name, "--text", "made by a test")
	ann("vm", "tag", name, "env:life", "web")
	ann("vm", "untag", name, "web")
	own := slices.DeleteFunc(strings.Fields(b.exec("alpha", "gnt-instance", "list-tags", name)), func(tag string) bool { return strings.HasPrefix(tag, "gwm:") })
	if diff := cmp.Diff([]string{"env:life"}, own); diff != "" {
		t.Errorf("tags: %s", diff)
	}

	ann("vm", "grow", name, "0", "--to", "128M")
	if got := b.fact("alpha", name, "disk.sizes"); got != "128" {
		t.Errorf("after growing Ganeti says %s", got)
	}

	b.w.must(t, "admin", "vm", "disks", "activate", "alpha/"+name, "--yes", "--wait")
	b.w.must(t, "admin", "vm", "disks", "deactivate", "alpha/"+name, "--yes", "--wait")
	fails(4, "there already", "admin", "vm", "disks", "recreate", "alpha/"+name)
	fails(4, "no second copy", "admin", "vm", "disks", "replace", "alpha/"+name)

	fails(4, "nosuchos", "ann", "vm", "reinstall", name, "--os", "nosuchos")
	fails(4, "already", "ann", "vm", "rename", name, b.pick("alpha", "fake", "running"))
	ann("vm", "reinstall", name, "--os", "gwmtest+big", "--os-param", "greeting=life")
	if got := b.fact("alpha", name, "os"); got != "gwmtest+big" {
		t.Errorf("after the installation Ganeti says %s", got)
	}
	if got := b.status("alpha", name); got != "running" {
		t.Errorf("after the installation Ganeti says %s", got)
	}
	fails(4, "is running", "ann", "vm", "rename", name, later)

	for i, word := range []string{"failover", "migrate"} {
		to := nodes[1-i]
		b.w.must(t, "admin", "vm", word, "alpha/"+name, "--to", to, "--yes", "--wait")
		if got := b.fact("alpha", name, "pnode"); got != to {
			t.Errorf("after vm %s Ganeti says that it is on %s, not %s", word, got, to)
		}
	}
	fails(4, "is on node "+nodes[0]+" already", "admin", "vm", "failover", "alpha/"+name, "--to", nodes[0])
	ann("vm", "stop", name, "--force")

	ann("vm", "rename", name, later, "--no-ip-check")
	b.eventually("alpha", func() string {
		return cmp.Diff([]string{later + " user:ann"}, b.owned("ann"))
	})
	if r := b.w.as(t, "ann", "vm", "show", name); r.code != 3 {
		t.Errorf("its old name: exit code %d", r.code)
	}
	if got := b.w.must(t, "ann", "vm", "note", later); got != "made by a test\n" {
		t.Errorf("its note is %q", got)
	}
	ann("vm", "delete", later)
	if _, left := b.table("alpha", "gnt-instance", "name,status")[later]; left {
		t.Errorf("%s is there after it was deleted", later)
	}
	b.w.must(t, "admin", "audit", "verify")
}

// owned is what somebody sees of VMs with an owner: name and owner.
func (b *bed) owned(who string) []string {
	b.Helper()
	var rows []struct{ Name, Owner string }
	b.json(&rows, who, "vm", "list", "--cluster", "alpha")
	var out []string
	for _, r := range rows {
		out = append(out, r.Name+" "+r.Owner)
	}
	return out
}
