package tui

import (
	"strconv"
	"strings"

	"gwm/core"
	grid "gwm/tui/table"
)

// kindTemplate are the rows of the page; a Ref of it has cluster and name.
const kindTemplate core.Kind = "template"

// templateRow is a template as a row.
type templateRow struct{ core.Template }

// newTemplatesPage makes the table of the templates that the person may use.
func newTemplatesPage(h *host, at place) *rosterPage[templateRow] {
	p := newRosterPage(h, at, "template", traitTemplates, templateFields(h.look))
	p.id = func(t *templateRow) core.Ref { return core.Ref{Kind: kindTemplate, Cluster: t.Cluster, Name: t.Name} }
	p.match = func(t *templateRow) core.Row { return t }
	p.open = func(t *templateRow) (place, bool) {
		return place{Page: pageForm, On: core.ClusterRef(t.Cluster), Arg: formTemplateEdit + " " + t.Path()}, true
	}
	p.take = func(r *roster) []*templateRow {
		var rows []*templateRow
		for _, t := range r.templates {
			if at.On.Cluster == "" || at.On.Cluster == t.Cluster {
				rows = append(rows, &templateRow{t})
			}
		}
		return rows
	}
	p.empty = func() (what, hint string) {
		return "there is no template on any cluster on which you may create VMs", "a makes one; :template-of VM makes one of a VM; the last step of creating a VM does too"
	}
	return p.begin()
}

func templateFields(look *look) []field[templateRow] {
	text := func(f func(*templateRow) string) func(*templateRow) grid.Cell {
		return func(t *templateRow) grid.Cell { return grid.Cell{Text: f(t), Style: look.theme.Text} }
	}
	words := func(key, title string, least, ideal, drop int, f func(*templateRow) string) field[templateRow] {
		return field[templateRow]{
			Column: grid.Column{Key: key, Title: title, Min: least, Ideal: ideal, Drop: drop, Elastic: key == "name" || key == "description"},
			cmp:    byText(f), cell: text(f),
		}
	}
	amount := func(key, title string, drop int, n func(*templateRow) int, say func(int) string) field[templateRow] {
		return field[templateRow]{
			Column: grid.Column{Key: key, Title: title, Min: 6, Ideal: 6, Drop: drop, Right: true}, desc: true, cmp: byNumber(n),
			cell: func(t *templateRow) grid.Cell { return grid.Cell{Text: say(n(t)), Style: look.theme.Text} },
		}
	}
	return []field[templateRow]{
		words("name", "name", 12, 22, 0, func(t *templateRow) string { return t.Name }),
		words("cluster", "cluster", 8, 12, 0, func(t *templateRow) string { return t.Cluster }),
		words("os", "system", 12, 22, 2, func(t *templateRow) string { return t.VM.OS }),
		amount("vcpus", "cpus", 3, func(t *templateRow) int { return t.VM.VCPUs }, strconv.Itoa),
		amount("memory", "memory", 1, func(t *templateRow) int { return t.VM.MemoryMiB }, size),
		amount("disk", "disk", 1, func(t *templateRow) int { return t.DiskMiB() }, size),
		words("hypervisor", "hyp", 6, 8, 4, func(t *templateRow) string { return t.VM.Hypervisor }),
		words("description", "description", 12, 28, 2, func(t *templateRow) string { return t.Description }),
		words("by", "by", 6, 10, 5, func(t *templateRow) string { return t.By }),
	}
}

// FilterText, FilterField and FilterNumber make a template a core.Row.
func (t *templateRow) FilterText() string {
	return strings.ToLower(strings.Join([]string{t.Cluster, t.Name, t.Description, t.VM.OS, t.VM.Hypervisor, t.By}, " "))
}

func (t *templateRow) FilterField(name string) (values []string, ok bool) {
	switch name {
	case "name":
		values = []string{t.Name}
	case "cluster":
		values = []string{t.Cluster}
	case "os":
		values = []string{t.VM.OS}
	case "hypervisor":
		values = []string{t.VM.Hypervisor}
	case "by":
		values = []string{t.By}
	default:
		return nil, false
	}
	return lowered(values), true
}

func (t *templateRow) FilterNumber(name string) (n int64, ok bool) {
	switch name {
	case "memory":
		return int64(t.VM.MemoryMiB), true
	case "disk":
		return int64(t.DiskMiB()), true
	case "vcpus", "cpus":
		return int64(t.VM.VCPUs), true
	}
	return 0, false
}
