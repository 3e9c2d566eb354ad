package rapi

import "gwm/core"

// rawPolicy is an instance policy: a list of ranges, or (before Ganeti 2.7, and
// where a range is all there is) one range beside the standard size.
type rawPolicy struct {
	Ranges []struct {
		Min rawSpec `json:"min"`
		Max rawSpec `json:"max"`
	} `json:"minmax"`
	Min           *rawSpec `json:"min"`
	Max           *rawSpec `json:"max"`
	Standard      rawSpec  `json:"std"`
	DiskTemplates words    `json:"disk-templates"`
	VCPURatio     float64  `json:"vcpu-ratio"`
	SpindleRatio  float64  `json:"spindle-ratio"`
}

// rawSpec is a size in a policy; what is missing is not bounded.
type rawSpec struct {
	Memory   number `json:"memory-size"`
	Disk     number `json:"disk-size"`
	VCPUs    number `json:"cpu-count"`
	Disks    number `json:"disk-count"`
	NICs     number `json:"nic-count"`
	Spindles number `json:"spindle-use"`
}

func (r rawPolicy) policy() core.Policy {
	p := core.Policy{
		Ranges: []core.PolicyRange{}, Standard: r.Standard.spec(), DiskTemplates: r.DiskTemplates.list(),
		VCPURatio: r.VCPURatio, SpindleRatio: r.SpindleRatio,
	}
	for _, m := range r.Ranges {
		p.Ranges = append(p.Ranges, core.PolicyRange{Min: m.Min.spec(), Max: m.Max.spec()})
	}
	if r.Min != nil && r.Max != nil && len(p.Ranges) == 0 {
		p.Ranges = append(p.Ranges, core.PolicyRange{Min: r.Min.spec(), Max: r.Max.spec()})
	}
	return p
}

func (r rawSpec) spec() core.PolicySpec {
	return core.PolicySpec{
		MemoryMiB: r.Memory.or(core.Unbounded), DiskMiB: r.Disk.or(core.Unbounded), VCPUs: r.VCPUs.or(core.Unbounded),
		Disks: r.Disks.or(core.Unbounded), NICs: r.NICs.or(core.Unbounded), Spindles: r.Spindles.or(core.Unbounded),
	}
}
