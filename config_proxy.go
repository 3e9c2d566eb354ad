package main

import (
	"context"
	"log/slog"
	"net"
	"sync"

	"gwm/consoleproxy"
)

// proxyConfig is about the host through which gwm reaches the nodes.
type proxyConfig struct {
	Address     string `yaml:"address"`
	Fingerprint string `yaml:"fingerprint"`
}

// check returns the first value about the proxy that makes no sense.
func (c proxyConfig) check(at string) *wrong {
	if c.Address == "" {
		return nil
	}
	if host, _, err := net.SplitHostPort(c.Address); err != nil || host == "" || checkAddress(c.Address) != "" {
		return &wrong{at + ".address", "a host and a port such as proxy.example.org:8890 are expected"}
	}
	if _, err := consoleproxy.ParsePin(c.Fingerprint); err != nil {
		return &wrong{at + ".fingerprint", "the 64 hex digits that gwm consoleproxy init shows are expected"}
	}
	return nil
}

// nodeDialer is how gwm reaches the nodes; nil: directly. The certificate that it
// shows a proxy is made where there is none.
func (c config) nodeDialer(log *slog.Logger) (consoleproxy.Dialer, error) {
	p := c.Console.Proxy
	if p.Address == "" {
		return nil, nil //nolint:nilnil // directly
	}
	pin, err := consoleproxy.ParsePin(p.Fingerprint)
	if err != nil {
		return nil, err
	}
	certFile, keyFile := c.path("proxy.crt"), c.path("proxy.key")
	if _, err := consoleproxy.MakeCertificate(certFile, keyFile, ""); err != nil {
		return nil, err
	}
	certificate, err := consoleproxy.LoadCertificate(certFile, keyFile, log)
	if err != nil {
		return nil, err
	}
	log.Info("consoles go through a proxy, which must know this certificate", "proxy", p.Address, "fingerprint", certificate.Fingerprint())
	return consoleproxy.DialThrough(p.Address, pin, certificate), nil
}

// lateDialer is nodeDialer for who may never dial, as most commands on this machine:
// the certificate is looked at when they do.
func (c config) lateDialer(log *slog.Logger) consoleproxy.Dialer {
	if c.Console.Proxy.Address == "" {
		return nil
	}
	return lateDialer(sync.OnceValues(func() (consoleproxy.Dialer, error) { return c.nodeDialer(log) }))
}

type lateDialer func() (consoleproxy.Dialer, error)

// DialContext implements consoleproxy.Dialer.
func (d lateDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	dialer, err := d()
	if err != nil {
		return nil, err
	}
	return dialer.DialContext(ctx, network, address)
}
