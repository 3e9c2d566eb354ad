package rapi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gwm/core"
)

// trust says which server certificate a cluster is expected to show.
type trust struct {
	host     string
	roots    *x509.CertPool // nil: the system's
	pin      []byte         // SHA-256 of the leaf; nil: the chain is verified instead
	insecure bool
}

// pinError says that the server showed another certificate than the pinned one.
type pinError struct{ want, got string }

func (e *pinError) Error() string {
	return "certificate changed: pinned " + e.want + ", shown " + e.got
}

var errNoCertificate = errors.New("the server showed no certificate")

func newTrust(c core.Cluster, host string) (*trust, error) {
	t := &trust{host: host, insecure: c.Insecure}
	if c.Fingerprint != "" {
		pin, err := hex.DecodeString(core.NormalFingerprint(c.Fingerprint))
		if err != nil || len(pin) != sha256.Size {
			return nil, core.Errorf(core.CodeInvalid, "the certificate fingerprint of %s is not 64 hex digits", c.Name)
		}
		t.pin = pin
	}
	if c.CA != "" {
		t.roots = x509.NewCertPool()
		if !t.roots.AppendCertsFromPEM([]byte(c.CA)) {
			return nil, core.Errorf(core.CodeInvalid, "the CA of %s holds no PEM certificate", c.Name).
				WithHint("give the file that begins with -----BEGIN CERTIFICATE-----, for Ganeti /var/lib/ganeti/rapi.pem without its private key")
		}
	}
	return t, nil
}

// config is the TLS configuration of every connection that carries the password.
func (t *trust) config() *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: t.roots}
	switch {
	case t.pin != nil:
		cfg.InsecureSkipVerify = true // VerifyConnection compares the pinned fingerprint instead
		cfg.VerifyConnection = t.checkPin
	case t.insecure:
		cfg.InsecureSkipVerify = true // asked for per cluster and shown in red
	}
	return cfg
}

func (t *trust) checkPin(s tls.ConnectionState) error {
	if len(s.PeerCertificates) == 0 {
		return errNoCertificate
	}
	got := sha256.Sum256(s.PeerCertificates[0].Raw)
	if subtle.ConstantTimeCompare(got[:], t.pin) != 1 {
		return &pinError{want: hex.EncodeToString(t.pin), got: hex.EncodeToString(got[:])}
	}
	return nil
}

// verify is what config makes crypto/tls do, except that insecure is ignored.
func (t *trust) verify(s tls.ConnectionState) error {
	if t.pin != nil {
		return t.checkPin(s)
	}
	if len(s.PeerCertificates) == 0 {
		return errNoCertificate
	}
	opts := x509.VerifyOptions{Roots: t.roots, DNSName: t.host, Intermediates: x509.NewCertPool()}
	for _, cert := range s.PeerCertificates[1:] {
		opts.Intermediates.AddCert(cert)
	}
	_, err := s.PeerCertificates[0].Verify(opts)
	return err
}

// Probe connects and returns the certificate that the server shows and what is
// wrong with it. It sends no request and no password.
func (c *Client) Probe(ctx context.Context) (core.Probe, error) {
	k := call{what: "connect"}
	ctx, cancel := context.WithTimeoutCause(ctx, c.cfg.Connect, timeoutError(c.cfg.Connect))
	defer cancel()
	u, err := url.Parse(c.base)
	if err != nil {
		return core.Probe{}, c.failed(ctx, k, err, false)
	}
	addr := u.Host
	if u.Port() == "" {
		addr = net.JoinHostPort(u.Hostname(), "443")
	}
	d := tls.Dialer{Config: &tls.Config{
		ServerName:         c.trust.host,
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // the certificate is read and verified below, nothing is sent
	}}
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return core.Probe{}, c.failed(ctx, k, err, false)
	}
	state := conn.(*tls.Conn).ConnectionState()
	if err := conn.Close(); err != nil && len(state.PeerCertificates) == 0 {
		return core.Probe{}, c.failed(ctx, k, err, false)
	}
	if len(state.PeerCertificates) == 0 {
		return core.Probe{}, c.failed(ctx, k, errNoCertificate, false)
	}
	p := describe(state.PeerCertificates[0])
	if err := c.trust.verify(state); err != nil {
		p.Problem, _ = c.tlsReason(err)
	}
	return p, nil
}

func describe(cert *x509.Certificate) core.Probe {
	sum := sha256.Sum256(cert.Raw)
	p := core.Probe{
		Fingerprint: hex.EncodeToString(sum[:]),
		Subject:     cert.Subject.String(),
		Issuer:      cert.Issuer.String(),
		Names:       append([]string{}, cert.DNSNames...),
		NotAfter:    cert.NotAfter.UTC(),
	}
	for _, ip := range cert.IPAddresses {
		p.Names = append(p.Names, ip.String())
	}
	return p
}

// tlsReason says in words why a certificate is not trusted and what to do; text
// is empty where err is not about a certificate.
func (c *Client) tlsReason(err error) (text, hint string) {
	var (
		pin     *pinError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		host    x509.HostnameError
		record  tls.RecordHeaderError
	)
	edit := "gwm cluster edit " + c.name
	switch {
	case errors.As(err, &pin):
		return fmt.Sprintf("its certificate changed: pinned is %s, shown is %s", pin.want, pin.got),
			fmt.Sprintf("somebody may be listening in; if the certificate was replaced on purpose, compare the new fingerprint with the master node's and pin it: %s --fingerprint %s", edit, pin.got)
	case errors.As(err, &unknown):
		return "its certificate is signed by an authority that is not trusted here (self-signed, or another CA)",
			fmt.Sprintf("give the CA (%s --ca FILE) or pin the certificate (%s --fingerprint SHA256)", edit, edit)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return expiry(invalid.Cert), fmt.Sprintf("renew it on the master node (gnt-cluster renew-crypto --new-rapi-certificate) or pin it: %s --fingerprint SHA256", edit)
	case errors.As(err, &invalid):
		return "its certificate is not usable: " + core.Printable(invalid.Error()), fmt.Sprintf("renew it on the master node or pin it: %s --fingerprint SHA256", edit)
	case errors.As(err, &host) && namesNobody(host.Certificate):
		// What Ganeti itself makes (gnt-cluster init, renew-crypto) is so in every version.
		return wrongName(host), fmt.Sprintf("Ganeti's own certificates are so: compare the fingerprint with the master node's (/var/lib/ganeti/rapi.pem) and pin it: %s --fingerprint SHA256", edit)
	case errors.As(err, &host):
		return wrongName(host), fmt.Sprintf("use an address that the certificate names, or pin it: %s --fingerprint SHA256", edit)
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "the server there does not speak TLS", fmt.Sprintf("check host and port: %s --url https://HOST:5080", edit)
	case strings.HasPrefix(rootOf(err).Error(), "tls: "):
		return "no TLS connection came about: " + core.Printable(rootOf(err).Error()), "gwm needs TLS 1.2 or later with ECDHE (a Ganeti with OpenSSL 1.0 may lack it: put a proxy in front) and shows no certificate of its own"
	case errors.Is(err, errNoCertificate):
		return errNoCertificate.Error(), ""
	}
	return "", ""
}

func expiry(cert *x509.Certificate) string {
	if cert == nil {
		return "its certificate is expired or not valid yet"
	}
	if time.Now().Before(cert.NotBefore) {
		return "its certificate is valid only from " + cert.NotBefore.UTC().Format("2006-01-02 15:04 UTC")
	}
	return "its certificate expired on " + cert.NotAfter.UTC().Format("2006-01-02 15:04 UTC")
}

// namesNobody tells whether a certificate is for no host at all.
func namesNobody(cert *x509.Certificate) bool {
	return cert != nil && len(cert.DNSNames) == 0 && len(cert.IPAddresses) == 0
}

func wrongName(e x509.HostnameError) string {
	host := core.Printable(e.Host)
	if e.Certificate == nil {
		return "its certificate is not for " + host
	}
	names := describe(e.Certificate).Names
	if len(names) == 0 {
		return fmt.Sprintf("its certificate names no host at all (subject %s), so not %s", core.Printable(e.Certificate.Subject.String()), host)
	}
	return fmt.Sprintf("its certificate is for %s, not for %s", core.Printable(join(names)), host)
}

// join lists the first few of names.
func join(names []string) string {
	const most = 5
	out := ""
	for i, n := range names {
		if i == most {
			return out + ", ..."
		}
		if i > 0 {
			out += ", "
		}
		out += n
	}
	return out
}
