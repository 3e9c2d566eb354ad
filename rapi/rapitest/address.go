package rapitest

import "net/netip"

// freeAddress is the first address of a network that nobody has, but for the gateway and those at its ends; empty: there is none.
func (c *Cluster) freeAddress(n Network, more []NIC) string {
	taken := map[string]bool{n.Gateway: true}
	for _, v := range c.sorted {
		for _, nic := range v.NICs {
			taken[nic.IP] = true
		}
	}
	for _, nic := range more {
		taken[nic.IP] = true
	}
	prefix := netip.MustParsePrefix(n.Network).Masked()
	for addr := prefix.Addr().Next(); prefix.Contains(addr.Next()); addr = addr.Next() {
		if !taken[addr.String()] {
			return addr.String()
		}
	}
	return ""
}
