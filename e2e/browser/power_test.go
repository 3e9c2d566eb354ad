package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"gwm/core"
	"gwm/core/coretest"
)

// TestPowersFollowRights gives and takes the right to power of somebody who looks
// at the screen.
func TestPowersFollowRights(t *testing.T) {
	d := newDesk(t, core.Tuning{})
	ann := d.world.Login("ann")
	defer ann.Close()
	grant := func(verbs ...core.Verb) {
		d.world.Do(d.root, core.SetGrant{Who: core.UserRef("ann"), On: core.VMRef(coretest.Berlin, coretest.Web1), Verbs: verbs})
	}
	grant(core.VerbConsole)
	d.visit(d.ticketOf(ann).Link)
	d.until(connected)
	const enabled = `[...document.querySelectorAll("#powers button:not(:disabled)")].map(b => b.textContent).join()`
	d.run(chromedp.Click(`[data-panel="power"]`), chromedp.WaitVisible("#powers button"))
	d.until(enabled + `=== "" && document.getElementById("refusals").textContent.includes("power")`)
	d.shot("no-right")
	before := len(d.root.View().Jobs())
	// A page that somebody has tampered with asks all the same.
	d.run(chromedp.Evaluate(`{ const b = [...document.querySelectorAll("#powers button")].find(b => b.textContent === "Start"); b.disabled = false; b.click(); }`, nil))
	d.until(`document.getElementById("status").classList.contains("bad") && document.getElementById("status").textContent.includes("power")`)
	if after := len(d.root.View().Jobs()); after != before {
		t.Errorf("there are %d jobs instead of %d", after, before)
	}

	grant(core.VerbConsole, core.VerbPower)
	d.run(chromedp.Click(`[data-panel="power"]`), chromedp.Click(`[data-panel="power"]`))
	d.until(fmt.Sprintf(`(%s).includes("Shut down")`, enabled))
	d.shot("right")

	// Without the right to the console there is nothing left, at once.
	grant(core.VerbPower)
	d.says("you may not use the console of berlin/web1.example.org any more")
	d.until(`document.querySelectorAll("#tools button:not(:disabled), #powers button:not(:disabled)").length === 0`)
	d.shot("revoked")
}
