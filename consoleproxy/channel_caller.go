package consoleproxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net"
	"os"
	"time"

	"gwm/core"
)

// Authorities are the certificates in a PEM file that sign those of callers. The file
// is read again when it changes; where it is no good then the old ones stay in use and
// the log says why.
type Authorities struct{ kept kept[*x509.CertPool] }

// LoadAuthorities reads the file that a setting names. The error is a *core.Error.
func LoadAuthorities(setting, file string, log *slog.Logger) (*Authorities, error) {
	broken := func(err error) error {
		return core.Errorf(core.CodeInvalid, "%s: %s cannot be read: %w", setting, file, core.PlainCause(err)).
			WithHint("it is a PEM file with the certificates that sign those of callers")
	}
	a := &Authorities{kept: kept[*x509.CertPool]{
		file: file, log: log,
		look: func() (fileStamp, error) {
			info, err := os.Stat(file)
			if err != nil {
				return fileStamp{}, broken(err)
			}
			return fileStamp{certTime: info.ModTime(), certSize: info.Size()}, nil
		},
		read: func() (*x509.CertPool, error) {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, broken(err)
			}
			pool, err := poolOf(text)
			if err != nil {
				return nil, broken(err)
			}
			return pool, nil
		},
		took: func(*x509.CertPool) { log.Info("took over the new authorities of callers", "file", file) },
	}}
	return a, a.kept.load()
}

// poolOf reads certificates, each of which must be good.
func poolOf(text []byte) (*x509.CertPool, error) {
	pool, found := x509.NewCertPool(), false
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		pool.AddCert(cert)
		found = true
	}
	if !found {
		return nil, errors.New("there is no certificate in it")
	}
	return pool, nil
}

// forCallers is what is spoken with callers over TCP; nil: no TLS. Who has no
// certificate gets in where there is a secret to show instead.
func (c *Channel) forCallers() *tls.Config {
	if c.cfg.Callers == nil {
		return nil
	}
	want := tls.RequireAndVerifyClientCert
	if c.cfg.Secret.Reveal() != "" {
		want = tls.VerifyClientCertIfGiven
	}
	base := &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: c.cfg.Certificate.get, ClientAuth: want, SessionTicketsDisabled: true}
	base.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		now := base.Clone()
		now.GetConfigForClient, now.ClientCAs = nil, c.cfg.Callers.kept.get()
		return now, nil
	}
	return base
}

// receive does the TLS handshake with a caller, where there is one, and tells by what
// name they showed a certificate; empty: they showed none.
func (c *Channel) receive(ctx context.Context, conn net.Conn, from string, local bool) (net.Conn, string, error) {
	if c.tls == nil || local {
		return conn, "", nil
	}
	if c.failures.wait(sourceOf(from), time.Now()) > 0 {
		return nil, "", core.Errorf(core.CodeLimit, "too many wrong secrets and certificates came from there")
	}
	secure := tls.Server(conn, c.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		var foreign *tls.CertificateVerificationError
		if !errors.As(err, &foreign) {
			return nil, "", err
		}
		c.failures.take(sourceOf(from), time.Now())
		why := core.Errorf(core.CodeDenied, "the certificate is not signed by one of console.control.client_ca: %w", err)
		return nil, "", c.refuse(ctx, core.PortCall{Addr: from, By: "nobody"}, why)
	}
	shown := secure.ConnectionState().PeerCertificates
	if len(shown) == 0 {
		return secure, "", nil
	}
	return secure, nameOf(shown[0]), nil
}

// nameOf is by what a certificate calls its owner.
func nameOf(cert *x509.Certificate) string {
	name := cert.Subject.CommonName
	for _, names := range [][]string{cert.DNSNames, cert.EmailAddresses} {
		for _, n := range names {
			name = cmp.Or(name, n)
		}
	}
	return cmp.Or(core.Printable(name), fingerprint(cert)[:16])
}
