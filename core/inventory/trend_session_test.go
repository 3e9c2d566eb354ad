package inventory_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// Samples outlive a restart, the time between is a gap, and who may not see an
// object is told nothing of it.
func TestTrendOfASession(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		time.Sleep(20 * time.Minute) // of the bubble
		berlin, vm := core.ClusterRef(coretest.Berlin), core.VMRef(coretest.Berlin, coretest.Web1)
		before, err := w.Login("bob").Trend(t.Context(), berlin)
		if err != nil || before.Len() < 4 || before.Of(core.MeasureMemory)[0] <= 0 {
			t.Fatalf("after 20 minutes: %v, %v", before, err)
		}
		w.Stop()
		time.Sleep(30 * time.Minute)

		w = coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
		after, err := w.Login("bob").Trend(t.Context(), berlin)
		if err != nil || !after.Since().Equal(before.Since()) {
			t.Fatalf("after a restart: %v, %v; before %v", after, err, before)
		}
		gap := 0
		for _, v := range after.Of(core.MeasureRunning) {
			if v < 0 {
				gap++
			}
		}
		if gap < 4 || gap > 6 {
			t.Errorf("30 minutes without gwm are a gap of %d slots: %v", gap, after.Of(core.MeasureRunning))
		}

		ann := w.Login("ann")
		if got, err := ann.Trend(t.Context(), vm); err != nil || got.Len() == 0 {
			t.Errorf("ann's own VM: %v, %v", got, err)
		}
		for on, want := range map[core.Ref]core.Code{
			berlin: core.CodeDenied, core.ClusterRef(coretest.Paris): core.CodeNotFound,
			core.VMRef(coretest.Berlin, coretest.DB1): core.CodeNotFound, core.VMRef(coretest.Berlin, "nothing"): core.CodeNotFound,
			core.NodeRef(coretest.Berlin, "node1.berlin.example.org"): core.CodeNotFound, core.UserRef("ann"): core.CodeNotFound,
		} {
			if got, err := ann.Trend(t.Context(), on); core.CodeOf(err) != want || got.Len() > 0 {
				t.Errorf("ann asks for %v: %v, %v", on, got, err)
			}
		}
	})
}
