package core

import (
	"fmt"
	"net/netip"
	"strings"
)

// addressesPerLine is how many addresses a line of a map shows, and maxAddressLines
// how many lines a map has at most.
const (
	addressesPerLine = 64
	maxAddressLines  = 64
)

// AddressLines draws which addresses of a network are taken: in each line the
// first address of it and one character for each, X where it is taken and a dot
// where it is free. A line that looks like the one before is left out, and what is
// left out is said.
func AddressLines(cidr, taken string) []string {
	p, err := netip.ParsePrefix(cidr)
	if err != nil || !p.Addr().Is4() || taken == "" {
		return nil
	}
	var out []string
	at, last, same := p.Masked().Addr(), "", 0
	skip := func() {
		if same > 0 {
			out = append(out, fmt.Sprintf("... %d more like this", same))
		}
		same = 0
	}
	for rest := taken; rest != ""; {
		line := rest[:min(len(rest), addressesPerLine)]
		rest = rest[len(line):]
		text := strings.Map(func(r rune) rune {
			if r == 'X' {
				return r
			}
			return '.'
		}, line)
		switch {
		case text == last:
			same++
		case len(out) >= maxAddressLines:
			return append(out, "... and more")
		default:
			skip()
			out = append(out, at.String()+strings.Repeat(" ", 16-len(at.String()))+text)
			last = text
		}
		at = after(at, len(line))
	}
	skip()
	return out
}

// after is the address n further on.
func after(a netip.Addr, n int) netip.Addr {
	b := a.As4()
	v := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	v += uint32(n)
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}
