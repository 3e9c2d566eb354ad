package tui

import (
	"context"
	"slices"

	"gwm/core"
	"gwm/tui/form"
)

// formExport asks where the disks of VMs are copied to. The VMs follow the word.
const formExport = "vm export"

// The answers to how long a VM is down for its copy.
const (
	exportShort   = "short"
	exportLong    = "long"
	exportRunning = "running"
)

func makeExportForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	v := s.View()
	vms, refs, about, err := theseVMs(v, arg)
	if err != nil {
		return entryForm{}, err
	}
	stays := func(v form.Values) bool { return !v.Yes("remove") }
	stops := func(v form.Values) bool { return v.Yes("remove") || v["how"] != exportRunning }
	f := entryForm{Form: form.Form{
		Title: "Export " + namesOf(refs, 1), Save: "Export", Intro: "A backup on a node; it takes the place of any older one of the VM.",
		Fields: []form.Field{
			about,
			{Name: "to", Label: "To", Kind: form.Choice, Options: exportPlaces(v, vms[0].Cluster), Folded: true, Empty: "the node that it is on", Help: "The node that keeps the copy."},
			{Name: "remove", Label: "Afterwards", Kind: form.YesNo, Placeholder: "delete the VM, so that only the copy remains"},
			{Name: "how", Label: "Meanwhile", Kind: form.Choice, Required: true, Value: exportDefault(vms), Options: exportWays(vms), When: stays},
			{Name: "ignore", Label: "Failures", Kind: form.YesNo, Placeholder: "pass over what cannot be removed", When: func(v form.Values) bool { return v.Yes("remove") }},
			{Name: "compress", Label: "Compress", Kind: form.Choice, Empty: "not at all", Options: []form.Option{{Value: "gzip"}, {Value: "gzip-fast"}, {Value: "gzip-slow"}}, Folded: true, Help: "On the way to the node; the copy itself is as large as the disks."},
			{Name: "zero", Label: "Free space", Kind: form.YesNo, Placeholder: "overwrite it with zeros first; needs a zeroing_image of the cluster", When: stops},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		return each(refs, func(r core.Ref) core.Op {
			o := core.ExportVM{VM: r, Remove: v.Yes("remove"), Compress: v["compress"], ZeroFree: stops(v) && v.Yes("zero")}
			if to := v["to"]; to != "" {
				o.To = core.NodeRef(r.Cluster, to)
			}
			if o.Remove {
				o.Ignore = v.Yes("ignore")
				return o
			}
			o.Running, o.Long = v["how"] == exportRunning, v["how"] == exportLong
			return o
		}), nil
	}
	return f, nil
}

// exportDefault is how VMs are copied where nobody chooses: as shortly as all of them
// can be.
func exportDefault(vms []*core.VM) string {
	if slices.ContainsFunc(vms, func(vm *core.VM) bool { return !vm.SetsAside() }) {
		return exportLong
	}
	return exportShort
}

// exportWays are the ways to copy VMs; those that the cluster cannot do say why.
func exportWays(vms []*core.VM) []form.Option {
	ways := []form.Option{
		{Value: exportShort, Label: "down for a moment"},
		{Value: exportLong, Label: "down until all is copied"},
		{Value: exportRunning, Label: "it goes on running", Note: "what it was just writing may be missing"},
	}
	if i := slices.IndexFunc(vms, func(vm *core.VM) bool { return !vm.SetsAside() }); i >= 0 {
		why := "the cluster sets only disks on LVM aside, these are " + core.Printable(vms[i].DiskTemplate)
		for _, n := range []int{0, 2} {
			ways[n].State, ways[n].Why = form.Disabled, why
		}
	}
	return ways
}

// exportPlaces are the nodes that could keep a copy.
func exportPlaces(v *core.View, cluster string) (nodes []form.Option) {
	for _, n := range v.Nodes() {
		if n.Cluster != cluster {
			continue
		}
		o := form.Option{Value: n.Name, Label: core.Printable(n.Name), Note: string(n.Role)}
		if n.Offline || n.Drained {
			o.State, o.Why = form.Disabled, "it takes nothing now: "+string(n.Role)
		}
		nodes = append(nodes, o)
	}
	return nodes
}
