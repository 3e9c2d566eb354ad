package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
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
