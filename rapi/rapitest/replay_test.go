package rapitest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/rapi/rapitest"
)

// capture is one recorded exchange with a real Ganeti 3.0.2.
type capture struct {
	Request struct {
		Method, Path string
		Port         int
		User         *string
		ContentType  *string `json:"content_type"`
		Body         json.RawMessage
	}
	Status  int
	Headers map[string]string
	Body    any
}

func load(t *testing.T, name string) capture {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "captures", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var c capture
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// replay sends the captured request to the simulation.
func replay(t *testing.T, cluster *rapitest.Cluster, name string, c capture) answer {
	t.Helper()
	body := []byte(c.Request.Body)
	var raw struct{ Raw *string }
	if json.Unmarshal(body, &raw) == nil && raw.Raw != nil {
		body = []byte(*raw.Raw)
	}
	if string(body) == "null" {
		body = nil
	}
	r, err := http.NewRequestWithContext(t.Context(), c.Request.Method, "https://cluster"+c.Request.Path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if c.Request.ContentType != nil {
		r.Header.Set("Content-Type", *c.Request.ContentType)
	}
	if c.Request.User != nil {
		password := map[string]string{"gwm": alphaPassword, "gwm-ro": "recorded-readonly"}[*c.Request.User]
		if strings.Contains(name, "bad-password") {
			password = "wrong"
		}
		r.SetBasicAuth(*c.Request.User, password)
	}
	got, err := send(rapitest.Transport{Cluster: cluster}, r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// shape lists every path of a JSON value with its type; list elements share a path. The rows of a query's answer keep their columns and codes apart.
func shape(v any) []string {
	found := map[string]bool{}
	walk(found, "", v)
	var out []string
	for s := range found {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func walk(found map[string]bool, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		found[path+": object"] = true
		for k, e := range v {
			walk(found, path+"."+k, e)
		}
	case []any:
		found[path+": list"] = true
		for i, e := range v {
			if path != ".data[]" {
				walk(found, path+"[]", e)
				continue
			}
			cell, is := e.([]any)
			if !is || len(cell) != 2 {
				found[path+": broken cell"] = true
				continue
			}
			walk(found, fmt.Sprintf("%s.column%d code %v", path, i, cell[0]), cell[1])
		}
	case nil:
		found[path+": null"] = true
	default:
		found[fmt.Sprintf("%s: %T", path, v)] = true
	}
}

// without drops the paths that start with one of the prefixes.
func without(shape []string, prefixes []string) []string {
	return slices.DeleteFunc(shape, func(s string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
	})
}

// exact reports whether an answer must agree to the letter: refusals, and answers without times and made-up numbers.
func exact(name string, status int) bool {
	return status >= 400 || slices.Contains([]string{
		"root", "version", "2", "features", "tags", "node-role", "job-cancel-unknown", "filters", "os",
		"instances", "nodes", "groups", "networks", "instance-tags", "node-tags", "query-instance-filter", "query-instance-fields", "query-instance-fields-all",
		"query-lock", "error-404-job", "console-web1", "console-vm-serial", "console-vm-both", "error-400-query-fields", "query-export",
		"beta-console-vm-serial-with-port", "beta-console-vm-vnc-PATCHED",
	}, name)
}

// TestReplayReads sends every recorded read and refusal to the simulation and compares what the real Ganeti answered.
func TestReplayReads(t *testing.T) {
	t.Parallel()
	balance := "[].custom_beparams.auto_balance"
	tests := map[string]struct {
		except []string
		setup  func(*rapitest.Cluster)
	}{
		"instances-bulk": {except: []string{balance}},
		"jobs-bulk":      {except: []string{"[].ops"}},
		// The console column of a real answer has codes without a pattern.
		"query-instance": {except: []string{".data[].column7"}},
		// Own OS parameters and auto_balance are not part of the simulation.
		"query-all-instance": {except: []string{
			".data[].column13 code 0.auto_balance", ".data[].column16 code 0.greeting", ".data[].column277 code 0.greeting",
		}},
		"error-queue-drained":          {setup: func(c *rapitest.Cluster) { c.SetDrained(true) }},
		"error-luxid-down":             {setup: func(c *rapitest.Cluster) { c.Faults().Set(rapitest.Fault{Kind: rapitest.LuxidDown}) }},
		"nodes-bulk-dead-node":         {setup: func(c *rapitest.Cluster) { c.SetNodeDead("node3", true) }},
		"nodes-bulk-dead-offline-node": {setup: func(c *rapitest.Cluster) { c.SetNodeRole("node3", "O") }},
		"instances-bulk-dead-node":     {except: []string{balance}, setup: func(c *rapitest.Cluster) { c.SetNodeDead("node3", true) }},
		"console-dead-node":            {setup: func(c *rapitest.Cluster) { c.SetNodeDead("node3", true) }},
	}
	files, err := filepath.Glob("testdata/captures/*.json")
	if err != nil || len(files) < 90 {
		t.Fatalf("captures are missing: %d found, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		c := load(t, name)
		if !slices.Contains(reads, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := alpha()
			if c.Request.Port == 5081 {
				config = beta()
			}
			cluster := rapitest.New(config)
			if strings.HasPrefix(name, "beta-") {
				// The second cluster of the test bed has the same content under another name.
				c = renamed(t, c)
			}
			if setup := tests[name].setup; setup != nil {
				setup(cluster)
			}
			got := replay(t, cluster, name, c)
			if got.status != c.Status {
				t.Fatalf("status %d, the real one says %d\n%s", got.status, c.Status, got.body)
			}
			for _, h := range []string{"Content-Type", "Connection", "Www-Authenticate", "Server"} {
				real := c.Headers[h]
				if h == "Www-Authenticate" {
					real = c.Headers["WWW-Authenticate"]
				}
				if got.header.Get(h) != real {
					t.Errorf("header %s is %q, the real one %q", h, got.header.Get(h), real)
				}
			}
			except := tests[name].except
			if diff := cmp.Diff(without(shape(c.Body), except), without(shape(got.decode(t)), except)); diff != "" {
				t.Errorf("shape differs (-real +simulated):\n%s", diff)
			}
			if exact(name, c.Status) {
				if diff := cmp.Diff(c.Body, got.decode(t)); diff != "" {
					t.Errorf("answer differs (-real +simulated):\n%s", diff)
				}
			}
		})
	}
}

func renamed(t *testing.T, c capture) capture {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("beta.gwm.test"), []byte("alpha.gwm.test"))
	var out capture
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// reads are the captures that depend on nothing but the cluster's first state.
var reads = []string{
	"root", "version", "2", "features", "info", "os", "nodes", "nodes-bulk", "node", "node-role", "node-tags", "instances", "instances-bulk",
	"instance-web1", "instance-web3", "instance-db2", "instance-old1", "instance-build1", "instance-vm-serial", "instance-vm-vnc", "instance-vm-both",
	"instance-short-name", "instance-tags", "groups", "groups-bulk", "group", "networks", "networks-bulk", "network", "jobs", "jobs-bulk", "tags", "filters",
	"console-web1", "console-web3", "console-vm-serial", "console-vm-vnc", "console-vm-vnclocal", "console-vm-both", "console-vm-file", "query-instance", "query-all-instance", "query-all-node", "query-all-group", "query-all-network",
	"query-instance-fields", "query-instance-fields-all", "query-node", "query-instance-filter", "query-lock", "query-export", "error-401-no-user",
	"error-401-bad-password", "ro-info", "ro-console-vm-serial", "error-403-read-only-write", "error-404-instance", "error-404-node", "error-404-group",
	"error-404-job", "error-404-path", "error-404-network", "error-job-id-not-numeric", "error-404-console", "error-method-not-allowed", "error-400-not-json",
	"error-400-no-body", "error-400-unknown-field", "error-400-wrong-type", "error-400-set-online", "error-400-query-fields", "error-400-query-resource", "error-415-content-type", "put-without-content-type", "error-queue-drained",
	"job-cancel-unknown", "beta-info", "beta-info-no-user", "beta-error-401-write-no-user", "beta-console-no-user", "beta-console-vm-serial-with-port",
	"beta-console-vm-vnc-PATCHED", "error-luxid-down", "nodes-bulk-dead-node", "nodes-bulk-dead-offline-node", "instances-bulk-dead-node", "console-dead-node",
	"error-node-role-invalid",
	"error-400-no-version", "error-400-missing-field", "error-501-node-modify-put",
}

// madeUp finds the UUIDs in a message, which are the cluster's own.
var madeUp = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// inOrder sorts what a job lists in its result, which follows the order of a JSON object in the request.
func inOrder(v any) any {
	results, _ := v.([]any)
	for _, r := range results {
		list, _ := r.([]any)
		for _, said := range list {
			if words, is := said.([]any); is && len(words) > 0 {
				text, _ := words[0].(string)
				words[0] = madeUp.ReplaceAllString(text, "UUID")
			}
		}
		if slices.ContainsFunc(list, func(e any) bool { _, pair := e.([]any); return !pair }) {
			continue
		}
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return v
}

// TestReplayJobs submits what was submitted to the real Ganeti and compares the jobs that came of it.
func TestReplayJobs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		submit, job string
		except      []string
		setup       func(*testing.T, *rapitest.Cluster)
		vm          string // one like web1 that was there
	}{
		{submit: "startup", job: "startup-already-running.job"},
		{submit: "startup", job: "startup.job", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "PUT", "/2/instances/web1/shutdown", nil)
		}},
		{submit: "shutdown", job: "shutdown.job"},
		{submit: "reboot", job: "reboot.job"},
		{submit: "kvm-shutdown-acpi", job: "kvm-shutdown-acpi.job"},
		{submit: "tags-add", job: "tags-add.job"},
		{submit: "tags-delete", job: "tags-delete.job", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "PUT", "/2/instances/web1/tags?tag=c", nil)
		}},
		{submit: "error-job-startup-offline", job: "error-job-startup-offline.job"},
		{submit: "error-job-startup-unknown", job: "error-job-startup-unknown.job"},
		{submit: "error-job-tags-delete-missing", job: "error-job-tags-delete-missing.job"},
		{submit: "error-job-shutdown-dead-node", job: "error-job-shutdown-dead-node.job", setup: func(_ *testing.T, c *rapitest.Cluster) { c.SetNodeDead("node3", true) }},
		{submit: "delete", job: "delete.job", vm: "new3"},
		{submit: "delete-running-instance", job: "delete-running-instance.job", vm: "new2"},
		{submit: "reinstall", job: "reinstall.job", vm: "new6"},
		{submit: "reinstall-running", job: "reinstall-running.job"},
		{submit: "grow-disk", job: "grow-disk.job"},
		{submit: "backup", job: "backup.job"},
		{submit: "backup-long-sleep", job: "backup-long-sleep.job"},
		{submit: "rename", job: "rename.job", vm: "new4", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "PUT", "/2/instances/new4/shutdown", nil)
		}},
		{submit: "activate-disks", job: "activate-disks.job", vm: "new6", except: []string{".opresult"}},
		{submit: "deactivate-disks", job: "deactivate-disks.job", vm: "new6", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "PUT", "/2/instances/new6/shutdown", nil)
		}},
		{submit: "error-job-delete-unknown", job: "error-job-delete-unknown.job"},
		{submit: "error-job-node-evacuate-secondary", job: "error-job-node-evacuate-secondary.job"},
		{submit: "node-powercycle", job: "node-powercycle.job"},
		{submit: "node-modify", job: "node-modify.job"},
		{submit: "node-tags-add", job: "node-tags-add.job"},
		{submit: "node-storage", job: "node-storage.job", except: []string{".opresult"}},
		{submit: "node-role-drained", job: "node-role-drained.job"},
		{submit: "node-role-regular", job: "node-role-regular.job", setup: func(_ *testing.T, c *rapitest.Cluster) { c.SetNodeRole("node3", "D") }},
		{submit: "node-role-offline", job: "node-role-offline.job"},
		{submit: "node-role-offline-force", job: "node-role-offline-force.job", setup: func(_ *testing.T, c *rapitest.Cluster) { c.SetNodeRole("node3", "O") }},
		{submit: "node-role-offline-dead", job: "node-role-offline-dead.job", setup: func(_ *testing.T, c *rapitest.Cluster) { c.SetNodeDead("node3", true) }},
		{submit: "node-role-back", job: "node-role-back.job", setup: func(_ *testing.T, c *rapitest.Cluster) { c.SetNodeRole("node3", "O") }},
		{submit: "modify-beparams", job: "modify-beparams.job"},
		{submit: "error-job-modify-bad-beparam", job: "error-job-modify-bad-beparam.job"},
		{submit: "kvm-modify-hvparams", job: "kvm-modify-hvparams.job"},
		{submit: "kvm-modify-back", job: "kvm-modify-back.job"},
		{submit: "modify-nic-add", job: "modify-nic-add.job", except: []string{".opresult"}}, // an address is made up
		{submit: "modify-disk-add", job: "modify-disk-add.job"},
		{submit: "modify-disk-add-sharedfile", job: "modify-disk-add-sharedfile.job", vm: "new4", except: []string{".opresult"}}, // it had one disk
		{submit: "set-online", job: "set-online.job", vm: "new6", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "PUT", "/2/instances/new6/shutdown", nil)
			call(t, c, "PUT", "/2/instances/new6/modify", map[string]any{"offline": true})
		}},
		{submit: "create-fake-sharedfile", job: "create-fake-sharedfile.job"},
		{submit: "create-kvm", job: "create-kvm.job"},
		{submit: "create-iallocator", job: "create-iallocator.job"},
		{submit: "create-slow", job: "create-slow.job"},
		{submit: "error-job-create-bad-os", job: "error-job-create-bad-os.job"},
		{submit: "error-job-create-exists", job: "error-job-create-exists.job"},
		{submit: "error-job-create-policy", job: "error-job-create-policy.job"},
		{submit: "error-job-create-unresolvable", job: "error-job-create-unresolvable.job"},
		{submit: "error-job-create-os-script-fails", job: "error-job-create-os-script-fails.job"},
		{submit: "group-create", job: "group-create.job"},
		{submit: "group-rename", job: "group-rename.job", setup: addGroup("g3")},
		{submit: "group-assign-nodes", job: "group-assign-nodes.job", setup: addGroup("g4")},
		{submit: "group-modify", job: "group-modify.job", setup: addGroup("g4")},
		{submit: "cluster-modify", job: "cluster-modify.job"},
		{submit: "group-delete", job: "group-delete.job", setup: addGroup("g4")},
		{submit: "network-create", job: "network-create.job"},
		{submit: "network-delete", job: "network-delete.job", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "POST", "/2/networks", map[string]any{"network_name": "n2", "network": "10.79.0.0/28"})
		}},
		{submit: "error-job-network-delete", job: "error-job-network-delete.job"},
		{submit: "network-modify", job: "network-modify.job", setup: addNetwork},
		{submit: "network-modify-reserved", job: "network-modify-reserved.job", setup: addNetwork},
		{submit: "error-job-network-modify-gateway", job: "error-job-network-modify-gateway.job", setup: addNetwork},
		{submit: "redistribute-config", job: "redistribute-config.job"},
		// The real job names the allocator that chose the target.
		{submit: "migrate", job: "migrate.job", except: []string{".ops[].iallocator"}},
		{submit: "kvm-migrate-live", job: "kvm-migrate-live.job"},
		{submit: "migrate-target", job: "migrate-target.job", setup: moveTo("web1", "node3")},
		{submit: "error-job-migrate-file", job: "error-job-migrate-file.job"},
		{submit: "failover", job: "failover.job", setup: moveTo("web1", "node3")},
		{submit: "kvm-failover", job: "kvm-failover.job", setup: moveTo("vm-both", "node2")},
		{submit: "failover-from-offline-node", job: "failover-from-offline-node.job", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "PUT", "/2/instances/cache1/shutdown", nil)
			c.SetNodeRole("node3", "O")
		}},
		// The numbers of the jobs that a job starts depend on what ran before.
		{submit: "node-migrate", job: "node-migrate.job", except: []string{".opresult"}},
		{submit: "node-evacuate-node2", job: "node-evacuate-node2.job", except: []string{".opresult"}},
		{submit: "error-job-node-evacuate-file", job: "error-job-node-evacuate-file.job"},
		{submit: "error-job-group-delete", job: "error-job-group-delete.job", setup: fullGroup},
		{submit: "group-assign-back", job: "group-assign-back.job", setup: fullGroup},
		{submit: "set-offline", job: "set-offline.job", vm: "new6", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "PUT", "/2/instances/new6/shutdown", nil)
		}},
		{submit: "recreate-disks", job: "recreate-disks.job", vm: "new6", except: []string{".opresult"}}, // it names a made-up path
		{submit: "kvm-startup", job: "kvm-startup.job", setup: func(t *testing.T, c *rapitest.Cluster) {
			call(t, c, "PUT", "/2/instances/vm-serial/shutdown", nil)
		}},
		{submit: "kvm-reboot", job: "kvm-reboot.job"},
		{submit: "kvm-delete", job: "kvm-delete.job", vm: "new10"},
		{submit: "delete-renamed", job: "delete-renamed.job", vm: "new6"},
		{submit: "delete-after-failed-create", job: "delete-after-failed-create.job", vm: "new1"},
	}
	for _, test := range tests {
		t.Run(test.job, func(t *testing.T) {
			t.Parallel()
			config := alpha()
			if test.vm != "" {
				config.VMs = append(config.VMs, rapitest.VM{
					Name: test.vm + ".alpha.gwm.test", Node: "node3.alpha.gwm.test", OS: "noop", Hypervisor: "fake", Running: true,
					Template: "sharedfile", Disks: []rapitest.Disk{{Size: 128}, {Size: 128}}, NICs: []rapitest.NIC{{}},
				})
			}
			cluster := rapitest.New(config)
			if test.setup != nil {
				test.setup(t, cluster)
			}
			submitted := replay(t, cluster, test.submit, load(t, test.submit))
			id, is := submitted.decode(t).(float64)
			if submitted.status != http.StatusOK || !is {
				t.Fatalf("submission answers %d %s", submitted.status, submitted.body)
			}
			real := load(t, test.job)
			got := call(t, cluster, "GET", fmt.Sprintf("/2/jobs/%.0f", id), nil)
			if diff := cmp.Diff(without(shape(real.Body), test.except), without(shape(got.decode(t)), test.except)); diff != "" {
				t.Errorf("shape differs (-real +simulated):\n%s", diff)
			}
			for _, key := range []string{"status", "summary", "opstatus", "opresult"} {
				if slices.Contains(test.except, "."+key) {
					continue
				}
				want, have := inOrder(real.Body.(map[string]any)[key]), inOrder(got.decode(t).(map[string]any)[key])
				if diff := cmp.Diff(want, have); diff != "" {
					t.Errorf("%s differs (-real +simulated):\n%s", key, diff)
				}
			}
		})
	}
}

// addGroup makes a node group before the test.
func addGroup(name string) func(*testing.T, *rapitest.Cluster) {
	return func(t *testing.T, c *rapitest.Cluster) {
		call(t, c, "POST", "/2/groups", map[string]any{"group_name": name})
	}
}

// fullGroup makes a node group that has a node before the test.
func fullGroup(t *testing.T, c *rapitest.Cluster) {
	addGroup("g4")(t, c)
	call(t, c, "PUT", "/2/groups/g4/assign-nodes?force=1", map[string]any{"nodes": []string{"node3"}})
}

// moveTo has a VM on another node than at first before the test.
func moveTo(vm, node string) func(*testing.T, *rapitest.Cluster) {
	return func(t *testing.T, c *rapitest.Cluster) {
		call(t, c, "PUT", "/2/instances/"+vm+"/failover", map[string]any{"target_node": node})
	}
}

// addNetwork makes the network of the captures before the test.
func addNetwork(t *testing.T, c *rapitest.Cluster) {
	call(t, c, "POST", "/2/networks", map[string]any{
		"network_name": "b-net", "network": "10.99.9.0/28", "gateway": "10.99.9.2", "add_reserved_ips": []string{"10.99.9.5", "10.99.9.6"},
	})
}
