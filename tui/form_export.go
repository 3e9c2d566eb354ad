package tui

import (
	"context"

	"gwm/core"
	"gwm/tui/form"
)

// formExport asks where the disks of VMs are copied to. The VMs follow the word.
const formExport = "vm export"

func makeExportForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	v := s.View()
	vms, refs, about, err := theseVMs(v, arg)
	if err != nil {
		return entryForm{}, err
	}
	var nodes []form.Option
	for _, n := range v.Nodes() {
		if n.Cluster == vms[0].Cluster {
			nodes = append(nodes, form.Option{Value: n.Name, Label: core.Printable(n.Name), Note: "disk free " + sizeOr(n.DiskFreeMiB)})
		}
	}
	f := entryForm{Form: form.Form{
		Title: "Export " + namesOf(refs, 1), Save: "Export", Intro: "A copy of the disks on a node; an older one is replaced.",
		Fields: []form.Field{
			about,
			{Name: "to", Label: "To", Kind: form.Choice, Required: true, Options: nodes, Folded: true},
			{Name: "how", Label: "How", Kind: form.Choice, Required: true, Value: "short", Options: []form.Option{
				{Value: "short", Label: "down for a moment", Note: "only LVM can do so"},
				{Value: "long", Label: "down until all is copied"},
				{Value: "running", Label: "while it runs", Note: "what it was just writing may be missing"},
			}},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		if v.Text("to") == "" {
			return nil, nil
		}
		return each(refs, func(r core.Ref) core.Op {
			return core.ExportVM{VM: r, To: core.NodeRef(r.Cluster, v.Text("to")), Running: v.Text("how") == "running", Long: v.Text("how") == "long"}
		}), nil
	}
	return f, nil
}
