package core_test

import (
	"fmt"
	"testing"

	"gwm/core"
	"gwm/core/coretest"
)

// BenchmarkSearch looks through 5,000 VMs: for one of them, for nothing, and for
// what all of them hold.
func BenchmarkSearch(b *testing.B) {
	w := coretest.StartWith(b, coretest.Options{DontWait: true})
	for i := range 5000 {
		w.Berlin.PutVM(&core.VM{
			Name: fmt.Sprintf("vm%04d.example.org", i), UUID: fmt.Sprint(i), Status: "running", State: core.StateRunning, Node: "node1.berlin.example.org",
			OS: "debootstrap+default", Tags: []string{"env:prod", fmt.Sprintf("team:%d", i%20)},
			NICs: []core.NIC{{MAC: fmt.Sprintf("aa:00:00:00:%02x:%02x", i/256, i%256), IP: fmt.Sprintf("10.0.%d.%d", i/250, i%250)}},
		})
	}
	s := w.Local()
	w.Until(s, "all are there", func(v *core.View) bool { return len(v.VMs()) > 5000 })
	for _, text := range []string{"vm4711", "aa:00:00:00:12:67", "nowhere", "team:7 vm", "example"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			v := s.View()
			for b.Loop() {
				v.Search(text, 100)
			}
		})
	}
}
