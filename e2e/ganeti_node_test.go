//go:build ganeti

package e2e

import (
	"context"
	"maps"
	"slices"

	"github.com/google/go-cmp/cmp"
)

// testNodes does with nodes what can be done with them, one after the other: each
// needs all of a cluster's nodes.
func testNodes(b *bed) {
	b.run("Role", testNodeRole)
	b.run("Changed", testNode)
	b.run("Stuck", testNodeStuck)
	b.run("Emptied", testNodeEmptied)
	b.run("Offline", testSerialOffline)
}

// testNodeRole drains a node of the real cluster, and gives it back its role.
func testNodeRole(b *bed) {
	t := b.T
	node, was := "", ""
	for name, row := range b.table("alpha", "gnt-node", "name,role") {
		if row[0] != "M" {
			node, was = name, row[0]
		}
	}
	back, ok := map[string]string{"R": "regular", "C": "candidate"}[was]
	if !ok {
		t.Fatalf("alpha has no node that could be drained: %q is %q", node, was)
	}
	role := func() string { return b.table("alpha", "gnt-node", "name,role", node)[node][0] }
	for _, step := range []struct{ word, role string }{{"drained", "D"}, {back, was}} {
		has(t, b.w.must(t, "admin", "node", "role", "alpha/"+node, step.word, "--yes", "--wait"), "success")
		if got := role(); got != step.role {
			t.Errorf("after node role %s Ganeti says %s", step.word, got)
		}
	}
}

// spareNode is a node of a cluster that all its VMs can leave, with the fewest of
// them, and what those are.
func (b *bed) spareNode(where string) (node string, vms []string) {
	b.Helper()
	on := map[string][]string{}
	for name := range b.table(where, "gnt-node", "name") {
		on[name] = nil
	}
	for name, row := range b.table(where, "gnt-instance", "name,pnode,disk_template") {
		if row[1] == "file" {
			on[row[0]] = make([]string, 1000) // its disks are on that node alone
		} else {
			on[row[0]] = append(on[row[0]], name)
		}
	}
	delete(on, b.master(where))
	node = slices.MinFunc(slices.Collect(maps.Keys(on)), func(x, y string) int { return len(on[x]) - len(on[y]) })
	if len(on[node]) >= 1000 {
		b.Fatalf("all nodes of %s have VMs that cannot leave: %v", where, on)
	}
	return node, on[node]
}

// home brings VMs back to a node, where they left it.
func (b *bed) home(where, node string, vms []string) {
	b.Helper()
	for name, row := range b.table(where, "gnt-instance", "name,pnode") {
		if row[0] != node && slices.Contains(vms, name) {
			b.exec(where, "gnt-instance", "migrate", "-f", "--allow-failover", "-n", node, name)
		}
	}
}

// patiently carries out what takes one job of the cluster for each VM of a node.
func (b *bed) patiently(words ...string) result {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 5*patience)
	defer cancel()
	return b.w.within(ctx, b.T, "admin", "", words...)
}

// testNodeEmptied has VMs leave a node: all that are there, and all that run.
func testNodeEmptied(b *bed) {
	t := b.T
	node, others := b.spareNode("alpha")
	names := b.named("alpha", "new21", "new22")
	running, down := names[0], names[1]
	t.Cleanup(func() { b.home("alpha", node, others) })
	for _, words := range [][]string{{running}, {"--no-start", down}} {
		b.exec("alpha", append([]string{"gnt-instance", "add", "-t", "sharedfile", "-s", "16M", "-H", "fake", "-o", "noop", "--no-ip-check", "-n", node}, words...)...)
	}
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	left := func() []string {
		b.Helper()
		return slices.DeleteFunc([]string{running, down}, func(name string) bool { return b.primary("alpha", name) != node })
	}

	r := b.patiently("node", "evacuate", "alpha/"+node, "--yes", "--wait")
	if r.code != 0 {
		t.Errorf("evacuated: exit code %d", r.code)
	}
	has(t, r.err, "to be moved: ", running, down)
	has(t, r.out, "Instances to be moved: ", running+" (to ", down+" (to ", "success")
	if got := left(); len(got) > 0 {
		t.Errorf("after the evacuation there still are, as Ganeti says: %v", got)
	}

	b.home("alpha", node, append(names, others...))
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	r = b.patiently("node", "migrate", "alpha/"+node, "--yes", "--wait")
	if r.code != 4 {
		t.Errorf("migrated, with a VM that is down: exit code %d", r.code)
	}
	has(t, r.out+r.err, "the VM "+down+" does not run, and only what runs migrates", "fail it over")
	if diff := cmp.Diff([]string{down}, left()); diff != "" {
		t.Errorf("what is left after the migration (-want +Ganeti): %s", diff)
	}
	if got := b.status("alpha", running); got != "running" {
		t.Errorf("after the migration Ganeti says that %s is %s", running, got)
	}
}
