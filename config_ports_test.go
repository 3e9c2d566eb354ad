package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/consoleproxy"
)

// TestPortsConfig refuses what would open more than is meant, and what makes no
// sense.
func TestPortsConfig(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"forward: {listen: ''}", ""},
		{"forward: {listen: localhost}", "an address of this machine"},
		{"forward: {ports: 8000-7000}", "a range of ports"},
		{"forward: {ports: 0-10}", "a range of ports"},
		{"forward: {ports: 7000}", "a range of ports"},
		{"control: {listen: '127.0.0.1:8888', secret_file: s}", ""},
		{"control: {listen: '/run/gwm/ports.sock'}", ""},
		{"control: {listen: '127.0.0.1:8888', compat: true}", ""},
		{"control: {listen: ':8888', client_ca: ca.pem}", ""},
		{"control: {listen: '127.0.0.1:8888', client_ca: ca.pem, compat: true}", "not with compat"},
		{"control: {listen: /run/s, client_ca: ca.pem}", "certificates are for TCP"},
		{"control: {listen: '[::1]:8888', compat: true}", ""},
		{"control: {listen: '127.0.0.1:8888'}", "callers must show a secret"},
		{"control: {listen: ':8888', compat: true}", "nobody is asked for a secret"},
		{"control: {listen: '192.0.2.1:8888', compat: true}", "nobody is asked for a secret"},
		{"control: {listen: '8888', secret_file: s}", "an address and a port"},
		{"control: {listen: /s, allow: [everything]}", "is no rule for connections"},
		{"proxy: {address: 'p:8890', fingerprint: " + strings.Repeat("ab", 32) + "}", ""},
		{"proxy: {address: ':8890', fingerprint: " + strings.Repeat("ab", 32) + "}", "a host and a port"},
		{"proxy: {address: 'p:8890'}", "64 hex digits"},
	} {
		c := defaultConfig(noEnv)
		err := c.decode("gwm.yaml", []byte("console:\n  "+tt.text+"\n"))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
}

// TestForwardsConfig tells where ports are opened, and by what name.
func TestForwardsConfig(t *testing.T) {
	t.Parallel()
	c := defaultConfig(noEnv)
	usual := consoleproxy.ForwardsConfig{Ports: consoleproxy.Ports{Address: "127.0.0.1", First: 7000, Last: 8000}}
	if diff := cmp.Diff(usual, c.Console.Forward.forwards()); diff != "" {
		t.Errorf("without a file (-want +got): %s", diff)
	}
	c.Console.Forward = forwardConfig{Listen: "0.0.0.0", Host: "gwm.example.org", Ports: "5-6"}
	want := consoleproxy.ForwardsConfig{Host: "gwm.example.org", Ports: consoleproxy.Ports{Address: "0.0.0.0", First: 5, Last: 6}}
	if diff := cmp.Diff(want, c.Console.Forward.forwards()); diff != "" {
		t.Errorf("with a file (-want +got): %s", diff)
	}
	if none := (forwardConfig{Ports: "5-6"}).forwards(); none.Ports.Last != 0 {
		t.Errorf("without an address: %+v", none)
	}
}

// TestChannelSecret reads the secret of callers, and refuses one that others may
// read or guess.
func TestChannelSecret(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"good", "0123456789abcdef0123456789abcdef\n", 0o600, ""},
		{"of systemd", "0123456789abcdef0123456789abcdef\n", 0o440, ""},
		{"readable", "0123456789abcdef0123456789abcdef\n", 0o644, "others on this machine can read"},
		{"short", "secret\n", 0o600, "less than 20 letters"},
	} {
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte(tt.text), tt.mode); err != nil {
			t.Fatal(err)
		}
		got, err := channelConfig{}.secret(file)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) || err == nil && got.Reveal() != strings.TrimSpace(tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := (channelConfig{}).secret(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was read")
	}
}
