package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The words of the forms that change VMs; the VMs follow them.
const (
	formReinstall = "vm reinstall"
	formRename    = "vm rename"
	formTags      = "vm tags"
	formGrow      = "vm grow"
	formReplace   = "vm replace-disks"
)

func changeForms() []formKind {
	return []formKind{
		{Word: formReinstall, Make: makeReinstallForm},
		{Word: formRename, Make: makeRenameForm},
		{Word: formTags, Make: makeTagsForm},
		{Word: formGrow, Make: makeGrowForm},
		{Word: formReplace, Make: makeReplaceForm},
		{Word: formExport, Make: makeExportForm},
	}
}

// theseVMs reads the VMs that a form is about, as its first field.
func theseVMs(v *core.View, arg string) ([]*core.VM, []core.Ref, form.Field, error) {
	vms, err := findVMs(v, arg)
	if err != nil {
		return nil, nil, form.Field{}, err
	}
	refs := make([]core.Ref, len(vms))
	for i, vm := range vms {
		refs[i] = vm.Ref()
	}
	return vms, refs, form.Field{Name: "vms", Label: "VM", Kind: form.Fixed, Value: namesOf(refs, 6)}, nil
}

func makeReinstallForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	v := s.View()
	vms, refs, about, err := theseVMs(v, arg)
	if err != nil {
		return entryForm{}, err
	}
	var options []form.Option
	if c, ok := v.Cluster(vms[0].Cluster); ok {
		for _, name := range c.Info.OSes {
			options = append(options, form.Option{Value: name, Label: core.Printable(name)})
		}
	}
	f := entryForm{Form: form.Form{
		Title: "Reinstall " + namesOf(refs, 1), Save: "Reinstall", Intro: "All that is on the disks is lost.",
		Fields: []form.Field{
			about,
			{Name: "os", Label: "System", Kind: form.Choice, Empty: "the one that it has, " + core.Printable(vms[0].OS), Options: options, Folded: true},
			{Name: "params", Label: "Parameters", Kind: form.Lines, Placeholder: "name=value", Help: "Parameters of the operating system, each on a line of its own."},
			{Name: "stopped", Label: "Start", Kind: form.YesNo, Placeholder: "do not start it afterwards"},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		params, err := readParams(v["params"])
		if err != nil {
			return nil, err
		}
		return each(refs, func(r core.Ref) core.Op {
			return core.ReinstallVM{VM: r, OS: v.Text("os"), Params: params, Stopped: v.Yes("stopped")}
		}), nil
	}
	return f, nil
}

// each makes one op for each VM.
func each(refs []core.Ref, op func(core.Ref) core.Op) []core.Op {
	ops := make([]core.Op, len(refs))
	for i, r := range refs {
		ops[i] = op(r)
	}
	return ops
}

// theOneVM is theseVMs for a form about one VM alone.
func theOneVM(v *core.View, arg string) (*core.VM, form.Field, error) {
	vms, refs, about, err := theseVMs(v, arg)
	if err == nil && len(vms) > 1 {
		err = core.Errorf(core.CodeInvalid, "%s are several VMs", namesOf(refs, 2)).WithHint("take one after the other")
	}
	if err != nil {
		return nil, about, err
	}
	return vms[0], about, nil
}

func makeRenameForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	vm, about, err := theOneVM(s.View(), arg)
	if err != nil {
		return entryForm{}, err
	}
	f := entryForm{Form: form.Form{
		Title: "Rename " + core.Printable(vm.Name), Save: "Rename", Intro: "It must be down. Its owner, rights and tokens follow.",
		Fields: []form.Field{
			about,
			{Name: "name", Label: "New name", Required: true, Value: core.Printable(vm.Name), Help: "With its domain, as the cluster writes names."},
			{Name: "nocheck", Label: "Resolve", Kind: form.YesNo, Placeholder: "the name need not resolve"},
			{Name: "inuse", Label: "Address", Kind: form.YesNo, Placeholder: "its address may answer already", When: func(v form.Values) bool { return !v.Yes("nocheck") }},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		if v.Text("name") == vm.Name {
			return nil, nil
		}
		return []core.Op{core.RenameVM{VM: vm.Ref(), Name: v.Text("name"), NoCheck: v.Yes("nocheck"), InUse: v.Yes("inuse")}}, nil
	}
	return f, nil
}

func makeTagsForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	vms, refs, about, err := theseVMs(s.View(), arg)
	if err != nil {
		return entryForm{}, err
	}
	var have []form.Option
	for _, vm := range vms {
		for _, tag := range vm.Tags {
			o := form.Option{Value: tag, Label: core.Printable(tag)}
			if !strings.HasPrefix(tag, "gwm:") && !slices.ContainsFunc(have, func(h form.Option) bool { return h.Value == tag }) {
				have = append(have, o)
			}
		}
	}
	f := entryForm{Form: form.Form{
		Title: "Tags of " + namesOf(refs, 1),
		Fields: []form.Field{
			about,
			{Name: "add", Label: "Add", Placeholder: "env:prod web", Help: "Tags with a space between them: letters, digits and . + * / : @ - _"},
			{Name: "remove", Label: "Remove", Kind: form.Boxes, Options: have, When: func(form.Values) bool { return len(have) > 0 }},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		var ops []core.Op
		for _, vm := range vms {
			add := slices.DeleteFunc(strings.Fields(v.Text("add")), func(tag string) bool { return slices.Contains(vm.Tags, tag) })
			if len(add) > 0 {
				ops = append(ops, core.TagVM{VM: vm.Ref(), Tags: add})
			}
			remove := slices.DeleteFunc(v.List("remove"), func(tag string) bool { return !slices.Contains(vm.Tags, tag) })
			if len(remove) > 0 {
				ops = append(ops, core.UntagVM{VM: vm.Ref(), Tags: remove})
			}
		}
		return ops, nil
	}
	return f, nil
}

func makeGrowForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	vm, about, err := theOneVM(s.View(), arg)
	if err != nil {
		return entryForm{}, err
	}
	if len(vm.Disks) == 0 {
		return entryForm{}, core.Errorf(core.CodeState, "%s has no disks", core.Printable(vm.Name))
	}
	options := make([]form.Option, len(vm.Disks))
	for i, d := range vm.Disks {
		options[i] = form.Option{Value: strconv.Itoa(i), Label: fmt.Sprintf("disk %d", i), Note: strings.TrimSpace(core.FormatSize(d.SizeMiB) + " " + core.Printable(d.Name))}
	}
	f := entryForm{Form: form.Form{
		Title: "Grow a disk of " + core.Printable(vm.Name), Save: "Grow", Intro: "It cannot be made smaller again.",
		Fields: []form.Field{
			about,
			{Name: "disk", Label: "Disk", Kind: form.Choice, Required: true, Value: "0", Options: options},
			{Name: "by", Label: "Grow by", Kind: form.Number, Unit: form.MiB, Required: true, Placeholder: "10 GiB"},
			{Name: "override", Label: "Reason", Help: "Needed to exceed the quota of its owner; for administrators of the cluster."},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		if v.Text("by") == "" {
			return nil, nil
		}
		disk, err := strconv.Atoi(v.Text("disk"))
		if err != nil {
			return nil, fmt.Errorf("read the number of a disk: %w", err)
		}
		by, err := core.ParseSize(v.Text("by"))
		if err != nil {
			return nil, err
		}
		return []core.Op{core.GrowDisk{VM: vm.Ref(), Disk: disk, To: vm.Disks[disk].SizeMiB + by, Override: v.Text("override")}}, nil
	}
	return f, nil
}

func makeReplaceForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	v := s.View()
	vms, refs, about, err := theseVMs(v, arg)
	if err != nil {
		return entryForm{}, err
	}
	var nodes []form.Option
	for _, n := range v.Nodes() {
		if n.Cluster == vms[0].Cluster {
			nodes = append(nodes, form.Option{Value: n.Name, Label: core.Printable(n.Name), Note: core.Printable(string(n.Role))})
		}
	}
	f := entryForm{Form: form.Form{
		Title: "Replace disks of " + namesOf(refs, 1), Save: "Replace", Intro: "Only what has its disks on two nodes (DRBD) has copies to replace.",
		Fields: []form.Field{
			about,
			{Name: "mode", Label: "What", Kind: form.Choice, Required: true, Value: string(core.ReplaceAuto), Options: []form.Option{
				{Value: string(core.ReplaceAuto), Label: "what is broken", Note: "where it is"},
				{Value: string(core.ReplaceSecondary), Label: "the second copy", Note: "where it is"},
				{Value: string(core.ReplacePrimary), Label: "the first copy", Note: "on the node where the VM runs"},
				{Value: string(core.ReplaceNew), Label: "a new second copy", Note: "on another node"},
			}},
			{
				Name: "to", Label: "To", Kind: form.Choice, Empty: "a node that the cluster chooses", Options: nodes,
				When: func(v form.Values) bool { return v.Text("mode") == string(core.ReplaceNew) },
			},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		return each(refs, func(r core.Ref) core.Op {
			op := core.ReplaceDisks{VM: r, Mode: core.ReplaceMode(v.Text("mode"))}
			if to := v.Text("to"); to != "" && op.Mode == core.ReplaceNew {
				op.To = core.NodeRef(r.Cluster, to)
			}
			return op
		}), nil
	}
	return f, nil
}
