package core

import (
	"strconv"
	"strings"
	"time"
)

// Limits bound what a persona's VMs may use on one cluster. A nil limit is
// "unlimited", 0 is "none".
type Limits struct {
	MemoryMiB *int `json:"memory_mib"`
	DiskMiB   *int `json:"disk_mib"`
	VCPUs     *int `json:"vcpus"`
	VMs       *int `json:"vms"`
}

// Quota is what a user or a group may use on a cluster; with a zero Who it is the
// cluster's default, which holds for everybody who has no quota of their own
// there. A quota of one's own replaces the default as a whole. Where there is
// neither, nothing is limited.
type Quota struct {
	Who     Ref       `json:"who,omitzero"`
	Cluster string    `json:"cluster"`
	Limits  Limits    `json:"limits"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Amount is how much of each limited resource something takes.
type Amount struct {
	MemoryMiB int `json:"memory_mib"`
	DiskMiB   int `json:"disk_mib"`
	VCPUs     int `json:"vcpus"`
	VMs       int `json:"vms"`
}

// Resource is one of the things that a quota limits, in the words that people
// read.
type Resource string

// The resources. Memory and virtual CPUs are taken by VMs that run, disk and the
// number of VMs by all of them.
const (
	ResourceMemory Resource = "memory"
	ResourceDisk   Resource = "disk"
	ResourceVCPUs  Resource = "virtual CPUs"
	ResourceVMs    Resource = "VMs"
)

// Resources lists what a quota limits, in the order in which screens show it.
func Resources() []Resource {
	return []Resource{ResourceMemory, ResourceDisk, ResourceVCPUs, ResourceVMs}
}

// IsSize tells whether the resource is counted in MiB.
func (r Resource) IsSize() bool { return r == ResourceMemory || r == ResourceDisk }

// Text writes a number of the resource: "1.5 GiB", "4".
func (r Resource) Text(n int) string {
	if r.IsSize() {
		return FormatSize(n)
	}
	return strconv.Itoa(n)
}

// Of returns one of the amounts.
func (a Amount) Of(r Resource) int {
	switch r {
	case ResourceMemory:
		return a.MemoryMiB
	case ResourceDisk:
		return a.DiskMiB
	case ResourceVCPUs:
		return a.VCPUs
	case ResourceVMs:
		return a.VMs
	}
	return 0
}

// Of returns one of the limits; nil is unlimited.
func (l Limits) Of(r Resource) *int {
	switch r {
	case ResourceMemory:
		return l.MemoryMiB
	case ResourceDisk:
		return l.DiskMiB
	case ResourceVCPUs:
		return l.VCPUs
	case ResourceVMs:
		return l.VMs
	}
	return nil
}

// With returns the limits with one of them replaced.
func (l Limits) With(r Resource, limit *int) Limits {
	switch r {
	case ResourceMemory:
		l.MemoryMiB = limit
	case ResourceDisk:
		l.DiskMiB = limit
	case ResourceVCPUs:
		l.VCPUs = limit
	case ResourceVMs:
		l.VMs = limit
	}
	return l
}

// ParseLimit reads a limit as people write it, and as Limits.Text does: an amount
// of data or a number, or the word unlimited, which is nil. The error is
// CodeInvalid.
func ParseLimit(r Resource, text string) (*int, error) {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, Unlimited) {
		return nil, nil
	}
	if r.IsSize() {
		n, err := ParseSize(text)
		if err != nil {
			return nil, AsError(err).WithHint("write it like 512M, 8G or 1.5T, or %s", Unlimited)
		}
		return &n, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxLimit {
		return nil, Errorf(CodeInvalid, "%q is not a number of %s", Printable(text), r).WithHint("write 0, 1, 2 ... or %s", Unlimited)
	}
	return &n, nil
}

// Text writes one of the limits: "8 GiB", "unlimited".
func (l Limits) Text(r Resource) string {
	n := l.Of(r)
	if n == nil {
		return Unlimited
	}
	return r.Text(*n)
}

// plus, beyond and most compare amounts resource by resource: the sum, what a
// has more than b, and the greater of both.
func (a Amount) plus(b Amount) Amount {
	return Amount{a.MemoryMiB + b.MemoryMiB, a.DiskMiB + b.DiskMiB, a.VCPUs + b.VCPUs, a.VMs + b.VMs}
}

func (a Amount) beyond(b Amount) Amount {
	return Amount{
		max(a.MemoryMiB-b.MemoryMiB, 0), max(a.DiskMiB-b.DiskMiB, 0), max(a.VCPUs-b.VCPUs, 0), max(a.VMs-b.VMs, 0),
	}
}

func (a Amount) most(b Amount) Amount {
	return Amount{
		max(a.MemoryMiB, b.MemoryMiB), max(a.DiskMiB, b.DiskMiB), max(a.VCPUs, b.VCPUs), max(a.VMs, b.VMs),
	}
}

// QuotaSource tells where the limits of a persona come from.
type QuotaSource string

// The sources, in the order in which they are looked for.
const (
	QuotaOwn     QuotaSource = "own"
	QuotaDefault QuotaSource = "default"
	QuotaNone    QuotaSource = "none"
)

// limits returns what bounds a persona on a cluster, and where that comes from.
func (p *people) limits(who Ref, cluster string) (Limits, QuotaSource) {
	if q, ok := p.quotas[quotaID{who, cluster}]; ok {
		return q.Limits, QuotaOwn
	}
	if q, ok := p.quotas[quotaID{Ref{}, cluster}]; ok {
		return q.Limits, QuotaDefault
	}
	return Limits{}, QuotaNone
}
