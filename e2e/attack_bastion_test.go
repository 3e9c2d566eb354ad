//go:build linux

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"io"
	"math/big"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gwm/consoleproxy/consoletest"
)

// startBastion starts gwm consoleproxy for the gwm of the stand.
func (s *stand) startBastion(allow string) *server {
	s.t.Helper()
	mine := s.proxyCertificate()
	sum := sha256.Sum256(mine.Certificate[0])
	check(s.t, s.write("proxy/consoleproxy.yaml", strings.Join([]string{
		"listen: " + s.host + ":8890", "clients: [" + hex.EncodeToString(sum[:]) + "]", "allow: " + strings.ReplaceAll(allow, "HOST", s.host),
		"log: {format: json, level: debug}", "",
	}, "\n")))
	cmd := exec.CommandContext(s.t.Context(), gwm, "consoleproxy", "--config", filepath.Join(s.dir, "proxy", "consoleproxy.yaml"))
	cmd.Dir, cmd.Env = s.dir, s.env
	b, err := start(cmd)
	check(s.t, err)
	s.t.Cleanup(func() { _ = b.kill(syscall.SIGTERM) }) // it may have ended
	return b
}

// proxyCertificate is what gwm shows the bastion.
func (s *stand) proxyCertificate() tls.Certificate {
	s.t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(s.dir, "data", "proxy.crt"), filepath.Join(s.dir, "data", "proxy.key"))
	check(s.t, err)
	return pair
}

// strange is a certificate that nobody knows.
func strange(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	check(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestAttackBastion comes to the bastion as a stranger, asks it as gwm for what its
// rules do not name, keeps it busy, and takes its place.
func TestAttackBastion(t *testing.T) {
	t.Parallel()
	s := newStand(t, "console:", "  forward: {listen: HOST}", "  proxy: {address: HOST:8890, fingerprint: FINGERPRINT}")
	screen := s.shows(portWeb2, consoletest.ScreenOptions{})
	b := s.startBastion(`["HOST:11000-14999", "localhost:1-65535", "*.example.org:22"]`)
	at := s.host + ":8890"
	say := func(config *tls.Config, text string) string {
		t.Helper()
		c := s.dial(at)
		defer c.Close()
		conn := c
		if config != nil {
			config.InsecureSkipVerify = true
			conn = tls.Client(c, config)
		}
		_, _ = io.WriteString(conn, text) // it may be closed already
		answer, err := io.ReadAll(conn)
		if timedOut(err) {
			t.Errorf("%.60q: the connection stays open", text)
		}
		return string(answer)
	}
	connect := func(to string) string { return "CONNECT " + to + " HTTP/1.1\r\nHost: x\r\n\r\n" }
	good := s.host + ":11001"
	other := strange(t)
	for what, config := range map[string]*tls.Config{
		"no TLS": nil, "no certificate": {}, "TLS 1.2": {MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{s.proxyCertificate()}},
		"a stranger's certificate": {Certificates: []tls.Certificate{other}},
		"gwm's certificate with another key": {GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &tls.Certificate{Certificate: s.proxyCertificate().Certificate, PrivateKey: other.PrivateKey}, nil
		}},
	} {
		if answer := say(config, connect(good)); strings.Contains(answer, "HTTP") {
			t.Errorf("%s: %q", what, answer)
		}
	}
	known := func() *tls.Config { return &tls.Config{Certificates: []tls.Certificate{s.proxyCertificate()}} }
	_, ssh, _ := net.SplitHostPort(s.server.addr)
	for _, to := range []string{
		"169.254.169.254:80", "127.0.0.1:" + ssh, "localhost:" + ssh, "[::1]:" + ssh, "[::ffff:127.0.0.1]:" + ssh, "0.0.0.0:" + ssh, s.host + ":22", s.host + ":8890",
		"127.1:11001", "2130706433:22", "0x7f000001:22", "localhost.:" + ssh, "example.org:22", "a.example.org@127.0.0.1:22", s.host, s.host + ":0", s.host + ":011001x", ":22",
		"http://" + good + "/", "*", "/", "x.example.org:22/../", "[fe80::1%25lo]:22", "evil\x1b]0;x\x07.example.org:22",
	} {
		answer := say(known(), connect(to))
		if !strings.HasPrefix(answer, "HTTP/1.1 40") {
			t.Errorf("CONNECT %s: %q", to, answer)
		}
	}
	for _, request := range []string{
		"GET http://" + good + "/ HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", "CONNECT\r\n\r\n", strings.Repeat("x", 100_000),
		"CONNECT " + good + " HTTP/1.1\r\nX: " + strings.Repeat("x", 10_000) + "\r\n\r\n", "CONNECT " + good + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\n",
	} {
		if answer := say(known(), request); strings.Contains(answer, " 200 ") {
			t.Errorf("%.60q: %q", request, answer)
		}
	}
	// strangers who say nothing take the room of one source, and gwm comes in
	s.from = "127.0.0.81"
	for range 260 {
		s.dial(at)
	}
	s.from = ""
	address, password, of := s.viewerPort("ann", "web2")
	viewer := s.dial(address)
	if result, err := rfbLogin(viewer, rfb38, 2, password); !entered(result, err) {
		t.Errorf("beside silent strangers: %v %v: %s", result, err, of.text())
	}
	of.hang()
	eventually(t, "the end of the viewer", func() bool { return screen.Viewers() == 0 })
	for line := range strings.Lines(b.Log()) {
		clean(t, "the bastion's log", line)
	}
	check(t, b.kill(syscall.SIGTERM))

	// somebody else answers in its place
	heard := make(chan string, 8)
	s.listens(8890, func(c net.Conn) {
		conn := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{other}, ClientAuth: tls.RequestClientCert})
		text, _ := io.ReadAll(conn) // what gwm says to it
		heard <- string(text)
	})
	address, password, of = s.viewerPort("ann", "web2")
	if entered(rfbLogin(s.dial(address), rfb38, 2, password)) {
		t.Error("gwm goes through another bastion")
	}
	<-of.ended
	has(t, of.text(), "is not the console proxy that gwm knows")
	if text := <-heard; text != "" {
		t.Errorf("gwm says %q to a false bastion", text)
	}
	honest(t, s.world)
	s.ends()
}
