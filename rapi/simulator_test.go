package rapi_test

import (
	"slices"
	"testing"

	"gwm/core"
	"gwm/rapi"
	"gwm/rapi/rapitest"
)

// TestSimulator goes through the client with the simulated Ganeti that demo and
// other tests use: both must understand each other.
func TestSimulator(t *testing.T) {
	t.Parallel()
	cluster := rapitest.New(rapitest.DemoParis())
	server, err := rapitest.Serve(cluster)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	p, err := rapi.Open(core.Cluster{
		Name: "paris", Platform: "ganeti", URL: server.URL(), User: rapitest.DemoUser, CA: string(server.CA()),
	}, core.NewSecret(rapitest.DemoPassword))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	ctx := t.Context()
	probe, err := p.Probe(ctx)
	if err != nil || probe.Problem != "" || probe.Fingerprint != server.Fingerprint() {
		t.Errorf("probe %+v, %v", probe, err)
	}
	info, err := p.Info(ctx)
	if err != nil || !info.HasQuery || info.Master == "" || len(info.NodeGroups) == 0 {
		t.Errorf("info %+v, %v", info, err)
	}
	running := checkVMs(t, p)
	if nodes, err := p.Nodes(ctx); err != nil || len(nodes) == 0 || nodes[0].Group == "" {
		t.Errorf("nodes %v, %v", nodes, err)
	}
	checkConsoles(t, p)
	checkStop(t, p, running)
	for request := range cluster.Stats().Requests {
		if wrong := rapi.Undocumented(t, request); wrong != "" {
			t.Error(wrong)
		}
	}
}

// checkConsoles asks for the consoles of every VM: those that run have some
// unless their hypervisor is fake, whose message says so.
func checkConsoles(t *testing.T, p core.Platform) {
	t.Helper()
	serial, vnc, none := 0, 0, 0
	if err := p.Stamps(t.Context(), func(s core.VMStamp) error {
		found, err := p.Consoles(t.Context(), s.Name)
		switch code := core.CodeOf(err); {
		case code == core.CodeState && s.State != core.StateRunning:
			none++
			return nil
		case code == core.CodeUnsupported && s.Hypervisor == "fake":
			none++
			return nil
		case err != nil || len(found) == 0:
			t.Errorf("consoles of %+v: %+v, %v", s, found, err)
		}
		for _, e := range found {
			switch {
			case e.VM != core.VMRef("paris", s.Name) || e.Node != s.Node || e.SSHPort == 0 || e.SSHUser != "root":
				t.Errorf("console of %+v: %+v", s, e)
			case e.Kind == core.ConsoleSerial && len(e.Command) > 0:
				serial++
			case e.Kind == core.ConsoleVNC && e.Address != "":
				vnc++
			default:
				t.Errorf("console of %s: %+v", s.Name, e)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if serial == 0 || vnc == 0 || none == 0 {
		t.Errorf("%d serial consoles, %d screens, %d VMs without", serial, vnc, none)
	}
}

// checkVMs compares stamps with VMs and returns the name of a VM that runs.
func checkVMs(t *testing.T, p core.Platform) (running string) {
	t.Helper()
	ctx := t.Context()
	vms := map[string]*core.VM{}
	if err := p.VMs(ctx, func(vm *core.VM, raw []byte) error {
		vms[vm.Name] = vm
		_, err := p.Detail(raw)
		return err
	}); err != nil || len(vms) == 0 {
		t.Fatalf("%d VMs, %v", len(vms), err)
	}
	stamps := 0
	if err := p.Stamps(ctx, func(s core.VMStamp) error {
		stamps++
		if vm := vms[s.Name]; vm == nil || vm.Status != s.Status || vm.Serial != s.Serial || !vm.Modified.Equal(s.Modified) {
			t.Errorf("stamp %+v, VM %+v", s, vm)
		}
		if s.State == core.StateRunning {
			running = s.Name
		}
		return nil
	}); err != nil || stamps != len(vms) {
		t.Errorf("%d stamps of %d VMs, %v", stamps, len(vms), err)
	}
	return running
}

// checkStop stops a VM and finds the job again.
func checkStop(t *testing.T, p core.Platform, running string) {
	t.Helper()
	ctx := t.Context()
	id, err := p.Submit(ctx, core.StopVM{VM: core.VMRef("", running), Force: true}, "gwm:job-1")
	if err != nil {
		t.Fatal(err)
	}
	job, err := p.WaitJob(ctx, id, nil)
	for err == nil && !job.State.Final() {
		job, err = p.WaitJob(ctx, id, job)
	}
	if err != nil || job.State != core.JobDone || job.Reason != "gwm:job-1" || !slices.Contains(job.Targets, core.Ref{Kind: core.KindVM, Name: running}) {
		t.Errorf("job %+v, %v", job, err)
	}
	jobs, err := p.Jobs(ctx)
	if err != nil || !slices.ContainsFunc(jobs, func(j *core.UpstreamJob) bool { return j.ID == id }) {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
}
