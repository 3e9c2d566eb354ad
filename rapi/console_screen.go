package rapi

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"gwm/core"
)

// vncBase is display :0; Ganeti gives kvm no screen at a lower port.
const vncBase = 5900

// screen is where the screen of the VM is; ok is false where it has none.
func (s *rawScene) screen() (e core.Endpoint, ok bool) {
	switch p := &s.Params; {
	case !isPort(s.Port):
		return e, false
	case p.VNCBind != "" && s.Port.n >= vncBase:
		e.Kind, e.PasswordFile = core.ConsoleVNC, string(p.VNCPassword)
		s.place(&e, string(p.VNCBind))
		s.vncProblem(&e)
		return e, true
	case p.SPICEBind != "":
		e.Kind = core.ConsoleSPICE
		s.place(&e, string(p.SPICEBind))
		s.spiceProblem(&e)
		return e, true
	}
	return e, false
}

// place fills in where a screen listens that is bound to an address: every
// address is the node's name, and the name of a network interface nearly so.
func (s *rawScene) place(e *core.Endpoint, bind string) {
	host := string(s.Node)
	addr, err := netip.ParseAddr(bind)
	switch {
	case bind == "localhost" || bind == "lo":
		host, e.Loopback = "127.0.0.1", true
	case err == nil && addr.IsLoopback():
		host, e.Loopback = addr.String(), true
	case err == nil && !addr.IsUnspecified():
		host = addr.String()
	}
	e.Address = net.JoinHostPort(host, strconv.FormatInt(s.Port.n, 10))
}

// vncProblem says what gwm cannot do about a VNC screen.
func (s *rawScene) vncProblem(e *core.Endpoint) {
	password := string(s.Params.VNCPassword)
	switch {
	case password != "" && (password[0] != '/' || password != core.Printable(password)):
		e.PasswordFile = ""
		e.Problem = "the file with the password of the screen (vnc_password_file) is not a path on the node; " +
			"an administrator corrects it and restarts the VM"
	case strings.HasPrefix(string(s.Params.VNCBind), "/"):
		e.Address, e.Loopback = "", false
		e.Problem = "the screen is at a socket file of the node (vnc_bind_address), which gwm does not reach; " +
			"an administrator sets vnc_bind_address to 127.0.0.1 and restarts the VM"
	case s.Params.VNCTLS:
		e.Problem = "the screen wants TLS (vnc_tls), which gwm does not speak to nodes; " +
			"connect a viewer with TLS to " + e.Address + s.tunnel(e) + ", or have an administrator set vnc_tls to false and vnc_bind_address to 127.0.0.1 and restart the VM"
	}
}

// spiceProblem says how a SPICE screen is reached without gwm.
func (s *rawScene) spiceProblem(e *core.Endpoint) {
	host, port, _ := net.SplitHostPort(e.Address)
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	link := "spice://" + host + ":" + port
	if s.Params.SPICETLS {
		link = "spice://" + host + "?tls-port=" + port
	}
	e.Problem = "the screen speaks SPICE, which gwm does not; open it with a SPICE viewer" + s.tunnel(e) + ": remote-viewer " + link
}

// tunnel says how a screen on the node's loopback is reached, nothing for others.
func (s *rawScene) tunnel(e *core.Endpoint) string {
	if !e.Loopback {
		return ""
	}
	port := strconv.FormatInt(s.Port.n, 10)
	return " through a tunnel (ssh -L " + port + ":" + e.Address + " root@" + string(s.Node) + ")"
}
