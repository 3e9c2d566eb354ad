package tui

import (
	"context"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

func makeNodeTagsForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	nodes, about, err := theseNodes(s.View(), formNodeTags, arg)
	if err != nil {
		return entryForm{}, err
	}
	var have []form.Option
	for _, n := range nodes {
		for _, tag := range n.Tags {
			known := slices.ContainsFunc(have, func(o form.Option) bool { return o.Value == tag })
			if !known && !strings.HasPrefix(tag, "gwm:") {
				have = append(have, form.Option{Value: tag, Label: core.Printable(tag)})
			}
		}
	}
	f := entryForm{Form: form.Form{
		Title: "Tags of " + about.Value,
		Fields: []form.Field{
			about,
			{Name: "add", Label: "Add", Placeholder: "rack:7 old", Help: "Tags with a space between them: letters, digits and . + * / : @ - _"},
			{Name: "remove", Label: "Remove", Kind: form.Boxes, Options: have, When: func(form.Values) bool { return len(have) > 0 }},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		var ops []core.Op
		for _, n := range nodes {
			add := slices.DeleteFunc(strings.Fields(v.Text("add")), func(tag string) bool { return slices.Contains(n.Tags, tag) })
			if len(add) > 0 {
				ops = append(ops, core.TagNode{Node: n.Ref(), Tags: add})
			}
			remove := slices.DeleteFunc(v.List("remove"), func(tag string) bool { return !slices.Contains(n.Tags, tag) })
			if len(remove) > 0 {
				ops = append(ops, core.UntagNode{Node: n.Ref(), Tags: remove})
			}
		}
		return ops, nil
	}
	return f, nil
}

// What can be done with a part of a node's storage, as the form writes it.
const (
	storageOpen   = "open"
	storageClose  = "close"
	storageRepair = "repair"
)

// makeStorageForm shows the storage of a node, which its cluster asks it for, and
// what can be done with it.
func makeStorageForm(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
	n, about, err := theOneNode(s.View(), formStorage, arg)
	if err != nil {
		return entryForm{}, err
	}
	units, err := s.Storage(ctx, n.Ref(), "")
	if err == nil && len(units) == 0 {
		err = core.Errorf(core.CodeState, "%s lists no storage", core.Printable(n.Name)).WithHint("look whether the node runs")
	}
	if err != nil {
		return entryForm{}, err
	}
	options := make([]form.Option, len(units))
	for i, u := range units {
		options[i] = form.Option{Value: u.Type + " " + u.Name, Label: core.Printable(u.Name), Note: core.Printable(u.Type) + ", " + sizeOr(u.FreeMiB) + " of " + sizeOr(u.SizeMiB) + " free"}
		if !u.Allocatable {
			options[i].Note += ", closed to new disks"
		}
	}
	unit := func(v form.Values) core.StorageUnit {
		i := slices.IndexFunc(units, func(u core.StorageUnit) bool { return u.Type+" "+u.Name == v.Text("unit") })
		if i < 0 {
			return core.StorageUnit{}
		}
		return units[i]
	}
	f := entryForm{Form: form.Form{
		Title: "Storage of " + core.Printable(n.Name), Save: "Do it",
		Fields: []form.Field{
			about,
			{Name: "unit", Label: "Storage", Kind: form.Choice, Required: true, Options: options, Help: "As its cluster says just now."},
			{Name: "do", Label: "Change", Kind: form.Choice, Empty: "nothing", Offer: func(v form.Values) []form.Option { return storageChanges(unit(v)) }},
		},
	}}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		switch u := unit(v); v.Text("do") {
		case storageOpen, storageClose:
			return []core.Op{core.SetStorage{Node: n.Ref(), Type: u.Type, Name: u.Name, Allocatable: v.Text("do") == storageOpen}}, nil
		case storageRepair:
			return []core.Op{core.RepairStorage{Node: n.Ref(), Type: u.Type, Name: u.Name}}, nil
		}
		return nil, nil
	}
	return f, nil
}

// storageChanges are what can be done with a part of storage; what cannot says why.
func storageChanges(u core.StorageUnit) []form.Option {
	change := func(value, label, kind, why string) form.Option {
		o := form.Option{Value: value, Label: label}
		if u.Type != kind {
			o.State, o.Why = form.Disabled, "only "+kind+" can be "+why
		}
		return o
	}
	return []form.Option{
		change(storageClose, "close it to new disks", core.StorageVolume, "closed"),
		change(storageOpen, "open it to new disks", core.StorageVolume, "opened"),
		change(storageRepair, "repair it", core.StorageGroup, "repaired"),
	}
}
