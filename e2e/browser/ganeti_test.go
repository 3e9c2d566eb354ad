//go:build ganeti

package browser

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestGanetiScreens opens the screens of real guests by links of the real program.
func TestGanetiScreens(t *testing.T) {
	s := newSite(t)
	b := newTab(t)
	early, _ := s.link(s.own("vm", "vnc", s.vms["alpha/vm-vnc"][0]))
	until := time.Now().Add(31 * time.Second)

	for _, vm := range []string{"alpha/vm-vnc", "alpha/vm-vncpw", "alpha/vm-vnclocal", "beta/vm-vnc"} { // open, behind a password, on the loopback
		t.Run(vm, func(t *testing.T) {
			b, s := &tab{t, b.ctx}, s.in(t)
			s.open(b, vm)
			b.enter("\nclear\nuname -a; seq 1 9\n")
			s.same(b, vm)
			b.shot("screen")
		})
	}
	t.Run("keys", func(t *testing.T) { testKeys(s.in(t), &tab{t, b.ctx}) })
	t.Run("once", func(t *testing.T) { testOnce(s.in(t), &tab{t, b.ctx}) })
	t.Run("rights", func(t *testing.T) { testRights(s.in(t), &tab{t, b.ctx}) })
	t.Run("power", func(t *testing.T) { testPower(s.in(t), &tab{t, b.ctx}) })
	t.Run("late", func(t *testing.T) {
		b := &tab{t, b.ctx}
		<-time.After(time.Until(until))
		b.visit(early)
		b.says("does not open a console")
		b.says("too old")
	})
}

// in is the site of a part of a test.
func (s *site) in(t *testing.T) *site {
	part := *s
	part.T = t
	return &part
}

// testKeys reads in the guest, over its serial console, what was typed on its
// screen.
func testKeys(s *site, b *tab) {
	const vm = "alpha/vm-both"
	s.open(b, vm)
	const text = "it's-2+2=$((2+2))_~{|}"
	b.enter("\ncat > /tmp/typed <<'end'\n" + text + "\n")
	b.run(chromedp.Click("#screen canvas"), chromedp.KeyEvent("by hand\rend\rclear\r"))
	got := ""
	for end := time.Now().Add(patience); !strings.Contains(got, text+"\nby hand\n"); {
		if time.Now().After(end) {
			s.Fatalf("the guest has read %q", got)
		}
		c := s.own("vm", "console", s.vms[vm][0], "--take")
		c.Stdin = strings.NewReader("\ncat /tmp/typed\n")
		got = strings.ReplaceAll(s.out(c), "\r", "")
	}
}

// testOnce comes with a link that was used, also from another browser.
func testOnce(s *site, b *tab) {
	link, _ := s.link(s.own("vm", "vnc", s.vms["alpha/vm-vnc"][0]))
	b.visit(link)
	b.until(connected)
	thief := newTab(s.T)
	thief.visit(link)
	thief.says("does not open a console")
	thief.shot("thief")
	b.until(connected) // it goes on
	b.visit(link)
	b.says("does not open a console")
}

// testRights ends what ann looks at, in two ways.
func testRights(s *site, b *tab) {
	vm := s.vms["alpha/vm-vnc"][0]
	s.run("grant", "set", "ann", "console", vm)
	link, _ := s.link(s.as("vm", "vnc", vm))
	b.visit(link)
	b.until(connected)
	since := time.Now()
	s.run("grant", "remove", "ann", vm)
	b.says("you may not use the console of " + vm + " any more")
	s.Logf("the page says that the right is gone %v after the command began", time.Since(since).Round(time.Millisecond))
	b.shot("right-gone")

	s.run("grant", "set", "ann", "console", vm)
	link, hang := s.link(s.as("vm", "vnc", vm))
	b.visit(link)
	b.until(connected)
	hang()
	b.says("the session was closed")
	b.says("ask gwm for a new link")
	b.shot("session-gone")
}

// testPower switches a VM off and on from its page.
func testPower(s *site, b *tab) {
	const vm = "alpha/vm-vncpw"
	s.open(b, vm)
	b.run(chromedp.Click(`[data-panel="power"]`), chromedp.WaitVisible("#powers button"),
		chromedp.Click(`//button[text()="Power off"]`), chromedp.WaitVisible("#ask"), chromedp.Click("#yes"))
	cluster, name, _ := strings.Cut(s.vms[vm][0], "/")
	s.Cleanup(func() { // where the page did not start it
		_ = exec.Command(s.setting("EXEC"), cluster, "gnt-instance", "start", name).Run()
	})
	b.says(name + " does not run – waiting for it to start")
	b.shot("off")
	b.run(chromedp.Evaluate(`document.querySelector('[data-panel="power"]').click()`, nil),
		chromedp.Click(`[data-panel="power"]`), chromedp.WaitEnabled(`//button[text()="Start"]`), chromedp.Click(`//button[text()="Start"]`))
	b.until(connected)
	s.same(b, vm)
}
