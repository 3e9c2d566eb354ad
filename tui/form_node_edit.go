package tui

import (
	"context"
	"slices"

	"gwm/core"
	"gwm/tui/form"
)

func makeNodeEditForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	n, about, err := theOneNode(s.View(), formNodeEdit, arg)
	if err != nil {
		return entryForm{}, err
	}
	own := slices.DeleteFunc(slices.Clone(n.Params), func(p core.Param) bool { return !slices.Contains(core.NodeParams(), p.Name) })
	f := entryForm{Form: form.Form{Title: "Edit " + core.Printable(n.Name), Fields: nodeEditFields(n, about, own)}}
	f.Check = func(v form.Values) map[string]error {
		if v.Yes("vms") && v.Yes("master") && !n.VMCapable && !n.MasterCapable {
			return map[string]error{"master": core.Errorf(core.CodeInvalid, "one after the other: let it hold VMs first")}
		}
		return nil
	}
	f.Ops = func(v form.Values) ([]core.Op, error) {
		o := core.EditNode{
			Node: n.Ref(), MasterCapable: turned(n.MasterCapable, v.Yes("master")), VMCapable: turned(n.VMCapable, v.Yes("vms")),
			Params: editedParams(own, v), Promote: v.Yes("promote") && losesMaster(n, v),
		}
		if o.VMCapable == nil && o.MasterCapable == nil && len(o.Params) == 0 {
			return nil, nil
		}
		return []core.Op{o}, nil
	}
	return f, nil
}

func nodeEditFields(n *core.Node, about form.Field, own []core.Param) []form.Field {
	fields := []form.Field{
		about,
		{Name: "vms", Label: "VMs", Kind: form.YesNo, Value: yesValue(n.VMCapable), Placeholder: "it may hold VMs"},
		{Name: "master", Label: "Master", Kind: form.YesNo, Value: yesValue(n.MasterCapable), Placeholder: "it may become master"},
		{
			Name: "promote", Label: "Candidates", Kind: form.YesNo, Placeholder: "make another node a master candidate where one is missing then",
			When: func(v form.Values) bool { return losesMaster(n, v) },
		},
	}
	if len(own) > 0 {
		fields = append(fields, form.Field{Name: "params", Label: "Parameters", Kind: form.Section})
	}
	for _, p := range own {
		fields = append(fields, form.Field{
			Name: "p/" + p.Name, Label: core.Printable(p.Name), Value: core.Printable(p.Value), Empty: "as its group has it",
		})
	}
	return fields
}

// losesMaster holds where the node may become master and is to be forbidden it.
func losesMaster(n *core.Node, v form.Values) bool { return n.MasterCapable && !v.Yes("master") }

// turned is what a switch is to be, nil where it stays.
func turned(was, is bool) *bool {
	if was == is {
		return nil
	}
	return &is
}

// editedParams are the parameters that the form has otherwise; an empty one is to
// be as its group has it.
func editedParams(own []core.Param, v form.Values) (edits []core.ParamEdit) {
	for _, p := range own {
		if value := v.Text("p/" + p.Name); value != core.Printable(p.Value) {
			edits = append(edits, core.ParamEdit{Name: p.Name, Value: value, Inherit: value == "", Was: &p})
		}
	}
	return edits
}

func yesValue(is bool) string {
	if is {
		return "yes"
	}
	return ""
}
