package tui

import (
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/logview"
)

// lines are the lines of the tab in front.
func (p *vmPage) lines() []logview.Line {
	switch p.tab {
	case vmTabParams:
		return p.paramLines()
	case vmTabDisks:
		return p.diskLines()
	case vmTabNet:
		return p.netLines()
	case vmTabJSON:
		if p.have {
			return jsonLines(p.detail)
		}
		return append(p.waiting(), jsonLines(p.vm)...)
	}
	return p.overview()
}

func (p *vmPage) overview() []logview.Line {
	t, vm := p.host.look.theme, p.vm
	symbol, word, _ := vmState(t, vm)
	level := logview.Plain
	switch vm.State {
	case core.StateRunning:
		level = logview.Good
	case core.StateError, core.StateUnknown:
		level = logview.Bad
	case core.StateDown, core.StateOffline:
	}
	lines := []logview.Line{head("what it is")}
	lines = row(lines, "name", vm.Name)
	lines = row(lines, "state", symbol+" "+word, level)
	lines = row(lines, "status", vm.Status+", asked for: "+vm.AdminState)
	lines = row(lines, "tags", strings.Join(vm.Tags, ", "), logview.Note)
	if owner, ok := p.view.Owner(vm.Ref()); ok {
		lines = row(lines, "owner", ownerName(owner))
	}
	lines = row(lines, "operating system", vm.OS)
	lines = row(lines, "hypervisor", vm.Hypervisor)
	lines = append(lines, writtenNote(p.view, vm.Ref())...)
	lines = append(lines, head("where it is"))
	lines = row(lines, "cluster", vm.Cluster)
	lines = row(lines, "node", vm.Node)
	lines = row(lines, "secondary nodes", strings.Join(vm.Secondaries, ", "))
	if vm.ConsolePort > 0 {
		lines = row(lines, "console", vm.Node+", port "+strconv.Itoa(vm.ConsolePort))
	}
	label := "at its consoles"
	for _, who := range p.seats.lines(t) {
		lines = row(lines, label, who, logview.Note)
		label = " "
	}
	if b, ok := p.view.LastBackup(vm); ok {
		lines = row(lines, "backup", b.Node+", "+ago(b.At)+", by "+b.By)
	}
	lines = append(lines, head("what it has"))
	lines = row(lines, "vcpus", count(vm.VCPUs))
	lines = row(lines, "memory", vmMemory(vm))
	lines = row(lines, "disk", vmDisk(vm))
	lines = row(lines, "address", vmIP(vm))
	lines = append(lines, trendLines(p.host, p.place.On, limits{core.MeasureMemory: vm.MemoryMiB}, p.textWidth())...)
	lines = append(lines, head("when"))
	lines = row(lines, "created", ago(vm.Created))
	lines = row(lines, "changed", ago(vm.Modified))
	lines = row(lines, "serial", strconv.FormatInt(vm.Serial, 10))
	lines = row(lines, "uuid", vm.UUID)
	if p.have {
		lines = row(lines, "read", ago(p.detail.Fetched))
		lines = append(lines, customLines(p.detail)...)
	}
	if p.failed != nil {
		lines = append(lines, p.waiting()...)
	}
	return lines
}

// customLines lists the parameters that are set on the VM itself.
func customLines(d core.VMDetail) []logview.Line {
	var lines []logview.Line
	for _, list := range [][]core.Param{d.Backend, d.Hypervisor, d.OSParams} {
		for _, q := range list {
			if !q.Custom {
				continue
			}
			if lines == nil {
				lines = append(lines, head("set on this VM"))
			}
			lines = row(lines, q.Name, q.Value, logview.Note)
		}
	}
	return lines
}

func (p *vmPage) paramLines() []logview.Line {
	lines := p.waiting()
	if !p.have {
		return lines
	}
	t := p.host.look.theme
	lines = append(lines, params(t, "backend", p.detail.Backend)...)
	lines = append(lines, params(t, "hypervisor "+p.vm.Hypervisor, p.detail.Hypervisor)...)
	lines = append(lines, params(t, "operating system "+p.vm.OS, p.detail.OSParams)...)
	lines = append(lines, params(t, "everything else that the cluster tells", p.detail.Other)...)
	if len(lines) == 0 {
		return row(nil, "", "the cluster tells no parameters", logview.Quiet)
	}
	return append(lines, logview.Line{}, logview.Line{
		Text: t.Sym.Custom + " set on this VM; the others come from the cluster", Level: logview.Quiet,
	})
}

func (p *vmPage) diskLines() []logview.Line {
	lines := []logview.Line{head(vmDisk(p.vm))}
	for i, d := range p.vm.Disks {
		lines = row(lines, "disk "+strconv.Itoa(i), size(d.SizeMiB)+" ("+strconv.Itoa(d.SizeMiB)+" MiB)")
		lines = row(lines, "  name", d.Name)
		lines = row(lines, "  uuid", d.UUID, logview.Quiet)
		if d.Spindles > 0 {
			lines = row(lines, "  spindles", count(d.Spindles))
		}
	}
	if len(p.vm.Disks) == 0 {
		lines = row(lines, "", "it has no disk", logview.Quiet)
	}
	return lines
}

func (p *vmPage) netLines() []logview.Line {
	if len(p.vm.NICs) == 0 {
		return row(nil, "", "it has no network interface", logview.Quiet)
	}
	var lines []logview.Line
	for i, nic := range p.vm.NICs {
		lines = append(lines, head("interface "+strconv.Itoa(i)))
		lines = row(lines, "name", nic.Name)
		lines = row(lines, "address", nic.IP)
		lines = row(lines, "mac", nic.MAC)
		lines = row(lines, "network", nic.Network)
		lines = row(lines, "mode", nic.Mode)
		lines = row(lines, "link", nic.Link)
		lines = row(lines, "vlan", nic.VLAN)
		lines = row(lines, "uuid", nic.UUID, logview.Quiet)
	}
	return lines
}

// textWidth is what the text has of the width: all, or a part on a wide overview.
func (p *vmPage) textWidth() int {
	switch {
	case p.tab == vmTabOverview && p.w >= 160 && p.have:
		return p.w * 2 / 5
	case p.tab == vmTabOverview && p.w >= 120:
		return p.w * 11 / 20
	}
	return p.w
}
