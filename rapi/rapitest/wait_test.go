package rapitest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/rapi/rapitest"
)

type waitAnswer struct {
	Info []any   `json:"job_info"`
	Log  [][]any `json:"log_entries"`
}

func wait(t *testing.T, c *rapitest.Cluster, id int, previous any, serial int) *waitAnswer {
	t.Helper()
	body := map[string]any{"fields": []string{"status"}, "previous_job_info": previous, "previous_log_serial": serial}
	a := call(t, c, "GET", fmt.Sprintf("/2/jobs/%d/wait", id), body)
	var w *waitAnswer
	if err := json.Unmarshal(a.body, &w); err != nil {
		t.Fatalf("wait answers %d %s", a.status, a.body)
	}
	return w
}

// TestWait follows a job by waiting alone, as a client does, and finds every state and every line once.
func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := timed()
		id := submit(t, c, "PUT", "/2/instances/web1/migrate", nil)
		var previous any
		var states []any
		serial, lines := 0, 0
		for range 50 {
			w := wait(t, c, id, previous, serial)
			if w == nil {
				t.Fatal("wait timed out although the job moves")
			}
			if len(states) == 0 || states[len(states)-1] != w.Info[0] {
				states = append(states, w.Info[0])
			}
			for _, l := range w.Log {
				if int(l[0].(float64)) != serial+1 {
					t.Errorf("line %v follows line %d", l, serial)
				}
				serial++
				lines++
			}
			previous = w.Info
			if w.Info[0] == "success" {
				break
			}
		}
		if diff := cmp.Diff([]any{"queued", "waiting", "running", "success"}, states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if want := len(job(t, c, id).Log[0]); lines != want || want != 14 {
			t.Errorf("%d lines seen, the job has %d", lines, want)
		}
	})
}

// TestWaitShape holds an answer with log lines against a recorded one.
func TestWaitShape(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	id := submit(t, c, "PUT", "/2/instances/web1/migrate", nil)
	body := map[string]any{"fields": []string{"status"}, "previous_job_info": []string{"waiting"}, "previous_log_serial": 0}
	got := call(t, c, "GET", fmt.Sprintf("/2/jobs/%d/wait", id), body).decode(t)
	if diff := cmp.Diff(shape(load(t, "job-wait-change").Body), shape(got)); diff != "" {
		t.Errorf("shape differs (-real +simulated):\n%s", diff)
	}
}

func TestWaitTimesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := timed()
		c.Faults().Set(rapitest.Fault{Kind: rapitest.JobSticks})
		id := submit(t, c, "PUT", "/2/instances/web1/shutdown", nil)
		time.Sleep(2 * time.Second)
		start := time.Now()
		if w := wait(t, c, id, []string{"running"}, 0); w != nil {
			t.Errorf("wait answers %+v for a job that does not move", w)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("wait gave up after %v", took)
		}
	})
}

func TestWaitWakesOnCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := timed()
		submit(t, c, "PUT", "/2/instances/vm-serial/shutdown", nil)
		id := submit(t, c, "PUT", "/2/instances/vm-serial/startup", nil)
		time.Sleep(2 * time.Second)
		done := make(chan string)
		go func() {
			body := map[string]any{"fields": []string{"status"}, "previous_job_info": []string{"waiting"}, "previous_log_serial": 0}
			a, err := try(t, c, "GET", fmt.Sprintf("/2/jobs/%d/wait", id), body)
			done <- fmt.Sprintf("%s %v", a.body, err)
		}()
		synctest.Wait()
		call(t, c, "DELETE", fmt.Sprintf("/2/jobs/%d", id), nil)
		start := time.Now()
		if got := <-done; got != `{"job_info":["canceled"],"log_entries":[]} <nil>` || time.Since(start) != 0 {
			t.Errorf("wait answers %s after %v", got, time.Since(start))
		}
	})
}

func TestWaitEndsWithItsClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := timed()
		c.Faults().Set(rapitest.Fault{Kind: rapitest.Hang})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", "https://cluster/2/jobs/1", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := send(rapitest.Transport{Cluster: c}, r); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a request that hangs ends with %v", err)
		}
	})
}

func TestWaitRefusals(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	body := map[string]any{"fields": []string{"status"}, "previous_job_info": nil, "previous_log_serial": nil}
	if a := call(t, c, "GET", "/2/jobs/99999/wait", body); a.status != http.StatusInternalServerError {
		t.Errorf("unknown job: %d %s", a.status, a.body)
	}
	if a := call(t, c, "GET", "/2/jobs/1/wait", nil); a.status != http.StatusInternalServerError {
		t.Errorf("no body: %d %s", a.status, a.body)
	}
}
