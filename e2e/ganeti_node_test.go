//go:build ganeti

package e2e

import (
	"testing"
)

// TestGanetiNodeRole drains a node of the real cluster, and gives it back its role.
func TestGanetiNodeRole(t *testing.T) {
	b := newBed(t)
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
