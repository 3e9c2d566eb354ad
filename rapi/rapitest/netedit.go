package rapitest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// networkModify changes addresses of a network. Unlike others its opcode knows no dry run.
func networkModify() opcode {
	return opcode{
		id: "OP_NETWORK_SET_PARAMS", handler: "networks_name_modify", fields: map[string]any{
			"gateway": nil, "network6": nil, "gateway6": nil, "mac_prefix": nil, "add_reserved_ips": nil, "remove_reserved_ips": nil,
		},
		run: func(c *Cluster, j *job) ([]step, *opError) {
			gateway, _ := j.fields["gateway"].(string)
			add, remove := texts(j.fields["add_reserved_ips"]), texts(j.fields["remove_reserved_ips"])
			i := c.networkIndex(j.target)
			switch {
			case gateway != "" && len(add)+len(remove) > 0:
				return nil, prereq("wrong_input", "Cannot modify gateway and reserved ips at once")
			case i < 0:
				return nil, noNetwork(j.target)
			}
			next := c.networks[i]
			next.Reserved = slices.Clone(next.Reserved)
			if gateway != "" && gateway != next.Gateway {
				switch {
				case slices.Contains(c.external(next), gateway):
					return nil, &opError{class: "AddressPoolError", message: fmt.Sprintf("IP %s is already externally reserved", gateway)}
				case c.takenIn(next.Name, gateway):
					return nil, prereq("wrong_state", fmt.Sprintf("Gateway IP address '%s' is already reserved", gateway))
				}
				next.Gateway = gateway
			}
			for name, to := range map[string]*string{"network6": &next.Network6, "gateway6": &next.Gateway6, "mac_prefix": &next.MACPrefix} {
				if text, _ := j.fields[name].(string); text != "" {
					*to = text
				}
			}
			if next.MACPrefix == "none" {
				next.MACPrefix = ""
			}
			steps := c.reserve(&next, add, remove)
			return append(steps, later(func(at time.Time) {
				next.at, next.changed = at, c.networks[i].changed+1
				c.networks[i] = next
			})...), nil
		},
	}
}

// badAddress names a field that is to be an address or a network, and is none; it is refused before there is a job.
func badAddress(fields map[string]any) string {
	for _, field := range []string{"gateway", "gateway6"} {
		if text, given := fields[field].(string); given {
			if _, err := netip.ParseAddr(text); err != nil {
				return field
			}
		}
	}
	if text, given := fields["network6"].(string); given {
		if _, err := netip.ParsePrefix(text); err != nil {
			return "network6"
		}
	}
	return ""
}

// reserve takes addresses of a network out of what VMs get, and gives others back; what cannot be is said in the log.
func (c *Cluster) reserve(n *Network, add, remove []string) (said []step) {
	warn := func(text string) { said = append(said, step{text: " - WARNING: " + text}) }
	for _, a := range add {
		switch {
		case slices.Contains(c.external(*n), a):
			warn(fmt.Sprintf("Cannot reserve IP address %s: IP %s is already externally reserved", a, a))
		default:
			n.Reserved = append(n.Reserved, a)
		}
	}
	for _, a := range remove {
		switch {
		case a == n.Gateway:
			warn("Cannot unreserve Gateway's IP")
		case !slices.Contains(n.Reserved, a):
			warn(fmt.Sprintf("Cannot release IP address %s: IP %s is not externally reserved", a, a))
		default:
			n.Reserved = slices.DeleteFunc(n.Reserved, func(have string) bool { return have == a })
		}
	}
	return said
}

// takenIn tells whether a VM has an address of a network.
func (c *Cluster) takenIn(network, address string) bool {
	return slices.ContainsFunc(c.sorted, func(v *instance) bool {
		return slices.ContainsFunc(v.NICs, func(nic NIC) bool { return nic.Network == network && nic.IP == address })
	})
}

// external are the addresses that no VM of a network gets, in their order: the first and the last one, the gateway, the reserved ones.
func (c *Cluster) external(n Network) []string {
	prefix := netip.MustParsePrefix(n.Network).Masked()
	last := prefix.Addr().As4()
	for bit := prefix.Bits(); bit < 32; bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	all := []netip.Addr{prefix.Addr(), netip.AddrFrom4(last)}
	for _, text := range append([]string{n.Gateway}, n.Reserved...) {
		if a, err := netip.ParseAddr(text); err == nil && prefix.Contains(a) {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return strings.Fields(strings.Trim(fmt.Sprint(slices.Compact(all)), "[]"))
}
