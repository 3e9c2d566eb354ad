package core_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/core/coretest"
)

// TestLogIsBounded: a job that writes without end fills neither the store nor a
// screen; its beginning and its end are kept, also over a restart.
func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	const each = 15_000 // lines at once, three times
	for _, tt := range []struct {
		name    string
		restart core.JobState
		after   int64 // so many lines
	}{
		{"without a restart", "", 0},
		{"restarted before it is full", core.JobRunning, 10},
		{"restarted when it is full", core.JobRunning, 20_001},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
				w.Berlin.Chatter(each-1, "")
				w.Berlin.Pace(10 * time.Second)
				s := w.Login("admin")
				id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
				if tt.restart != "" {
					if _, err := s.WaitJob(t.Context(), id, tt.after); err != nil {
						t.Fatal(err)
					}
					w.Stop()
					w = coretest.StartWith(t, coretest.Options{Store: w.Store, Berlin: w.Berlin, Paris: w.Paris})
					s = w.Login("admin")
				}
				job := ended(t, s, id, core.JobDone)
				lines, err := s.JobLog(t.Context(), id, 0, 100_000)
				if err != nil {
					t.Fatal(err)
				}
				if len(lines) != 1+20_000+2+100+1 || job.LogLines != int64(len(lines)) {
					t.Fatalf("%d lines, %d in the job; want 20,104", len(lines), job.LogLines)
				}
				want := map[int]string{
					0: "berlin queued it as job 4705", 1: "Asking web1.example.org to shut down", 20_000: "Waiting for web1.example.org to stop 4999",
					20_001: "the log is full: of what follows only the end is kept, once there is one",
					20_002: fmt.Sprintf("%d lines of job 4705 are left out here", 3*each-20_000-100),
					20_003: "Shutting down the disks of web1.example.org 14900", 20_102: "Shutting down the disks of web1.example.org 14999", 20_103: "success",
				}
				for i, text := range want {
					if lines[i].Text != text || lines[i].Serial != int64(i+1) {
						t.Errorf("line %d is %q, number %d; want %q", i, lines[i].Text, lines[i].Serial, text)
					}
				}
			})
		})
	}
}

// TestLogIsBoundedInBytes: a few lines can be many bytes.
func TestLogIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		w.Berlin.Chatter(1500, strings.Repeat("x", 5000))
		s := w.Login("admin")
		id := w.Do(s, core.StopVM{VM: coretest.BerlinVM(coretest.Web1)})
		ended(t, s, id, core.JobDone)
		lines, err := s.JobLog(t.Context(), id, 0, 100_000)
		size := 0
		for _, l := range lines {
			size += len(l.Text)
		}
		if err != nil || size < 4<<20 || size > 5<<20 || lines[len(lines)-1].Text != "success" {
			t.Errorf("%d lines with %d bytes, %v; want a little more than 4 MiB and the end", len(lines), size, err)
		}
	})
}
