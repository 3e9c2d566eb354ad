package core

import "net/netip"

// SourceOf returns the IP address of a peer ("192.0.2.1:5555") and the source
// that it is counted as where attempts are limited: the address itself for IPv4,
// its /64 for IPv6. An address that is not IP (a Unix socket) is the zero source.
func SourceOf(addr string) (netip.Addr, netip.Prefix) {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return netip.Addr{}, netip.Prefix{}
	}
	ip := ap.Addr().Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	source, err := ip.Prefix(bits)
	if err != nil {
		return ip, netip.Prefix{}
	}
	return ip, source
}
