package tui

import (
	"slices"
	"testing"
	"testing/synctest"

	"gwm/core"
	"gwm/core/coretest"
)

// TestProblemsTellWhatIsLeftOut: a VM that no list can show is a problem of its
// cluster.
func TestProblemsTellWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		w.Berlin.PutVM(&core.VM{Cluster: coretest.Berlin, Name: "we b1"})
		s := w.Login("admin")
		if err := s.Refresh(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		const want = `1 VM left out because of its name, "we b1"; gwm knows names of letters, digits and . _ - + @`
		list, _ := problems(s.View(), nil)
		if !slices.ContainsFunc(list, func(p problem) bool { return p.what == coretest.Berlin && p.warn && p.why == want }) {
			t.Errorf("problems are %+v", list)
		}
	})
}
