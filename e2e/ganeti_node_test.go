//go:build ganeti

package e2e

import (
	"testing"
)

// TestGanetiNodeRole drains a node of the real cluster, and gives it back its role.
func TestGanetiNodeRole(t *testing.T) {
	b := newBed(t)
	node := ""
	for name, row := range b.table("alpha", "gnt-node", "name,role") {
		if row[0] == "R" {
			node = name
		}
	}
	if node == "" {
		t.Fatal("alpha has no regular node")
	}
	role := func() string { return b.table("alpha", "gnt-node", "name,role", node)[node][0] }
	t.Cleanup(func() {
		if role() != "R" {
			b.exec("alpha", "gnt-node", "modify", "--drained=no", "--offline=no", "--master-candidate=no", node)
		}
	})
	for _, step := range []struct{ word, role string }{{"drained", "D"}, {"regular", "R"}} {
		has(t, b.w.must(t, "admin", "node", "role", "alpha/"+node, step.word, "--yes", "--wait"), "success")
		if got := role(); got != step.role {
			t.Errorf("after node role %s Ganeti says %s", step.word, got)
		}
	}
}
