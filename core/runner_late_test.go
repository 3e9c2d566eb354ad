package core_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// abandon asks berlin to stop web1, has the answer get lost, and cancels the job
// while berlin is silent.
func abandon(t *testing.T, w *coretest.World, s *core.Session) core.JobID {
	t.Helper()
	w.Berlin.Fail("Jobs", w.Berlin.Unreachable())
	id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
	reached(t, w, s, id, core.JobSubmitting)
	<-time.After(10 * time.Minute) // it asks seldom by now
	cancelJob(t, w, s, id)
	return id
}

func cancelJob(t *testing.T, w *coretest.World, s *core.Session, id core.JobID) {
	t.Helper()
	op, err := s.CancelOp(id.String())
	if err != nil {
		t.Fatal(err)
	}
	w.Do(s, op)
}

// endedUnknown checks that a job ended canceled at once, and says what is not known.
func endedUnknown(t *testing.T, s *core.Session, id core.JobID) {
	t.Helper()
	began := time.Now()
	job := ended(t, s, id, core.JobCanceled)
	const want = "the job was canceled; it is not known whether berlin has the request"
	if job.Error == nil || job.Error.Code != core.CodeUnknown || !strings.HasSuffix(job.Error.Message, want) {
		t.Fatalf("error is %+v, want %q", job.Error, want)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	if log := logOf(t, s, id); !strings.HasSuffix(log[len(log)-1], want) {
		t.Errorf("the last line of the log is %q, want %q", log[len(log)-1], want)
	}
}

func TestCancelWhileTheClusterIsSilent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(*coretest.Platform)
		restart bool
		sent    []string
		say     []string // in the log when the cluster is back
		audited int
	}{
		{
			"did not arrive", func(p *coretest.Platform) { p.DropRequests(1) }, false,
			nil, nil, 0,
		},
		{
			"did not arrive, restarted", func(p *coretest.Platform) { p.DropRequests(1) }, true,
			nil, nil, 0,
		},
		{
			"arrived and done", func(p *coretest.Platform) { p.LoseAnswers(1) }, false,
			[]string{stopWeb1},
			[]string{"stop web1.example.org was canceled too late: berlin has it as job 4705, done"},
			1,
		},
		{
			"arrived and runs", func(p *coretest.Platform) { p.LoseAnswers(1); p.Pace(time.Hour); p.AllowCancel() }, true,
			[]string{stopWeb1},
			[]string{"stop web1.example.org was canceled too late: berlin has it as job 4705, queued", "ann asked to cancel; the cluster agrees"},
			1,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				tt.prepare(w.Berlin)
				s := w.Login("ann")
				id := abandon(t, w, s)
				endedUnknown(t, s, id)
				if tt.restart {
					w.Stop()
					w = coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
					s = w.Login("ann")
				}
				w.Berlin.Fail("Jobs", nil)
				w.Until(s, "the rest is in the log", func(v *core.View) bool {
					c, _ := v.Cluster(coretest.Berlin)
					log := logOf(t, s, id)
					return c.Health.Reachable() && !slices.ContainsFunc(tt.say, func(l string) bool { return !slices.Contains(log, l) })
				})
				<-time.After(10 * time.Minute)
				submitted(t, w, tt.sent...)
				if job, err := s.Job(t.Context(), id); err != nil || job.State != core.JobCanceled {
					t.Errorf("the job is %s, %v", job.State, err)
				}
				admin := w.Login("admin")
				records, err := admin.Audit(t.Context(), core.AuditQuery{Op: "job.cancel", Event: core.EventFailed})
				if err != nil || len(records) != tt.audited || tt.audited == 1 && (records[0].Job != id || records[0].Upstream != "4705" || records[0].By != "ann") {
					t.Errorf("the audit log has %+v, %v", records, err)
				}
			})
		})
	}
}

// TestCancelBeforeARestart: the wish to cancel is kept over a restart, and obeyed
// though the cluster is still silent.
func TestCancelBeforeARestart(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		w.Berlin.DropRequests(1)
		w.Berlin.Fail("Jobs", w.Berlin.Unreachable())
		s := w.Login("ann")
		id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		reached(t, w, s, id, core.JobSubmitting)
		w.Stop()
		idle := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris, DontRun: true})
		cancelJob(t, idle, idle.Login("ann"), id)
		again := coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
		s = again.Login("ann")
		endedUnknown(t, s, id)
		w.Berlin.Fail("Jobs", nil)
		<-time.After(time.Hour)
		submitted(t, w)
	})
}
