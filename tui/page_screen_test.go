package tui_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// atScreen asks for the screen of a VM of coretest's world.
func atScreen(t *testing.T, vm string, f func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{Consoles: tuitest.NewConsoles()})
		d := &desk{t, tuitest.New(t, w.Login("admin"), at80), w}
		defer d.Close()
		d.Command("screen " + vm)
		f(d)
	})
}

// TestScreenLink shows a link that is good once, tells when it was opened, and
// from where.
func TestScreenLink(t *testing.T) {
	t.Parallel()
	atScreen(t, "db1", func(d *desk) {
		d.Shows("in a browser, once and within 30 s", "https://gwm.example.org:8889/console#")
		d.Press("y")
		link := d.Clipboard()
		_, secret, ok := strings.Cut(link, "#")
		if !ok || len(secret) < 50 {
			d.Fatalf("the clipboard holds %q", link)
		}
		d.Advance(10 * time.Second)
		d.Shows("within 20 s")
		seat, err := d.Core.Redeem(d.Context(), core.NewSecret(secret), "192.0.2.7:4711")
		if err != nil {
			d.Fatal(err)
		}
		d.Advance(3 * time.Second)
		d.Shows("Opened from 192.0.2.7:4711")
		d.Hides(secret)
		seat.Close(core.Errorf(core.CodeState, "the page was closed"))
		d.Advance(3 * time.Second)
		d.Shows("The screen of db1.example.org was closed.")
		d.Press("v")
		d.Shows("within 30 s")
		d.Advance(40 * time.Second)
		d.Shows("Nobody opened the link in time.")
		d.Press("f")
		d.Shows("No ports are forwarded here")
		d.Press("esc")
		d.Hides("No ports are forwarded here")
	})
}
