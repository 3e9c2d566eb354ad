package tui

import (
	"slices"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// makeGroupOfNodesEdit opens with what the node group is.
func makeGroupOfNodesEdit(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	which, err := on.partField("group", "Node group", groupOptions(now))
	fill := func(v form.Values) form.Values {
		g, _ := now.Group(v.Text("group"))
		return form.Values{"name": core.Printable(g.Name), "policy": g.AllocPolicy}
	}
	which.Fill = fill
	is := fill(form.Values{"group": which.Value})
	policy := policyField(is["policy"])
	policy.Help = "Whether VMs are put there where nobody chooses a node."
	return entryForm{
		Form: form.Form{Title: "Edit a node group of " + on.cluster, Fields: []form.Field{
			which,
			{Name: "name", Label: "Name", Value: is["name"], Required: true, Max: 64},
			policy,
			{Name: "more", Label: "Settings", Max: 2000, Placeholder: "policy/max/cpu-count=8 nd/ssh_port=default", Help: "NAME=VALUE with blanks between them, as the page shows them; default is the cluster's value."},
		}},
		Ops: func(v form.Values) ([]core.Op, error) {
			was := fill(v)
			set, err := settingEdits(v.Text("more"))
			if err != nil {
				return nil, err
			}
			if policy := v.Text("policy"); policy != was["policy"] {
				set = append(set, core.ParamEdit{Name: core.SettingAllocPolicy, Value: policy})
			}
			var ops []core.Op
			if len(set) > 0 {
				op := core.SetClusterParams{Cluster: on.cluster, Group: v.Text("group"), Params: set}
				if err := op.See(now); err != nil {
					return nil, err
				}
				ops = append(ops, op)
			}
			if to := v.Text("name"); to != was["name"] {
				ops = append(ops, core.RenameNodeGroup{Cluster: on.cluster, Name: v.Text("group"), To: to})
			}
			return ops, nil
		},
	}, err
}

// makeNetworkEdit opens with what the network is.
func makeNetworkEdit(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	if len(now.Networks) == 0 {
		return entryForm{}, noNetworks(on.cluster)
	}
	which, err := on.partField("network", "Network", networkOptions(now))
	fill := func(v form.Values) form.Values {
		n, _ := now.Network(v.Text("network"))
		return form.Values{
			"gateway": core.Printable(n.Gateway), "cidr6": core.Printable(n.CIDR6), "gateway6": core.Printable(n.Gateway6), "mac": core.Printable(n.MACPrefix),
			"reserved": core.Printable(strings.Join(n.Releasable(), " ")),
		}
	}
	which.Fill = fill
	is := fill(form.Values{"network": which.Value})
	ops := func(v form.Values) ([]core.Op, error) {
		was := fill(v)
		o := core.EditNetwork{Cluster: on.cluster, Name: v.Text("network")}
		for field, to := range map[string]*string{"gateway": &o.Gateway, "cidr6": &o.CIDR6, "gateway6": &o.Gateway6, "mac": &o.MACPrefix} {
			if text := v.Text(field); text != was[field] {
				*to = text
			}
		}
		if v.Text("mac") == "" && was["mac"] != "" {
			o.MACPrefix = core.DefaultWord
		}
		had, want := strings.Fields(was["reserved"]), strings.Fields(v.Text("reserved"))
		o.Reserve, o.Release = without(want, had), without(had, want)
		if o.Gateway+o.CIDR6+o.Gateway6+o.MACPrefix == "" && len(o.Reserve)+len(o.Release) == 0 {
			return nil, nil
		}
		o, err := o.Seen(now)
		return o.Steps(), err
	}
	return entryForm{
		Form: form.Form{
			Title: "Edit a network of " + on.cluster,
			Intro: "What VMs have already stays as it is. A cluster takes another gateway or other IPv6 addresses, but not that there are none.",
			Fields: []form.Field{
				which,
				{Name: "gateway", Label: "Gateway", Value: is["gateway"], Placeholder: "10.20.0.1"},
				{Name: "reserved", Label: "Reserved", Value: is["reserved"], Max: 4000, Placeholder: "10.20.0.2 10.20.0.3", Help: "Addresses that no VM gets, with blanks between them; those that are taken out can be given to VMs again."},
				{Name: "cidr6", Label: "IPv6", Value: is["cidr6"], Placeholder: "2001:db8::/64"},
				{Name: "gateway6", Label: "IPv6 gateway", Value: is["gateway6"], Placeholder: "2001:db8::1"},
				{Name: "mac", Label: "MAC prefix", Value: is["mac"], Placeholder: "aa:00:01", Help: "How the MAC addresses of new NICs begin. Empty: as the cluster has it."},
			},
			Check: func(v form.Values) map[string]error {
				wrong := map[string]error{}
				was := fill(v)
				for _, field := range []string{"gateway", "cidr6", "gateway6"} {
					if was[field] != "" && v.Text(field) == "" {
						wrong[field] = core.Errorf(core.CodeInvalid, "Ganeti cannot take it away; give another one")
					}
				}
				if _, err := ops(v); err != nil {
					wrong[""] = core.AsError(err)
				}
				return wrong
			},
		},
		Ops: ops,
	}, err
}

func makeGroupOfNodesTags(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	return partTags(on, core.PartNodeGroup, "Node group", groupOptions(now), func(name string) []string {
		g, _ := now.Group(name)
		return g.Tags
	})
}

func makeNetworkTags(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	if len(now.Networks) == 0 {
		return entryForm{}, noNetworks(on.cluster)
	}
	return partTags(on, core.PartNetwork, "Network", networkOptions(now), func(name string) []string {
		n, _ := now.Network(name)
		return n.Tags
	})
}

// partTags is the form about the tags of a node group or a network.
func partTags(on setupOn, kind core.PartKind, label string, options []form.Option, tags func(name string) []string) (entryForm, error) {
	which, err := on.partField("part", label, options)
	had := func(v form.Values) []string { return tags(v.Text("part")) }
	return entryForm{
		Form: form.Form{Title: "Tags of a " + strings.ToLower(label) + " of " + on.cluster, Fields: []form.Field{
			which,
			{Name: "add", Label: "Add", Placeholder: "rack:7 old", Help: "Tags with a space between them: letters, digits and . + * / : @ - _"},
			{
				Name: "remove", Label: "Remove", Kind: form.Boxes, When: func(v form.Values) bool { return len(had(v)) > 0 },
				Offer: func(v form.Values) (out []form.Option) {
					for _, tag := range had(v) {
						if strings.HasPrefix(tag, "gwm:") {
							continue // gwm's own upkeep
						}
						out = append(out, form.Option{Value: tag, Label: core.Printable(tag)})
					}
					return out
				},
			},
		}},
		Ops: func(v form.Values) (ops []core.Op, err error) {
			of := core.Part{Kind: kind, Name: v.Text("part")}
			if add := without(strings.Fields(v.Text("add")), had(v)); len(add) > 0 {
				ops = append(ops, core.TagCluster{Cluster: on.cluster, Of: of, Tags: add})
			}
			gone := slices.DeleteFunc(v.List("remove"), func(tag string) bool { return !slices.Contains(had(v), tag) })
			if len(gone) > 0 {
				ops = append(ops, core.UntagCluster{Cluster: on.cluster, Of: of, Tags: gone})
			}
			return ops, nil
		},
	}, err
}
