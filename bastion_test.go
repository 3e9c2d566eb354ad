package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gwm/core"
)

// TestBastionInit makes a configuration that is good as soon as it says who may
// come and where it leads, and leaves what exists.
func TestBastionInit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		p := &program{stdout: out, stderr: out}
		if err := p.initBastion(dir); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() || !strings.Contains(first.String(), "fingerprint") {
		t.Errorf("the first time: %s\nthe second time: %s", first.String(), second.String())
	}
	file := filepath.Join(dir, bastionFile)
	c, err := loadBastion(file)
	if err != nil || c.Listen != ":8890" || c.Key != filepath.Join(dir, "proxy.key") {
		t.Errorf("%+v, %v", c, err)
	}
	p := &program{stdout: &first, stderr: &first, configFile: file}
	if err := p.bastion(t.Context()); err == nil || !strings.Contains(err.Error(), "lets nobody in or leads nowhere") {
		t.Errorf("without clients: %v", err)
	}
}

// TestBastionConfig names the place of what makes no sense.
func TestBastionConfig(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"listen: 8890\n", "line 1, column 9: an address and a port"},
		{"listen:\n", "a value is missing"},
		{"sisten: x\n", `unknown key "sisten"`},
		{"clients: [ab]\n", "line 1, column 10: a fingerprint has 64 hex digits"},
		{"allow: [everything]\n", "is no rule for connections"},
		{"log: {level: loud}\n", "line 1, column 14: one of debug"},
	} {
		file := filepath.Join(t.TempDir(), bastionFile)
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := loadBastion(file)
		if e := core.AsError(err); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(e.Hint, "gwm consoleproxy init") {
			t.Errorf("%q: %v; %s", tt.text, err, e.Hint)
		}
	}
}

// TestProxyIsForWhoDials holds that a command on this machine which opens no console
// looks at no certificate of the proxy.
func TestProxyIsForWhoDials(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.must(t, "init")
	text := "console:\n  proxy: {address: \"127.0.0.1:1\", fingerprint: " + strings.Repeat("ab", 32) + "}\n"
	m.write(t, "data/gwm.yaml", text)
	m.write(t, "data/proxy.crt", "broken")
	m.write(t, "data/proxy.key", "broken")
	m.must(t, "whoami")
	if code, _, errOut := m.gwm(t, "", "serve"); code == 0 || !strings.Contains(errOut, "proxy.crt") {
		t.Errorf("serve ended with %d: %s", code, errOut)
	}
}
