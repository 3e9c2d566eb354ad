package browser

import (
	"testing"

	"github.com/chromedp/chromedp"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

// TestNetworkDrops takes the network away between the browser and gwm, in every
// way that a network has.
func TestNetworkDrops(t *testing.T) {
	d := newDesk(t, core.Tuning{})
	d.visit(d.ticket().Link)
	d.until(connected)

	d.net.cut()
	d.says("the connection with gwm is lost – trying again")
	d.status("no connection with gwm")
	d.shot("lost")
	d.net.mend()
	d.until(connected)
	d.status("connected")

	// Nothing breaks, and nothing comes any more.
	d.net.hush(true)
	d.says("the connection with gwm is lost – trying again")
	d.net.hush(false)
	d.until(connected)
	d.run(chromedp.Click("#screen canvas"), chromedp.KeyEvent("ok"))
	d.sees("ok typed", func(s consoletest.Seen) bool { return len(s.Keys) == 2 })

	// The seat ends meanwhile: the page comes back to read why.
	d.net.cut()
	d.says("the connection with gwm is lost")
	seats, err := d.root.AllSeats(t.Context())
	if err != nil || len(seats) != 1 {
		t.Fatal(seats, err)
	}
	if _, err := d.root.Do(t.Context(), core.CloseConsole{Seat: seats[0].ID}); err != nil {
		t.Fatal(err)
	}
	d.net.mend()
	d.says("ended your console of berlin/web1.example.org")
	d.shot("ended-meanwhile")
}

// TestAwayForTooLong waits for a network that does not come back while gwm waits
// for the page.
func TestAwayForTooLong(t *testing.T) {
	d := newDesk(t, core.Tuning{})
	d.visit(d.ticket().Link)
	d.until(connected)
	d.net.cut()
	d.says("the connection with gwm is lost")
	d.run(chromedp.Evaluate(`{ const now = Date.now; Date.now = () => now() + 40_000; }`, nil))
	d.says("the network was away for too long")
	d.says("ask gwm for a new link")
	d.shot("too-long")
}
