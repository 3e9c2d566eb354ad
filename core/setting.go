package core

import (
	"slices"
	"strconv"
	"strings"
)

// Where a setting of a cluster or of a node group belongs stands before its name:
// be/maxmem, hv/kvm/acpi, nic/link, nd/ssh_port, policy/max/memory-size. What the
// cluster has once has a name alone: default_iallocator.
const (
	nicSetting    = "nic/"
	nodeSetting   = "nd/"
	policySetting = "policy/"
)

// SettingAllocPolicy is the setting of a node group that says whether VMs are put
// there: one of AllocPolicies.
const SettingAllocPolicy = "alloc_policy"

// settingForm is how the value of a setting is written.
type settingForm int

const (
	formText  settingForm = iota
	formCount             // a whole number from 0 on
	formSwitch
	formRatio
	formList // words with commas between them
)

// plainSettings are those that a cluster has once.
func plainSettings() map[string]settingForm {
	return map[string]settingForm{
		"default_iallocator": formText, "candidate_pool_size": formCount, "max_running_jobs": formCount, "max_tracked_jobs": formCount,
		"maintain_node_health": formSwitch, "prealloc_wipe_disks": formSwitch, "enabled_hypervisors": formList, "enabled_disk_templates": formList,
	}
}

// specField is one bound of a policy with its name in Ganeti's words.
type specField struct {
	name string
	of   func(*PolicySpec) *int
}

func specFields() []specField {
	return []specField{
		{"memory-size", func(s *PolicySpec) *int { return &s.MemoryMiB }},
		{"disk-size", func(s *PolicySpec) *int { return &s.DiskMiB }},
		{"cpu-count", func(s *PolicySpec) *int { return &s.VCPUs }},
		{"disk-count", func(s *PolicySpec) *int { return &s.Disks }},
		{"nic-count", func(s *PolicySpec) *int { return &s.NICs }},
		{"spindle-use", func(s *PolicySpec) *int { return &s.Spindles }},
	}
}

// Settings lists what can be changed of the cluster, or with a name of one of its
// node groups, by name; ok is false where there is no such group. Custom says that
// a group has it by itself, and holds for all that a cluster has.
func (o Offer) Settings(group string) (list []Param, ok bool) {
	add := func(prefix string, params []Param) {
		for _, p := range params {
			if prefix+p.Name != noSetting {
				list = append(list, Param{prefix + p.Name, p.Value, p.Custom})
			}
		}
	}
	if group != "" {
		g, ok := o.Group(group)
		if !ok {
			return nil, false
		}
		list = append(list, Param{SettingAllocPolicy, g.AllocPolicy, true})
		add(nodeSetting, g.Node)
		return sortedParams(append(list, g.Policy.settings(true)...)), true
	}
	add(BackendParam, o.Backend)
	add(nicSetting, o.NIC)
	add(nodeSetting, o.Node)
	for hypervisor, params := range o.Hypervisor {
		add(HypervisorParam+hypervisor+"/", params)
	}
	plain := plainSettings()
	for _, p := range o.Other {
		if _, known := plain[p.Name]; known {
			list = append(list, p)
		}
	}
	list = append(list,
		Param{Name: "default_iallocator", Value: o.Allocator},
		Param{Name: "enabled_hypervisors", Value: strings.Join(o.Hypervisors, ",")},
		Param{Name: "enabled_disk_templates", Value: strings.Join(o.DiskTemplates, ",")})
	list = sortedParams(append(list, o.Policy.settings(false)...))
	for i := range list {
		list[i].Custom = true // a cluster inherits from nobody
	}
	return list, true
}

// noSetting names a program that the master runs: who may do that is for the
// people who have the nodes.
const noSetting = nodeSetting + "oob_program"

func sortedParams(list []Param) []Param {
	slices.SortFunc(list, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// settings are the bounds of a policy. Those of several ranges have the number of
// the range before them, from 1 on. A node group has no standard of its own.
func (p Policy) settings(group bool) (list []Param) {
	own := func(key string) bool { return slices.Contains(p.Own, key) }
	spec := func(where, key string, s PolicySpec) {
		for _, f := range specFields() {
			if n := *f.of(&s); n != Unbounded {
				list = append(list, Param{policySetting + where + f.name, strconv.Itoa(n), own(key)})
			}
		}
	}
	for i, r := range p.Ranges {
		number := ""
		if len(p.Ranges) > 1 {
			number = strconv.Itoa(i+1) + "/"
		}
		spec(number+"min/", "minmax", r.Min)
		spec(number+"max/", "minmax", r.Max)
	}
	if !group {
		spec("std/", "std", p.Standard)
	}
	for name, ratio := range map[string]float64{"vcpu-ratio": p.VCPURatio, "spindle-ratio": p.SpindleRatio} {
		if ratio != 0 {
			list = append(list, Param{policySetting + name, strconv.FormatFloat(ratio, 'g', -1, 64), own(name)})
		}
	}
	return list
}

// set returns the ranges of the policy with one bound changed; ok is false for what
// is none.
func (p Policy) set(name, value string) (ranges []PolicyRange, ok bool) {
	parts := strings.Split(strings.TrimPrefix(name, policySetting), "/")
	at := 0
	if len(parts) == 3 {
		n, err := strconv.Atoi(parts[0])
		if err != nil {
			return nil, false
		}
		at, parts = n-1, parts[1:]
	}
	n, err := strconv.Atoi(value)
	if len(parts) != 2 || at < 0 || at >= len(p.Ranges) || err != nil {
		return nil, false
	}
	ranges = slices.Clone(p.Ranges)
	spec := map[string]*PolicySpec{"min": &ranges[at].Min, "max": &ranges[at].Max}[parts[0]]
	for _, f := range specFields() {
		if spec != nil && f.name == parts[1] {
			*f.of(spec) = n
			return ranges, true
		}
	}
	return nil, false
}

// form tells how a setting is written; ok is false for what cannot be changed. It
// says whether such a setting can be, not whether the cluster has it.
func settingFormOf(name string, group bool) (form settingForm, ok bool) {
	where, rest, sub := strings.Cut(name, "/")
	switch {
	case !sub && group:
		return formText, name == SettingAllocPolicy
	case !sub:
		form, ok = plainSettings()[name]
		return form, ok
	case rest == "" || strings.ContainsAny(name, " =") || Printable(name) != name || len(name) > maxText:
		return formText, false
	}
	deep := strings.Count(rest, "/")
	switch where + "/" {
	case nodeSetting:
		return formText, name != noSetting && deep == 0
	case policySetting:
		return policyForm(rest, group)
	case BackendParam, nicSetting:
		return formText, !group && deep == 0
	case HypervisorParam:
		return formText, !group && deep == 1
	}
	return formText, false
}

// policyForm is settingFormOf for what stands after policy/. Node groups have no
// standard sizes of their own.
func policyForm(rest string, group bool) (form settingForm, ok bool) {
	if rest == "vcpu-ratio" || rest == "spindle-ratio" {
		return formRatio, true
	}
	if group && strings.HasPrefix(rest, "std/") {
		return formCount, false
	}
	return formCount, strings.Contains(rest, "/")
}
