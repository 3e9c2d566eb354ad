package main

import (
	"testing"
	"time"
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
