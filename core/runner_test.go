package core_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

const forever = int64(1) << 62

// ended waits for the end of a job and checks its state.
func ended(t *testing.T, s *core.Session, id core.JobID, want core.JobState) core.Job {
	t.Helper()
	job, err := s.WaitJob(t.Context(), id, forever)
	if err != nil {
		t.Fatal(err)
	}
	if job.State != want {
		t.Fatalf("job %s is %s (%v), want %s", id, job.State, job.Error, want)
	}
	return job
}

// reached waits until a job is in a state.
func reached(t *testing.T, w *coretest.World, s *core.Session, id core.JobID, want core.JobState) core.Job {
	t.Helper()
	var job core.Job
	w.Until(s, "the job is "+string(want), func(*core.View) bool {
		var err error
		if job, err = s.Job(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		return job.State == want
	})
	return job
}

func logOf(t *testing.T, s *core.Session, id core.JobID) []string {
	t.Helper()
	lines, err := s.JobLog(t.Context(), id, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for i, l := range lines {
		if l.Serial != int64(i+1) {
			t.Errorf("line %d of job %s has serial %d", i+1, id, l.Serial)
		}
		texts = append(texts, l.Text)
	}
	return texts
}

func submitted(t *testing.T, w *coretest.World, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, w.Berlin.Submitted()); diff != "" {
		t.Errorf("the cluster received (-want +got):\n%s", diff)
	}
}

const stopWeb1 = "INSTANCE_SHUTDOWN " + coretest.Web1

var stopLog = []string{
	"berlin queued it as job 4705",
	"Asking " + coretest.Web1 + " to shut down", "Waiting for " + coretest.Web1 + " to stop",
	"Shutting down the disks of " + coretest.Web1,
	"success",
}

func TestJobRuns(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("ann")
		id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		job := ended(t, s, id, core.JobDone)
		if job.Upstream == "" || !strings.HasSuffix(job.Reason, ":job-"+id.String()) || job.Ended.Sub(job.Started) != 4*time.Second {
			t.Errorf("job is %+v, want an id and a reason of the cluster and 4 s", job)
		}
		if diff := cmp.Diff(stopLog, logOf(t, s, id)); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		submitted(t, w, stopWeb1)
		records, err := w.Login("admin").Audit(t.Context(), core.AuditQuery{Op: "vm.stop"})
		if err != nil || len(records) != 2 || records[0].Event != core.EventDone || records[0].Millis != 4000 ||
			records[1].Event != core.EventRequested || records[0].Upstream != job.Upstream {
			t.Errorf("audit has %+v, %v; want requested and done", records, err)
		}
	})
}

func TestJobFailsOnTheCluster(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("ann")
		w.Berlin.FailJobs(coretest.Web1, "disk\x1b[31m is missing")
		job := ended(t, s, w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)}), core.JobFailed)
		if job.Error.Code != core.CodeJobFailed || job.Error.Message != "stop web1.example.org: disk·[31m is missing" {
			t.Errorf("error is %q, want the cluster's words made printable", job.Error.Message)
		}
	})
}

func TestJobsOnOneVMRunInOrder(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("ann")
		stop := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		start := w.Do(s, core.StartVM{VM: coretest.BerlinVM(coretest.Web1)})
		first := ended(t, s, stop, core.JobDone)
		second := ended(t, s, start, core.JobDone)
		if second.Started.Before(first.Ended) {
			t.Errorf("the second began %s, before the first ended %s", second.Started, first.Ended)
		}
		submitted(t, w, stopWeb1, "INSTANCE_STARTUP "+coretest.Web1)
	})
}

func TestJobIsDeniedWhenTheRightIsGone(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		ann, admin := w.Login("ann"), w.Login("admin")
		first := w.Do(admin, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		id := w.Do(ann, core.StartVM{VM: coretest.BerlinVM(coretest.Web1)})
		w.Do(admin, core.RemoveGrant{Who: core.UserRef("ann"), On: coretest.BerlinVM(coretest.Web1)})
		ended(t, admin, first, core.JobDone)
		job := ended(t, admin, id, core.JobFailed)
		if job.Error.Code != core.CodeDenied || !strings.Contains(job.Error.Message, "needs power on berlin/web1.example.org") {
			t.Errorf("error is %+v, want the sentence of the denial", job.Error)
		}
		submitted(t, w, stopWeb1)
		records, err := admin.Audit(t.Context(), core.AuditQuery{Event: core.EventDenied})
		if err != nil || len(records) != 1 || records[0].Job != id {
			t.Errorf("denials in the audit: %+v, %v; want one for job %s", records, err, id)
		}
	})
}

func TestLostAnswerIsNeverSentTwice(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		lose func(*coretest.Platform)
		late bool // it takes Ganeti's time-out
	}{
		{"arrived", func(p *coretest.Platform) { p.LoseAnswers(1) }, false},
		{"did not arrive", func(p *coretest.Platform) { p.DropRequests(1) }, true},
		{"twice not", func(p *coretest.Platform) { p.DropRequests(2) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				s := w.Login("ann")
				tt.lose(w.Berlin)
				began := time.Now()
				job := ended(t, s, w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)}), core.JobDone)
				submitted(t, w, stopWeb1)
				if late := job.Ended.Sub(began) >= 35*time.Second; late != tt.late {
					t.Errorf("it took %s; waited for the cluster's time-out: %v, want %v", job.Ended.Sub(began), late, tt.late)
				}
			})
		})
	}
}

func TestRestartInEveryState(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		prepare func(w *coretest.World)
		until   core.JobState
	}{
		{"submitting, arrived", func(w *coretest.World) {
			w.Berlin.LoseAnswers(1)
			w.Berlin.Fail("Jobs", w.Berlin.Unreachable())
		}, core.JobSubmitting},
		{"submitting, not arrived", func(w *coretest.World) {
			w.Berlin.DropRequests(1)
			w.Berlin.Fail("Jobs", w.Berlin.Unreachable())
		}, core.JobSubmitting},
		{"running", func(w *coretest.World) { w.Berlin.Pace(20 * time.Second) }, core.JobRunning},
		{"done", func(*coretest.World) {}, core.JobDone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				tt.prepare(w)
				s := w.Login("admin")
				id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
				reached(t, w, s, id, tt.until)
				if tt.until == core.JobRunning {
					if _, err := s.WaitJob(t.Context(), id, 2); err != nil {
						t.Fatal(err)
					}
				}
				w.Stop()
				w.Berlin.Fail("Jobs", nil)
				again := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
				s = again.Login("admin")
				ended(t, s, id, core.JobDone)
				submitted(t, w, stopWeb1)
				log := slices.DeleteFunc(logOf(t, s, id), func(l string) bool { return strings.HasPrefix(l, "the answer") })
				if diff := cmp.Diff(stopLog, log); diff != "" {
					t.Errorf("log (-want +got):\n%s", diff)
				}
				if _, err := s.VerifyAudit(t.Context(), nil); err != nil {
					t.Errorf("audit: %v", err)
				}
			})
		})
	}
}

func TestRestartWhileQueued(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		w.Stop()
		idle := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris, DontRun: true})
		id := idle.Do(idle.Login("ann"), core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		submitted(t, w)
		again := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
		ended(t, again.Login("ann"), id, core.JobDone)
		submitted(t, w, stopWeb1)
	})
}

func TestJobGoesOnWhileTheClusterIsSilent(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("ann")
		w.Berlin.Pace(5 * time.Second)
		id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		reached(t, w, s, id, core.JobRunning)
		w.Berlin.Fail("", w.Berlin.Unreachable())
		w.Until(s, "the silence is in the log", func(*core.View) bool {
			return slices.ContainsFunc(logOf(t, s, id), func(l string) bool { return strings.HasPrefix(l, "the cluster does not answer") })
		})
		hour := time.NewTimer(time.Hour)
		<-hour.C
		if job, err := s.Job(t.Context(), id); err != nil || job.State != core.JobRunning {
			t.Fatalf("after an hour of silence the job is %s, %v; want running", job.State, err)
		}
		w.Berlin.Fail("", nil)
		ended(t, s, id, core.JobDone)
		submitted(t, w, stopWeb1)
	})
}

func TestJobThatTheClusterForgot(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("ann")
		w.Berlin.Pace(time.Minute)
		id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		job := reached(t, w, s, id, core.JobRunning)
		w.Berlin.Forget(job.Upstream)
		job = ended(t, s, id, core.JobFailed)
		if job.Error.Code != core.CodeUnknown || !strings.Contains(job.Error.Message, "the cluster no longer knows the outcome") {
			t.Errorf("error is %+v, want that the outcome is not known", job.Error)
		}
	})
}

func TestCancelJob(t *testing.T) {
	t.Parallel()
	cancel := func(t *testing.T, w *coretest.World, s *core.Session, id core.JobID) {
		t.Helper()
		op, err := s.CancelOp(id.String())
		if err != nil {
			t.Fatal(err)
		}
		w.Do(s, op)
	}
	t.Run("queued", func(t *testing.T) {
		t.Parallel()
		coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
			s := w.Login("ann")
			first := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
			second := w.Do(s, core.StartVM{VM: coretest.BerlinVM(coretest.Web1)})
			cancel(t, w, s, second)
			ended(t, s, second, core.JobCanceled)
			ended(t, s, first, core.JobDone)
			submitted(t, w, stopWeb1)
		})
	})
	t.Run("running, refused", func(t *testing.T) {
		t.Parallel()
		coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
			s := w.Login("ann")
			w.Berlin.Pace(10 * time.Second)
			id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
			if _, err := s.WaitJob(t.Context(), id, 1); err != nil {
				t.Fatal(err)
			}
			cancel(t, w, s, id)
			ended(t, s, id, core.JobDone)
			want := "ann asked to cancel; the cluster refuses: the job is running and cannot be canceled"
			if log := logOf(t, s, id); !slices.Contains(log, want) {
				t.Errorf("log is %q, want the refusal in it", log)
			}
		})
	})
	t.Run("running, agreed", func(t *testing.T) {
		t.Parallel()
		coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
			s := w.Login("ann")
			w.Berlin.AllowCancel()
			w.Berlin.Pace(10 * time.Second)
			id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
			reached(t, w, s, id, core.JobRunning)
			cancel(t, w, s, id)
			ended(t, s, id, core.JobCanceled)
			if vm, _ := s.View().VM(coretest.BerlinVM(coretest.Web1)); vm.State != core.StateRunning {
				t.Errorf("web1 is %s after its stop was canceled, want running", vm.State)
			}
		})
	})
}

func TestBulkJob(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		w.Berlin.FailJobs(coretest.Web2, "no disk")
		var ops []core.Op
		for _, name := range []string{coretest.Web1, coretest.Web2, coretest.DB1, "mail.example.org", "jump.example.org"} {
			ops = append(ops, core.StopVM{VM: coretest.BerlinVM(name)})
		}
		id, err := s.DoAll(t.Context(), "stop 5 VMs", ops)
		if err != nil {
			t.Fatal(err)
		}
		job := ended(t, s, id, core.JobFailed)
		if job.Error.Message != "stop 5 VMs: 1 of 5 failed" {
			t.Errorf("error is %q", job.Error.Message)
		}
		log := logOf(t, s, id)
		slices.Sort(log)
		want := []string{
			"failed: stop 5 VMs: 1 of 5 failed",
			"job 10, stop web1.example.org: success",
			"job 11, stop web2.example.org: failed: stop web2.example.org: no disk",
			"job 12, stop db1.example.org: success",
			"job 13, stop mail.example.org: success",
			"job 14, stop jump.example.org: success",
		}
		for i := range want {
			_, a, ok := strings.Cut(want[i], ", ")
			if !ok {
				a = want[i]
			}
			if i >= len(log) || !strings.HasSuffix(log[i], a) {
				t.Fatalf("log is %q, want a line for each child", log)
			}
		}
	})
}

func TestJobUnreachableBeforeItIsSent(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("ann")
		w.Berlin.Fail("StopVM", w.Berlin.Unreachable())
		job := ended(t, s, w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)}), core.JobFailed)
		if job.Error.Code != core.CodeUnreachable {
			t.Errorf("error is %+v, want unreachable", job.Error)
		}
		submitted(t, w)
	})
}

func TestPanicInAJobEndsOnlyTheJob(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("ann")
		w.Berlin.PanicIn("StopVM")
		job := ended(t, s, w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)}), core.JobFailed)
		if job.Error.Code != core.CodeInternal {
			t.Errorf("error is %+v, want internal", job.Error)
		}
		w.Berlin.PanicIn("Stamps")
		if err := s.Refresh(t.Context(), coretest.Berlin); core.CodeOf(err) != core.CodeInternal {
			t.Errorf("a poll that panics: %v, want internal", err)
		}
		w.Berlin.PanicIn("")
		ended(t, s, w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)}), core.JobDone)
	})
}

// The end of a bulk job that the store refused is written when the store works
// again, though nothing else happens.
func TestBulkJobEndsAfterStoreFailed(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Login("admin")
		id, err := s.DoAll(t.Context(), "stop 2 VMs", []core.Op{
			core.StopVM{VM: coretest.BerlinVM(coretest.Web1)}, core.StopVM{VM: coretest.BerlinVM(coretest.DB1)},
		})
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		w.Store.FailCommit(func(b core.Batch) error {
			for _, it := range b.Put {
				if it.Key == fmt.Sprintf("job/%020d", id) && strings.Contains(string(it.Value), `"state":"done"`) && refused < 3 {
					refused++
					return errors.New("the disk is full")
				}
			}
			return nil
		})
		job := ended(t, s, id, core.JobDone)
		if late := job.Ended.Sub(job.Created); late > 10*time.Minute {
			t.Errorf("the end was written after %s only", late)
		}
		if refused != 3 {
			t.Errorf("the end was refused %d times, want 3", refused)
		}
	})
}
