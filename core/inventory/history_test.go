package inventory_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// ofBerlin returns a job of berlin's own as a person sees it.
func ofBerlin(s *core.Session, id string) (core.JobRow, bool) {
	for _, r := range s.View().Jobs() {
		if r.Name == coretest.Berlin+"/job/"+id {
			return r, true
		}
	}
	return core.JobRow{}, false
}

// archive has berlin run a job to its end, and forget it after it was seen.
func archive(t *testing.T, w *coretest.World, s *core.Session, vm string) (id string) {
	t.Helper()
	id = w.Berlin.AddJob("INSTANCE_REBOOT", vm, "night shift")
	w.Until(s, "job "+id+" is seen to be done", func(*core.View) bool {
		r, ok := ofBerlin(s, id)
		return ok && r.State == core.JobDone
	})
	w.Berlin.Forget(id)
	if err := s.Refresh(t.Context(), coretest.Berlin); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestArchivedJobStays(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s, ann := w.Login("admin"), w.Login("ann")
		w.Berlin.Fail("Jobs", w.Berlin.Unreachable())
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if r := s.View().Jobs(); slices.ContainsFunc(r, func(r core.JobRow) bool { return r.Archived() }) {
			t.Error("a failed answer archived jobs")
		}
		w.Berlin.Fail("Jobs", nil)
		id := archive(t, w, s, coretest.Web1)
		r, ok := ofBerlin(s, id)
		if !ok || !r.Archived() || r.State != core.JobDone || r.Upstream.Reason != "night shift" || r.Ended.IsZero() {
			t.Fatalf("an archived job is shown as %+v, %t", r, ok)
		}
		for range 3 {
			_ = s.Refresh(t.Context(), coretest.Berlin)
		}
		if again, _ := ofBerlin(s, id); again.Upstream != r.Upstream {
			t.Error("an archived job changes with each answer")
		}
		up, err := s.Upstream(t.Context(), coretest.Berlin, id, nil)
		if err != nil || up.Archived.IsZero() || up.Summary != "INSTANCE_REBOOT("+coretest.Web1+")" {
			t.Errorf("its page shows %+v, %v", up, err)
		}
		if tree, err := s.JobTree(t.Context(), coretest.Berlin, id); err != nil || tree.Job.ID != id {
			t.Errorf("its steps are %+v, %v", tree, err)
		}
		if _, ok := ofBerlin(ann, id); !ok {
			t.Error("who may see the VM does not see the job any more")
		}
		other := archive(t, w, s, coretest.Web2)
		_, hidden := ann.Upstream(t.Context(), coretest.Berlin, other, nil)
		_, none := ann.Upstream(t.Context(), coretest.Berlin, "999999", nil)
		if _, ok := ofBerlin(ann, other); ok || core.CodeOf(hidden) != core.CodeNotFound ||
			strings.ReplaceAll(hidden.Error(), other, "N") != strings.ReplaceAll(none.Error(), "999999", "N") {
			t.Errorf("who may not see it is told %v, %t; of one that never was %v", hidden, ok, none)
		}
		if _, err := s.CancelOp("berlin/job/" + id); core.CodeOf(err) != core.CodeState || !strings.Contains(err.Error(), "archived it") {
			t.Errorf("cancel: %v", err)
		}
		if _, err := ann.CancelOp("berlin/job/" + other); core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("cancel by who may not see it: %v", err)
		}
	})
}

func TestJobThatEndedUnseen(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		w.Berlin.Pace(time.Minute)
		id := w.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "")
		time.Sleep(90 * time.Second) // of the bubble
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if r, _ := ofBerlin(s, id); r.State != core.JobRunning {
			t.Fatalf("the job is %s", r.State)
		}
		w.Berlin.Forget(id)
		up, err := s.Upstream(t.Context(), coretest.Berlin, id, nil)
		if err != nil || up.State != core.JobUnseen {
			t.Errorf("before the list is read again it is %+v, %v", up, err)
		}
		_ = s.Refresh(t.Context(), coretest.Berlin)
		r, _ := ofBerlin(s, id)
		if r.State != core.JobUnseen || !r.Ended.IsZero() || r.Upstream.Steps[0].State != core.JobUnseen {
			t.Errorf("after it was archived it is %+v, want that nobody knows how it ended", r.Upstream)
		}
	})
}

// Jobs of ours are kept already: there is one row of each.
func TestOwnJobsAreNotKeptTwice(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		time.Sleep(time.Minute) // of the bubble
		job, err := s.Job(t.Context(), id)
		if err != nil || job.State != core.JobDone {
			t.Fatalf("%+v, %v", job, err)
		}
		w.Berlin.Forget(job.Upstream)
		_ = s.Refresh(t.Context(), coretest.Berlin)
		if _, ok := ofBerlin(s, job.Upstream); ok {
			t.Error("the cluster's side of a job of ours has a row of its own")
		}
	})
}

// TestArchivedJobsAreWrittenOnce: each has a key of its own, so that a thousand of
// them cost nothing when one more comes.
func TestArchivedJobsAreWrittenOnce(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		written := map[string]int{}
		w.Store.FailCommit(func(b core.Batch) error {
			for _, it := range b.Put {
				if strings.Contains(it.Key, "/archived/") {
					written[it.Key]++
				}
			}
			return nil
		})
		for range 3 {
			archive(t, w, s, coretest.Web1)
			time.Sleep(2 * time.Minute) // of the bubble
		}
		w.Stop()
		if len(written) != 3 {
			t.Errorf("written: %v, want three", written)
		}
		for key, n := range written {
			if n != 1 {
				t.Errorf("%s was written %d times", key, n)
			}
		}
	})
}

// TestArchivedJobsOutliveTheServer: a restart shows them, also where the server had
// no time to write anything at its end.
func TestArchivedJobsOutliveTheServer(t *testing.T) {
	t.Parallel()
	for name, killed := range map[string]bool{"stopped": false, "killed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				s := w.Login("admin")
				first := archive(t, w, s, coretest.Web1)
				time.Sleep(2 * time.Minute) // of the bubble
				second := archive(t, w, s, coretest.Web2)
				time.Sleep(20 * time.Second) // the head of the cache still lists it
				if killed {
					w.Store.FailCommit(func(core.Batch) error { return core.ErrConflict })
				}
				w.Stop()
				w.Store.FailCommit(nil)
				again := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris, DontRun: true})
				s = again.Local()
				for _, id := range []string{first, second} {
					n := 0
					for _, r := range s.View().Jobs() {
						if r.Name == "berlin/job/"+id && r.Archived() && r.State == core.JobDone && r.By == "" && !r.Ended.IsZero() {
							n++
						}
					}
					if n != 1 {
						t.Errorf("job %s is shown %d times before the cluster answered, want once", id, n)
					}
				}
				again.Run()
				again.Wait()
				if r, ok := ofBerlin(s, second); !ok || !r.Archived() {
					t.Errorf("after the cluster answered it is %+v, %t", r, ok)
				}
			})
		})
	}
}

func TestArchivedJobsGoWithTheirCluster(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		id := archive(t, w, s, coretest.Web1)
		time.Sleep(time.Minute) // of the bubble
		if keys := cached(t, w, coretest.Berlin); !slices.Contains(keys, "archived/"+id) {
			t.Fatalf("the cache holds %v", keys)
		}
		w.Do(s, core.RemoveCluster{Name: coretest.Berlin})
		w.Until(s, "berlin is gone", func(v *core.View) bool { return len(v.Clusters()) == 1 })
		synctest.Wait()
		if _, ok := ofBerlin(s, id); ok {
			t.Error("a job of a removed cluster is shown")
		}
		w.Stop()
		if keys := cached(t, w, coretest.Berlin); len(keys) > 0 {
			t.Errorf("the cache of a removed cluster holds %v", keys)
		}
	})
}

// A failure that somebody saw to stays seen to when the job is archived.
func TestClearedFailureStaysCleared(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		w.Berlin.FailJobs(coretest.Web1, "somebody stands on the cable")
		id := w.Berlin.AddJob("INSTANCE_REBOOT", coretest.Web1, "")
		time.Sleep(time.Minute) // of the bubble
		_ = s.Refresh(t.Context(), coretest.Berlin)
		before, _ := s.View().Cluster(coretest.Berlin)
		p, err := s.View().ProblemNamed("berlin/job/" + id)
		if err != nil {
			t.Fatal(err)
		}
		w.Do(s, core.ClearProblem{On: p.On, What: p.What})
		w.Berlin.Forget(id)
		_ = s.Refresh(t.Context(), coretest.Berlin)
		synctest.Wait()
		if p, err = s.View().ProblemNamed("berlin/job/" + id); err != nil || p.Cleared == nil {
			t.Errorf("the problem is %+v, %v; want it cleared", p, err)
		}
		if after, _ := s.View().Cluster(coretest.Berlin); after.JobsFailed != before.JobsFailed {
			t.Errorf("%d jobs failed and then %d", before.JobsFailed, after.JobsFailed)
		}
		if r, _ := ofBerlin(s, id); r.Upstream == nil || r.Upstream.Error != "somebody stands on the cable" {
			t.Errorf("it is kept as %+v, want why it failed", r.Upstream)
		}
	})
}
