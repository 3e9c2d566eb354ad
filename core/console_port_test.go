package core_test

import (
	"testing"

	"gwm/core"
)

// TestRecordPort writes down ports that programs get, and refusals once for each
// source.
func TestRecordPort(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	given := core.PortCall{Addr: "127.0.0.1:40000", By: "secret", To: "node1.example.org:11000", Port: 7123}
	refused := core.PortCall{Addr: "192.0.2.7:40000", By: "nobody", To: "\x1b]0;x\anode1:11000", Refused: "the secret is wrong or missing"}
	// what somebody may not have hides no guess of somebody else from there
	elsewhere := core.PortCall{Addr: refused.Addr, By: "secret", To: "127.0.0.1:22", Refused: "not permitted"}
	for _, call := range []core.PortCall{given, elsewhere, elsewhere, refused, refused} {
		if err := h.core.RecordPort(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.root.Audit(t.Context(), core.AuditQuery{Op: "console.port"})
	if err != nil || len(all) != 3 {
		t.Fatalf("%d records, %v", len(all), err)
	}
	denied, done := all[0], all[2]
	if done.Event != core.EventDone || done.By != "control:secret" || done.Args["to"] != given.To || done.Args["port"] != "7123" {
		t.Errorf("the port: %+v", done)
	}
	if denied.Event != core.EventDenied || denied.Result != refused.Refused || denied.Args["to"] != core.Printable(refused.To) || denied.Addr != refused.Addr {
		t.Errorf("the refusal: %+v", denied)
	}
}

// TestHasNode knows the nodes of all clusters, in any case, and nothing else.
func TestHasNode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nodes := h.root.View().Nodes()
	if len(nodes) == 0 {
		t.Fatal("the house has no nodes")
	}
	if !h.core.HasNode(nodes[0].Name) || h.core.HasNode("not."+nodes[0].Name) || h.core.HasNode("") {
		t.Errorf("%s is a node", nodes[0].Name)
	}
}
