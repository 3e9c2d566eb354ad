package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/theme"
)

// The panel stands beside the list by itself on screens that are so wide that
// the list needs no more, and from the least width on where a person wants it.
// It has its price: a terminal scrolls whole lines only, so that beside a panel
// each step repaints all rows, about two kilobytes instead of 400 bytes.
const (
	panelFrom  = 160
	panelLeast = 120
)

// panelShown tells whether the panel is there now.
func (p *vmsPage) panelShown() bool {
	least := panelFrom
	if p.panel == "on" {
		least = panelLeast
	}
	return p.panel != "off" && p.w >= least && !p.grid.Wide()
}

// act knows the panel; the rest is the list's.
func (p *vmsPage) act(id string) (cmd tea.Cmd, done bool) {
	if id != actPanel {
		return p.list.act(id)
	}
	if p.panelShown() {
		p.panel = "off"
	} else {
		p.panel = "on"
		p.grid.SetWide(false)
	}
	return send(keepMsg{}), true
}

// keep and restore know the panel too.
func (p *vmsPage) keep() map[string]string {
	kept := p.list.keep()
	kept["panel"] = p.panel
	return kept
}

func (p *vmsPage) restore(kept map[string]string) {
	p.list.restore(kept)
	if p.panel = kept["panel"]; p.panel != "on" && p.panel != "off" {
		p.panel = ""
	}
}

// vmPanel is the essentials of a VM beside the list.
func vmPanel(look *look, vm *core.VM, v *core.View, w, h int) []string {
	t := look.theme
	jobs := v.JobsOn(vm.Ref())
	symbol, word, style := vmState(t, vm)
	out := []string{t.Title.Render(t.Cut(core.Printable(vm.Name), w)), ""}
	out = append(out, sheet(t, []fact{
		{"state", symbol + " " + word, style},
		{"status", vm.Status, t.Dim},
		{"cluster", vm.Cluster, look.cluster(vm.Cluster, t.Value)},
		{"node", vm.Node, t.Value},
		{"secondary", strings.Join(vm.Secondaries, " "), t.Value},
		{"vcpus", count(vm.VCPUs), t.Value},
		{"memory", vmMemory(vm), t.Value},
		{"disk", vmDisk(vm), t.Value},
		{"owner", ownerName(v.OwnerOf(vm)), t.Value},
		{"os", vm.OS, t.Value},
		{"hypervisor", vm.Hypervisor, t.Value},
		{"tags", strings.Join(vm.Tags, " "), t.Custom},
		{"created", stamp(vm.Created), t.Value},
	}, w)...)
	if len(vm.NICs) > 0 {
		out = append(out, "", t.Rule("network", w))
		for _, nic := range vm.NICs {
			out = append(out, t.Value.Render(t.Cut(core.Printable(nicLine(nic)), w)))
		}
	}
	if len(jobs) > 0 {
		out = append(out, "", t.Rule("jobs", w))
		out = append(out, jobLines(t, jobs[:min(len(jobs), panelJobs)], w)...)
	}
	return out[:min(len(out), h)]
}

// vmMemory tells what is configured and what is in use.
func vmMemory(vm *core.VM) string { return memoryOf(vm, "") }

// memoryOf is vmMemory with a word for what the sizes are of, " memory".
func memoryOf(vm *core.VM, word string) string {
	text := size(vm.MemoryMiB) + word
	if vm.MinMemoryMiB > 0 && vm.MinMemoryMiB != vm.MemoryMiB {
		text = size(vm.MinMemoryMiB) + " to " + text
	}
	if vm.RunMemoryMiB > 0 && vm.RunMemoryMiB != vm.MemoryMiB {
		text += ", " + size(vm.RunMemoryMiB) + " in use"
	}
	return text
}

// vmDisk tells size, number and kind of the disks.
func vmDisk(vm *core.VM) string {
	text := size(vm.DiskMiB)
	if len(vm.Disks) > 1 {
		text += fmt.Sprintf(" on %d disks", len(vm.Disks))
	}
	if vm.DiskTemplate != "" {
		text += ", " + vm.DiskTemplate
	}
	return text
}

// nicLine is an interface in one line: address first.
func nicLine(nic core.NIC) string {
	var words []string
	for _, w := range []string{nic.IP, nic.Network, nic.Mode, nic.Link, nic.VLAN, nic.MAC} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, "  ")
}

// panelJobs is how many jobs the panel shows of a VM.
const panelJobs = 6

// jobLines are jobs in one line each: state, title, who, when. What repeats is
// counted in one line, with the time of the newest.
func jobLines(t *theme.Theme, jobs []*core.JobRow, w int) []string {
	var out []string
	for i := 0; i < len(jobs); {
		row, same := jobs[i], 1
		for i++; i < len(jobs) && alike(row, jobs[i]); i++ {
			same++
		}
		symbol, style := jobState(t, row.State)
		when := age(row.Created)
		room := max(w-2-theme.Width(when)-1, 4)
		title := core.Printable(row.Words())
		if len(row.Targets) == 0 && row.Cluster != "" {
			title += " on " + row.Cluster
		}
		if row.By != "" {
			title += " " + t.Sym.Dot + " " + core.Printable(row.By)
		}
		if same > 1 {
			title = fmt.Sprintf("%d times %s", same, title)
		}
		out = append(out, style.Render(symbol)+" "+t.Fit(title, room)+" "+t.Dim.Render(when))
	}
	return out
}

// alike tells whether two jobs say the same but for their times.
func alike(a, b *core.JobRow) bool {
	return a.Cluster == b.Cluster && a.State == b.State && a.By == b.By && a.Words() == b.Words()
}
