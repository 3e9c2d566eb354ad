package command

import (
	"slices"
	"strings"

	"gwm/core"
	"gwm/ssh/command/gwmdump"
)

// planTemplates compares the templates.
func (m *move) planTemplates() {
	for _, tpl := range m.dump.Templates {
		name := tpl.Cluster + "/" + tpl.Name
		cluster, ok := m.clusters[tpl.Cluster]
		if !ok {
			m.cannot("template", name, "its cluster is not carried over")
			continue
		}
		want := templateOf(cluster, tpl)
		why := ""
		if want.Name != tpl.Name {
			why = "it is named " + want.Name + " here"
		}
		switch have, ok := m.templates[want.Path()]; {
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
			m.templates[want.Path()] = want
			m.add("template", name, why, op)
		}
	}
}

// templateOf is a template of the dump as gwm keeps it.
func templateOf(cluster string, tpl gwmdump.Template) core.Template {
	vm := core.CreateVM{
		OS: tpl.OS, Hypervisor: tpl.Hypervisor, DiskTemplate: tpl.DiskTemplate, VCPUs: max(tpl.VCPUs, 1), MemoryMiB: tpl.Memory,
		MinMemoryMiB: tpl.MinMemory, Start: tpl.Start && !tpl.NoInstall, NoInstall: tpl.NoInstall,
		NameCheck: tpl.NameCheck, IPCheck: tpl.NameCheck && tpl.IPCheck, HypervisorParams: tpl.Params,
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
