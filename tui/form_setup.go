package tui

import (
	"context"
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The forms about a cluster as a whole; its name follows the word, and after it that
// of the node group or network that is chosen first.
const (
	formSettings      = "cluster set"
	formClusterTags   = "cluster tags"
	formGroupAdd      = "nodegroup add"
	formGroupEdit     = "nodegroup edit"
	formGroupTags     = "nodegroup tags"
	formAssign        = "nodegroup assign"
	formGroupDelete   = "nodegroup delete"
	formNetworkAdd    = "network add"
	formNetworkEdit   = "network edit"
	formNetworkTags   = "network tags"
	formConnect       = "network connect"
	formDisconnect    = "network disconnect"
	formNetworkDelete = "network delete"
)

func setupForms() []formKind {
	return []formKind{
		{Word: formSettings, Make: setupForm(makeSettings)},
		{Word: formClusterTags, Make: setupForm(makeClusterTags)},
		{Word: formGroupAdd, Make: setupForm(makeGroupOfNodesAdd)},
		{Word: formGroupEdit, Make: setupForm(makeGroupOfNodesEdit)},
		{Word: formGroupTags, Make: setupForm(makeGroupOfNodesTags)},
		{Word: formAssign, Make: setupForm(makeAssign)},
		{Word: formGroupDelete, Make: setupForm(makeGroupOfNodesDelete)},
		{Word: formNetworkAdd, Make: setupForm(makeNetworkAdd)},
		{Word: formNetworkEdit, Make: setupForm(makeNetworkEdit)},
		{Word: formNetworkTags, Make: setupForm(makeNetworkTags)},
		{Word: formConnect, Make: setupForm(makeConnect)},
		{Word: formDisconnect, Make: setupForm(makeDisconnect)},
		{Word: formNetworkDelete, Make: setupForm(makeNetworkDelete)},
	}
}

// setupOn is what a form is about: a cluster and, where it is known, one of its node
// groups or networks.
type setupOn struct{ cluster, part string }

// setupForm makes a form of what the cluster says now, for who administers it.
func setupForm(mk func(v *core.View, on setupOn, now core.Offer) (entryForm, error)) func(context.Context, *core.Session, string) (entryForm, error) {
	return func(ctx context.Context, s *core.Session, arg string) (entryForm, error) {
		v := s.View()
		cluster, part, _ := strings.Cut(arg, " ")
		r, err := v.Find(core.KindCluster, cluster)
		if err != nil {
			return entryForm{}, err
		}
		if d := s.Can(core.RedistributeConfig{Cluster: r.Cluster}); !d.OK {
			return entryForm{}, core.Errorf(core.CodeDenied, "set up %s: %s", r.Cluster, d.Why)
		}
		now, err := s.Offer(ctx, r.Cluster)
		if err != nil {
			return entryForm{}, err
		}
		return mk(v, setupOn{r.Cluster, part}, now)
	}
}

// groupOptions are the node groups of a cluster.
func groupOptions(now core.Offer) []form.Option {
	out := make([]form.Option, len(now.Groups))
	for i, g := range now.Groups {
		out[i] = form.Option{Value: g.Name, Label: core.Printable(g.Name), Note: counted(len(g.Nodes), "node") + ", " + core.Printable(g.AllocPolicy)}
	}
	return out
}

func networkOptions(now core.Offer) []form.Option {
	out := make([]form.Option, len(now.Networks))
	for i, n := range now.Networks {
		out[i] = form.Option{Value: n.Name, Label: core.Printable(n.Name), Note: core.Printable(n.CIDR)}
	}
	return out
}

// choiceOf is a field with options, the first one chosen.
func choiceOf(name, label string, options []form.Option) form.Field {
	f := form.Field{Name: name, Label: label, Kind: form.Choice, Required: true, Options: options}
	if i := slices.IndexFunc(options, func(o form.Option) bool { return o.State != form.Disabled }); i >= 0 {
		f.Value = options[i].Value
	}
	return f
}

// partField asks which node group or network it is, the one that the form is about
// first.
func (on setupOn) partField(name, label string, options []form.Option) (form.Field, error) {
	f := choiceOf(name, label, options)
	if on.part == "" {
		return f, nil
	}
	i := slices.IndexFunc(options, func(o form.Option) bool { return o.Value == on.part })
	if i < 0 {
		return f, core.Errorf(core.CodeNotFound, "%s has no %s %s any more", on.cluster, strings.ToLower(label), core.Printable(on.part))
	}
	if o := options[i]; o.State == form.Disabled {
		return f, core.Errorf(core.CodeState, "%s: %s", o.Label, o.Why)
	}
	f.Value = on.part
	return f, nil
}

// policyField asks whether VMs are put on a group of nodes.
func policyField(now string) form.Field {
	notes := map[string]string{"preferred": "VMs are put there", "last_resort": "only where no other group has room", "unallocable": "VMs are not put there"}
	f := form.Field{Name: "policy", Label: "Allocation", Kind: form.Choice, Value: now, Required: true}
	for _, p := range core.AllocPolicies() {
		f.Options = append(f.Options, form.Option{Value: p, Label: p, Note: notes[p]})
	}
	return f
}

// newName asks for the name of something that is not there yet.
func newName(taken []form.Option) (form.Field, func(form.Values) map[string]error) {
	f := form.Field{Name: "name", Label: "Name", Required: true, Max: 64, Placeholder: "rack2"}
	return f, func(v form.Values) map[string]error {
		name := v.Text("name")
		if slices.ContainsFunc(taken, func(o form.Option) bool { return o.Value == name }) {
			return map[string]error{"name": core.Errorf(core.CodeConflict, "there is one called %s already", core.Printable(name))}
		}
		return nil
	}
}

func makeGroupOfNodesAdd(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	name, free := newName(groupOptions(now))
	return entryForm{
		Form: form.Form{Title: "Add a node group to " + on.cluster, Save: "Add", Fields: []form.Field{name, policyField("preferred")}, Check: free},
		Ops: func(v form.Values) ([]core.Op, error) {
			if v.Text("name") == "" {
				return nil, nil
			}
			return []core.Op{core.AddNodeGroup{Cluster: on.cluster, Name: v.Text("name"), Policy: v.Text("policy")}}, nil
		},
	}, nil
}

func makeAssign(v *core.View, on setupOn, now core.Offer) (entryForm, error) {
	var nodes []form.Option
	for _, n := range v.Nodes() {
		if n.Cluster == on.cluster {
			nodes = append(nodes, form.Option{Value: n.Name, Label: core.Printable(n.Name), Note: "in " + core.Printable(n.Group) + ", " + counted(len(n.Primary), "VM")})
		}
	}
	to, err := on.partField("group", "Node group", groupOptions(now))
	to.Label = "To"
	return entryForm{
		Form: form.Form{Title: "Assign nodes of " + on.cluster, Save: "Assign", Fields: []form.Field{
			to,
			{Name: "nodes", Label: "Nodes", Kind: form.Boxes, Options: nodes},
			{Name: "force", Label: "Split", Kind: form.YesNo, Placeholder: "also where a VM and its second copy come to be in two groups"},
		}},
		Ops: func(v form.Values) ([]core.Op, error) {
			op := core.AssignNodes{Cluster: on.cluster, Name: v.Text("group"), Force: v.Yes("force")}
			for _, n := range v.List("nodes") {
				op.Nodes = append(op.Nodes, core.NodeRef(on.cluster, n))
			}
			if len(op.Nodes) == 0 {
				return nil, nil
			}
			return []core.Op{op}, nil
		},
	}, err
}

func makeGroupOfNodesDelete(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	options := groupOptions(now)
	for i, g := range now.Groups {
		if len(g.Nodes) > 0 {
			options[i].State, options[i].Why = form.Disabled, "it has "+counted(len(g.Nodes), "node")
		}
	}
	which, err := on.partField("group", "Node group", options)
	return entryForm{
		Form: form.Form{Title: "Delete a node group of " + on.cluster, Save: "Delete", Fields: []form.Field{which}},
		Ops: func(v form.Values) ([]core.Op, error) {
			if v.Text("group") == "" {
				return nil, nil
			}
			return []core.Op{core.RemoveNodeGroup{Cluster: on.cluster, Name: v.Text("group")}}, nil
		},
	}, err
}

// settingEdits reads NAME=VALUE words.
func settingEdits(text string) ([]core.ParamEdit, error) {
	var out []core.ParamEdit
	for _, word := range strings.Fields(text) {
		e, err := core.ParseSetting(word)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
