package consoleproxy

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"gwm/core"
)

// Rule permits connections to some ports of a host or a network.
type Rule struct {
	host        string       // a full name, or ".example.org" for all below it; empty: net counts
	net         netip.Prefix // addresses
	first, last int          // ports
}

// ParseRule reads a rule: HOST:PORTS, where HOST is a name, *.DOMAIN, an address
// or a network (IPv6 in brackets), and PORTS is one or FIRST-LAST.
func ParseRule(s string) (Rule, error) {
	bad := func() (Rule, error) {
		return Rule{}, core.Errorf(core.CodeInvalid, "%s is no rule for connections", strconv.Quote(core.Printable(s))).
			WithHint("such as node1.example.org:5900-6100, *.example.org:11000-14999, 192.0.2.0/24:5900 or [2001:db8::/64]:5900")
	}
	at := strings.LastIndexByte(s, ':')
	if at < 1 {
		return bad()
	}
	host := strings.ToLower(s[:at])
	r, ok := parsePorts(s[at+1:])
	if !ok {
		return bad()
	}
	address, bracketed := strings.CutPrefix(host, "[")
	if bracketed {
		if address, bracketed = strings.CutSuffix(address, "]"); !bracketed {
			return bad()
		}
	}
	if a, err := netip.ParseAddr(address); err == nil && a.Zone() == "" {
		r.net = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		return r, nil
	}
	if p, err := netip.ParsePrefix(address); err == nil && !p.Addr().Is4In6() {
		r.net = p.Masked()
		return r, nil
	}
	r.host = strings.TrimPrefix(host, "*")
	if bracketed || r.host != host && !strings.HasPrefix(r.host, ".") || !isHostName(strings.TrimPrefix(r.host, ".")) {
		return bad()
	}
	return r, nil
}

// parsePorts reads PORT or FIRST-LAST.
func parsePorts(s string) (Rule, bool) {
	first, last, ranged := strings.Cut(s, "-")
	if !ranged {
		last = first
	}
	var r Rule
	var ok1, ok2 bool
	r.first, ok1 = parsePort(first)
	r.last, ok2 = parsePort(last)
	return r, ok1 && ok2 && r.first <= r.last
}

// parsePort reads a decimal port.
func parsePort(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return int(n), err == nil && n > 0
}

// isHostName tells whether something may be the name of a host, which an address
// is not.
func isHostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	_, err := netip.ParseAddr(s)
	return err != nil
}

func (r Rule) ports(port int) bool { return port >= r.first && port <= r.last }

// Rules say where connections may lead. A name that is permitted leads nowhere
// special: what it resolves to may be this machine, its link or no single host
// only where a rule names that address itself.
type Rules struct {
	List []Rule
	// Node tells whether a name is that of a node, whose screens may be reached
	// without a rule; nil: none is.
	Node func(name string) bool
}

// screenPorts are where screens are: those of QEMU by default, and those that
// Ganeti gives (network_port).
var screenPorts = []Rule{{first: 5900, last: 6100}, {first: 11000, last: 14999}}

// asked tells whether somebody may ask for a host and a port.
func (r Rules) asked(host string, port int) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Zone() == "" && r.named(netip.AddrPortFrom(a.Unmap(), uint16(port)))
	}
	host = strings.ToLower(host)
	if !isHostName(host) {
		return false
	}
	for _, rule := range r.List {
		if rule.host != "" && rule.ports(port) && (host == rule.host || rule.host[0] == '.' && strings.HasSuffix(host, rule.host)) {
			return true
		}
	}
	for _, rule := range screenPorts {
		if rule.ports(port) && r.Node != nil && r.Node(host) {
			return true
		}
	}
	return false
}

// dialled tells whether an address may be dialled that a name stands for; own are the
// addresses of this machine.
func (r Rules) dialled(to netip.AddrPort, own []netip.Addr) bool {
	a := to.Addr().Unmap()
	special := nowhere(a) || a.IsLoopback() || slices.Contains(own, a)
	return !special || r.named(netip.AddrPortFrom(a, to.Port()))
}

// nowhere tells addresses at which no node is: those of a link only, which say
// something else on every machine, and those of nobody or of many.
func nowhere(a netip.Addr) bool {
	return !a.IsValid() || a.IsUnspecified() || a.IsMulticast() || a.IsLinkLocalUnicast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// named tells whether a rule names an address.
func (r Rules) named(to netip.AddrPort) bool {
	for _, rule := range r.List {
		if rule.net.IsValid() && rule.net.Contains(to.Addr()) && rule.ports(int(to.Port())) {
			return true
		}
	}
	return false
}
