package consoleproxy

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

// authority signs certificates of callers.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.cert, a.key = a.make("authority", true)
	return a
}

func (a *authority) make(name string, ca bool) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true, IsCA: ca,
	}
	parent, signer := a.cert, a.key
	if ca {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// caller is the certificate of a program.
func (a *authority) caller(name string) []tls.Certificate {
	cert, key := a.make(name, false)
	return []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}
}

func (a *authority) write(file string) {
	a.t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// over asks like ask, over TLS and with a certificate; the answer is empty where the
// channel hung up.
func (c *calling) over(certificates []tls.Certificate, auth string) string {
	c.t.Helper()
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, Certificates: certificates}}
	conn, err := d.DialContext(c.t.Context(), "tcp", c.addr.String())
	if err != nil {
		return ""
	}
	defer conn.Close()
	host, port := c.target()
	text, err := json.Marshal(map[string]any{"daddr": host, "dport": port, "password": "k4tzpm8w", "auth": auth})
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err = conn.Write(append(text, '\n')); err != nil {
		return ""
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return ""
	}
	return strings.TrimSpace(line)
}

func (c *calling) target() (host string, port int) {
	host, text, _ := strings.Cut(c.screen.Addr(), ":")
	port, _ = strconv.Atoi(text)
	return host, port
}

func TestCallersWithCertificates(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	for _, tt := range []struct {
		name   string
		secret string // of the channel
		shown  []tls.Certificate
		auth   string
		by     string // in the record
		ok     bool
	}{
		{"a certificate", "", ca.caller("web.example.org"), "", "certificate:web.example.org", true},
		{"a certificate instead of the secret", callersSecret, ca.caller("web\x1b[2J.example.org"), "", "certificate:web", true},
		{"the secret", callersSecret, nil, callersSecret, "secret", true},
		{"neither", callersSecret, nil, "", "nobody", false},
		{"no certificate", "", nil, callersSecret, "", false},
		{"a certificate of somebody else", callersSecret, other.caller("web.example.org"), callersSecret, "nobody", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			recorded := make(chan core.PortCall, 8)
			c := startChannel(t, consoletest.ScreenOptions{}, func(cfg *ChannelConfig) (string, string) {
				cfg.Secret = core.NewSecret(tt.secret)
				cfg.Record = func(_ context.Context, call core.PortCall) error {
					recorded <- call
					return nil
				}
				withCallers(t, cfg, ca)
				return "tcp", "127.0.0.1:0"
			})
			answer := c.over(tt.shown, tt.auth)
			if _, err := strconv.Atoi(answer); (err == nil) != tt.ok {
				t.Errorf("the answer is %q", answer)
			}
			if tt.by == "" {
				return // who shows nothing is not heard
			}
			call := <-recorded // it may come after the end of the handshake
			if !strings.HasPrefix(call.By, tt.by) || strings.Contains(call.By, "\x1b") || (call.Refused == "") != tt.ok {
				t.Errorf("recorded is %+v", call)
			}
		})
	}
}

// withCallers has a channel know the callers of an authority, and returns its file.
func withCallers(t *testing.T, cfg *ChannelConfig, ca *authority) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "callers.pem")
	ca.write(file)
	var err error
	if cfg.Callers, err = LoadAuthorities("client_ca", file, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	cfg.Certificate = testCertificate(t)
	return file
}

func testCertificate(t *testing.T) *Certificate {
	t.Helper()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "c"), filepath.Join(dir, "k")
	if _, err := MakeCertificate(certFile, keyFile, ""); err != nil {
		t.Fatal(err)
	}
	cert, err := LoadCertificate(certFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// TestCallersAreReadAgain takes over another authority while it serves, and keeps the
// old one where the file is no good.
func TestCallersAreReadAgain(t *testing.T) {
	first, second := newAuthority(t), newAuthority(t)
	var callers *Authorities
	var file string
	c := startChannel(t, consoletest.ScreenOptions{}, func(cfg *ChannelConfig) (string, string) {
		cfg.Secret = core.Secret{}
		file = withCallers(t, cfg, first)
		callers = cfg.Callers
		return "tcp", "127.0.0.1:0"
	})
	later := func(write func()) {
		write()
		callers.kept.mu.Lock()
		callers.kept.looked = time.Time{}
		callers.kept.mu.Unlock()
	}
	let := func(a *authority) bool { return c.over(a.caller("web"), "") != "" }
	if !let(first) || let(second) {
		t.Fatal("the first authority does not count, or the second does")
	}
	later(func() {
		if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	if !let(first) {
		t.Error("a broken file locks callers out")
	}
	later(func() { second.write(file) })
	if let(first) || !let(second) {
		t.Error("the new file was not taken over")
	}
}

func TestLoadAuthorities(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	for _, text := range []string{"", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if text != "" {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := LoadAuthorities("console.control.client_ca", file, slog.New(slog.DiscardHandler))
		if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "console.control.client_ca") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPrivate(t *testing.T) {
	t.Parallel()
	for mode, want := range map[fs.FileMode]bool{
		0o600: true, 0o400: true, 0o640: true, 0o440: true, 0o660: false, 0o644: false, 0o604: false, 0o610: false,
		0o600 | fs.ModeDir: false, 0o600 | fs.ModeNamedPipe: false,
	} {
		if Private(mode) != want {
			t.Errorf("%s holds a secret: %t", mode, !want)
		}
	}
}
