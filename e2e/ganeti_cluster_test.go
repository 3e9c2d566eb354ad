//go:build ganeti

package e2e

import (
	"os/exec"
	"strings"
)

// sweep removes what a test that failed left behind; what is not there any more is
// no fault.
func (b *bed) sweep(where string, words ...string) {
	_ = exec.Command(setting(b.T, "GWM_GANETI_EXEC"), append([]string{where}, words...)...).Run()
}

// testCluster changes what a real cluster has beside VMs and nodes, and finds
// it in what the cluster's own tools say.
func testCluster(b *bed) {
	t := b.T
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		b.sweep("beta", "gnt-network", "disconnect", "gwm-lan", "gwm-rack3")
		b.sweep("beta", "gnt-network", "remove", "gwm-lan")
		b.sweep("beta", "gnt-group", "remove", "gwm-rack2")
		b.sweep("beta", "gnt-group", "remove", "gwm-rack3")
		b.sweep("beta", "gnt-cluster", "remove-tags", "gwm-test")
	})
	do := func(words ...string) {
		t.Helper()
		has(t, b.w.must(t, "admin", append(words, "--yes", "--wait")...), "success")
	}
	group := func(name string) []string { return b.table("beta", "gnt-group", "name,alloc_policy,node_cnt")[name] }

	do("nodegroup", "add", "beta/gwm-rack2", "--policy", "last_resort")
	if got := strings.Join(group("gwm-rack2"), " "); got != "last_resort 0" {
		t.Errorf("after nodegroup add gnt-group list says %q", got)
	}
	do("nodegroup", "rename", "beta/gwm-rack2", "gwm-rack3")
	if group("gwm-rack2") != nil || group("gwm-rack3") == nil {
		t.Errorf("after nodegroup rename gnt-group list says %v", b.table("beta", "gnt-group", "name,alloc_policy"))
	}
	do("nodegroup", "tag", "beta/gwm-rack3", "gwm-test")
	if got := b.exec("beta", "gnt-group", "list-tags", "gwm-rack3"); strings.TrimSpace(got) != "gwm-test" {
		t.Errorf("after nodegroup tag gnt-group list-tags says %q", got)
	}

	network := func() string {
		return strings.Join(b.table("beta", "gnt-network", "name,network,gateway,group_list")["gwm-lan"], " ")
	}
	do("network", "add", "beta/gwm-lan", "10.99.7.0/28", "--gateway", "10.99.7.1", "--reserve", "10.99.7.5", "--tag", "gwm-test")
	if got := network(); got != "10.99.7.0/28 10.99.7.1 " {
		t.Errorf("after network add gnt-network list says %q", got)
	}
	do("network", "edit", "beta/gwm-lan", "--gateway", "10.99.7.2", "--ipv6", "2001:db8:7::/64", "--gateway6", "2001:db8:7::1", "--mac-prefix", "aa:00:07", "--reserve", "10.99.7.6", "--release", "10.99.7.5")
	want := "10.99.7.2 2001:db8:7::/64 2001:db8:7::1 aa:00:07 10.99.7.0, 10.99.7.2, 10.99.7.6, 10.99.7.15"
	if got := strings.Join(b.table("beta", "gnt-network", "name,gateway,network6,gateway6,mac_prefix,external_reservations")["gwm-lan"], " "); got != want {
		t.Errorf("after network edit gnt-network list says %q, want %q", got, want)
	}
	do("network", "connect", "beta/gwm-lan", "gwm-rack3", "--link", "br0")
	if got := network(); !strings.Contains(got, "gwm-rack3 (bridged, br0") {
		t.Errorf("after network connect gnt-network list says %q", got)
	}
	r := b.w.as(t, "admin", "network", "delete", "beta/gwm-lan", "--yes", "--wait")
	if r.code != 4 || !strings.Contains(r.err, "still connected to a node group") {
		t.Errorf("a connected network is deleted: exit %d, %s", r.code, r.err)
	}
	do("network", "disconnect", "beta/gwm-lan", "gwm-rack3")
	do("network", "delete", "beta/gwm-lan")
	if got := network(); got != "" {
		t.Errorf("after network delete gnt-network list says %q", got)
	}
	do("nodegroup", "delete", "beta/gwm-rack3")
	if group("gwm-rack3") != nil {
		t.Error("after nodegroup delete gnt-group list has it")
	}

	// one setting there and back, by the names that gwm shows
	var settings []struct{ Name, Value string }
	b.json(&settings, "admin", "cluster", "params", "beta", "be/maxmem")
	if len(settings) != 1 {
		t.Fatalf("cluster params shows %v", settings)
	}
	was := settings[0].Value
	t.Cleanup(func() {
		if t.Failed() {
			b.sweep("beta", "gnt-cluster", "modify", "-B", "maxmem="+was)
		}
	})
	for _, value := range []string{"160", was} {
		do("cluster", "set", "beta", "be/maxmem="+value)
		if got := b.exec("beta", "gnt-cluster", "info"); !strings.Contains(got, "maxmem: "+value) {
			t.Errorf("after cluster set be/maxmem=%s gnt-cluster info has another: %s", value, got)
		}
	}

	do("cluster", "tag", "beta", "gwm-test")
	has(t, b.exec("beta", "gnt-cluster", "list-tags"), "gwm-test")
	do("cluster", "untag", "beta", "gwm-test")
	hasNot(t, b.exec("beta", "gnt-cluster", "list-tags"), "gwm-test")

	// a filter refuses jobs of the one kind that nothing else asks for here
	do("cluster", "filter", "add", "beta", "--action", "REJECT", "--kind", "CLUSTER_REDIST_CONF", "--why", "gwm tries filters")
	var filters []struct{ ID, Why string }
	b.json(&filters, "admin", "cluster", "filter", "list", "beta")
	if len(filters) != 1 || filters[0].Why != "gwm tries filters" {
		t.Fatalf("after filter add the list has %v", filters)
	}
	t.Cleanup(func() {
		if t.Failed() {
			b.sweep("beta", "gnt-filter", "delete", filters[0].ID)
		}
	})
	has(t, b.exec("beta", "gnt-filter", "list", "--no-headers"), filters[0].ID)
	r = b.w.as(t, "admin", "cluster", "redistribute", "beta", "--yes", "--wait")
	if r.code != 4 || !strings.Contains(r.err, "gwm tries filters") {
		t.Errorf("a job that a filter refuses: exit %d, %s", r.code, r.err)
	}
	do("cluster", "filter", "remove", "beta", filters[0].ID)
	if got := b.exec("beta", "gnt-filter", "list", "--no-headers"); strings.TrimSpace(got) != "" {
		t.Errorf("after filter remove gnt-filter list says %q", got)
	}
	do("cluster", "redistribute", "beta")
}
