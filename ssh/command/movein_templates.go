package command

import (
	"maps"
	"slices"
	"strings"

	"gwm/core"
	"gwm/ssh/command/gwmdump"
)

// planTemplates compares the templates.
func (m *move) planTemplates() {
	seen := map[string]string{}
	for _, tpl := range m.dump.Templates {
		name := tpl.Cluster + "/" + tpl.Name
		cluster, ok := m.clusters[tpl.Cluster]
		if !ok {
			m.cannot("template", name, "its cluster is not carried over")
			continue
		}
		params, left, ok := m.paramsHere(cluster, tpl)
		if !ok {
			m.cannot("template", name, cluster+" has not answered yet, and the dump does not say which hypervisor its parameters are for; repeat this when it does")
			continue
		}
		want := templateOf(cluster, tpl, params)
		why := templateWords(want, tpl, left)
		switch have, ok := m.templates[want.Path()]; {
		case seen[want.Path()] != "":
			m.cannot("template", name, "it would have the same name as "+seen[want.Path()])
			continue
		case ok && have.Description == want.Description && slices.Equal(have.Flags(), want.Flags()):
			m.same("template", name)
		case ok:
			m.differs("template", name, strings.Join(have.Flags(), " "), strings.Join(want.Flags(), " "))
		default:
			op := core.SaveTemplate{Template: want}
			if err := op.Template.Check(); err != nil {
				m.cannot("template", name, core.AsError(err).Message)
				continue
			}
			m.add("template", name, why, op)
		}
		seen[want.Path()] = tpl.Name
	}
}

// templateWords says what of a template is otherwise here.
func templateWords(want core.Template, tpl gwmdump.Template, left []string) string {
	var words []string
	if want.Name != tpl.Name {
		words = append(words, "it is named "+want.Name+" here")
	}
	for _, place := range []struct{ what, name string }{{"node", tpl.Primary}, {"secondary node", tpl.Secondary}, {"allocator", tpl.Allocator}} {
		if place.name != "" {
			left = append(left, place.what+" "+cutText(place.name, 80))
		}
	}
	if len(left) > 0 {
		words = append(words, "left out: "+strings.Join(left, ", "))
	}
	return strings.Join(words, "; ")
}

// paramsHere are the parameters of a template that its hypervisor has, and those
// that are left out. Until 0.10 templates were for the default hypervisor of the
// cluster: ok is false where that is not known.
func (m *move) paramsHere(cluster string, tpl gwmdump.Template) (params map[string]string, left []string, ok bool) {
	hypervisor := tpl.Hypervisor
	if hypervisor == "" && len(tpl.Params) > 0 {
		c, _ := m.view.Cluster(cluster)
		if len(c.Info.Hypervisors) == 0 {
			return nil, nil, false
		}
		hypervisor = c.Info.Hypervisors[0]
	}
	has := map[string]string{
		"xen-pvm": "kernel_path root_path",
		"xen-hvm": "boot_order cdrom_image_path disk_type nic_type",
		"kvm":     "kernel_path root_path serial_console boot_order cdrom_image_path cdrom2_image_path disk_type nic_type",
	}[hypervisor]
	for _, name := range slices.Sorted(maps.Keys(tpl.Params)) {
		value := tpl.Params[name]
		switch {
		case slices.Contains(strings.Fields(has), name):
			if params == nil {
				params = map[string]string{}
			}
			params[name] = value
		case name == "root_path" && value == "/": // the old form wrote it into each
		default:
			left = append(left, name+" "+cutText(value, 80))
		}
	}
	return params, left, true
}

// templateOf is a template of the dump as gwm keeps it.
func templateOf(cluster string, tpl gwmdump.Template, params map[string]string) core.Template {
	vm := core.CreateVM{
		OS: tpl.OS, Hypervisor: tpl.Hypervisor, DiskTemplate: tpl.DiskTemplate, VCPUs: max(tpl.VCPUs, 1), MemoryMiB: tpl.Memory,
		MinMemoryMiB: tpl.MinMemory, Start: tpl.Start && !tpl.NoInstall, NoInstall: tpl.NoInstall,
		NameCheck: tpl.NameCheck, IPCheck: tpl.NameCheck && tpl.IPCheck, HypervisorParams: params,
	}
	if vm.MinMemoryMiB >= vm.MemoryMiB {
		vm.MinMemoryMiB = 0
	}
	for _, size := range tpl.Disks {
		vm.Disks = append(vm.Disks, core.NewDisk{SizeMiB: size})
	}
	if vm.DiskTemplate == core.DiskLess {
		vm.Disks = nil // the old forms wanted one all the same
	}
	for _, nic := range tpl.NICs {
		vm.NICs = append(vm.NICs, core.NewNIC{Mode: nic.Mode, Link: nic.Link})
	}
	return core.Template{Cluster: cluster, Name: templateName(tpl.Name), Description: cutText(tpl.Description, 200), VM: vm}
}

// templateName is a name as gwm takes it: the old ones were any text.
func templateName(old string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', strings.ContainsRune("._-+", r):
			return r
		}
		return '-'
	}, strings.ToLower(strings.TrimSpace(old)))
	name = strings.Trim(name, "-.+")
	return name[:min(len(name), 64)]
}
