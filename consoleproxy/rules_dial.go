package consoleproxy

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"gwm/core"
)

// errRules is of a connection that the rules do not permit.
var errRules = errors.New("the rules do not permit a connection there")

// ruled is a Dialer that keeps to rules. The address that a name stands for is
// looked at where it is dialled, so that a name server cannot change it between.
type ruled struct {
	rules Rules
	via   Dialer // looks at addresses itself; nil: it is dialled directly
}

// DialContext opens a connection that the rules permit.
func (d ruled) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, notPermitted(address)
	}
	port, ok := parsePort(text)
	if network != "tcp" || !ok || !d.rules.asked(host, port) {
		return nil, notPermitted(address)
	}
	if d.via != nil {
		return d.via.DialContext(ctx, network, address)
	}
	dialer := net.Dialer{Timeout: dialWait, Control: judge(func(at netip.AddrPort) bool {
		own, err := ownAddresses()
		return err == nil && d.rules.dialled(at, own)
	})}
	conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(host, strconv.Itoa(port)))
	if errors.Is(err, errRules) {
		return nil, notPermitted(address)
	}
	return conn, err
}

// judge is a net.Dialer's Control that connects with good addresses only.
func judge(good func(netip.AddrPort) bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !good(at) {
			return errRules
		}
		return nil
	}
}

// ownAddresses are those of this machine at this moment.
func ownAddresses() ([]netip.Addr, error) {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var own []netip.Addr
	for _, a := range found {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap())
		}
	}
	return own, nil
}

// notPermitted is the error of both: what may not be asked for, and what may not
// be dialled.
func notPermitted(address string) *core.Error {
	return &core.Error{
		Code: core.CodeDenied, Err: errRules, Message: "a connection to " + core.Printable(address) + " is not permitted",
		Hint: "the administrator adds a rule to allow in the configuration",
	}
}
