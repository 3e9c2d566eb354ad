package rapitest_test

import (
	"encoding/json"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/rapi/rapitest"
)

func demoCall(t *testing.T, c *rapitest.Cluster, path string, into any) {
	t.Helper()
	c.Faults().Clear()
	a := call(t, c, "GET", path, nil)
	if err := json.Unmarshal(a.body, into); err != nil || a.status != 200 {
		t.Fatalf("%s: %d %v %.200s", path, a.status, err, a.body)
	}
}

// open lets the test's user in.
func open(c rapitest.Config) rapitest.Config {
	c.Users = append(c.Users, rapitest.User{Name: alphaUser, Password: alphaPassword, Write: true})
	return c
}

func TestDemoContent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ config rapitest.Config }{
		"berlin": {rapitest.DemoBerlin()},
		"paris":  {rapitest.DemoParis()},
	}
	want := map[string]map[string]int{
		"berlin": {"groups": 3, "nodes": 8, "states": 6, "vms": 60},
		"paris":  {"groups": 1, "nodes": 4, "states": 6, "vms": 25},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := rapitest.New(open(test.config))
			var vms []struct {
				Name, Status string
				Sizes        []int `json:"disk.sizes"`
			}
			var nodes, groups, jobs []map[string]any
			demoCall(t, c, "/2/instances?bulk=1", &vms)
			demoCall(t, c, "/2/nodes?bulk=1", &nodes)
			demoCall(t, c, "/2/groups?bulk=1", &groups)
			demoCall(t, c, "/2/jobs?bulk=1", &jobs)
			states := map[string]int{}
			for _, v := range vms {
				states[v.Status]++
			}
			t.Logf("states: %v", states)
			failed := 0
			for _, j := range jobs {
				if j["status"] == "error" {
					failed++
				}
			}
			got := map[string]int{"groups": len(groups), "nodes": len(nodes), "states": len(states), "vms": len(vms)}
			if diff := cmp.Diff(want[name], got); diff != "" {
				t.Errorf("content (-want +got):\n%s", diff)
			}
			if states["running"]*3 < len(vms)*2 || failed == 0 || failed*4 > len(jobs) {
				t.Errorf("%d of %d VMs run, %d of %d jobs failed", states["running"], len(vms), failed, len(jobs))
			}
			for _, n := range nodes {
				if free, is := n["mfree"].(float64); is && free <= 0 {
					t.Errorf("node %v has no memory left", n["name"])
				}
			}
		})
	}
}

// TestVersions checks what a Ganeti of each version says of itself and its defaults.
func TestVersions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		number  float64
		discard string
		osParam bool
	}{
		"2.16.2": {2160000, "default", false},
		"3.0.2":  {3000000, "default", false},
		"3.1.0":  {3010000, "ignore", true},
	}
	for version, test := range tests {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			config := alpha()
			config.Version = version
			c := rapitest.New(config)
			var info map[string]any
			demoCall(t, c, "/2/info", &info)
			if info["software_version"] != version || info["protocol_version"] != test.number || info["ssh_key_type"] != "ecdsa" {
				t.Errorf("version %v, protocol %v, ssh keys %v", info["software_version"], info["protocol_version"], info["ssh_key_type"])
			}
			var vms []map[string]any
			demoCall(t, c, "/2/instances?bulk=1", &vms)
			for _, v := range vms {
				discard, known := v["hvparams"].(map[string]any)["disk_discard"]
				if _, shown := v["custom_osparams"]; shown != test.osParam || known && discard != test.discard {
					t.Errorf("%v: custom_osparams %v, disk_discard %v", v["name"], shown, discard)
				}
			}
		})
	}
}

// TestActivity lets the demonstration live for some minutes.
func TestActivity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := rapitest.New(open(rapitest.DemoBerlin()))
		a := c.StartActivity(20 * time.Second)
		time.Sleep(5 * time.Minute)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		var jobs []struct{ Status string }
		demoCall(t, c, "/2/jobs?bulk=1", &jobs)
		ran := jobs[70:]
		if len(ran) < 14 {
			t.Errorf("%d jobs ran", len(ran))
		}
		for i, j := range ran {
			if j.Status != "success" {
				t.Errorf("job %d is %s", i, j.Status)
			}
		}
	})
}

func TestSized(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const n = 2000
	c := rapitest.New(open(rapitest.Sized(n)))
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (after.HeapAlloc - before.HeapAlloc) / n; each > 5000 {
		t.Errorf("an instance takes %d bytes", each)
	} else {
		t.Logf("an instance takes %d bytes", each)
	}
	var vms []struct{ Name string }
	demoCall(t, c, "/2/instances?bulk=1", &vms)
	if len(vms) != n || vms[0].Name != "vm000001.big.example.net" {
		t.Errorf("%d instances, the first is %+v", len(vms), vms[0])
	}
}

func BenchmarkBulk(b *testing.B) { benchmark(b, "/2/instances?bulk=1") }

func BenchmarkQuery(b *testing.B) {
	benchmark(b, "/2/query/instance?fields=name,status,oper_state,oper_ram,serial_no,mtime,pnode,tags")
}

func benchmark(b *testing.B, path string) {
	config := rapitest.Sized(100000)
	config.RequireAuth = false
	c := rapitest.New(open(config))
	r, err := http.NewRequestWithContext(b.Context(), "GET", "https://cluster"+path, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	r.SetBasicAuth(alphaUser, alphaPassword)
	for b.Loop() {
		w := &discard{}
		c.ServeHTTP(w, r)
		b.SetBytes(w.n)
	}
}

type discard struct {
	header http.Header
	n      int64
}

func (d *discard) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}
func (d *discard) WriteHeader(int) {}
func (d *discard) Write(p []byte) (int, error) {
	d.n += int64(len(p))
	return len(p), nil
}
