package consoleproxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"gwm/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a site that answers on a port, and a client that trusts it.
func served(t *testing.T, change func(*Config)) (s *site, url string, client *http.Client) {
	t.Helper()
	s = newSite(t, change)
	server, err := New(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	roots := x509.NewCertPool()
	roots.AddCert(s.cfg.Certificate.kept.current.Leaf)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, "https://" + l.Addr().String(), &http.Client{Transport: transport}
}

func TestServe(t *testing.T) {
	t.Parallel()
	s, url, client := served(t, nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/keys/"+s.token(core.Site())+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK || !strings.Contains(string(body), `"ann"]`) {
		t.Errorf("%d %q %v", got.StatusCode, body, err)
	}
	if got.TLS.Version != tls.VersionTLS13 || got.Proto != "HTTP/1.1" || !got.Close {
		t.Errorf("%s, TLS %x, closes %v", got.Proto, got.TLS.Version, got.Close)
	}
}

func TestServeRefusesOldTLSAndLongHeaders(t *testing.T) {
	t.Parallel()
	_, url, client := served(t, nil)
	addr := strings.TrimPrefix(url, "https://")
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}}
	if c, err := d.DialContext(t.Context(), "tcp", addr); err == nil {
		_ = c.Close()
		t.Error("TLS 1.2 is possible")
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/keys", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	if got, err := client.Do(r); err == nil {
		defer got.Body.Close()
		if got.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a header of 64 KiB: %d", got.StatusCode)
		}
	}
}

// Who opens connections and says nothing takes the room of their own source only,
// and is cut off.
func TestServeBoundsConnections(t *testing.T) {
	t.Parallel()
	_, url, _ := served(t, func(c *Config) { c.Limits.PerSource, c.Limits.Timeout = 2, 200*time.Millisecond })
	addr := strings.TrimPrefix(url, "https://")
	for range 3 {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		var timeout net.Error
		if _, err := c.Read(make([]byte, 1)); err == nil || errors.As(err, &timeout) && timeout.Timeout() {
			t.Errorf("a silent connection is not closed: %v", err)
		}
	}
}

func TestDoor(t *testing.T) {
	t.Parallel()
	d := newDoor(nil, Limits{Connections: 3, PerSource: 2})
	a, b, c := sourceOf("192.0.2.1:1"), sourceOf("192.0.2.2:1"), sourceOf("[2001:db8::1]:1")
	if c != sourceOf("[2001:db8::ffff]:9") || a == b || sourceOf("[::ffff:192.0.2.1]:1") != a {
		t.Error("sources are told apart wrongly")
	}
	for i, want := range []bool{d.enter(a), d.enter(a), !d.enter(a), d.enter(b), !d.enter(c)} {
		if !want {
			t.Errorf("step %d went wrong", i)
		}
	}
	d.exit(a)
	if !d.enter(c) || d.enter(b) {
		t.Error("room is counted wrongly")
	}
}

func TestRatesAreBounded(t *testing.T) {
	t.Parallel()
	r := newRates[int](Rate{Burst: 1, Every: time.Minute})
	now := time.Now()
	for i := range maxRated {
		if r.take(i, now) != 0 {
			t.Fatalf("key %d must wait", i)
		}
	}
	if r.take(maxRated, now) != 0 || r.take(maxRated+1, now) == 0 || r.take(0, now) == 0 {
		t.Error("keys beyond the bound do not share")
	}
	now = now.Add(time.Minute)
	if r.take(maxRated+2, now) != 0 || len(r.since) > 1 {
		t.Errorf("%d keys are kept", len(r.since))
	}
}

func TestCertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, nil)
		c := s.cfg.Certificate
		shown := func() string {
			<-time.After(lookEvery)
			got, err := c.get(nil)
			if err != nil {
				t.Fatal(err)
			}
			return fingerprint(got.Leaf)
		}
		first := shown()
		certPEM, keyPEM, err := selfSigned("other.example.org", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string][]byte{c.certFile: []byte("no certificate"), c.keyFile: keyPEM} {
			if err := writeFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if shown() != first || !strings.Contains(s.log.String(), "the old one stays in use") {
			t.Error("a bad certificate is not passed over")
		}
		if err := writeFile(c.certFile, certPEM, 0o644); err != nil {
			t.Fatal(err)
		}
		if shown() == first {
			t.Error("the new certificate is not shown")
		}
		if c.Fingerprint() == first || !strings.HasPrefix(c.Pin(), "sha256//") {
			t.Error("fingerprint and pin are not those of the new one")
		}
	})
}

func TestCertificateRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "c"), filepath.Join(dir, "k")
	_, err := LoadCertificate(cert, key, nil)
	if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("without files: %v", err)
	}
	if made, err := MakeCertificate(cert, key, "192.0.2.1"); !made || err != nil {
		t.Fatal(made, err)
	}
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has the mode %v, %v", info.Mode(), err)
	}
	if made, err := MakeCertificate(cert, key, ""); made || err != nil {
		t.Errorf("a certificate that is there is made again: %v", err)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadCertificate(cert, key, nil); err == nil || !strings.Contains(err.Error(), "others on this machine can read or change the key") {
		t.Errorf("a key for everybody: %v", err)
	}
}
