package consoleproxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"gwm/core"
)

// bastionDialer opens connections through a Bastion.
type bastionDialer struct {
	address string
	tls     *tls.Config
}

// DialThrough is a Dialer that opens connections through the bastion at an address
// (HOST:PORT) that shows the certificate of a pin. Certificate is what gwm shows
// it.
func DialThrough(address string, pin Pin, certificate *Certificate) Dialer {
	return &bastionDialer{address: address, tls: &tls.Config{
		MinVersion: tls.VersionTLS13,
		// Not the name in the certificate tells who answers but the whole of it.
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection compares the certificate itself
		VerifyConnection:   pinned([]Pin{pin}),
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return certificate.get(nil)
		},
	}}
}

// DialContext opens a connection that ends at address. The name is resolved where
// the bastion is.
func (d *bastionDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" {
		return nil, net.UnknownNetworkError(network)
	}
	if !isTarget(address) {
		return nil, notPermitted(address) // it might end the line that asks for it
	}
	ctx, cancel := context.WithTimeout(ctx, 3*dialWait)
	defer cancel()
	conn, err := (&net.Dialer{Timeout: dialWait}).DialContext(ctx, "tcp", d.address)
	if err != nil {
		return nil, noBastion(d.address, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	through, err := d.ask(ctx, tls.Client(conn, d.tls), address)
	if err == nil && !stop() {
		err = noBastion(d.address, context.DeadlineExceeded)
	}
	if err != nil {
		_ = conn.Close() // the first error counts
		return nil, err
	}
	return through, nil
}

func (d *bastionDialer) ask(ctx context.Context, conn *tls.Conn, address string) (net.Conn, error) {
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, noBastion(d.address, err)
	}
	// With TLS 1.3 a server refuses a client's certificate after the handshake.
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", address, address); err != nil {
		return nil, turnedAway(d.address, err)
	}
	reader := bufio.NewReader(conn)
	answer, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, turnedAway(d.address, err)
	}
	_ = answer.Body.Close() // there is none
	switch answer.StatusCode {
	case http.StatusOK:
		return &throughBastion{Conn: conn, head: reader}, nil
	case http.StatusForbidden:
		return nil, &core.Error{
			Code: core.CodeDenied, Err: errRules, Message: "the console proxy does not permit a connection to " + core.Printable(address),
			Hint: "add a rule to allow in the configuration of gwm consoleproxy at " + d.address,
		}
	default:
		return nil, core.Errorf(core.CodeUnreachable, "the console proxy does not reach %s", core.Printable(address)).
			WithHint("its log says why; look whether the node is up")
	}
}

// noBastion says what is wrong with the bastion itself.
func noBastion(address string, err error) *core.Error {
	e := unreachable("the console proxy "+address, err)
	e.Hint = "look whether gwm consoleproxy runs there, and whether gwm reaches it"
	if errors.Is(err, errStranger) {
		e = &core.Error{
			Code: core.CodeUnreachable, Err: err, Message: "what answers at " + address + " is not the console proxy that gwm knows",
			Hint: "if its certificate was made anew, set console.proxy.fingerprint; otherwise somebody may be in between",
		}
	}
	return e
}

// turnedAway is of a bastion that closed the connection instead of an answer.
func turnedAway(address string, err error) *core.Error {
	return &core.Error{
		Code: core.CodeRefused, Err: err, Message: "the console proxy " + address + " closed the connection: it may not know gwm's certificate",
		Hint: "put the fingerprint that gwm serve logs at its start into clients in the configuration of gwm consoleproxy; its log says more",
	}
}

// isTarget tells whether something is the host and port of a connection.
func isTarget(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, ok := parsePort(port)
	ip, err := netip.ParseAddr(host)
	return ok && (err == nil && ip.Zone() == "" || isHostName(strings.ToLower(host)))
}

// throughBastion is a connection whose first bytes may be in a buffer.
type throughBastion struct {
	*tls.Conn
	head *bufio.Reader
}

// Read reads what the buffer holds, then from the connection.
func (c *throughBastion) Read(p []byte) (int, error) {
	if c.head != nil {
		if c.head.Buffered() > 0 {
			return c.head.Read(p)
		}
		c.head = nil
	}
	return c.Conn.Read(p)
}
