package core_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// open are the problems that a person sees and nobody has cleared.
func open(s *core.Session) string {
	var out []string
	for _, p := range s.View().Problems() {
		if p.Cleared == nil {
			out = append(out, p.On.String()+" "+p.What)
		}
	}
	return strings.Join(out, "\n")
}

// TestProblemsAreBackWhenTheyReturn: what is cleared stays away for everybody and
// over a restart, until it is over; then it is seen when it happens again.
func TestProblemsAreBackWhenTheyReturn(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		admin, vm := w.Login("admin"), core.VMRef(coretest.Berlin, coretest.DB1)
		w.Berlin.SetStatus(coretest.DB1, "ERROR_down")
		refresh := func() {
			_ = admin.Refresh(t.Context(), "")
			synctest.Wait() // what follows the news
		}
		refresh()
		before := open(admin)
		if !strings.Contains(before, vm.String()+" ERROR_down") {
			t.Fatalf("a VM in error is no problem: %s", before)
		}
		w.Do(admin, core.ClearProblem{On: vm, What: "ERROR_down"})
		refresh()
		want := strings.Replace(before, vm.String()+" ERROR_down\n", "", 1)
		if got := open(w.Login("bob")); got == "" || strings.Contains(got, vm.String()) {
			t.Errorf("bob sees: %s", got)
		}
		w.Stop()
		w = coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
		admin = w.Login("admin")
		refresh()
		if diff := cmp.Diff(want, open(admin)); diff != "" {
			t.Errorf("after a restart: (-want +got)\n%s", diff)
		}
		if c := admin.View().Cleared(vm, "ERROR_down"); c == nil || c.By != "admin" {
			t.Errorf("who cleared it: %v", c)
		}
		w.Berlin.SetStatus(coretest.DB1, "running")
		refresh()
		w.Berlin.SetStatus(coretest.DB1, "ERROR_down")
		refresh()
		if diff := cmp.Diff(before, open(admin)); diff != "" {
			t.Errorf("when it is back: (-want +got)\n%s", diff)
		}
	})
}

// TestProblemsOfClustersAndJobs: a silent cluster and a failed job can be cleared;
// what is not there, or works on something else, cannot.
func TestProblemsOfClustersAndJobs(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		admin := w.Login("admin")
		w.Paris.Fail("", w.Paris.Unreachable())
		_ = admin.Refresh(t.Context(), "")
		paris := core.ClusterRef(coretest.Paris)
		w.Do(admin, core.ClearProblem{On: paris, What: "unreachable"})
		var job core.Problem
		for _, p := range admin.View().Problems() {
			if strings.HasPrefix(p.What, "job/") {
				job = p
			}
		}
		if named, err := admin.View().ProblemNamed(strings.TrimPrefix(job.What, "job/")); err != nil || named != job {
			t.Fatalf("the job by its name: %v, %v", named, err)
		}
		for _, wrong := range []core.ClearProblem{
			{On: core.VMRef(coretest.Berlin, coretest.Web1), What: job.What},
			{On: core.VMRef(coretest.Berlin, coretest.Web1), What: "ERROR_down"},
			{On: core.ClusterRef(coretest.Berlin), What: "unreachable"},
			{On: job.On, What: "job/999"},
		} {
			if _, err := admin.Do(t.Context(), wrong); core.CodeOf(err) != core.CodeNotFound {
				t.Errorf("%v: %v", wrong, err)
			}
		}
		w.Do(admin, core.ClearProblem{On: job.On, What: job.What})
		if _, err := admin.Do(t.Context(), core.ClearProblem{On: job.On, What: job.What}); core.CodeOf(err) != core.CodeConflict {
			t.Errorf("cleared twice: %v", err)
		}
		if got := open(admin); strings.Contains(got, job.What) || strings.Contains(got, "unreachable") {
			t.Errorf("cleared problems are seen: %s", got)
		}
		w.Paris.Fail("", nil)
		time.Sleep(25 * time.Hour) // of the bubble: the job is no problem any more
		synctest.Wait()
		for _, gone := range []core.Problem{{On: paris, What: "unreachable"}, job} {
			if c := admin.View().Cleared(gone.On, gone.What); c != nil {
				t.Errorf("%v is over and still kept", c)
			}
		}
	})
}
