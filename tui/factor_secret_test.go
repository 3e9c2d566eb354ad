package tui

import (
	"fmt"
	"strings"
	"testing"

	"gwm/core"
	"gwm/tui/qr"
)

// TestSecretsAreNotPrinted holds what a dump of page and messages would say.
func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	const uri, codes = "otpauth://totp/gwm:ann?secret=ABCDEFGH", "abcd-efgh"
	code, err := qr.New(uri)
	if err != nil {
		t.Fatal(err)
	}
	p := &factorPage{uri: core.NewSecret(uri), recovery: core.NewSecret(codes), code: code, said: "wrong"}
	for _, v := range []any{p, *p, begunMsg{uri: p.uri}, confirmedMsg{recovery: p.recovery}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			text := fmt.Sprintf(verb, v)
			for _, secret := range []string{uri, "ABCDEFGH", codes, fmt.Sprintf("%x", codes)} {
				if strings.Contains(text, secret) {
					t.Errorf("%s of %T says %q", verb, v, secret)
				}
			}
		}
	}
	p.wipe()
	if !p.uri.IsZero() || !p.recovery.IsZero() || p.code != nil || p.said != "" {
		t.Errorf("after the page went it holds %+v", *p)
	}
}
