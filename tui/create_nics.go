package tui

import (
	"fmt"
	"strings"

	"gwm/core"
	"gwm/tui/form"
)

// The answers to how a network interface is connected, besides networks.
const (
	nicNone    = ""
	nicDefault = "default" // as the cluster sets it up
	nicInNet   = "net:"    // before the name of a network
	nicMode    = "mode:"   // before one of Ganeti's modes
)

// nicStep asks for one network interface after the other.
func (w *wizard) nicStep() []form.Field {
	out := []form.Field{{Kind: form.Section, Label: "NICs"}}
	for n := 1; n <= core.MaxNICs; n++ {
		out = append(out, w.nicFields(n)...)
	}
	return out
}

// nicFields asks for the nth network interface.
func (w *wizard) nicFields(n int) []form.Field {
	name := answer("nic", n, "")
	asked := func(v form.Values) bool { return n == 1 || v[answer("nic", n-1, "")] != nicNone }
	given := func(v form.Values) bool { return asked(v) && v[name] != nicNone }
	mode := func(v form.Values) string {
		if !given(v) {
			return ""
		}
		return strings.TrimPrefix(v[name], nicMode)
	}
	label := func(what string) string { return fmt.Sprintf("  %s of %d", what, n) }
	start := nicNone
	if n == 1 {
		start = nicDefault
	}
	return []form.Field{
		{
			Name: name, Label: fmt.Sprintf("NIC %d", n), Kind: form.Choice, Folded: true, Value: start, When: asked, Offer: w.connections,
			Help: "Where it is connected to.",
		},
		{
			Name: answer("nic", n, "ip"), Label: label("address"), Max: 60, Placeholder: "192.0.2.7",
			When: func(v form.Values) bool {
				return strings.HasPrefix(v[name], nicInNet) && asked(v) || mode(v) == "routed"
			},
			Help: "In a network: pool takes the next free address. Empty: none is set by the cluster.",
		},
		{
			Name: answer("nic", n, "link"), Label: label("link"), Max: 60, Placeholder: "br0",
			When:    func(v form.Values) bool { return strings.HasPrefix(v[name], nicMode) && given(v) },
			Default: func(v form.Values) string { return byDefault(v["cluster"], w.offer(v).NIC, "link") },
			Help:    "The bridge, the routing table or the switch on the node.",
		},
		{
			Name: answer("nic", n, "vlan"), Label: label("VLAN"), Max: 60, When: func(v form.Values) bool { return mode(v) == "openvswitch" },
			Placeholder: ".100", Help: "As the switch takes it: .100 untagged, :100:200 trunk.",
		},
		{
			Name: answer("nic", n, "mac"), Label: label("MAC"), Max: 20, When: given, Placeholder: "aa:00:00:12:34:56",
			Default: func(form.Values) string { return "made by the cluster" }, Help: "Only where something depends on it.",
		},
	}
}

// connections are what a network interface can be connected to.
func (w *wizard) connections(v form.Values) []form.Option {
	offer := w.offer(v)
	mode, _ := paramOf(offer.NIC, "mode")
	link, _ := paramOf(offer.NIC, "link")
	options := []form.Option{
		{Value: nicNone, Label: "none"},
		{Value: nicDefault, Label: "as " + v["cluster"], Note: core.Printable(strings.TrimSpace(mode + " " + link))},
	}
	for _, net := range offer.Networks {
		o := form.Option{Value: nicInNet + net.Name, Label: core.Printable("network " + net.Name), Note: fmt.Sprintf("%s, %d free", core.Printable(net.CIDR), net.Free)}
		if len(net.Groups) == 0 {
			o.State, o.Why = form.Disabled, "it is connected to no node group"
		}
		options = append(options, o)
	}
	return append(options,
		form.Option{Value: nicMode + "bridged", Label: "bridged", Note: "to a bridge of the node"},
		form.Option{Value: nicMode + "routed", Label: "routed", Note: "by the node, to one address"},
		form.Option{Value: nicMode + "openvswitch", Label: "Open vSwitch", Note: "to a switch of the node"},
	)
}

// nics are the network interfaces that the answers ask for. What the form does not
// ask stays as it was.
func (w *wizard) nics(v form.Values, base []core.NewNIC) []core.NewNIC {
	out := []core.NewNIC{}
	for n := 1; n <= core.MaxNICs && v[answer("nic", n, "")] != nicNone; n++ {
		how := v[answer("nic", n, "")]
		nic := core.NewNIC{MAC: v.Text(answer("nic", n, "mac")), IP: v.Text(answer("nic", n, "ip"))}
		if n <= len(base) {
			nic.Name = base[n-1].Name
		}
		if net, ok := strings.CutPrefix(how, nicInNet); ok {
			nic.Network = net
		}
		if mode, ok := strings.CutPrefix(how, nicMode); ok {
			nic.Mode, nic.Link = mode, v.Text(answer("nic", n, "link"))
			nic.VLAN = v.Text(answer("nic", n, "vlan"))
		}
		out = append(out, nic)
	}
	return out
}

// nicAnswers are the answers that ask for network interfaces.
func nicAnswers(nics []core.NewNIC) form.Values {
	v := form.Values{}
	for n := 1; n <= core.MaxNICs; n++ {
		var nic core.NewNIC
		how := nicNone
		if n <= len(nics) {
			nic = nics[n-1]
			switch {
			case nic.Network != "":
				how = nicInNet + nic.Network
			case nic.Mode != "":
				how = nicMode + nic.Mode
			default:
				how = nicDefault
			}
		}
		v[answer("nic", n, "")] = how
		for field, value := range map[string]string{"ip": nic.IP, "link": nic.Link, "vlan": nic.VLAN, "mac": nic.MAC} {
			v[answer("nic", n, field)] = value
		}
	}
	return v
}
