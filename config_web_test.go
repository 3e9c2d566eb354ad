package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/consoleproxy"
	"gwm/core"
)

func TestAuditKeep(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"": 0, "audit:\n  keep: 0\n": 0, "audit: {keep: 400d}\n": 400 * 24 * time.Hour, "audit: {keep: 9600h}\n": 9600 * time.Hour,
	} {
		c := defaultConfig(func(string) string { return "" })
		if err := c.decode("gwm.yaml", []byte(text)); err != nil || c.tuning().AuditKeep != want {
			t.Errorf("%q keeps audit records for %s (%v), want %s", text, c.tuning().AuditKeep, err, want)
		}
	}
}

func TestWebLimits(t *testing.T) {
	t.Parallel()
	c := defaultConfig(noEnv)
	if diff := cmp.Diff(consoleproxy.DefaultLimits(), c.Web.limits()); diff != "" {
		t.Errorf("without a file (-want +got): %s", diff)
	}
	text := "web:\n  limits: {connections: 9, per_source: 3, timeout: 2s, requests: {burst: 4}, failures: {every: 5m}, token: {burst: 6, every: 7s}}\n"
	if err := c.decode("gwm.yaml", []byte(text)); err != nil {
		t.Fatal(err)
	}
	want := consoleproxy.DefaultLimits()
	want.Connections, want.PerSource, want.Timeout = 9, 3, 2*time.Second
	want.Requests.Burst, want.Failures.Every = 4, 5*time.Minute
	want.Token = consoleproxy.Rate{Burst: 6, Every: 7 * time.Second}
	if diff := cmp.Diff(want, c.Web.limits()); diff != "" {
		t.Errorf("with a file (-want +got): %s", diff)
	}
}

// TestWebListen holds that HTTPS is on for this machine unless the file says
// otherwise.
func TestWebListen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text, listen string
		off          bool
	}{
		{"", "127.0.0.1:8889", false},
		{"web: {path_secrets: false}\n", "127.0.0.1:8889", false},
		{"web:\n  listen: off\n", "off", true},
		{"web:\n  listen: \"off\"\n", "off", true},
		{"web:\n  listen: \"\"\n", "", true},
		{"web:\n  listen: \":8889\"\n", ":8889", false},
	} {
		c := defaultConfig(func(string) string { return "" })
		if err := c.decode("gwm.yaml", []byte(tt.text)); err != nil {
			t.Error(tt.text, err)
		}
		if c.Web.Listen != tt.listen || c.Web.off() != tt.off {
			t.Errorf("%q: listens on %q, off %t", tt.text, c.Web.Listen, c.Web.off())
		}
	}
}

// TestPortTaken names the setting whose port somebody else has.
func TestPortTaken(t *testing.T) {
	t.Parallel()
	taken, err := listenTCP(t.Context(), "", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	c := defaultConfig(func(string) string { return "" })
	c.DataDir, c.SSH.Listen, c.Web.Listen = t.TempDir(), "127.0.0.1:0", taken.Addr().String()
	_, err = listen(t.Context(), c, func(string) string { return "" })
	e := core.AsError(err)
	if !strings.Contains(e.Message, taken.Addr().String()) || !strings.Contains(e.Hint, "web.listen") || !strings.Contains(e.Hint, "off") {
		t.Errorf("%v; %s", err, e.Hint)
	}
}
