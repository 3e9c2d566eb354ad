package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/consoleproxy"
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
