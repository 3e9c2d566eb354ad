//go:build ganeti

package rapi_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gwm/core"
	"gwm/rapi"
)

// ganeti reads which real cluster to test against:
//
//	GWM_GANETI_ALPHA           https://HOST:5080
//	GWM_GANETI_USER            a RAPI user with write access
//	GWM_GANETI_PASSWORD_FILE   its password
//	GWM_GANETI_CA              PEM file
func ganeti(t *testing.T) (core.Cluster, core.Secret) {
	t.Helper()
	env := func(name string) string {
		v := os.Getenv(name)
		if v == "" {
			t.Fatalf("%s is not set", name)
		}
		return v
	}
	file := func(name string) string {
		data, err := os.ReadFile(env(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	c := core.Cluster{Name: "alpha", Platform: "ganeti", URL: env("GWM_GANETI_ALPHA"), User: env("GWM_GANETI_USER"), CA: file("GWM_GANETI_CA")}
	return c, core.NewSecret(strings.TrimSpace(file("GWM_GANETI_PASSWORD_FILE")))
}

func connect(t *testing.T, c core.Cluster, password core.Secret) core.Platform {
	t.Helper()
	p, err := rapi.Open(c, password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestGanetiInventory(t *testing.T) {
	c, password := ganeti(t)
	p := connect(t, c, password)
	ctx := t.Context()
	info, err := p.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(info.Software, "Ganeti ") || info.Master == "" || len(info.NodeGroups) == 0 || !info.HasQuery {
		t.Errorf("info: %+v", info)
	}
	vms := map[string]*core.VM{}
	err = p.VMs(ctx, func(vm *core.VM, raw []byte) error {
		vms[vm.Name] = vm
		d, err := p.Detail(raw)
		if err == nil && (d.VM.Name != vm.Name || len(d.Backend) == 0) {
			t.Errorf("detail of %s: %+v", vm.Name, d)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	checkStamps(t, p, vms)
	checkNodes(t, p, len(vms))
}

// TestGanetiConsoles compares with the guests that the test bed describes.
func TestGanetiConsoles(t *testing.T) {
	c, password := ganeti(t)
	p := connect(t, c, password)
	nodes, err := p.Nodes(t.Context())
	if err != nil || len(nodes) == 0 {
		t.Fatal(nodes, err)
	}
	_, domain, _ := strings.Cut(nodes[0].Name, ".")
	for _, tt := range []struct {
		vm       string
		kinds    []core.ConsoleKind
		loopback bool
		password string
	}{
		{vm: "vm-serial", kinds: []core.ConsoleKind{core.ConsoleSerial}},
		{vm: "vm-vnc", kinds: []core.ConsoleKind{core.ConsoleVNC}},
		{vm: "vm-vnclocal", kinds: []core.ConsoleKind{core.ConsoleVNC}, loopback: true},
		{vm: "vm-vncpw", kinds: []core.ConsoleKind{core.ConsoleVNC}, password: "/etc/ganeti/vnc-cluster-password"},
		{vm: "vm-both", kinds: []core.ConsoleKind{core.ConsoleSerial, core.ConsoleVNC}},
	} {
		found, err := p.Consoles(t.Context(), tt.vm+"."+domain)
		if err != nil {
			t.Errorf("%s: %v", tt.vm, err)
			continue
		}
		var kinds []core.ConsoleKind
		for _, e := range found {
			kinds = append(kinds, e.Kind)
			if e.Node == "" || e.SSHPort != 22 || e.SSHUser != "root" || e.Loopback != tt.loopback || e.PasswordFile != tt.password || e.Problem != "" {
				t.Errorf("%s: %+v", tt.vm, e)
			}
		}
		if !slices.Equal(kinds, tt.kinds) {
			t.Errorf("%s: %+v", tt.vm, found)
		}
	}
	for vm, code := range map[string]core.Code{"vm-file": core.CodeState, "web1": core.CodeUnsupported, "nosuch": core.CodeNotFound} {
		if found, err := p.Consoles(t.Context(), vm+"."+domain); core.CodeOf(err) != code {
			t.Errorf("%s: %+v, %v", vm, found, err)
		}
	}
}

// checkStamps holds the stamps against the VMs.
func checkStamps(t *testing.T, p core.Platform, vms map[string]*core.VM) {
	t.Helper()
	stamps := 0
	err := p.Stamps(t.Context(), func(s core.VMStamp) error {
		stamps++
		vm := vms[s.Name]
		if vm == nil {
			t.Errorf("%s has a stamp only", s.Name)
			return nil
		}
		got := core.VMStamp{
			Name: vm.Name, Status: vm.Status, State: vm.State, AdminState: vm.AdminState, Node: vm.Node,
			Hypervisor: s.Hypervisor, RunMemoryMiB: vm.RunMemoryMiB, Serial: vm.Serial, Modified: vm.Modified,
		}
		if s.Hypervisor == "" || got != s {
			t.Errorf("stamp %+v, VM %+v", s, got)
		}
		return nil
	})
	if err != nil || stamps != len(vms) || stamps == 0 {
		t.Fatalf("%d stamps of %d VMs: %v", stamps, len(vms), err)
	}
}

// checkNodes compares the number of VMs.
func checkNodes(t *testing.T, p core.Platform, vms int) {
	t.Helper()
	nodes, err := p.Nodes(t.Context())
	if err != nil || len(nodes) == 0 {
		t.Fatalf("%d nodes: %v", len(nodes), err)
	}
	primary := 0
	for _, n := range nodes {
		primary += len(n.Primary)
		if n.Group == "" || n.Role == "" {
			t.Errorf("node %+v", n)
		}
	}
	if primary != vms {
		t.Errorf("nodes run %d VMs of %d", primary, vms)
	}
}

func TestGanetiJobs(t *testing.T) {
	c, password := ganeti(t)
	p := connect(t, c, password)
	ctx := t.Context()
	jobs, err := p.Jobs(ctx)
	if err != nil || len(jobs) == 0 {
		t.Fatalf("%d jobs: %v", len(jobs), err)
	}
	if !slices.IsSortedFunc(jobs, func(a, b *core.UpstreamJob) int { return b.Received.Compare(a.Received) }) {
		t.Error("jobs are not sorted by age")
	}
	one, err := p.Job(ctx, jobs[0].ID)
	if err != nil || one.Summary != jobs[0].Summary {
		t.Errorf("job %+v: %v", one, err)
	}
}

func TestGanetiPower(t *testing.T) {
	c, password := ganeti(t)
	p := connect(t, c, password)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	name := ""
	err := p.VMs(ctx, func(vm *core.VM, _ []byte) error {
		if strings.HasPrefix(vm.Name, "web1.") {
			name = vm.Name
		}
		return nil
	})
	if err != nil || name == "" {
		t.Fatalf("no web1: %v", err)
	}
	const sent, reason = "gwm:test-1: a b&c=d/é", "gwm:test-1: a b&c=d/?"
	run := func(what string, submit func() (string, error), want core.VMState) {
		t.Helper()
		id, err := submit()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		job, err := p.WaitJob(ctx, id, nil)
		for err == nil && !job.State.Final() {
			job, err = p.WaitJob(ctx, id, job)
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if job.State != core.JobDone || job.Reason != reason || !slices.Contains(job.Targets, core.Ref{Kind: core.KindVM, Name: name}) {
			t.Errorf("%s: %+v", what, job)
		}
		vm, _, err := p.VM(ctx, name)
		if err != nil || vm.State != want {
			t.Errorf("%s: %+v, %v", what, vm, err)
		}
	}
	run("stop", func() (string, error) {
		return p.Submit(ctx, core.StopVM{VM: core.VMRef("", name), Timeout: 30 * time.Second}, sent)
	}, core.StateDown)
	run("start", func() (string, error) { return p.Submit(ctx, core.StartVM{VM: core.VMRef("", name)}, sent) }, core.StateRunning)
	run("restart", func() (string, error) {
		return p.Submit(ctx, core.RestartVM{VM: core.VMRef("", name), Mode: core.RestartHard}, sent)
	}, core.StateRunning)
	run("cut the power", func() (string, error) { return p.Submit(ctx, core.StopVM{VM: core.VMRef("", name), Force: true}, sent) }, core.StateDown)
	run("start again", func() (string, error) { return p.Submit(ctx, core.StartVM{VM: core.VMRef("", name)}, sent) }, core.StateRunning)
}

func TestGanetiRefuses(t *testing.T) {
	c, password := ganeti(t)
	ctx := t.Context()
	probe, err := connect(t, c, password).Probe(ctx)
	if err != nil || probe.Problem != "" || len(probe.Fingerprint) != 64 {
		t.Fatalf("probe: %+v, %v", probe, err)
	}
	pinned, unverified, mismatch, wrongPassword := c, c, c, c
	pinned.CA, pinned.Fingerprint = "", probe.Fingerprint
	unverified.CA = ""
	mismatch.CA, mismatch.Fingerprint = "", strings.Repeat("ab", 32)
	if _, err := connect(t, pinned, password).Info(ctx); err != nil {
		t.Errorf("pinned: %v", err)
	}
	if p, err := connect(t, unverified, password).Probe(ctx); err != nil || !strings.Contains(p.Problem, "not trusted") {
		t.Errorf("probe without CA: %+v, %v", p, err)
	}
	for _, tt := range []struct {
		name     string
		cluster  core.Cluster
		password core.Secret
		code     core.Code
		text     string
	}{
		{"no CA", unverified, password, core.CodeUnreachable, "not trusted here"},
		{"other certificate pinned", mismatch, password, core.CodeUnreachable, probe.Fingerprint},
		{"wrong password", wrongPassword, core.NewSecret("wrong-password"), core.CodeRefused, "user or password"},
	} {
		_, err := connect(t, tt.cluster, tt.password).Info(ctx)
		if core.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	p := connect(t, c, password)
	if _, _, err := p.VM(ctx, "nosuch.example"); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("unknown VM: %v", err)
	}
	if _, err := p.Job(ctx, "99999999"); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("unknown job: %v", err)
	}
	if err := p.CancelJob(ctx, "99999999"); core.CodeOf(err) != core.CodeState {
		t.Errorf("cancel of an unknown job: %v", err)
	}
}
