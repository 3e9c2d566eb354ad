package tui

import (
	"context"
	"fmt"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The words of the forms about nodes; the nodes follow them.
const (
	formEvacuate = "node evacuate"
	formNodeEdit = "node edit"
	formNodeTags = "node tags"
	formStorage  = "node storage"
	formNodeRole = "node role"
)

func nodeForms() []formKind {
	return []formKind{
		{Word: formEvacuate, Make: makeEvacuateForm},
		{Word: formNodeEdit, Make: makeNodeEditForm},
		{Word: formNodeTags, Make: makeNodeTagsForm},
		{Word: formStorage, Make: makeStorageForm},
		{Word: formNodeRole, Make: makeRoleForm},
	}
}

// theseNodes reads the nodes that a form is about, as its first field.
func theseNodes(v *core.View, word, arg string) ([]*core.Node, form.Field, error) {
	var nodes []*core.Node
	var refs []core.Ref
	for name := range strings.FieldsSeq(arg) {
		r, err := v.Find(core.KindNode, name)
		if err != nil {
			return nil, form.Field{}, err
		}
		n, ok := v.Node(r)
		if !ok {
			return nil, form.Field{}, core.Unknown(core.KindNode, name)
		}
		nodes, refs = append(nodes, n), append(refs, r)
	}
	if len(nodes) == 0 {
		return nil, form.Field{}, core.Errorf(core.CodeInvalid, "no node is named").WithHint("%s NODE", word)
	}
	return nodes, form.Field{Name: "nodes", Label: "Node", Kind: form.Fixed, Value: namesOf(refs, 6)}, nil
}

// theOneNode is theseNodes for a form about one node alone.
func theOneNode(v *core.View, word, arg string) (*core.Node, form.Field, error) {
	nodes, about, err := theseNodes(v, word, arg)
	if err == nil && len(nodes) > 1 {
		err = core.Errorf(core.CodeInvalid, "%d nodes are named", len(nodes)).WithHint("take one after the other")
	}
	if err != nil {
		return nil, about, err
	}
	return nodes[0], about, nil
}

func makeEvacuateForm(_ context.Context, s *core.Session, arg string) (entryForm, error) {
	v := s.View()
	n, about, err := theOneNode(v, formEvacuate, arg)
	if err != nil {
		return entryForm{}, err
	}
	what := core.EvacuatePrimary
	if len(n.Primary) == 0 && len(n.Secondary) > 0 {
		what = core.EvacuateSecondary
	}
	second := func(v form.Values) bool { return v.Text("what") == string(core.EvacuateSecondary) }
	f := entryForm{Form: form.Form{
		Title: "Evacuate " + core.Printable(n.Name), Save: "Evacuate", Intro: "The summary lists what would move.",
		Fields: []form.Field{
			about,
			{Name: "what", Label: "What leaves", Kind: form.Choice, Required: true, Value: string(what), Options: []form.Option{
				{Value: string(core.EvacuatePrimary), Label: "its VMs", Note: counted(len(n.Primary), "VM") + ", those that are down too"},
				{Value: string(core.EvacuateSecondary), Label: "second copies", Note: fmt.Sprintf("of the disks of %s", counted(len(n.Secondary), "VM"))},
				{Value: string(core.EvacuateAll), Label: "both", Note: "the VMs, then the second copies"},
			}},
			{Name: "to", Label: "To", Kind: form.Choice, Folded: true, Empty: "where an allocator says", Options: nodesBeside(v, n), When: second},
			{
				Name: "allocator", Label: "Allocator", Empty: "the cluster's default", Placeholder: "hail",
				Help: "The program of the cluster that chooses a node for each.",
				When: func(v form.Values) bool { return !second(v) || v.Text("to") == "" },
			},
			{
				Name: "early", Label: "Old copies", Kind: form.YesNo, Placeholder: "give them up before the new ones are complete",
				Help: "Faster, but meanwhile the disks have one copy alone.",
			},
		},
		Alarm: func(v form.Values) string { return noRoom(s.View(), n, core.Evacuation(v.Text("what"))) },
	}}
	f.Summary = func(v form.Values) []string { return leaving(s.View(), n, core.Evacuation(v.Text("what"))) }
	f.Ops = func(v form.Values) ([]core.Op, error) {
		o := core.EvacuateNode{Node: n.Ref(), What: core.Evacuation(v.Text("what")), Early: v.Yes("early")}
		if to := v.Text("to"); to != "" && second(v) {
			o.To = core.NodeRef(n.Cluster, to)
		} else {
			o.Allocator = v.Text("allocator")
		}
		return []core.Op{o}, nil
	}
	return f, nil
}

// nodesBeside are the nodes of the same group that could take something, with
// what is free there.
func nodesBeside(v *core.View, of *core.Node) []form.Option {
	var out []form.Option
	for _, n := range v.Nodes() {
		if n.Cluster != of.Cluster || n.Name == of.Name {
			continue
		}
		o := form.Option{Value: n.Name, Label: core.Printable(n.Name), Note: "free: memory " + sizeOr(n.MemoryFreeMiB) + ", disk " + sizeOr(n.DiskFreeMiB)}
		switch {
		case n.Offline || n.Drained || !n.VMCapable:
			o.State, o.Why = form.Disabled, "the node takes no VMs: "+string(n.Role)
		case n.Group != of.Group:
			o.State, o.Why = form.Disabled, "it is of node group "+core.Printable(n.Group)
		}
		out = append(out, o)
	}
	return out
}

// listedMost is how many names a list in a summary has at most: what is done and
// its command stay in sight below.
const listedMost = 5

// leaving lists what an evacuation would move, as far as it is known now.
func leaving(v *core.View, n *core.Node, what core.Evacuation) []string {
	var out []string
	most := listedMost
	if what == core.EvacuateAll {
		most /= 2
	}
	list := func(head string, names []string) {
		if len(names) == 0 {
			out = append(out, head+": none")
			return
		}
		out = append(out, head+" ("+counted(len(names), "VM")+"):")
		more := len(names) - most
		if more > 1 {
			names = names[:most]
		}
		for _, name := range names {
			line := "  " + core.Printable(name)
			if vm, ok := v.VM(core.VMRef(n.Cluster, name)); ok {
				line += ", " + string(vm.State) + ", " + size(vm.MemoryMiB) + ", disks " + size(vm.DiskMiB) + " (" + core.Printable(vm.DiskTemplate) + ")"
			}
			out = append(out, line)
		}
		if more > 1 {
			out = append(out, fmt.Sprintf("  and %d more; the node's page lists them all", more))
		}
	}
	if what != core.EvacuateSecondary {
		list("VMs that would move", n.Primary)
	}
	if what != core.EvacuatePrimary {
		list("second copies that would move", n.Secondary)
	}
	return append(out, "")
}

// noRoom warns where the others of the group cannot take the VMs of a node.
func noRoom(v *core.View, n *core.Node, what core.Evacuation) string {
	if what == core.EvacuateSecondary {
		return ""
	}
	s := v.Spare(n.Ref())
	if s.State != core.SpareLacking {
		return ""
	}
	return s.Why
}
