package tui_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestEditANetwork opens with what the network is, refuses what Ganeti cannot do,
// and asks for two jobs where one cannot do both.
func TestEditANetwork(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		open(d, "network-edit berlin")
		d.Shows("network edit berlin", "servers", "[192.0.2.1", "Nothing is changed yet.")
		d.Press("tab", "ctrl+u")
		d.Shows("Ganeti cannot take it away")
		d.Type("192.0.3.1")
		d.Press("ctrl+x")
		d.Shows("192.0.3.1 is not an address of 192.0.2.0/24")
		d.Press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "ctrl+u")
		d.Type("192.0.2.254")
		d.Press("tab")
		d.Type("192.0.2.9")
		d.Shows("network servers gateway:", "network servers reserved:", "--reserve")
		d.Press("ctrl+x")
		w.Until(s, "the cluster is asked twice", func(*core.View) bool {
			return cmp.Equal(w.Berlin.Submitted(), []string{"NETWORK_EDIT ", "NETWORK_EDIT "})
		})
		want := core.EditNetwork{Cluster: "berlin", Name: "servers", Reserve: []string{"192.0.2.9"}, Was: &core.NetworkAddresses{Gateway: "192.0.2.1"}}
		if diff := cmp.Diff(want, asked[core.EditNetwork](t, w, s, "network.edit")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestEditANodeGroup opens with what the group is and says what becomes another.
func TestEditANodeGroup(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "nodegroup-edit berlin")
		d.Shows("nodegroup edit berlin", "[default", "Nothing is changed yet.")
		d.Press("tab", "ctrl+u")
		d.Type("rack1")
		d.Shows("node group: default -> rack1", "gwm nodegroup rename")
	})
}

// TestTagANetwork puts a tag on a network that is there.
func TestTagANetwork(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		open(d, "network-tags berlin")
		d.Press("tab")
		d.Type("office")
		d.Shows("network servers tags: - -> office", "gwm network tag")
		d.Press("ctrl+x")
		want := core.TagCluster{Cluster: "berlin", Of: core.Part{Kind: core.PartNetwork, Name: "servers"}, Tags: []string{"office"}}
		if diff := cmp.Diff(want, asked[core.TagCluster](t, w, s, "cluster.tag")); diff != "" {
			t.Error(diff)
		}
	})
}
