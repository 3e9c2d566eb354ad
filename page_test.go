package main

import (
	"strings"
	"testing"

	"gwm/core"
)

// TestPage gives links once there is a page to open them with, and says what to do
// where there is none.
func TestPage(t *testing.T) {
	t.Parallel()
	secret := core.NewSecret("abc")
	p := &page{}
	_, err := p.Link(secret)
	if e := core.AsError(err); e.Code != core.CodeUnsupported || !strings.Contains(e.Hint, "web.listen") {
		t.Errorf("without a listener: %v; %s", err, e.Hint)
	}
	if err := p.at("https://gwm.example.org:8889"); err != nil {
		t.Fatal(err)
	}
	if link, err := p.Link(secret); link != "https://gwm.example.org:8889/console#abc" || err != nil {
		t.Errorf("%q, %v", link, err)
	}
	began := 0
	p = &page{missing: core.Errorf(core.CodeUnsupported, "built without"), begin: func() error { began++; return nil }}
	if _, err := p.Link(secret); err == nil || err.Error() != "built without" || began != 0 {
		t.Errorf("built without a page: %v; %d listeners began", err, began)
	}
}
