package inventory

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// A cluster fails jobs for years; what it has forgotten is not remembered here.
func TestForgetExplained(t *testing.T) {
	t.Parallel()
	p := &poller{explained: map[string]bool{"1": true, "2": true, "3": true}}
	p.forgetExplained([]*core.UpstreamJob{{ID: "4"}, {ID: "3"}})
	if diff := cmp.Diff(map[string]bool{"3": true}, p.explained); diff != "" {
		t.Errorf("explained (-want +got):\n%s", diff)
	}
}
