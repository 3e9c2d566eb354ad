package tui

import (
	"strings"

	"gwm/core"
)

// vmRow is a VM as the filter sees it.
type vmRow core.VM

func (r *vmRow) FilterText() string {
	var b strings.Builder
	b.WriteString(r.Name)
	for _, nic := range r.NICs {
		if nic.IP != "" {
			b.WriteByte(' ')
			b.WriteString(nic.IP)
		}
	}
	for _, tag := range r.Tags {
		b.WriteByte(' ')
		b.WriteString(tag)
	}
	return strings.ToLower(b.String())
}

func (r *vmRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name":
		values = []string{r.Name}
	case "cluster":
		values = []string{r.Cluster}
	case "state":
		values = []string{string(r.State)}
	case "status":
		values = []string{r.Status, string(r.State)}
	case "node":
		values = append([]string{r.Node}, r.Secondaries...)
	case "os":
		values = []string{r.OS}
	case "tag":
		values = r.Tags
	case "hypervisor":
		values = []string{r.Hypervisor}
	case "template":
		values = []string{r.DiskTemplate}
	case "ip":
		for _, nic := range r.NICs {
			values = append(values, nic.IP)
		}
	case "mac":
		for _, nic := range r.NICs {
			values = append(values, nic.MAC)
		}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (r *vmRow) FilterNumber(name string) (n int64, ok bool) {
	switch name {
	case "memory":
		return int64(r.MemoryMiB), true
	case "disk":
		return int64(r.DiskMiB), true
	case "vcpus":
		return int64(r.VCPUs), true
	}
	return 0, false
}

// nodeRow is a node as the filter sees it.
type nodeRow core.Node

func (r *nodeRow) FilterText() string {
	return strings.ToLower(strings.Join(append([]string{r.Name, r.PrimaryIP}, r.Tags...), " "))
}

func (r *nodeRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name":
		values = []string{r.Name}
	case "cluster":
		values = []string{r.Cluster}
	case "role", "state", "status":
		values = []string{string(r.Role)}
	case "group":
		values = []string{r.Group}
	case "tag":
		values = r.Tags
	case "ip":
		values = []string{r.PrimaryIP, r.SecondaryIP}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (r *nodeRow) FilterNumber(name string) (n int64, ok bool) {
	switch name {
	case "memory":
		return int64(r.MemoryMiB), true
	case "disk":
		return int64(r.DiskMiB), true
	case "cpus":
		return int64(r.CPUs), true
	case "vms":
		return int64(len(r.Primary)), true
	}
	return 0, false
}

// jobRow is a job as the filter sees it.
type jobRow core.JobRow

func (r *jobRow) FilterText() string {
	words := []string{r.Name, r.Title, r.By, r.Cluster}
	for _, t := range r.Targets {
		words = append(words, t.Name)
	}
	return strings.ToLower(strings.Join(words, " "))
}

func (r *jobRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name", "job":
		values = []string{r.Name}
	case "cluster":
		values = []string{r.Cluster}
	case "state", "status":
		values = []string{string(r.State)}
	case "by", "user":
		values = []string{r.By}
	case "target", "vm", "node":
		for _, t := range r.Targets {
			values = append(values, t.Name)
		}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (r *jobRow) FilterNumber(string) (n int64, ok bool) { return 0, false }

// recordRow is an audit record as the filter sees it.
type recordRow core.Record

func (r *recordRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{
		r.Op, r.Target.String(), r.By, string(r.Event), r.Result, r.Addr, r.Upstream,
	}, " "))
}

func (r *recordRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "by", "user":
		values = []string{r.By}
	case "op":
		values = []string{r.Op}
	case "event", "state":
		values = []string{string(r.Event)}
	case "cluster":
		values = []string{r.Target.Cluster}
	case "target":
		values = []string{r.Target.String(), r.Target.Name}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (r *recordRow) FilterNumber(string) (n int64, ok bool) { return 0, false }

// lowered returns values in lower case; it copies only where it must.
func lowered(values []string) []string {
	for i, v := range values {
		if low := strings.ToLower(v); low != v {
			values = append([]string(nil), values...)
			for j := i; j < len(values); j++ {
				values[j] = strings.ToLower(values[j])
			}
			return values
		}
	}
	return values
}
