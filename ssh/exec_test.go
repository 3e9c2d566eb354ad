package ssh

import (
	"strings"
	"testing"
)

// TestWhoGetsQRCodes draws blocks only on terminals that show them, and only where
// all of the code has room.
func TestWhoGetsQRCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		t     terminal
		block string // "" for none
	}{
		{"a terminal", terminal{pty: true, name: "xterm-256color", size: size{80, 24}}, "▀"},
		{"without colours", terminal{pty: true, name: "xterm-256color", size: size{80, 24}, env: environment{"NO_COLOR=1"}}, "██"},
		{"without UTF-8", terminal{pty: true, name: "xterm", size: size{120, 60}, env: environment{"LANG=C"}}, "\x1b["},
		{"too low", terminal{pty: true, name: "xterm", size: size{80, 10}}, ""},
		{"too narrow", terminal{pty: true, name: "xterm", size: size{30, 60}}, ""},
		{"a screen reader", terminal{pty: true, name: "dumb", size: size{200, 200}}, ""},
		{"no terminal", terminal{}, ""},
	} {
		drawing, ok := "", false
		if draw := c.t.qr(); draw != nil {
			drawing, ok = draw("otpauth://totp/gwm:ann?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=gwm")
		}
		if ok != (c.block != "") || !strings.Contains(drawing, c.block) {
			t.Errorf("%s: ok %v:\n%q", c.name, ok, drawing)
		}
		if c.name == "without UTF-8" && strings.ContainsFunc(drawing, func(r rune) bool { return r > '~' }) {
			t.Errorf("%s: it is not ASCII: %q", c.name, drawing)
		}
	}
}
