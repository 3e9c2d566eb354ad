//go:build ganeti

package e2e

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// nodes are the names of a cluster's nodes, the master last.
func (b *bed) nodes(where string) []string {
	b.Helper()
	var names []string
	master := ""
	for name, row := range b.table(where, "gnt-node", "name,role") {
		if row[0] == "M" {
			master = name
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return append(names, master)
}

// testNode changes a node of the real cluster, there and back, and compares
// what gwm says of its storage and of its failure with the cluster's own lists.
func testNode(b *bed) {
	t := b.T
	node := b.nodes("alpha")[0]
	at := "alpha/" + node
	t.Cleanup(func() {
		if t.Failed() {
			b.sweep("alpha", "gnt-node", "remove-tags", node, "gwm-test:a", "gwm-test:b")
			b.sweep("alpha", "gnt-node", "modify", "--node-parameters", "spindle_count=default", node)
		}
	})
	b.w.must(t, "admin", "cluster", "refresh", "alpha")

	// tags and a parameter, there and back; then what is not allowed
	own := func() string {
		return strings.Join(b.table("alpha", "gnt-node", "name,ndp/spindle_count,tags", node)[node], " ")
	}
	before := own()
	spindles, tags, _ := strings.Cut(before, " ")
	all := append(strings.FieldsFunc(tags, func(c rune) bool { return c == ',' }), "gwm-test:a", "gwm-test:b")
	slices.Sort(all)
	for _, step := range []struct{ tag, value, want string }{{"tag", "7", "7 " + strings.Join(all, ",")}, {"untag", "default", before}} {
		has(t, b.w.must(t, "admin", "node", step.tag, at, "gwm-test:a", "gwm-test:b", "--wait"), "success")
		has(t, b.w.must(t, "admin", "node", "edit", at, "--param", "spindle_count="+step.value, "--wait"), "success")
		if diff := cmp.Diff(step.want, own()); diff != "" {
			t.Errorf("gnt-node list after node %s and spindle_count=%s: %s", step.tag, step.value, diff)
		}
		b.w.must(t, "admin", "cluster", "refresh", "alpha")
		show := b.w.must(t, "admin", "node", "show", at)
		if got := strings.Contains(show, "gwm-test:a"); got != (step.tag == "tag") {
			t.Errorf("node show after node %s:\n%s", step.tag, show)
		}
	}
	has(t, b.exec("alpha", "gnt-node", "info", node), "spindle_count: default ("+spindles+")")
	b.refused([]string{"node", "tag", at, "gwm:owner:u:ann"}, "gwm's own")
	b.refused([]string{"node", "edit", at, "--param", "oob_program=/bin/true"}, "no parameter oob_program")
	b.refused([]string{"node", "edit", at, "--vm-capable=false"}, "node "+node+" holds VMs or copies of their disks")

	// storage, as the node itself lists it
	var units []struct {
		Type, Name  string
		Size        int `json:"size_mib"`
		Allocatable bool
	}
	b.json(&units, "admin", "node", "storage", "list", at)
	var got, want []string
	for _, u := range units {
		got = append(got, strings.Join([]string{u.Type, u.Name, strconv.Itoa(u.Size), map[bool]string{true: "Y", false: "N"}[u.Allocatable]}, "|"))
	}
	for _, kind := range []string{"file", "sharedfile"} {
		list := b.exec("alpha", "gnt-node", "list-storage", "--no-headers", "--separator=|", "--units=m", "--storage-type="+kind, "-o", "type,name,size,allocatable", node)
		for line := range strings.Lines(list) {
			want = append(want, strings.TrimSpace(line))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("storage (-Ganeti +gwm):\n%s", diff)
	}
	b.eventually("alpha", func() string { return b.spareDiff(node) })

	// the test bed has files only; what it does not have is told as what it is
	b.refused([]string{"node", "storage", "set", at, units[0].Name, "--type", "file", "--allocatable=false"}, "storage of the kind file cannot be changed")
	b.refused([]string{"node", "storage", "repair", at, units[0].Name, "--type", "file"}, "storage of the kind file cannot be repaired")
	b.refused([]string{"node", "storage", "set", at, "/dev/nosuch", "--allocatable=false"}, "the cluster has no storage of the kind lvm-vg")
	b.refused([]string{"node", "storage", "repair", at, "nosuch"}, "the cluster has no storage of the kind lvm-vg")
}

// refused holds that a command fails with a sentence.
func (b *bed) refused(words []string, sentence string) {
	b.Helper()
	r := b.w.as(b.T, "admin", append(words, "--yes", "--wait")...)
	if r.code == 0 {
		b.Errorf("%v is not refused: %s", words, r.out)
	}
	has(b.T, r.err, sentence)
}

// spareDiff compares what node show says of a node's failure with the VMs that
// Ganeti would have to start elsewhere. The bed has memory for all of them.
func (b *bed) spareDiff(node string) string {
	b.Helper()
	elsewhere, stay := 0, 0
	for _, row := range b.table("alpha", "gnt-instance", "name,pnode,admin_state,disk_template") {
		switch {
		case row[0] != node || row[1] != "up":
		case row[2] == "file":
			stay++
		default:
			elsewhere++
		}
	}
	group := b.table("alpha", "gnt-node", "name,group", node)[node][0]
	vms := func(n int) string {
		if n == 1 {
			return "1 VM"
		}
		return strconv.Itoa(n) + " VMs"
	}
	want := "nothing that should run is on it"
	switch {
	case elsewhere > 0:
		want = "the others of group " + group + " have room for its " + vms(elsewhere)
	case stay > 0:
		want = "all that runs on it stays down"
	}
	if stay > 0 {
		want += "; " + vms(stay) + " with disks on this node alone (plain, file) would stay down until it is back"
	}
	got := ""
	for line := range strings.Lines(b.w.must(b.T, "admin", "node", "show", "alpha/"+node)) {
		if text, found := strings.CutPrefix(line, "if it failed"); found {
			got = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), ":"))
		}
	}
	got, _, _ = strings.Cut(got, "; only memory is counted")
	return cmp.Diff(want, got)
}

// testNodeStuck empties a node of second copies, of which there are none
// without DRBD, and of VMs, of which one cannot leave, so that all of them stay.
func testNodeStuck(b *bed) {
	t := b.T
	names := b.nodes("alpha")
	node, other := names[0], names[1]
	_, domain, _ := strings.Cut(node, ".")
	vm := "evacuate-test." + domain
	b.gone("alpha", vm)
	b.exec("alpha", "gnt-instance", "add", "-t", "file", "-s", "16M", "-H", "fake", "-o", "noop", "--no-start", "--no-install", "--no-ip-check", "--no-name-check",
		"-n", node, vm)
	b.w.must(t, "admin", "cluster", "refresh", "alpha")
	at := "alpha/" + node

	// nothing leaves before it is confirmed; what would is listed
	b.eventually("alpha", func() string {
		want := strings.Split(b.table("alpha", "gnt-node", "name,pinst_list", node)[node][0], ",")
		r := b.w.as(t, "admin", "node", "evacuate", at)
		if r.code == 0 || !strings.Contains(r.err, "--yes") {
			t.Errorf("evacuated without a confirmation: %+v", r)
		}
		_, list, _ := strings.Cut(r.err, "to be moved: ")
		list, _, _ = strings.Cut(list, "\n")
		got := strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == ' ' })
		slices.Sort(want)
		slices.Sort(got)
		return cmp.Diff(want, got)
	})

	before := b.table("alpha", "gnt-instance", "name,pnode")
	r := b.w.as(t, "admin", "node", "evacuate", at, "--yes", "--wait")
	if r.code != 4 {
		t.Errorf("an evacuation that cannot be: exit code %d: %s%s", r.code, r.out, r.err)
	}
	has(t, r.out, "Evacuating instances from node '"+node+"'", vm)
	has(t, r.err, "these VMs cannot leave the node: ", vm, "Instances of type file cannot be relocated", "move them one by one")
	for name, row := range b.table("alpha", "gnt-instance", "name,pnode") {
		if was := before[name]; was != nil && was[0] == node && row[0] != node {
			t.Errorf("%s went to %s", name, row[0])
		}
	}

	out := b.w.must(t, "admin", "node", "evacuate", at, "--what", "secondary", "--to", other, "--yes", "--wait")
	has(t, out, "No instances to evacuate from node '"+node+"'", "success")
	b.refused([]string{"node", "evacuate", at, "--to", other}, "only second copies of disks can go to a node of your choice")
	has(t, b.w.must(t, "admin", "audit", "list", "--on", "alpha/node/"+node), "node.evacuate", "done", "failed")
}
