package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestNodeGroupsAreATable goes from a cluster to a node group and a node of it, and
// is told why the group cannot be deleted.
func TestNodeGroupsAreATable(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "cluster-setup berlin")
		d.Advance(time.Second)
		d.Press("3")
		d.Shows("NAME", "ALLOCATION", "default", "preferred", "servers")
		d.Press("D")
		d.Shows("it has 4 nodes")
		d.Press("enter")
		d.Advance(time.Second)
		d.Shows("default  node group of berlin", "preferred: VMs are put there", "policy: what VMs may have there")
		d.Press("2")
		d.Shows("node1.berlin.example.org", "node4.berlin.example.org")
		d.Press("enter")
		d.Shows("primary")
	})
}

// TestNetworksAreATable goes from a cluster to a network and a VM in it, and opens
// the form about the network under the cursor.
func TestNetworksAreATable(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "cluster-setup berlin")
		d.Advance(time.Second)
		d.Press("4")
		d.Shows("ADDRESSES", "192.0.2.0/24", "230", "default")
		d.Press("D")
		d.Shows("connected to 1 node group")
		d.Press("enter")
		d.Advance(time.Second)
		d.Shows("servers  network of berlin", "192.0.2.0/24, 24 used, 230 free", "default: bridged br0")
		d.Press("E")
		d.Advance(time.Second)
		d.Shows("network edit berlin servers", "[192.0.2.1")
		d.Press("esc", "2")
		d.Shows("ADDRESS IN IT", "192.0.2.20")
	})
}

// TestNobodyHoldsLocks: an empty table says that nothing is held.
func TestNobodyHoldsLocks(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "cluster-setup berlin")
		d.Advance(time.Second)
		d.Press("5")
		d.Shows("no job holds or waits for anything")
	})
}
