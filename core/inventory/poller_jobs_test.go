package inventory_test

import (
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// failedOf returns the failed jobs of berlin that nobody of ours asked for.
func failedOf(v *core.View) []core.JobRow {
	var out []core.JobRow
	for _, r := range v.Jobs() {
		if r.Ours == nil && r.Cluster == coretest.Berlin && r.State == core.JobFailed && time.Since(r.Ended) < 24*time.Hour {
			out = append(out, r)
		}
	}
	return out
}

// A list of jobs does not tell why one failed: that is asked for once.
func TestPollExplainsFailedJobs(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		rows := failedOf(s.View())
		if len(rows) == 0 {
			t.Fatal("the cluster has no failed job")
		}
		for range 3 {
			if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range failedOf(s.View()) {
			if r.Upstream.Error == "" {
				t.Errorf("job %s has no reason", r.Name)
			}
		}
		before := w.Berlin.Calls("Job")
		for range 5 {
			if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.Berlin.Calls("Job"); got != before {
			t.Errorf("asked %d times more for jobs that were explained", got-before)
		}
	})
}

// Asking for operating systems costs the cluster a job: not after each failure.
func TestPollAsksSeldomForOSes(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		for range 3 {
			w.Berlin.Fail("Stamps", w.Berlin.Unreachable())
			_ = s.Refresh(t.Context(), coretest.Berlin)
			w.Berlin.Fail("Stamps", nil)
			if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.Berlin.Calls("OSes"); n != 1 {
			t.Errorf("asked %d times for the operating systems, want once", n)
		}
		c, _ := s.View().Cluster(coretest.Berlin)
		if len(c.Info.OSes) == 0 {
			t.Error("the operating systems are not known")
		}
	})
}
