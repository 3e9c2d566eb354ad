package core

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// NewNIC is a network interface that a VM gets. Empty fields are left to the
// cluster, and one that says nothing is as the cluster makes them by default.
type NewNIC struct {
	Network string `json:"network,omitempty"` // by name; mode, link and VLAN come from it
	IP      string `json:"ip,omitempty"`      // an address, pool (a free one of the network) or none
	MAC     string `json:"mac,omitempty"`     // an address, auto or generate
	Mode    string `json:"mode,omitempty"`    // bridged, routed, openvswitch
	Link    string `json:"link,omitempty"`    // the bridge, the routing table or the switch
	VLAN    string `json:"vlan,omitempty"`
	Name    string `json:"name,omitempty"`
}

// IPPool has the cluster choose a free address of the network of a NIC.
const IPPool = "pool"

// defaultNIC is the word for a NIC that says nothing.
const defaultNIC = "default"

// NICModes are the ways in which a NIC is connected.
func NICModes() []string { return []string{"bridged", "routed", "openvswitch"} }

func (n *NewNIC) fields() []textField {
	return []textField{
		{"network", &n.Network},
		{"ip", &n.IP},
		{"mac", &n.MAC},
		{"mode", &n.Mode},
		{"link", &n.Link},
		{"vlan", &n.VLAN},
		{"name", &n.Name},
	}
}

// String writes the NIC as ParseNewNIC reads it: "network=lan,ip=pool", "default".
func (n NewNIC) String() string {
	if n == (NewNIC{}) {
		return defaultNIC
	}
	return strings.Join(appendFields(nil, n.fields()), ",")
}

// ParseNewNIC reads a NIC as people write it: words like network=lan with commas
// between, or "default". The error is CodeInvalid.
func ParseNewNIC(text string) (NewNIC, error) {
	var n NewNIC
	if text == "" || text == defaultNIC {
		return n, nil
	}
	if err := readFields("network interface", text, n.fields()); err != nil {
		return NewNIC{}, err
	}
	return n, n.check()
}

// check accepts a NIC as it is written; whether the cluster has such a network is
// for Offer.Fits.
func (n NewNIC) check() error {
	switch {
	case n.Network != "" && n.Mode+n.Link != "":
		return Errorf(CodeInvalid, "a network interface in the network %s takes its mode and link from that", Printable(n.Network)).
			WithHint("leave out either the network, or mode and link")
	case n.Mode != "" && !slices.Contains(NICModes(), n.Mode):
		return Errorf(CodeInvalid, "%q is not a mode of a network interface", Printable(n.Mode)).WithHint("use %s", joinWords(NICModes()))
	case n.IP == IPPool && n.Network == "":
		return Errorf(CodeInvalid, "a free address can be had in a network only").WithHint("add network=NAME")
	}
	if err := n.checkAddresses(); err != nil {
		return err
	}
	return checkFields("network interface", n.fields())
}

// checkAddresses accepts addresses, and the words that stand for them.
func (n NewNIC) checkAddresses() error {
	if _, err := netip.ParseAddr(n.IP); err != nil && n.IP != "" && n.IP != IPPool && n.IP != "none" {
		return Errorf(CodeInvalid, "%q is not an IP address", Printable(n.IP)).WithHint("write an address, pool or none")
	}
	if !n.hasMAC() {
		return Errorf(CodeInvalid, "%q is not a MAC address", Printable(n.MAC)).WithHint("write it like aa:00:01:5d:42:07, or auto")
	}
	return nil
}

// hasMAC tells whether its MAC address is one, or a word for one.
func (n NewNIC) hasMAC() bool {
	mac, err := net.ParseMAC(n.MAC)
	return err == nil && len(mac) == 6 || slices.Contains([]string{"", "auto", "generate"}, n.MAC)
}
