//go:build ganeti

package e2e

import (
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// named are the names of VMs of a test in a cluster's domain. What is left of them
// is removed when it ends.
func (b *bed) named(where string, hosts ...string) []string {
	b.Helper()
	var names []string
	for _, host := range hosts {
		names = append(names, b.vm(where, host))
	}
	b.gone(where, names...)
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

// testLife leads a VM of its own through all that can be done with one that
// is there, and compares with Ganeti after each step.
func testLife(b *bed) {
	t := b.T
	names := b.named("alpha", "new13", "new14")
	name, later, nodes := names[0], names[1], b.takers("alpha")
	b.exec("alpha", "gnt-instance", "add", "-t", "sharedfile", "--disk", "0:size=64M", "-o", "noop", "-H", "fake",
		"-n", nodes[0], "--no-ip-check", "--no-start", name)
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	b.join("lena")
	b.w.must(t, "admin", "owner", "set", "alpha/"+name, "lena")
	b.w.must(t, "admin", "grant", "set", "lena", "manager", "alpha/"+name)
	lena := func(words ...string) string { return b.w.must(t, "lena", append(words, "--yes", "--wait")...) }
	var failed [][2]string // the number of a job, and what is said of it
	fails := func(code int, says string, who string, words ...string) {
		t.Helper()
		r := b.w.as(t, who, append(words, "--yes", "--wait")...)
		if r.code != code {
			t.Errorf("%v: exit code %d, not %d", words, r.code, code)
		}
		has(t, r.out+r.err, says)
		if job := regexp.MustCompile(`job (\d+) queued`).FindStringSubmatch(r.err); job != nil {
			failed = append(failed, [2]string{job[1], says})
		}
	}

	b.w.must(t, "lena", "vm", "note", name, "--text", "made by a test")
	lena("vm", "tag", name, "env:life", "web")
	lena("vm", "untag", name, "web")
	own := slices.DeleteFunc(strings.Fields(b.exec("alpha", "gnt-instance", "list-tags", name)), func(tag string) bool { return strings.HasPrefix(tag, "gwm:") })
	if diff := cmp.Diff([]string{"env:life"}, own); diff != "" {
		t.Errorf("tags: %s", diff)
	}

	lena("vm", "grow", name, "0", "--to", "128M")
	fails(4, "MiB of disk 0 (allowed are", "lena", "vm", "grow", name, "0", "--to", "100G")
	if got := b.fact("alpha", name, "disk.sizes"); got != "128" {
		t.Errorf("after growing Ganeti says %s", got)
	}

	b.w.must(t, "admin", "vm", "disks", "activate", "alpha/"+name, "--yes", "--wait")
	b.w.must(t, "admin", "vm", "disks", "deactivate", "alpha/"+name, "--yes", "--wait")
	fails(4, "there already", "admin", "vm", "disks", "recreate", "alpha/"+name)
	fails(4, "no second copy", "admin", "vm", "disks", "replace", "alpha/"+name)

	fails(4, "nosuchos", "lena", "vm", "reinstall", name, "--os", "nosuchos")
	fails(4, "does not allow 64 VCPUs (allowed are", "lena", "vm", "edit", name, "--vcpus", "64")
	fails(4, "already", "lena", "vm", "rename", name, b.vm("alpha", "db1"))
	lena("vm", "reinstall", name, "--os", "gwmtest+big", "--os-param", "greeting=life")
	if got := b.fact("alpha", name, "os"); got != "gwmtest+big" {
		t.Errorf("after the installation Ganeti says %s", got)
	}
	if got := b.status("alpha", name); got != "running" {
		t.Errorf("after the installation Ganeti says %s", got)
	}
	fails(4, "is running", "lena", "vm", "rename", name, later)

	for i, word := range []string{"failover", "migrate"} {
		to := nodes[1-i]
		b.w.must(t, "admin", "vm", word, "alpha/"+name, "--to", to, "--yes", "--wait")
		if got := b.fact("alpha", name, "pnode"); got != to {
			t.Errorf("after vm %s Ganeti says that it is on %s, not %s", word, got, to)
		}
	}
	fails(4, "is on node "+nodes[0]+" already", "admin", "vm", "failover", "alpha/"+name, "--to", nodes[0])
	lena("vm", "stop", name, "--force")

	lena("vm", "rename", name, later, "--no-ip-check")
	b.eventually("alpha", func() string {
		return cmp.Diff([]string{later + " user:lena"}, b.owned("lena"))
	})
	if r := b.w.as(t, "lena", "vm", "show", name); r.code != 3 {
		t.Errorf("its old name: exit code %d", r.code)
	}
	if got := b.w.must(t, "lena", "vm", "note", later); got != "made by a test\n" {
		t.Errorf("its note is %q", got)
	}
	// the screen tells of what failed in the same sentences
	s := b.screen("admin", 140, 40)
	check(t, s.see("alpha"))
	for _, job := range failed {
		check(t, s.press(":", "job "+job[0], "enter"))
		check(t, s.see("job "+job[0]+`(?s)\b.*`+regexp.QuoteMeta(job[1])))
	}
	if len(failed) < 5 {
		t.Errorf("jobs that failed: %v", failed)
	}

	lena("vm", "delete", later)
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
