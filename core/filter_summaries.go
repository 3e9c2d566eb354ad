package core

import "strings"

// FilterText, FilterField and FilterNumber make a JobRow a Row.
func (j JobRow) FilterText() string {
	words := []string{j.Name, j.Cluster, j.Title, string(j.State), j.By}
	for _, t := range j.Targets {
		words = append(words, t.Name)
	}
	if j.Upstream != nil {
		words = append(words, j.Upstream.ID, j.Upstream.Status, j.Upstream.Summary)
	}
	return strings.ToLower(strings.Join(words, " "))
}

// FilterField returns the values of a field.
func (j JobRow) FilterField(name string) ([]string, bool) {
	switch name {
	case "name", "id":
		return lower(j.ids()...), true
	case "cluster":
		return lower(j.Cluster), true
	case "title":
		return lower(j.Title), true
	case "state":
		return lower(string(j.State)), true
	case "status":
		if j.Upstream != nil {
			return lower(string(j.State), j.Upstream.Status), true
		}
		return lower(string(j.State)), true
	case "archived":
		if j.Archived() {
			return []string{"yes"}, true
		}
		return []string{"no"}, true
	case "by", "owner":
		return lower(j.By), true
	case "op":
		return lower(j.kinds()...), true
	case "target":
		values := make([]string, 0, len(j.Targets))
		for _, t := range j.Targets {
			values = append(values, t.Name)
		}
		return lower(values...), true
	}
	return nil, false
}

// kinds are what a job does: in our words, and in those of the cluster.
func (j JobRow) kinds() (out []string) {
	if j.Ours != nil {
		out = append(out, j.Ours.OpID)
	}
	if j.Upstream != nil {
		for _, s := range j.Upstream.Steps {
			out = append(out, s.Name)
		}
	}
	return out
}

func (j JobRow) ids() []string {
	if j.Upstream == nil {
		return []string{j.Name}
	}
	return []string{j.Name, j.Upstream.ID}
}

// FilterNumber has no numbers to tell.
func (j JobRow) FilterNumber(string) (int64, bool) { return 0, false }

// FilterText, FilterField and FilterNumber make a ClusterSummary a Row.
func (s ClusterSummary) FilterText() string {
	words := []string{s.Cluster.Name, s.Cluster.Description, s.Cluster.URL, s.Cluster.Platform, s.Info.Name, s.Info.Software, s.health()}
	return strings.ToLower(strings.Join(append(words, s.Info.Tags...), " "))
}

// FilterField returns the values of a field.
func (s ClusterSummary) FilterField(name string) ([]string, bool) {
	switch name {
	case "name", "cluster":
		return lower(s.Cluster.Name), true
	case "hypervisor":
		return lower(s.Info.Hypervisors...), true
	case "os":
		return lower(s.Info.OSes...), true
	case "tag":
		return lower(s.Info.Tags...), true
	case "state", "status":
		return lower(s.health()), true
	}
	return nil, false
}

// health is the cluster's state in one word.
func (s ClusterSummary) health() string {
	switch {
	case s.Health.Error != nil:
		return "unreachable"
	case s.Health.Loading:
		return "loading"
	default:
		return "ok"
	}
}

// FilterNumber returns a size in MiB or a count.
func (s ClusterSummary) FilterNumber(name string) (int64, bool) {
	switch name {
	case "nodes":
		return int64(s.Nodes), !s.Partial
	case "vms":
		return int64(s.VMs), true
	case "running":
		return int64(s.Running), true
	case "errors":
		return int64(s.Errors), true
	case "memory":
		return int64(s.MemoryMiB), !s.Partial
	case "memory_free":
		return int64(s.MemoryFreeMiB), !s.Partial
	case "disk":
		return int64(s.DiskMiB), !s.Partial
	case "disk_free":
		return int64(s.DiskFreeMiB), !s.Partial
	}
	return 0, false
}
