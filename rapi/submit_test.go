package rapi

import (
	"fmt"
	"testing"

	"gwm/core"
)

// TestSubmitKnowsEveryRequest holds that no Op is a request that Ganeti is never
// asked for because its translation was forgotten.
func TestSubmitKnowsEveryRequest(t *testing.T) {
	t.Parallel()
	requests := []core.Request{core.AddTags{}, core.RemoveTags{}}
	for _, op := range core.Ops() {
		switch r := op.(type) {
		case core.RedistributeConfig, core.SetClusterParams: // the cluster itself has no name in the path
		case core.Request:
			requests = append(requests, r)
		}
	}
	c, sent := listen(t, "12")
	for _, r := range requests {
		// Without names nothing is sent; what matters is why.
		if _, err := c.Submit(t.Context(), r, ""); core.CodeOf(err) == core.CodeUnsupported {
			t.Errorf("%T: %v", r, err)
		}
	}
	if core.CodeOf(func() error { _, err := c.Submit(t.Context(), nil, ""); return err }()) != core.CodeUnsupported {
		t.Error("a request that nobody knows is not refused")
	}
	if len(sent()) != 0 {
		t.Error(fmt.Sprint(sent()))
	}
}
