package tui

import (
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// common are the settings of a cluster that the form asks for one by one, with
// their labels; the others can be typed as NAME=VALUE.
func commonSettings() [][2]string {
	return [][2]string{
		{"", "VMs that say nothing else"},
		{"be/maxmem", "Memory, MiB"},
		{"be/minmem", "Least memory"},
		{"be/vcpus", "CPUs"},
		{"", "Policy: what VMs may have"},
		{"policy/min/memory-size", "Memory from"},
		{"policy/max/memory-size", "Memory to, MiB"},
		{"policy/max/cpu-count", "CPUs to"},
		{"policy/max/disk-size", "Disk to, MiB"},
		{"policy/max/disk-count", "Disks to"},
		{"policy/max/nic-count", "NICs to"},
		{"policy/vcpu-ratio", "CPUs for one"},
		{"", "How it works"},
		{"default_iallocator", "Allocator"},
		{"candidate_pool_size", "Candidates"},
		{"max_running_jobs", "Jobs at once"},
		{"enabled_hypervisors", "Hypervisors"},
		{"enabled_disk_templates", "Disk templates"},
	}
}

func makeSettings(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	list, _ := now.Settings("")
	is := map[string]string{}
	for _, p := range list {
		is[p.Name] = core.Printable(p.Value)
	}
	f := form.Form{Title: "Settings of " + on.cluster, Intro: "They hold for every VM and node that has none of its own. The page (I) shows all of them."}
	for _, c := range commonSettings() {
		switch _, has := is[c[0]]; {
		case c[0] == "":
			f.Fields = append(f.Fields, form.Field{Name: "section " + c[1], Label: c[1], Kind: form.Section})
		case has:
			f.Fields = append(f.Fields, form.Field{Name: c[0], Label: c[1], Value: is[c[0]], Max: 300, Help: c[0]})
		}
	}
	f.Fields = append(f.Fields, form.Field{
		Name: "more", Label: "Others", Max: 2000, Placeholder: "hv/kvm/acpi=true nic/link=br1", Help: "NAME=VALUE with blanks between them, as the page shows them.",
	})
	return entryForm{Form: f, Ops: func(v form.Values) ([]core.Op, error) {
		set, err := settingEdits(v.Text("more"))
		if err != nil {
			return nil, err
		}
		for _, c := range commonSettings() {
			if was, has := is[c[0]]; has && c[0] != "" && v.Text(c[0]) != was {
				set = append(set, core.ParamEdit{Name: c[0], Value: v.Text(c[0])})
			}
		}
		if len(set) == 0 {
			return nil, nil
		}
		op := core.SetClusterParams{Cluster: on.cluster, Params: set}
		if err := op.See(now); err != nil {
			return nil, err
		}
		return []core.Op{op}, nil
	}}, nil
}

func makeClusterTags(v *core.View, on setupOn, _ core.Offer) (entryForm, error) {
	c, _ := v.Cluster(on.cluster)
	had := slices.Clone(c.Info.Tags)
	return entryForm{
		Form: form.Form{Title: "Tags of " + on.cluster, Fields: []form.Field{
			{Name: "tags", Label: "Tags", Max: 2000, Value: core.Printable(strings.Join(had, " ")), Help: "With blanks between them; those that are taken out are removed."},
		}},
		Ops: func(v form.Values) ([]core.Op, error) {
			want := strings.Fields(v.Text("tags"))
			var ops []core.Op
			if add := without(want, had); len(add) > 0 {
				ops = append(ops, core.TagCluster{Cluster: on.cluster, Tags: add})
			}
			if gone := without(had, want); len(gone) > 0 {
				ops = append(ops, core.UntagCluster{Cluster: on.cluster, Tags: gone})
			}
			return ops, nil
		},
	}, nil
}

// without are the words of a list that another one does not have.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}
