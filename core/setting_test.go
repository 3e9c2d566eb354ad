package core_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/core/coretest"
)

// settings writes them as lines.
func settings(t *testing.T, o core.Offer, group string) []string {
	t.Helper()
	list, ok := o.Settings(group)
	if !ok {
		t.Fatalf("no node group %q", group)
	}
	if !slices.IsSortedFunc(list, func(a, b core.Param) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("they are not sorted: %v", list)
	}
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.Name + "=" + p.Value
		if p.Custom && group != "" {
			out[i] += " (own)"
		}
	}
	return out
}

func TestSettings(t *testing.T) {
	t.Parallel()
	none := core.Unbounded
	spec := func(memory int) core.PolicySpec {
		return core.PolicySpec{MemoryMiB: memory, DiskMiB: none, VCPUs: none, Disks: none, NICs: none, Spindles: none}
	}
	o := core.Offer{
		Hypervisors: []string{"kvm", "fake"}, DiskTemplates: []string{"plain"}, Allocator: "hail",
		Backend: []core.Param{{Name: "maxmem", Value: "128"}}, NIC: []core.Param{{Name: "link", Value: "br0"}},
		Node:       []core.Param{{Name: "oob_program", Value: "/bin/x"}, {Name: "ssh_port", Value: "22"}},
		Hypervisor: map[string][]core.Param{"kvm": {{Name: "acpi", Value: "true"}}},
		Other:      []core.Param{{Name: "candidate_pool_size", Value: "10"}, {Name: "file_storage_dir", Value: "/srv"}},
		Policy:     core.Policy{Ranges: []core.PolicyRange{{Min: spec(1), Max: spec(2)}}, Standard: spec(3), VCPURatio: 4.5},
		Groups: []core.OfferGroup{{
			Name: "rack2", AllocPolicy: "preferred", Node: []core.Param{{Name: "ssh_port", Value: "2222", Custom: true}},
			Policy: core.Policy{Ranges: []core.PolicyRange{{Min: spec(1), Max: spec(2)}, {Min: spec(5), Max: spec(6)}}, Own: []string{"minmax"}, VCPURatio: 4.5},
		}},
	}
	for group, want := range map[string][]string{
		"": {
			"be/maxmem=128", "candidate_pool_size=10", "default_iallocator=hail", "enabled_disk_templates=plain", "enabled_hypervisors=kvm,fake",
			"hv/kvm/acpi=true", "nd/ssh_port=22", "nic/link=br0", "policy/max/memory-size=2", "policy/min/memory-size=1", "policy/std/memory-size=3", "policy/vcpu-ratio=4.5",
		},
		"rack2": {
			"alloc_policy=preferred (own)", "nd/ssh_port=2222 (own)", "policy/1/max/memory-size=2 (own)", "policy/1/min/memory-size=1 (own)",
			"policy/2/max/memory-size=6 (own)", "policy/2/min/memory-size=5 (own)", "policy/vcpu-ratio=4.5",
		},
	} {
		if diff := cmp.Diff(want, settings(t, o, group)); diff != "" {
			t.Errorf("%q: %s", group, diff)
		}
		// whatever is shown can be set to what it is
		list, _ := o.Settings(group)
		for _, p := range list {
			op := core.SetClusterParams{Cluster: "berlin", Group: group, Params: []core.ParamEdit{{Name: p.Name, Value: p.Value}}}
			if err := op.See(o); err != nil || *op.Params[0].Was != p {
				t.Errorf("%s: %v, %v", p.Name, err, op.Params[0].Was)
			}
		}
	}
	if _, ok := o.Settings("rack3"); ok {
		t.Error("there is a node group rack3")
	}
}

// TestTwoPeopleSet holds that who saw a setting as it is no more is told so, and
// that nothing is overwritten.
func TestTwoPeopleSet(t *testing.T) {
	t.Parallel()
	coretest.Bubble(t, coretest.Options{}, func(t *testing.T, w *coretest.World) {
		s := w.Local()
		defer s.Close()
		op := core.SetClusterParams{Cluster: "berlin", Params: []core.ParamEdit{
			{Name: "be/maxmem", Value: "4096", Was: &core.Param{Name: "be/maxmem", Value: "2048", Custom: true}},
			{Name: "nic/link", Value: "br1"},
		}}
		fail := func() core.Job {
			t.Helper()
			id, err := s.Do(t.Context(), op)
			if err != nil {
				t.Fatal(err)
			}
			w.Wait()
			return ended(t, s, id, core.JobFailed)
		}
		job := fail()
		want := "somebody else changed the cluster berlin meanwhile: be/maxmem was 2048, is 1024; nothing was changed"
		if job.Error == nil || job.Error.Code != core.CodeConflict || job.Error.Message != want {
			t.Errorf("the second one is told %v, want %q", job.Error, want)
		}
		op.Params[0] = core.ParamEdit{Name: "be/nosuch", Value: "1"}
		if job := fail(); job.Error == nil || !strings.Contains(job.Error.Message, "has no setting be/nosuch") {
			t.Errorf("what it does not have is set: %v", job.Error)
		}
	})
}

func TestAddressLines(t *testing.T) {
	t.Parallel()
	free := strings.Repeat(".", 64)
	for _, tt := range []struct {
		name, cidr, taken string
		want              []string
	}{
		{"small", "10.0.0.0/28", "XX.............X", []string{"10.0.0.0        XX.............X"}},
		{"repeats", "10.0.0.0/24", "X" + free + free + free + strings.Repeat(".", 62) + "X", []string{
			"10.0.0.0        X" + free[1:], "10.0.0.64       " + free, "... 1 more like this", "10.0.0.192      " + free[1:] + "X",
		}},
		{"other characters", "10.0.0.0/30", "X\x1b[X", []string{"10.0.0.0        X..X"}},
		{"no map", "10.0.0.0/28", "", nil},
		{"no network", "lan", "X", nil},
	} {
		if diff := cmp.Diff(tt.want, core.AddressLines(tt.cidr, tt.taken)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
