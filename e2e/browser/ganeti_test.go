//go:build ganeti

package browser

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/core/inventory"
	"gwm/rapi"
)

// colourful is how many pixels of the picture are not black.
const colourful = `(() => {
  const c = document.querySelector("#screen canvas");
  const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let lit = 0;
  for (let i = 0; i < d.length; i += 4) if (d[i] + d[i+1] + d[i+2] > 60) lit++;
  return lit;
})()`

// TestGanetiScreen shows the screens of real guests, and types on one.
func TestGanetiScreen(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(os.Getenv(name))
		if err != nil {
			t.Fatal(name, err)
		}
		return strings.TrimSpace(string(text))
	}
	store := coretest.NewStore()
	d := newDeskOn(t, nil, "ssh", func(consoles core.Consoles) *core.Core {
		c, err := core.New(t.Context(), core.Config{
			Store: store, Open: map[string]core.Opener{"ganeti": rapi.Open}, Inventory: inventory.New, Consoles: consoles,
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- c.Run(ctx) }()
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		return c
	})
	if _, err := d.root.Do(t.Context(), core.AddCluster{
		Cluster:  core.Cluster{Name: "alpha", Platform: "ganeti", URL: os.Getenv("GWM_GANETI_ALPHA"), User: os.Getenv("GWM_GANETI_USER"), CA: read("GWM_GANETI_CA")},
		Password: core.NewSecret(read("GWM_GANETI_PASSWORD_FILE")),
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vm-vncpw", "vm-vnclocal", "vm-vnc"} { // behind a password, on the loopback, open
		vm := core.VMRef("alpha", name+".alpha.gwm.test")
		d.visit(d.link(vm))
		d.until(connected)
		d.until(colourful + "> 100")
		d.shot(name)
	}
	// A screen that is empty but for the prompt, then full: nothing but keys does that.
	d.run(chromedp.Click(`[data-panel="type"]`))
	for _, step := range []struct{ words, lit string }{{"\nclear\n", "< 3000"}, {"cat /proc/cpuinfo\n", "> 9000"}} {
		d.run(chromedp.SetValue("#words", step.words), chromedp.Click("#typing"))
		d.until(colourful + step.lit)
	}
	d.shot("typed")
}

// link waits until a VM is known, and makes a ticket for it.
func (d *desk) link(vm core.Ref) string {
	d.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ticket, err := d.root.NewTicket(d.ctx, vm, core.ConsoleVNC)
		if err == nil {
			return ticket.Link
		}
		if core.CodeOf(err) != core.CodeNotFound {
			d.t.Fatal(err)
		}
		select {
		case <-tick.C:
		case <-d.ctx.Done():
			d.t.Fatal(err)
		}
	}
}
