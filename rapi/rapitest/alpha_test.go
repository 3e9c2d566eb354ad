package rapitest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"gwm/rapi/rapitest"
)

const (
	alphaUser     = "gwm"
	alphaPassword = "recorded-readwrite"
)

// alpha is the cluster that the captures were made on.
func alpha() rapitest.Config {
	const domain = "alpha.gwm.test"
	kvm := func(name string, more map[string]any) map[string]any {
		hv := map[string]any{"kernel_args": "console=tty0 quiet mitigations=off panic=10 gwm_name=" + name}
		for k, v := range more {
			hv[k] = v
		}
		return hv
	}
	vnc := func(bind string) map[string]any {
		return map[string]any{"serial_console": false, "vnc_bind_address": bind}
	}
	secret := vnc("0.0.0.0")
	secret["vnc_password_file"] = "/etc/ganeti/vnc-cluster-password"
	nic := []rapitest.NIC{{}}
	c := rapitest.Config{
		Name: domain, Version: "3.0.2", RequireAuth: true, CloseConnections: true,
		Users:    []rapitest.User{{Name: alphaUser, Password: alphaPassword, Write: true}, {Name: "gwm-ro", Password: "recorded-readonly"}},
		Groups:   []rapitest.Group{{Name: "default"}, {Name: "rack2"}},
		Networks: []rapitest.Network{{Name: "lan", Network: "10.78.0.0/24", Gateway: "10.78.0.1", Tags: []string{"testbed"}}},
		OSes:     []string{"debootstrap+default", "gwmtest+big", "gwmtest+small", "noop"},
		Tags:     []string{"testbed", "env:test"},
		Nodes: []rapitest.Node{
			{Name: "node1." + domain, IP: "10.77.1.11", Role: "M", CPUs: 2, Memory: 24105, Disk: 2048},
			{Name: "node2." + domain, IP: "10.77.1.12", Role: "C", CPUs: 2, Memory: 24105, Disk: 2048, Tags: []string{"rack:r1"}},
			{Name: "node3." + domain, IP: "10.77.1.13", Role: "R", CPUs: 2, Memory: 24105, Disk: 2048},
		},
		VMs: []rapitest.VM{
			{Name: "build1", Node: "node2", Hypervisor: "fake", NICs: nic, Tags: []string{"broken"}},
			{Name: "cache1", Node: "node3", Hypervisor: "fake", NICs: nic, Running: true},
			{Name: "db1", Node: "node1", Hypervisor: "fake", NICs: nic, Running: true, Template: "file", Disks: []rapitest.Disk{{Size: 256}, {Size: 512}}, Memory: 512, MinMemory: 512, VCPUs: 4, OS: "gwmtest+big", Tags: []string{"db", "env:prod"}},
			{Name: "db2", Node: "node2", Hypervisor: "fake", NICs: []rapitest.NIC{{IP: "10.78.0.2", Network: "lan"}}, Running: true, Template: "sharedfile", Disks: []rapitest.Disk{{Size: 128}}, Tags: []string{"db"}},
			{Name: "old1", Node: "node1", Hypervisor: "fake", Admin: "offline"},
			{Name: "vm-serial", Node: "node1", NICs: nic, Running: true, VCPUs: 1, HV: kvm("vm-serial", nil), Tags: []string{"console:serial"}},
			{Name: "vm-vnc", Node: "node1", NICs: nic, Running: true, HV: kvm("vm-vnc", vnc("0.0.0.0")), Tags: []string{"console:vnc"}},
			{Name: "vm-vnclocal", Node: "node2", NICs: nic, Running: true, HV: kvm("vm-vnclocal", vnc("127.0.0.1")), Tags: []string{"console:vnc"}},
			{Name: "vm-both", Node: "node3", NICs: nic, Running: true, Template: "sharedfile", Disks: []rapitest.Disk{{Size: 64}}, HV: kvm("vm-both", map[string]any{"vnc_bind_address": "0.0.0.0"}), Tags: []string{"console:serial", "console:vnc"}},
			{Name: "vm-file", Node: "node3", NICs: nic, Admin: "down", Template: "file", Disks: []rapitest.Disk{{Size: 64}}, HV: kvm("vm-file", nil)},
			{Name: "vm-vncpw", Node: "node2", NICs: nic, Running: true, HV: kvm("vm-vncpw", secret), Tags: []string{"console:vnc"}},
			{Name: "web1", Node: "node1", Hypervisor: "fake", NICs: nic, Running: true, Template: "sharedfile", Disks: []rapitest.Disk{{Size: 128}}, Memory: 256, MinMemory: 128, VCPUs: 2, Tags: []string{"env:prod", "web"}},
			{Name: "web2", Node: "node2", Hypervisor: "fake", NICs: nic, Running: true, Template: "sharedfile", Disks: []rapitest.Disk{{Size: 128}}, OS: "gwmtest+small", Tags: []string{"web"}},
			{Name: "web3", Node: "node3", Hypervisor: "fake", NICs: nic, Admin: "down"},
		},
	}
	for i := range c.VMs {
		v := &c.VMs[i]
		v.Name, v.Node = v.Name+"."+domain, v.Node+"."+domain
		if v.OS == "" {
			v.OS = "noop"
		}
		v.NICs = append([]rapitest.NIC(nil), v.NICs...)
	}
	c.History = []rapitest.Past{{Op: "INSTANCE_CREATE", Target: "web1." + domain, Ago: 1e12, Took: 1e9}}
	return c
}

// beta is the same cluster set up as the test bed's second one: reads need no user, VNC consoles work.
func beta() rapitest.Config {
	c := alpha()
	c.RequireAuth, c.VNCConsole, c.SSHPort, c.Tags = false, true, 22, nil
	return c
}

// answer is what a client got.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) decode(t *testing.T) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("answer is not JSON: %v: %.200s", err, a.body)
	}
	return v
}

// call is one request as the writing user, in memory. A body is sent as JSON.
func call(t *testing.T, c *rapitest.Cluster, method, path string, body any) answer {
	t.Helper()
	a, err := try(t, c, method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func try(t *testing.T, c *rapitest.Cluster, method, path string, body any) (answer, error) {
	t.Helper()
	var text io.Reader = http.NoBody
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "https://cluster"+path, text)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.SetBasicAuth(alphaUser, alphaPassword)
	return send(rapitest.Transport{Cluster: c}, r)
}

func send(t http.RoundTripper, r *http.Request) (answer, error) {
	w, err := t.RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = w.Body.Close() }()
	b, err := io.ReadAll(w.Body)
	return answer{w.StatusCode, w.Header, b}, err
}
