package rapitest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/rapi/rapitest"
)

func TestFaultedAnswers(t *testing.T) {
	t.Parallel()
	const unavailable = `{"code":503,"message":"Service Unavailable","explain":"The server cannot process the request due to a high load"}`
	const gateway = `{"code":504,"message":"Gateway Timeout","explain":"The gateway server did not receive a timely response"}`
	tests := map[string]struct {
		fault  rapitest.Fault
		path   string
		status int
		kind   string
		body   string
	}{
		"ganeti status": {rapitest.Fault{Kind: rapitest.Status, Status: 503}, "/version", 503, "application/json", unavailable},
		"html status":   {rapitest.Fault{Kind: rapitest.Status, Status: 502, HTML: true}, "/version", 502, "text/html; charset=utf-8", "<html><head><title>Bad Gateway</title></head><body><h1>502</h1></body></html>\n"},
		"luxid down":    {rapitest.Fault{Kind: rapitest.LuxidDown}, "/version", 504, "application/json", gateway},
		"wrong types":   {rapitest.Fault{Kind: rapitest.WrongTypes}, "/2/features", 200, "application/json", "[17,17,17,17]"},
		"oversized":     {rapitest.Fault{Kind: rapitest.Oversized, Bytes: 5}, "/version", 200, "application/json", "     2"},
		"empty list":    {rapitest.Fault{Kind: rapitest.EmptyList}, "/2/instances?bulk=1", 200, "application/json", "[]"},
		"other path":    {rapitest.Fault{Kind: rapitest.Status, Status: 503, Path: "/2/info"}, "/version", 200, "application/json", "2"},
		"empty query":   {rapitest.Fault{Kind: rapitest.EmptyList}, "/2/query/instance?fields=nosuch", 200, "application/json", `{"data": [], "fields": [{"name":"nosuch","title":"nosuch","kind":"unknown","doc":"Unknown field 'nosuch'"}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := rapitest.New(alpha())
			c.Faults().Set(test.fault)
			a := call(t, c, "GET", test.path, nil)
			got := []any{a.status, a.header.Get("Content-Type"), string(a.body)}
			if diff := cmp.Diff([]any{test.status, test.kind, test.body}, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			c.Faults().Clear()
			if a := call(t, c, "GET", "/version", nil); string(a.body) != "2" {
				t.Errorf("after clearing: %d %s", a.status, a.body)
			}
		})
	}
}

func TestPartialList(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	c.Faults().Set(rapitest.Fault{Kind: rapitest.PartialList, Times: 1})
	for i, want := range []int{7, 14} {
		if got := len(call(t, c, "GET", "/2/instances?bulk=1", nil).decode(t).([]any)); got != want {
			t.Errorf("answer %d lists %d instances, want %d", i, got, want)
		}
	}
	if n := c.Faults().Seen(rapitest.PartialList); n != 1 {
		t.Errorf("the fault struck %d times", n)
	}
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	tests := map[string]rapitest.Fault{
		"dead": {Kind: rapitest.Dead},
		"cut":  {Kind: rapitest.Cut, Bytes: 3},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := rapitest.New(alpha())
			c.Faults().Set(fault)
			a, err := try(t, c, "GET", "/2/features", nil)
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(a.body) != int(fault.Bytes) {
				t.Errorf("%d bytes and error %v", len(a.body), err)
			}
		})
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := timed()
		c.Faults().Set(rapitest.Fault{Kind: rapitest.Slow, Delay: 7 * time.Second})
		start := time.Now()
		call(t, c, "GET", "/version", nil)
		if took := time.Since(start); took != 7*time.Second {
			t.Errorf("answer after %v", took)
		}
	})
}

// TestLostAnswer checks that the job exists although the submission's answer never came, and that it is counted once.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	c.Faults().Set(rapitest.Fault{Kind: rapitest.LoseAnswer, Times: 1})
	call(t, c, "GET", "/version", nil) // reads are not struck
	if a, err := try(t, c, "PUT", "/2/instances/web1/shutdown?reason=once", nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("answer %d, error %v", a.status, err)
	}
	if s := vm(t, c, "web1").Status; s != "ADMIN_down" {
		t.Errorf("the lost submission had no effect: %s", s)
	}
	if diff := cmp.Diff(map[string]int{"web1.alpha.gwm.test": 1}, c.Stats().Submitted); diff != "" {
		t.Errorf("submitted (-want +got):\n%s", diff)
	}
}

func TestJobFaults(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	c.Faults().Set(rapitest.Fault{Kind: rapitest.JobFails, Times: 1})
	failed := job(t, c, submit(t, c, "PUT", "/2/instances/web3/startup", nil))
	if failed.Status != "error" || !strings.Contains(fmt.Sprint(failed.Result), "OpExecError") || vm(t, c, "web3").Status != "ADMIN_down" {
		t.Errorf("a job that should fail: %+v", failed)
	}
	c.Faults().Set(rapitest.Fault{Kind: rapitest.JobSticks, Times: 1})
	stuck := submit(t, c, "PUT", "/2/instances/web3/startup", nil)
	behind := submit(t, c, "PUT", "/2/instances/web3/startup", nil)
	if a, b := job(t, c, stuck).Status, job(t, c, behind).Status; a != "running" || b != "waiting" {
		t.Errorf("the job that never ends is %s, the one behind it %s", a, b)
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	call(t, c, "GET", "/2/instances/web1", nil)
	call(t, c, "GET", "/2/instances/web2", nil)
	call(t, c, "GET", "/2/nosuch", nil)
	sent := c.Stats().Bytes
	call(t, c, "GET", "/version", nil)
	s := c.Stats()
	want := map[string]int{"GET /2/instances/{name}": 2, "GET ?": 1, "GET /version": 1}
	if diff := cmp.Diff(want, s.Requests); diff != "" || s.Bytes != sent+1 {
		t.Errorf("%d bytes after %d, requests (-want +got):\n%s", s.Bytes, sent, diff)
	}
}

func TestDrainedQueue(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	c.SetDrained(true)
	if a := call(t, c, "PUT", "/2/instances/web1/startup", nil); a.status != http.StatusInternalServerError || !strings.Contains(string(a.body), "Queue drained") {
		t.Errorf("drained queue: %d %s", a.status, a.body)
	}
	c.SetDrained(false)
	submit(t, c, "PUT", "/2/instances/web1/startup", nil)
}
