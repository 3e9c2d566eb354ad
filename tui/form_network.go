package tui

import (
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

func makeNetworkAdd(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	name, free := newName(networkOptions(now))
	name.Placeholder = "lan"
	return entryForm{
		Form: form.Form{
			Title: "Add a network to " + on.cluster, Save: "Add", Check: free,
			Intro: "VMs can use it once it is connected to the node groups that they are on.",
			Fields: []form.Field{
				name,
				{Name: "cidr", Label: "Addresses", Required: true, Placeholder: "10.20.0.0/24"},
				{Name: "gateway", Label: "Gateway", Placeholder: "10.20.0.1"},
				{Name: "reserved", Label: "Reserved", Max: 2000, Placeholder: "10.20.0.2 10.20.0.3", Help: "Addresses that no VM gets, with blanks between them."},
				{Name: "cidr6", Label: "IPv6", Placeholder: "2001:db8::/64"},
				{Name: "gateway6", Label: "IPv6 gateway", Placeholder: "2001:db8::1"},
				{Name: "mac", Label: "MAC prefix", Placeholder: "aa:00:01", Help: "How the MAC addresses of its NICs begin. Empty: as the cluster has it."},
				{Name: "tags", Label: "Tags", Placeholder: "office", Help: "With blanks between them."},
				{Name: "taken", Label: "In use", Kind: form.YesNo, Placeholder: "also where nodes have addresses of it"},
			},
		},
		Ops: func(v form.Values) ([]core.Op, error) {
			if v.Text("name") == "" || v.Text("cidr") == "" {
				return nil, nil
			}
			return []core.Op{core.AddNetwork{
				Cluster: on.cluster, Name: v.Text("name"), CIDR: v.Text("cidr"), Gateway: v.Text("gateway"), CIDR6: v.Text("cidr6"), Gateway6: v.Text("gateway6"),
				MACPrefix: v.Text("mac"), Reserved: strings.Fields(v.Text("reserved")), Tags: strings.Fields(v.Text("tags")), Taken: v.Yes("taken"),
			}}, nil
		},
	}, nil
}

func makeConnect(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	if len(now.Networks) == 0 {
		return entryForm{}, noNetworks(on.cluster)
	}
	var modes []form.Option
	for _, m := range core.NICModes() {
		modes = append(modes, form.Option{Value: m})
	}
	link := "br0"
	for _, p := range now.NIC {
		if p.Name == "link" && p.Value != "" {
			link = core.Printable(p.Value)
		}
	}
	which, err := on.partField("network", "Network", networkOptions(now))
	return entryForm{
		Form: form.Form{Title: "Connect a network of " + on.cluster, Save: "Connect", Fields: []form.Field{
			which,
			choiceOf("group", "To", groupOptions(now)),
			choiceOf("mode", "Mode", modes),
			{Name: "link", Label: "Link", Value: link, Required: true, Help: "The bridge, the switch or the routing table of the nodes."},
			{Name: "vlan", Label: "VLAN", When: func(v form.Values) bool { return v.Text("mode") == "openvswitch" }},
			{Name: "taken", Label: "In use", Kind: form.YesNo, Placeholder: "also where VMs there have addresses of it"},
		}},
		Ops: func(v form.Values) ([]core.Op, error) {
			return []core.Op{core.ConnectNetwork{
				Cluster: on.cluster, Name: v.Text("network"), Group: v.Text("group"), Mode: v.Text("mode"), Link: v.Text("link"), VLAN: v.Text("vlan"), Taken: v.Yes("taken"),
			}}, nil
		},
	}, err
}

func noNetworks(cluster string) error {
	return core.Errorf(core.CodeState, "%s has no networks", cluster).WithHint("add one first")
}

func makeDisconnect(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	var links []form.Option
	for _, n := range now.Networks {
		if on.part != "" && n.Name != on.part {
			continue
		}
		for _, c := range n.Groups {
			links = append(links, form.Option{
				Value: n.Name + " " + c.Group, Label: core.Printable(n.Name + " from " + c.Group), Note: core.Printable(strings.TrimSpace(c.Mode + " " + c.Link + " " + c.VLAN)),
			})
		}
	}
	if len(links) == 0 {
		return entryForm{}, core.Errorf(core.CodeState, "it is connected to no node group of %s", on.cluster)
	}
	return entryForm{
		Form: form.Form{Title: "Disconnect a network of " + on.cluster, Save: "Disconnect", Fields: []form.Field{choiceOf("link", "Network", links)}},
		Ops: func(v form.Values) ([]core.Op, error) {
			name, group, _ := strings.Cut(v.Text("link"), " ")
			return []core.Op{core.DisconnectNetwork{Cluster: on.cluster, Name: name, Group: group}}, nil
		},
	}, nil
}

func makeNetworkDelete(_ *core.View, on setupOn, now core.Offer) (entryForm, error) {
	if len(now.Networks) == 0 {
		return entryForm{}, noNetworks(on.cluster)
	}
	options := networkOptions(now)
	for i, n := range now.Networks {
		if len(n.Groups) > 0 {
			options[i].State, options[i].Why = form.Disabled, "connected to "+counted(len(n.Groups), "node group")
		}
	}
	which, err := on.partField("network", "Network", options)
	return entryForm{
		Form: form.Form{Title: "Delete a network of " + on.cluster, Save: "Delete", Fields: []form.Field{which}},
		Ops: func(v form.Values) ([]core.Op, error) {
			if v.Text("network") == "" {
				return nil, nil
			}
			return []core.Op{core.RemoveNetwork{Cluster: on.cluster, Name: v.Text("network")}}, nil
		},
	}, err
}
