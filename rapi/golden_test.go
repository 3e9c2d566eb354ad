package rapi

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func TestDecodesInfo(t *testing.T) {
	t.Parallel()
	s := replay(t, "info", "os", "groups-bulk", "networks-bulk", "query-instance-filter")
	info, err := client(t, s.URL).Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "info", info)
}

func TestDecodesOffer(t *testing.T) {
	t.Parallel()
	o, err := client(t, replay(t, "info", "groups-bulk", "networks-bulk").URL).Offer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "offer", o)
}

// TestReadsOldPolicies has the layout of Ganeti before 2.7, and what is not said.
func TestReadsOldPolicies(t *testing.T) {
	t.Parallel()
	o, err := readOffer([]byte(`{"name":"old","enabled_hypervisors":["xen-pvm","kvm"],"default_hypervisor":"kvm","ipolicy":{
		"min":{"memory-size":128,"cpu-count":1},"max":{"memory-size":4096,"cpu-count":8},"std":{"memory-size":512},"disk-templates":["plain"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	unsaid := core.Unbounded
	want := core.Policy{
		Ranges: []core.PolicyRange{{
			Min: core.PolicySpec{MemoryMiB: 128, VCPUs: 1, DiskMiB: unsaid, Disks: unsaid, NICs: unsaid, Spindles: unsaid},
			Max: core.PolicySpec{MemoryMiB: 4096, VCPUs: 8, DiskMiB: unsaid, Disks: unsaid, NICs: unsaid, Spindles: unsaid},
		}},
		Standard:      core.PolicySpec{MemoryMiB: 512, VCPUs: unsaid, DiskMiB: unsaid, Disks: unsaid, NICs: unsaid, Spindles: unsaid},
		DiskTemplates: []string{"plain"},
	}
	if diff := cmp.Diff(want, o.Policy); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"kvm", "xen-pvm"}, o.Hypervisors); diff != "" {
		t.Errorf("hypervisors (-want +got):\n%s", diff)
	}
}

func TestDecodesVMs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"instances-bulk", "instances-bulk-nodedown", "instances-bulk-dead-node", "beta-instances-bulk-no-user"} {
		c := client(t, replay(t, name).URL)
		vms := []*core.VM{}
		details := []core.VMDetail{}
		err := c.VMs(t.Context(), func(vm *core.VM, raw []byte) error {
			d, err := c.Detail(raw)
			vms, details = append(vms, vm), append(details, d)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, vms)
		for i, d := range details {
			golden(t, "vm-"+vms[i].Name+"-of-"+name, d)
			if name != "instances-bulk" || i > 6 {
				break
			}
		}
	}
}

func TestDecodesOneVM(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"instance-web1", "instance-db2", "instance-vm-both", "instance-old1", "instance-build1"} {
		e := capture(t, name)
		var named struct{ Name string }
		if err := json.Unmarshal(e.Body, &named); err != nil {
			t.Fatal(err)
		}
		c := client(t, replay(t, name).URL)
		vm, raw, err := c.VM(t.Context(), named.Name)
		if err != nil {
			t.Fatal(err)
		}
		d, err := c.Detail(raw)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, []any{vm, d.Other})
	}
}

func TestDecodesNodes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"nodes-bulk", "nodes-bulk-dead-node", "nodes-bulk-offline"} {
		nodes, err := client(t, replay(t, name, "groups-bulk").URL).Nodes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, nodes)
	}
	n, err := client(t, replay(t, "node", "groups-bulk").URL).Node(t.Context(), "node1.alpha.gwm.test")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "node", n)
}

func TestDecodesJobs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"jobs-bulk", "jobs-bulk-busy"} {
		jobs, err := client(t, replay(t, name).URL).Jobs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, jobs)
	}
	for _, name := range []string{
		"job-running", "job-queued", "job-waiting-for-lock", "startup.job", "shutdown.job", "reboot.job", "startup-already-running.job",
		"error-job-startup-offline.job", "error-job-startup-unknown.job", "error-job-create-exists.job", "error-job-modify-bad-beparam.job",
		"error-job-create-os-script-fails.job", "error-job-shutdown-dead-node.job", "conflict-second.job", "node-migrate.job", "multi-alloc.job",
		"tags-add.job", "node-role-offline.job", "group-assign-nodes.job", "kvm-migrate-live.job", "create-slow.job",
	} {
		e := capture(t, name)
		var named struct{ ID jobID }
		if err := json.Unmarshal(e.Body, &named); err != nil {
			t.Fatal(err)
		}
		job, err := client(t, replay(t, name).URL).Job(t.Context(), string(named.ID))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, job)
	}
}

func TestDecodesSmallLists(t *testing.T) {
	t.Parallel()
	c := client(t, replay(t, "version", "features", "tags", "instance-tags", "node-tags", "networks-bulk").URL)
	ctx := t.Context()
	version, err := c.Version(ctx)
	if err != nil || version != 2 {
		t.Errorf("version %d, %v", version, err)
	}
	features, err := c.Features(ctx)
	if err != nil {
		t.Error(err)
	}
	networks, err := c.Networks(ctx)
	if err != nil {
		t.Error(err)
	}
	tags := map[string][]string{}
	for _, ref := range []core.Ref{core.ClusterRef("berlin"), core.VMRef("berlin", "web1.alpha.gwm.test"), core.NodeRef("berlin", "node2.alpha.gwm.test")} {
		if tags[ref.String()], err = c.Tags(ctx, ref); err != nil {
			t.Error(err)
		}
	}
	golden(t, "small", []any{features, networks, tags})
}

func TestDecodesQueries(t *testing.T) {
	t.Parallel()
	c := client(t, replay(t, "query-instance-filter", "query-node").URL)
	var rows [][]Cell
	keep := func(row []Cell) error { rows = append(rows, row); return nil }
	filter := []any{"&", []any{"=", "hypervisor", "kvm"}, []any{"=", "status", "running"}}
	if err := c.Query(t.Context(), "instance", []string{"name", "status"}, filter, keep); err != nil {
		t.Fatal(err)
	}
	fields := []string{"name", "role", "pinst_cnt", "mfree", "dfree", "group", "offline", "drained"}
	if err := c.Query(t.Context(), "node", fields, nil, keep); err != nil {
		t.Fatal(err)
	}
	golden(t, "query", rows)
}
