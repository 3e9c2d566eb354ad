package consoleproxy

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

// newCertificate makes one and its pin.
func newCertificate(t *testing.T) (*Certificate, Pin) {
	t.Helper()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "crt"), filepath.Join(dir, "key")
	if _, err := MakeCertificate(certFile, keyFile, ""); err != nil {
		t.Fatal(err)
	}
	c, err := LoadCertificate(certFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	pin, err := ParsePin(c.Fingerprint())
	if err != nil {
		t.Fatal(err)
	}
	return c, pin
}

// startBastion serves one for a client, with rules.
func startBastion(t *testing.T, client Pin, rules ...string) (address string, pin Pin) {
	t.Helper()
	return startBastionWith(t, func(*Bastion) {}, client, rules...)
}

func startBastionWith(t *testing.T, change func(*Bastion), client Pin, rules ...string) (address string, pin Pin) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	certificate, pin := newCertificate(t)
	cfg := BastionConfig{Certificate: certificate, Clients: []Pin{client}, Log: slog.New(slog.DiscardHandler)}
	for _, r := range rules {
		cfg.Rules.List = append(cfg.Rules.List, rule(t, r))
	}
	b, err := NewBastion(cfg)
	if err != nil {
		t.Fatal(err)
	}
	change(b)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- b.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		verifyNone(t, before)
	})
	return l.Addr().String(), pin
}

// TestBastion reaches a screen through one.
func TestBastion(t *testing.T) {
	screen, err := consoletest.StartScreen(consoletest.ScreenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	mine, client := newCertificate(t)
	address, pin := startBastion(t, client, "127.0.0.1:1024-65535")
	conn, err := DialThrough(address, pin, mine).DialContext(t.Context(), "tcp", screen.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := enter(t.Context(), conn, ""); err != nil {
		t.Fatal(err)
	}
	press(t, conn, 'k')
	pressed(t, screen, 'k')
}

// TestBastionRefuses has strangers come, and gwm ask for what is not permitted.
func TestBastionRefuses(t *testing.T) {
	mine, client := newCertificate(t)
	other, stranger := newCertificate(t)
	address, pin := startBastion(t, client, "127.0.0.1:1", "localhost:1024-65535")
	for _, tt := range []struct {
		name string
		d    Dialer
		to   string
		code core.Code
		want string
	}{
		{"another gwm", DialThrough(address, pin, other), "127.0.0.1:1", core.CodeRefused, "may not know gwm's certificate"},
		{"another bastion", DialThrough(address, stranger, mine), "127.0.0.1:1", core.CodeUnreachable, "is not the console proxy that gwm knows"},
		{"no rule", DialThrough(address, pin, mine), "127.0.0.1:22", core.CodeDenied, "does not permit"},
		{"no rule for the address of the name", DialThrough(address, pin, mine), "localhost:22222", core.CodeDenied, "does not permit"},
		{"nobody listens", DialThrough(address, pin, mine), "127.0.0.1:1", core.CodeUnreachable, "does not reach"},
		{"a second line", DialThrough(address, pin, mine), "127.0.0.1:22\r\nX: y", core.CodeDenied, "is not permitted"},
		{"no bastion", DialThrough("127.0.0.1:1", pin, mine), "127.0.0.1:1", core.CodeUnreachable, "does not answer: connection refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := tt.d.DialContext(t.Context(), "tcp", tt.to)
			if err == nil {
				_ = conn.Close()
			}
			if core.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v (%s)", err, core.CodeOf(err))
			}
		})
	}
}

// TestBastionStrangers speaks with it without a certificate, without TLS, and
// another way than CONNECT.
func TestBastionStrangers(t *testing.T) {
	mine, client := newCertificate(t)
	address, _ := startBastion(t, client, "127.0.0.1:1-65535")
	send := func(config *tls.Config, text string) string {
		t.Helper()
		raw, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		if err := raw.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		conn := raw
		if config != nil {
			config.InsecureSkipVerify = true
			conn = tls.Client(raw, config)
		}
		_, _ = io.WriteString(conn, text) // it may be closed already
		answer, err := io.ReadAll(conn)
		if isTimeout(err) {
			t.Error("the connection stays open")
		}
		return string(answer)
	}
	const connect = "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n"
	if got := send(nil, connect); strings.Contains(got, "HTTP") {
		t.Errorf("without TLS: %q", got)
	}
	if got := send(&tls.Config{}, connect); got != "" {
		t.Errorf("without a certificate: %q", got)
	}
	if got := send(&tls.Config{MaxVersion: tls.VersionTLS12}, connect); got != "" {
		t.Errorf("with TLS 1.2: %q", got)
	}
	known := &tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return mine.get(nil) }}
	if got := send(known, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 405") {
		t.Errorf("GET: %q", got)
	}
}

// TestBastionSilentStrangers has strangers take all the room that one source has: a
// gwm comes in all the same, and takes none of it once it is known.
func TestBastionSilentStrangers(t *testing.T) {
	screen := startScreen(t, consoletest.ScreenOptions{})
	mine, client := newCertificate(t)
	address, pin := startBastionWith(t, func(b *Bastion) {
		b.strangers, b.known = Limits{Connections: 4, PerSource: 2}, make(chan struct{}, 5)
	}, client, "127.0.0.1:1024-65535")
	stranger := func() net.Conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
		c, err := d.DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for range 2 {
		stranger()
	}
	if _, err := stranger().Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("a third stranger: %v", err)
	}
	for i := range 6 {
		conn, err := DialThrough(address, pin, mine).DialContext(t.Context(), "tcp", screen.Addr())
		if i == 5 {
			if core.CodeOf(err) != core.CodeRefused {
				t.Errorf("more than all gwm may have: %v", err)
			}
			break
		}
		if err != nil {
			t.Fatalf("gwm does not come in beside strangers, time %d: %v", i, err)
		}
		defer conn.Close()
	}
}

// TestParsePin reads fingerprints.
func TestParsePin(t *testing.T) {
	sum := bytes.Repeat([]byte{0xab}, 32)
	text := hex.EncodeToString(sum)
	colons := strings.TrimSuffix(strings.Repeat("AB:", 32), ":")
	for _, s := range []string{text, colons} {
		if p, err := ParsePin(s); err != nil || !bytes.Equal(p[:], sum) {
			t.Errorf("%s: %x, %v", s, p, err)
		}
	}
	for _, s := range []string{"", text[2:], text + "00", "x" + text[1:]} {
		var e *core.Error
		if _, err := ParsePin(s); !errors.As(err, &e) {
			t.Errorf("%q: %v", s, err)
		}
	}
}
