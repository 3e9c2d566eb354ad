package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
	"gwm/core/coretest"
)

// TestVMStops watches a VM that is shut down from the page and started again.
func TestVMStops(t *testing.T) {
	d := newDesk(t, core.Tuning{})
	d.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	d.visit(d.ticket().Link)
	d.until(connected)
	d.shot("dark")
	d.run(chromedp.Click(`[data-panel="power"]`), chromedp.WaitVisible("#powers button"),
		chromedp.Click(`//button[text()="Shut down"]`), chromedp.WaitVisible("#ask"), chromedp.Click("#yes"))
	d.until(`document.getElementById("status").textContent.includes(": stop web1.example.org")`)
	d.world.Berlin.SetStatus(coretest.Web1, "ADMIN_down")
	d.screen.Drop()
	d.says("web1.example.org does not run – waiting for it to start")
	d.shot("stopped")
	d.world.Berlin.SetStatus(coretest.Web1, "running")
	d.until(connected)
}

// TestNodeDies takes away the node under a screen, and gives it back.
func TestNodeDies(t *testing.T) {
	d := newDesk(t, core.Tuning{})
	d.visit(d.ticket().Link)
	d.until(connected)
	d.dead.Store(true)
	d.screen.Drop()
	d.says("the screen of the VM cannot be reached")
	d.says("trying again")
	d.says("look whether the VM runs")
	d.until(`document.getElementById("status").textContent === ""`)
	d.shot("dead-node")
	d.dead.Store(false)
	d.run(chromedp.Click("#again"))
	d.until(connected)
}

// TestSeatEnds ends consoles in every way that a person reads about.
func TestSeatEnds(t *testing.T) {
	d := newDesk(t, core.Tuning{})
	d.visit(d.ticket().Link)
	d.until(connected)
	seats, err := d.root.AllSeats(t.Context())
	if err != nil || len(seats) != 1 || seats[0].Via != core.ViaBrowser {
		t.Fatal(seats, err)
	}
	if _, err := d.root.Do(t.Context(), core.CloseConsole{Seat: seats[0].ID}); err != nil {
		t.Fatal(err)
	}
	d.says("ended your console of berlin/web1.example.org")
	d.shot("ended")
	if n := d.screen.Viewers(); n != 0 {
		t.Errorf("%d viewers are at the screen", n)
	}

	d.visit(d.ticket().Link)
	d.until(connected)
	d.run(chromedp.Navigate("about:blank")) // the page is closed: the seat is free
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		seats, err := d.root.AllSeats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(seats) == 0 {
			break
		}
	}
}

// TestViewOnly sends nothing while it is on, and nothing to anybody else at any
// time.
func TestViewOnly(t *testing.T) {
	d := newDesk(t, core.Tuning{})
	var foreign []string
	chromedp.ListenTarget(d.ctx, func(event any) {
		if r, ok := event.(*network.EventRequestWillBeSent); ok && len(r.Request.URL) > len(d.url) &&
			r.Request.URL[:len(d.url)] != d.url && r.Request.URL[:5] != "data:" && r.Request.URL[:6] != "about:" {
			foreign = append(foreign, r.Request.URL)
		}
	})
	d.run(network.Enable())
	d.visit(d.ticket().Link)
	d.until(connected)
	d.run(chromedp.Click("#watch"), chromedp.Click("#screen canvas"), chromedp.KeyEvent("no"),
		chromedp.Click("#watch"), chromedp.Click("#fit"), chromedp.Click("#screen canvas"), chromedp.KeyEvent("yes"))
	d.shot("one-to-one")
	d.sees("yes typed and no not", func(s consoletest.Seen) bool { return fmt.Sprint(s.Keys) == "[121 101 115]" })
	if len(foreign) > 0 {
		t.Errorf("the page asks others: %v", foreign)
	}
}
