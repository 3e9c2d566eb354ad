package tui_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// TestWizardOfSilentClusters has a cluster that does not say what it offers, for every
// reason: it is listed with a sentence, another one can be chosen, and it can be asked
// again.
func TestWizardOfSilentClusters(t *testing.T) {
	t.Parallel()
	readOnly := func(on bool) func(*coretest.World, *core.Session) {
		return func(w *coretest.World, s *core.Session) {
			c, _ := s.View().Cluster(coretest.Berlin)
			is := c.Cluster
			is.ReadOnly = on
			w.Do(s, core.EditCluster{Cluster: is})
		}
	}
	fails := func(err error) func(*coretest.World, *core.Session) {
		return func(w *coretest.World, _ *core.Session) { w.Berlin.Fail("Offer", err) }
	}
	slow := func(d time.Duration) func(*coretest.World, *core.Session) {
		return func(w *coretest.World, _ *core.Session) { w.Berlin.Slow("Offer", d) }
	}
	for _, tt := range []struct {
		name, says string
		begin, end func(*coretest.World, *core.Session)
	}{
		{"dead", "berlin does not answer", fails(core.Errorf(core.CodeUnreachable, "berlin does not answer")), fails(nil)},
		{"a wrong password", "berlin refuses user or password", fails(core.Errorf(core.CodeRefused, "berlin refuses user or password")), fails(nil)},
		{"a user without rights", "the RAPI user gwm may not", fails(core.Errorf(core.CodeRefused, "the RAPI user gwm may not read there")), fails(nil)},
		{"slow", "it did not say in time", slow(time.Minute), slow(0)},
		{"read-only", "berlin is read-only", readOnly(true), readOnly(false)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
				tt.begin(w, s)
				open(d, "create")
				d.Advance(7 * time.Second)
				d.Shows("[Cluster]", "(x) paris") // the only one left
				d.Hides("[ Create ]", "[ Dry run ]")
				d.Press("up")
				d.Shows("Not possible: " + tt.says)
				d.Press("space", "ctrl+n")
				d.Shows("[Owner]", "admin, yourself")
				tt.end(w, s)
				d.Press("ctrl+p", "ctrl+r", "up", "up", "home")
				d.Hides(tt.says)
				d.Press("space", "ctrl+n", "ctrl+n")
				d.Shows("[Basics]", "as berlin: kvm")
			})
		})
	}
}

// TestWizardBegins holds that nothing of later steps is shown before a cluster is
// chosen, and that what is missing is said.
func TestWizardBegins(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "create")
		d.Shows("[Cluster]")
		d.Press("ctrl+n")
		d.Shows("Cluster]", "it must not be empty")
		d.Hides("[ Create ]", "[ Dry run ]", "Owner")
		d.Press("tab", "space", "ctrl+n")
		d.Shows("[Owner]")
	})
}
