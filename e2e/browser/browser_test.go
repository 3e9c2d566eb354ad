package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gwm/consoleproxy/consoletest"
	"gwm/core"
)

// colours reads the picture at the middles of the eight bars.
const colours = `(() => {
  const c = document.querySelector("#screen canvas"), g = c.getContext("2d");
  return JSON.stringify([0,1,2,3,4,5,6,7].map(i => [...g.getImageData(i*80+40, 100, 1, 1).data.slice(0, 3)]));
})()`

const connected = `document.getElementById("notice").hidden && !!document.querySelector("#screen canvas")`

// TestPicture opens a link: the picture of the screen appears, what is typed and
// pointed at arrives, cut text goes both ways.
func TestPicture(t *testing.T) {
	d := newDesk(t, core.Tuning{})
	link := d.ticket().Link
	d.visit(link)
	d.until(connected)
	want := "["
	for i := range 8 {
		r, g, b := consoletest.Pixel(i*80+40, 100, 0)
		want += fmt.Sprintf("[%d,%d,%d],", r, g, b)
	}
	d.until(fmt.Sprintf("(%s) === %q", colours, want[:len(want)-1]+"]"))
	var address, title string
	d.run(chromedp.Location(&address), chromedp.Title(&title))
	if address != d.url+"/console" || title != "web1.example.org – console" {
		t.Errorf("the address is %s, the title %q", address, title)
	}
	d.shot("1280x800")
	d.run(chromedp.Click("#screen canvas"), chromedp.KeyEvent("hi"))
	d.sees("h and i typed", func(s consoletest.Seen) bool { return fmt.Sprint(s.Keys) == "[104 105]" })

	d.run(chromedp.Click(`[data-panel="keys"]`))
	d.shot("keys")
	d.run(chromedp.Click(`//button[text()="Ctrl-Alt-Del"]`))
	d.sees("Ctrl-Alt-Del", func(s consoletest.Seen) bool { return fmt.Sprintf("%x", s.Keys[2:]) == "[ffe3 ffe9 ffff]" })

	d.run(chromedp.Click(`[data-panel="type"]`), chromedp.SetValue("#words", "Hé\n"))
	d.shot("type")
	d.run(chromedp.Click("#typing"))
	d.sees("text typed", func(s consoletest.Seen) bool {
		return fmt.Sprintf("%x", s.Keys[min(5, len(s.Keys)):]) == "[ffe1 48 e9 ff0d]"
	})

	d.run(chromedp.Click(`[data-panel="clipboard"]`), chromedp.SetValue("#cut", "from the page"), chromedp.Click("#give"))
	d.sees("cut text", func(s consoletest.Seen) bool { return s.Cut == "from the page" })
	d.screen.Cut("from the VM")
	d.until(`document.getElementById("cut").value === "from the VM"`)
	d.shot("clipboard")
	d.run(chromedp.Click(`[data-panel="power"]`), chromedp.WaitVisible("#powers button"))
	d.shot("power")
	d.run(chromedp.Click(`//button[text()="Power off"]`), chromedp.WaitVisible("#ask"))
	d.shot("ask")
	d.run(chromedp.Click(`#ask button[value="no"]`), chromedp.Click(`[data-panel="power"]`), chromedp.EmulateViewport(480, 800))
	d.shot("480x800")

	// Nobody comes back to a link.
	d.visit(link)
	d.until(`document.getElementById("text").textContent.includes("does not open a console")`)
	d.shot("used")
}

// sees waits for what the screen sees.
func (d *desk) sees(what string, ok func(consoletest.Seen) bool) {
	d.t.Helper()
	if seen, err := d.screen.Await(d.ctx, func(s consoletest.Seen) bool { return len(s.Keys) >= 2 && ok(s) }); err != nil {
		d.t.Fatalf("no %s: %+v, %v", what, seen, err)
	}
}

// TestTooLate comes with a link after its time.
func TestTooLate(t *testing.T) {
	d := newDesk(t, core.Tuning{TicketLife: 100 * time.Millisecond})
	ticket := d.ticket()
	<-time.After(time.Until(ticket.Until))
	d.visit(ticket.Link)
	d.until(`document.getElementById("text").textContent.includes("it is too old")`)
	if n := d.screen.Viewers(); n != 0 {
		t.Errorf("%d viewers are at the screen", n)
	}
}
