package inventory

import (
	"fmt"
	"testing"

	"gwm/core"
)

// many makes VMs of one cluster, sorted by name.
func many(n int) []*core.VM {
	vms := make([]*core.VM, 0, n)
	for i := range n {
		vm := &core.VM{
			Cluster: "c00", Name: fmt.Sprintf("vm%05d.example.org", i), Status: "running", State: core.StateRunning,
			Node: fmt.Sprintf("node%03d.c00.example.org", i%100), OS: "debootstrap+default", Hypervisor: "kvm",
			DiskTemplate: "drbd", VCPUs: 2, MemoryMiB: 2048, RunMemoryMiB: 2048, DiskMiB: 20480, Tags: []string{"env:prod", "web"},
			Disks: []core.Disk{{UUID: fmt.Sprint(0, i), SizeMiB: 20480}},
			NICs:  []core.NIC{{MAC: fmt.Sprintf("aa:00:00:00:%02x:%02x", i/256%256, i%256), IP: "192.0.2.1", Mode: "bridged", Link: "br0"}},
		}
		index(vm)
		vms = append(vms, vm)
	}
	return vms
}

// BenchmarkCache writes and reads the chunks of 100,000 VMs, without a store.
func BenchmarkCache(b *testing.B) {
	vms := many(100_000)
	chunks := changedChunks(nil, vms)
	encoded, bytes := make([][]byte, 0, len(chunks)), 0
	for _, list := range chunks {
		encoded = append(encoded, encodeVMs(list))
		bytes += len(encoded[len(encoded)-1])
	}
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			for _, list := range chunks {
				encodeVMs(list)
			}
		}
		b.ReportMetric(float64(bytes)/float64(len(vms)), "bytes/vm")
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			shared := map[string]string{}
			for _, raw := range encoded {
				if _, err := decodeVMs("c00", raw, shared); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
