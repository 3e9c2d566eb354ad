package core_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

// testOffer is what a small cluster offers.
func testOffer() core.Offer {
	spec := func(memory, disk, vcpus, disks, nics int) core.PolicySpec {
		return core.PolicySpec{MemoryMiB: memory, DiskMiB: disk, VCPUs: vcpus, Disks: disks, NICs: nics, Spindles: core.Unbounded}
	}
	policy := core.Policy{
		Ranges: []core.PolicyRange{
			{Min: spec(128, 1024, 1, 0, 0), Max: spec(4096, 20480, 4, 2, 2)},
			{Min: spec(16384, core.Unbounded, 8, 1, 1), Max: spec(65536, core.Unbounded, 16, 8, 8)},
		},
		Standard: spec(512, 10240, 1, 1, 1), DiskTemplates: []string{"plain", "diskless", "drbd"},
	}
	small := policy
	small.Ranges = []core.PolicyRange{{Min: spec(128, 1024, 1, 0, 0), Max: spec(256, 20480, 1, 2, 2)}}
	return core.Offer{
		Cluster: "berlin", Hypervisors: []string{"kvm", "fake"}, DiskTemplates: []string{"file", "plain", "diskless", "drbd"},
		OSes: []string{"noop", "debootstrap+small", "debootstrap+default"}, Policy: policy,
		Groups: []core.OfferGroup{
			{Name: "default", Nodes: []string{"n1", "n2"}, Policy: policy},
			{Name: "edge", Nodes: []string{"e1"}, Policy: small},
		},
		Networks: []core.OfferNetwork{
			{Network: core.Network{Name: "lan", CIDR: "10.0.0.0/24", Free: 3}, CIDR6: "2001:db8::/64", Groups: []core.Connection{{Group: "default"}}},
			{Network: core.Network{Name: "full", CIDR: "10.0.1.0/24"}, Groups: []core.Connection{{Group: "default"}}},
		},
		Backend:    []core.Param{{Name: "auto_balance", Value: "true"}, {Name: "maxmem", Value: "128"}, {Name: "minmem", Value: "64"}, {Name: "vcpus", Value: "1"}},
		Hypervisor: map[string][]core.Param{"kvm": {{Name: "acpi"}, {Name: "boot_order"}}, "fake": {}},
	}
}

func TestOfferFits(t *testing.T) {
	t.Parallel()
	on := func(node string) func(*core.CreateVM) {
		return func(o *core.CreateVM) { o.Node = core.NodeRef("berlin", node) }
	}
	nic := func(node string, nics ...core.NewNIC) func(*core.CreateVM) {
		return func(o *core.CreateVM) { on(node)(o); o.NICs = nics }
	}
	for _, tt := range []struct {
		name   string
		change func(*core.CreateVM)
		code   core.Code
		want   string
	}{
		{"it fits", on("n1"), "", ""},
		{"larger", func(o *core.CreateVM) { on("n1")(o); o.MemoryMiB, o.VCPUs = 32768, 8 }, "", ""},
		{"an unknown hypervisor", func(o *core.CreateVM) { o.Hypervisor = "lxc" }, core.CodeInvalid, "berlin offers no hypervisor lxc; it has: kvm, fake"},
		{"an unknown system", func(o *core.CreateVM) { o.OS = "plan9" }, core.CodeInvalid, "berlin offers no operating system plan9"},
		{"an unknown disk template", func(o *core.CreateVM) { o.DiskTemplate = "rbd" }, core.CodeInvalid, "berlin offers no disk template rbd"},
		{"a disk template against the policy", func(o *core.CreateVM) { on("n1")(o); o.DiskTemplate = "file" }, core.CodeInvalid, "does not allow the disk template file"},
		{"an unknown group", func(o *core.CreateVM) { o.Group, o.Allocator = "moon", "hail" }, core.CodeInvalid, "berlin offers no node group moon; it has: default, edge"},
		{"nobody chooses", nil, core.CodeInvalid, "no allocator that chooses a node by itself"},
		{"an unknown parameter", func(o *core.CreateVM) { on("n1")(o); o.HypervisorParams = map[string]string{"apic": "1"} }, core.CodeInvalid, "no parameter of kvm apic; it has: acpi, boot_order"},
		{"an unknown further parameter", func(o *core.CreateVM) { on("n1")(o); o.Backend = map[string]string{"balance": "1"} }, core.CodeInvalid, "no parameter of VMs balance"},
		{"nothing is known of fake", func(o *core.CreateVM) {
			on("n1")(o)
			o.Hypervisor, o.HypervisorParams = "fake", map[string]string{"x": "1"}
		}, "", ""},
		{"an unknown network", nic("n1", core.NewNIC{Network: "wan"}), core.CodeInvalid, "berlin offers no network wan; it has: lan, full"},
		{"a network elsewhere", func(o *core.CreateVM) { nic("e1", core.NewNIC{Network: "lan"})(o); o.MemoryMiB, o.VCPUs = 256, 1 }, core.CodeInvalid, "the network lan is not connected to the node group edge"},
		{"a network without room", nic("n1", core.NewNIC{Network: "full", IP: core.IPPool}), core.CodeLimit, "the network full has no free address"},
		{"an address of another network", nic("n1", core.NewNIC{Network: "lan", IP: "10.0.1.7"}), core.CodeInvalid, "10.0.1.7 is not in the network lan, which has 10.0.0.0/24 2001:db8::/64"},
		{"addresses of the network", nic("n1", core.NewNIC{Network: "lan", IP: "10.0.0.7"}, core.NewNIC{Network: "lan", IP: "2001:db8::7"}), "", ""},
		{"between the ranges", func(o *core.CreateVM) { on("n1")(o); o.MemoryMiB = 8192 }, core.CodeLimit, "8 GiB of memory (at most 4 GiB)"},
		{"too much for the group", on("e1"), core.CodeLimit, "the policy of the node group edge of berlin does not allow it: 2 virtual CPUs (at most 1); 1 GiB of memory (at most 256 MiB)"},
		{"too many for it all the same", func(o *core.CreateVM) { on("e1")(o); o.IgnorePolicy = true }, "", ""},
		{"a disk that is too small", func(o *core.CreateVM) { on("n1")(o); o.Disks = append(o.Disks, core.NewDisk{SizeMiB: 5}) }, core.CodeLimit, "5 MiB in disk 1 (at least 1 GiB)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := testOffer().Fits(newVM(tt.change))
			if tt.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantError(t, err, tt.code, tt.want)
		})
	}
}

func TestOfferFills(t *testing.T) {
	t.Parallel()
	got := testOffer().Fill(core.CreateVM{VM: web1})
	want := core.CreateVM{VM: web1, MemoryMiB: 128, MinMemoryMiB: 64, VCPUs: 1, DiskTemplate: "plain"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("filled (-want +got):\n%s", diff)
	}
	said := core.CreateVM{VM: web1, MemoryMiB: 512, VCPUs: 3, DiskTemplate: "drbd"}
	if diff := cmp.Diff(said, testOffer().Fill(said)); diff != "" {
		t.Errorf("what is said changed (-want +got):\n%s", diff)
	}
	systems := []core.OS{{Name: "debootstrap", Variants: []string{"default", "small"}}, {Name: "noop"}}
	if diff := cmp.Diff(systems, testOffer().Systems()); diff != "" {
		t.Errorf("systems (-want +got):\n%s", diff)
	}
}

func FuzzNewDisk(f *testing.F) {
	for _, s := range []string{"10G", "1500M,name=root,mode=ro", "1T,vg=a,metavg=b,spindles=3", "size=5", ",", "1G,,", "1G,mode=x", "-1", "1G,name=a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := core.ParseNewDisk(s)
		if err != nil {
			if core.CodeOf(err) != core.CodeInvalid || core.Printable(err.Error()) != err.Error() {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if again, err := core.ParseNewDisk(d.String()); err != nil || again != d {
			t.Errorf("%q is %+v, written %q, and read again %+v, %v", s, d, d.String(), again, err)
		}
	})
}

func FuzzNewNIC(f *testing.F) {
	for _, s := range []string{"default", "", "network=lan,ip=pool", "mode=bridged,link=br0,vlan=100,mac=aa:00:01:5d:42:07,name=x", "ip=::1", "ip=1.2.3", "x=y", "name="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := core.ParseNewNIC(s)
		if err != nil {
			if core.CodeOf(err) != core.CodeInvalid || core.Printable(err.Error()) != err.Error() {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if again, err := core.ParseNewNIC(n.String()); err != nil || again != n {
			t.Errorf("%q is %+v, written %q, and read again %+v, %v", s, n, n.String(), again, err)
		}
	})
}
