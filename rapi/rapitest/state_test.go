package rapitest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/rapi/rapitest"
)

// timed is cluster alpha at the speed of a real one.
func timed() *rapitest.Cluster {
	c := alpha()
	c.Speed = 1
	return rapitest.New(c)
}

// submit starts a job and returns its number.
func submit(t *testing.T, c *rapitest.Cluster, method, path string, body any) int {
	t.Helper()
	a := call(t, c, method, path, body)
	var id int
	if err := json.Unmarshal(a.body, &id); err != nil || a.status != http.StatusOK {
		t.Fatalf("%s %s answers %d %s", method, path, a.status, a.body)
	}
	return id
}

type jobAnswer struct {
	ID     int              `json:"id"`
	Status string           `json:"status"`
	Ops    []map[string]any `json:"ops"`
	Start  []int64          `json:"start_ts"`
	End    []int64          `json:"end_ts"`
	Log    [][][]any        `json:"oplog"`
	Result []any            `json:"opresult"`
}

func job(t *testing.T, c *rapitest.Cluster, id int) jobAnswer {
	t.Helper()
	var j jobAnswer
	a := call(t, c, "GET", fmt.Sprintf("/2/jobs/%d", id), nil)
	if err := json.Unmarshal(a.body, &j); err != nil {
		t.Fatalf("job %d: %v: %s", id, err, a.body)
	}
	return j
}

type vmAnswer struct {
	Admin   string  `json:"admin_state"`
	Status  string  `json:"status"`
	Running bool    `json:"oper_state"`
	RAM     *int    `json:"oper_ram"`
	Node    string  `json:"pnode"`
	Serial  int     `json:"serial_no"`
	Changed float64 `json:"mtime"`
}

func vm(t *testing.T, c *rapitest.Cluster, name string) vmAnswer {
	t.Helper()
	var v vmAnswer
	a := call(t, c, "GET", "/2/instances/"+name, nil)
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("instance %s: %v: %s", name, err, a.body)
	}
	return v
}

// TestJobAdvances follows a shutdown of a kvm guest through its states.
func TestJobAdvances(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := timed()
		before := vm(t, c, "vm-serial")
		id := submit(t, c, "PUT", "/2/instances/vm-serial/shutdown", map[string]any{"timeout": 60})
		var seen []string
		for range 100 {
			j := job(t, c, id)
			if len(seen) == 0 || seen[len(seen)-1] != j.Status {
				seen = append(seen, j.Status)
			}
			if j.End != nil {
				break
			}
			if v := vm(t, c, "vm-serial"); j.Status != "running" && !cmp.Equal(v, before) {
				t.Errorf("instance changed while the job was %s: %+v", j.Status, v)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if diff := cmp.Diff([]string{"queued", "waiting", "running", "success"}, seen); diff != "" {
			t.Errorf("states of the job (-want +got):\n%s", diff)
		}
		after := vm(t, c, "vm-serial")
		if after.Status != "ADMIN_down" || after.Running || after.RAM != nil || after.Serial != before.Serial+1 || after.Changed <= before.Changed {
			t.Errorf("instance after shutdown: %+v, before: %+v", after, before)
		}
		j := job(t, c, id)
		if took := j.End[0] - j.Start[0]; took < 5 || took > 8 {
			t.Errorf("a guest's own shutdown took %d s", took)
		}
	})
}

// compare holds a job's shape against a recorded one; reboots and shutdowns have other parameters.
func compare(t *testing.T, name string, c *rapitest.Cluster, id int) {
	t.Helper()
	real := shape(load(t, name).Body)
	got := shape(call(t, c, "GET", fmt.Sprintf("/2/jobs/%d", id), nil).decode(t))
	parameters := []string{".ops[].force", ".ops[].ignore", ".ops[].timeout", ".ops[].no_remember", ".ops[].hvparams", ".ops[].beparams", ".ops[].startup_paused", ".ops[].shutdown_timeout"}
	if diff := cmp.Diff(without(real, parameters), without(got, parameters)); diff != "" {
		t.Errorf("%s: shape differs (-real +simulated):\n%s", name, diff)
	}
}

func TestPower(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, path string
		body         any
		vm           string
		status       string // of the instance afterwards
		serial       int    // by how much serial_no moves
		took         time.Duration
	}{
		"start stopped":         {"PUT", "/2/instances/web3/startup", nil, "web3", "running", 1, 4 * time.Second},
		"start running":         {"PUT", "/2/instances/web1/startup", nil, "web1", "running", 0, 4 * time.Second},
		"start after a crash":   {"PUT", "/2/instances/build1/startup", nil, "build1", "running", 0, 4 * time.Second},
		"start offline":         {"PUT", "/2/instances/old1/startup", nil, "old1", "ADMIN_offline", 0, 2 * time.Second},
		"stop fake":             {"PUT", "/2/instances/web1/shutdown", nil, "web1", "ADMIN_down", 1, 3 * time.Second},
		"stop kvm by force":     {"PUT", "/2/instances/vm-serial/shutdown", map[string]any{"force": true}, "vm-serial", "ADMIN_down", 1, 3 * time.Second},
		"stop kvm at once":      {"PUT", "/2/instances/vm-serial/shutdown", map[string]any{"timeout": 0}, "vm-serial", "ADMIN_down", 1, 3 * time.Second},
		"stop only in words":    {"PUT", "/2/instances/web1/shutdown?dry-run=1", nil, "web1", "running", 0, 3 * time.Second},
		"reboot hard":           {"POST", "/2/instances/vm-serial/reboot", nil, "vm-serial", "running", 0, 9 * time.Second},
		"reboot soft":           {"POST", "/2/instances/vm-serial/reboot?type=soft", nil, "vm-serial", "running", 0, 3 * time.Second},
		"reboot stopped":        {"POST", "/2/instances/web3/reboot?type=full", nil, "web3", "running", 1, 4 * time.Second},
		"migrate shared disks":  {"PUT", "/2/instances/web1/migrate", nil, "web1", "running", 1, 20 * time.Second},
		"migrate private disks": {"PUT", "/2/instances/db1/migrate", nil, "db1", "running", 0, 2 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := timed()
				before := vm(t, c, test.vm)
				id := submit(t, c, test.method, test.path, test.body)
				time.Sleep(test.took)
				if j := job(t, c, id); j.End == nil {
					t.Errorf("job is still %s after %v", j.Status, test.took)
				}
				after := vm(t, c, test.vm)
				if after.Status != test.status || after.Serial != before.Serial+test.serial {
					t.Errorf("status %s and serial %+d, want %s and %+d", after.Status, after.Serial-before.Serial, test.status, test.serial)
				}
			})
		})
	}
}

// TestNoRoom starts a VM on a node that is full.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	config := alpha()
	config.Nodes[2].Memory = 1024 + 128 + 128 + 100
	c := rapitest.New(config)
	got := job(t, c, submit(t, c, "PUT", "/2/instances/web3/startup", nil)).Result
	want := []any{[]any{"OpPrereqError", []any{
		"Not enough memory on node node3.alpha.gwm.test for starting instance web3.alpha.gwm.test: needed 128 MiB, available 100 MiB", "insufficient_resources",
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

func TestNodeMemoryFollows(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	free := func() int {
		var n struct{ Mfree int }
		if err := json.Unmarshal(call(t, c, "GET", "/2/nodes/node1", nil).body, &n); err != nil {
			t.Fatal(err)
		}
		return n.Mfree
	}
	before := free()
	submit(t, c, "PUT", "/2/instances/web1/shutdown", nil)
	if got := free() - before; got != 256 {
		t.Errorf("stopping a VM of 256 MiB frees %d MiB", got)
	}
	submit(t, c, "PUT", "/2/instances/web1/startup", nil)
	if got := free() - before; got != 0 {
		t.Errorf("starting it again leaves %+d MiB", got)
	}
}

// TestLockAndCancel holds an instance with one job and queues two more behind it.
func TestLockAndCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := timed()
		first := submit(t, c, "PUT", "/2/instances/vm-serial/shutdown", nil)
		second := submit(t, c, "PUT", "/2/instances/vm-serial/startup", nil)
		third := submit(t, c, "POST", "/2/instances/vm-serial/reboot", nil)
		other := submit(t, c, "PUT", "/2/instances/web1/shutdown", nil)
		time.Sleep(4 * time.Second)
		got := []string{job(t, c, first).Status, job(t, c, second).Status, job(t, c, third).Status, job(t, c, other).Status}
		if diff := cmp.Diff([]string{"running", "waiting", "waiting", "success"}, got); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		compare(t, "job-waiting-for-lock", c, second)
		locks := call(t, c, "GET", "/2/query/lock?fields=name,mode,owner,pending", nil).decode(t).(map[string]any)["data"]
		shared := []any{fmt.Sprint(first), fmt.Sprint(second), fmt.Sprint(third)}
		none := []any{0.0, []any{}}
		want := []any{
			[]any{[]any{0.0, "cluster/BGL"}, []any{0.0, "shared"}, []any{0.0, shared}, none},
			[]any{[]any{0.0, "cluster/[lockset]"}, []any{0.0, nil}, none, none},
			[]any{[]any{0.0, "instance/[lockset]"}, []any{0.0, nil}, none, none},
			[]any{
				[]any{0.0, "instance/vm-serial.alpha.gwm.test"},
				[]any{0.0, "exclusive"},
				[]any{0.0, []any{fmt.Sprint(first)}},
				[]any{0.0, []any{[]any{"exclusive", []any{fmt.Sprint(second)}}, []any{"exclusive", []any{fmt.Sprint(third)}}}},
			},
		}
		if diff := cmp.Diff(any(want), locks); diff != "" {
			t.Errorf("locks (-want +got):\n%s", diff)
		}
		cancels := []struct {
			id   int
			want string
		}{
			{third, `[true,"Job successfully cancelled"]`},
			{first, `[false,"Job no longer waiting, can't cancel (informed it anyway)"]`},
			{other, fmt.Sprintf(`[false,"Job %d not found in queue"]`, other)},
		}
		for _, x := range cancels {
			if got := string(call(t, c, "DELETE", fmt.Sprintf("/2/jobs/%d", x.id), nil).body); got != x.want {
				t.Errorf("cancel of job %d answers %s, want %s", x.id, got, x.want)
			}
		}
		time.Sleep(10 * time.Second)
		canceled := job(t, c, third)
		if canceled.Status != "canceled" || canceled.Result[0] != "Job canceled by request" {
			t.Errorf("canceled job: %+v", canceled)
		}
		compare(t, "conflict-second.job", c, third)
		if s := job(t, c, second).Status; s != "success" || vm(t, c, "vm-serial").Status != "running" {
			t.Errorf("the job behind the lock is %s", s)
		}
	})
}

// TestReason checks the trail that the real Ganeti keeps: the caller's reason, the RAPI handler, the queue.
func TestReason(t *testing.T) {
	t.Parallel()
	c := rapitest.New(alpha())
	id := submit(t, c, "PUT", "/2/instances/web1/startup?reason=a%20b&reason=c", nil)
	trail := job(t, c, id).Ops[0]["reason"].([]any)
	var got [][]any
	for _, r := range trail {
		got = append(got, r.([]any)[:2])
	}
	want := [][]any{{"gnt:user", "a b"}, {"gnt:library:rlib2:instances_name_startup", ""}, {"gnt:opcode:instance_startup", fmt.Sprintf("job=%d;index=0", id)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reason (-want +got):\n%s", diff)
	}
}

func TestBadParameters(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, path string
		body         any
		message      string
	}{
		"reboot type":   {"POST", "/2/instances/web1/reboot?type=bogus", nil, "Invalid body parameters: (&quot;Parameter &#x27;OP_INSTANCE_REBOOT.reboot_type&#x27; fails validation&quot;, &#x27;wrong_input&#x27;)"},
		"timeout type":  {"PUT", "/2/instances/web1/shutdown", map[string]any{"timeout": "x"}, "Invalid body parameters: (&quot;Parameter &#x27;OP_INSTANCE_SHUTDOWN.timeout&#x27; fails validation&quot;, &#x27;wrong_input&#x27;)"},
		"unknown field": {"PUT", "/2/instances/web1/shutdown", map[string]any{"nosuch": 1}, "Invalid body parameters: Object OpInstanceShutdown doesn&#x27;t support the parameter &#x27;nosuch&#x27;"},
		"no fields":     {"GET", "/2/query/instance", nil, "Missing &#x27;fields&#x27; query argument"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := rapitest.New(alpha())
			a := call(t, c, test.method, test.path, test.body)
			got, _ := a.decode(t).(map[string]any)
			if a.status != http.StatusBadRequest || got["message"] != test.message {
				t.Errorf("answer %d %v", a.status, got["message"])
			}
			if n := len(c.Stats().Submitted); n != 0 {
				t.Errorf("%d jobs were submitted", n)
			}
		})
	}
}

func TestChattyJobs(t *testing.T) {
	t.Parallel()
	config := alpha()
	config.ChattyJobs = true
	c := rapitest.New(config)
	id := submit(t, c, "PUT", "/2/instances/web3/startup", nil)
	var got []any
	for i, line := range job(t, c, id).Log[0] {
		if line[0] != float64(i+1) || line[2] != "message" {
			t.Errorf("line %d is %v", i, line)
		}
		got = append(got, line[3])
	}
	want := []any{
		"* checking disk consistency of instance web3.alpha.gwm.test", "* activating disks on node node3.alpha.gwm.test",
		"* starting instance on node node3.alpha.gwm.test",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}
