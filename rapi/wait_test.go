package rapi

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// waitServer has one job that goes through states, one step for each time that
// it was read; wait answers a request to wait.
func waitServer(t *testing.T, states []string, wait http.HandlerFunc) (c *Client, requests func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	reads := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		all = append(all, strings.TrimPrefix(r.URL.Path, "/2/jobs/")+string(body))
		state := states[min(reads, len(states)-1)]
		if r.URL.Path == "/2/jobs/7" {
			reads++
		}
		mu.Unlock()
		if r.URL.Path != "/2/jobs/7" {
			wait(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"id":7,"status":"`+state+`","ops":[{"OP_ID":"OP_X"}],"opstatus":["`+state+`"],"oplog":[[[3,[1,2],"message","x"]]]}`)
	})
	c = clientOf(t, Config{Cluster: core.Cluster{URL: s.URL, Insecure: true}, Wait: 20 * time.Second})
	return c, func() []string { mu.Lock(); defer mu.Unlock(); return all }
}

func TestWaitAsksTheClusterToWait(t *testing.T) {
	t.Parallel()
	c, requests := waitServer(t, []string{"running", "success"}, respond(200, "application/json", `{"job_info":["success"],"log_entries":[]}`))
	first, err := c.WaitJob(t.Context(), "7", nil)
	if err != nil || first.State != core.JobRunning {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := c.WaitJob(t.Context(), "7", first)
	if err != nil || second.State != core.JobDone {
		t.Fatalf("%+v, %v", second, err)
	}
	if _, err := c.WaitJob(t.Context(), "7", second); err != nil {
		t.Fatal(err)
	}
	want := []string{"7", `7/wait{"fields":["status"],"previous_job_info":["running"],"previous_log_serial":3}`, "7", "7"}
	if diff := cmp.Diff(want, requests()); diff != "" {
		t.Error(diff)
	}
}

func TestWaitPollsWhereWaitingIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"error-403-read-only-write", "error-method-not-allowed", "error-404-path"} {
		c, requests := waitServer(t, []string{"running", "running", "running", "error"}, recorded(t, name))
		first, err := c.Job(t.Context(), "7")
		if err != nil {
			t.Fatal(err)
		}
		job, err := c.WaitJob(t.Context(), "7", first)
		if err != nil || job.State != core.JobFailed {
			t.Fatalf("%s: %+v, %v", name, job, err)
		}
		reads, waits := 0, 0
		for _, r := range requests() {
			if r == "7" {
				reads++
			} else {
				waits++
			}
		}
		if reads != 4 || name != "error-404-path" && waits != 1 {
			t.Errorf("%s: %d reads, %d waits", name, reads, waits)
		}
	}
}

// TestWaitLeavesConnectionsToOthers: Ganeti serves 20 requests at once, whoever
// asks. Of many jobs only a few are waited for, the others are asked for in turn.
func TestWaitLeavesConnectionsToOthers(t *testing.T) {
	t.Parallel()
	const jobs, most = 12, 4
	var mu sync.Mutex
	held, highest, waitedFor := 0, 0, map[string]bool{}
	reads, polled := map[string]int{}, make(chan struct{}) // closed when all others were asked for again
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		id, wait := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/2/jobs/"), "/wait")
		mu.Lock()
		status := "running"
		if wait {
			held++
			highest = max(highest, held)
			waitedFor[id] = true
		} else if reads[id]++; reads[id] == 3 {
			again := 0
			for _, n := range reads {
				if n >= 3 {
					again++
				}
			}
			if again == jobs-most {
				close(polled)
			}
		}
		if !wait {
			select {
			case <-polled:
				status = "success"
			default:
			}
		}
		mu.Unlock()
		if wait {
			<-polled
			mu.Lock()
			held--
			mu.Unlock()
		}
		_, _ = io.WriteString(w, `{"id":`+id+`,"status":"`+status+`"}`)
	})
	c := clientOf(t, Config{Cluster: core.Cluster{URL: s.URL, Insecure: true}, Wait: time.Minute})
	var all sync.WaitGroup
	for id := range jobs {
		all.Go(func() {
			job := &core.UpstreamJob{ID: strconv.Itoa(id + 1), Status: "running", State: core.JobRunning}
			job, err := c.WaitJob(t.Context(), job.ID, job)
			if err != nil || job.State != core.JobDone {
				t.Errorf("job %d: %+v, %v", id+1, job, err)
			}
		})
	}
	all.Wait()
	if highest != most || len(waitedFor) < most {
		t.Errorf("%d requests to wait were held at once, want %d", highest, most)
	}
}

func TestWaitEndsWithoutNews(t *testing.T) {
	t.Parallel()
	c, _ := waitServer(t, []string{"running"}, respond(200, "application/json", "null"))
	c.cfg.Wait = 30 * time.Millisecond
	first, err := c.Job(t.Context(), "7")
	if err != nil {
		t.Fatal(err)
	}
	job, err := c.WaitJob(t.Context(), "7", first)
	if err != nil || job.State != core.JobRunning {
		t.Fatalf("%+v, %v", job, err)
	}
}

func TestWaitForAForgottenJob(t *testing.T) {
	t.Parallel()
	c := client(t, replay(t, "error-404-job").URL)
	_, err := c.WaitJob(t.Context(), "99999", &core.UpstreamJob{ID: "99999", State: core.JobRunning, Status: "running"})
	checkError(t, err, core.CodeNotFound, "no job 99999")
}

// TestWaitAnswerAsRecorded holds the shape of our request against the recorded one.
func TestWaitAnswerAsRecorded(t *testing.T) {
	t.Parallel()
	e := capture(t, "job-wait-change")
	var got struct {
		Info []string          `json:"job_info"`
		Log  []json.RawMessage `json:"log_entries"`
	}
	if err := json.Unmarshal(e.Body, &got); err != nil || len(got.Info) != 1 || len(got.Log) == 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if e.Request.Method != http.MethodGet || e.Request.Path != "/2/jobs/38/wait" {
		t.Errorf("%+v", e.Request)
	}
}
