package inventory

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// A cluster fails jobs for years; what it has forgotten is not remembered here.
func TestForgetExplained(t *testing.T) {
	t.Parallel()
	p := &poller{explained: map[jobMark]bool{{id: "1"}: true, {id: "2"}: true, {id: "3"}: true}}
	p.forgetExplained([]*core.UpstreamJob{{ID: "4"}, {ID: "3"}})
	if diff := cmp.Diff(map[jobMark]bool{{id: "3"}: true}, p.explained, cmp.AllowUnexported(jobMark{})); diff != "" {
		t.Errorf("explained (-want +got):\n%s", diff)
	}
}
