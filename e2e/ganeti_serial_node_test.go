//go:build ganeti

package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// testSerialNode sits at the console of a real guest, through a bastion, and
// has happen to its node what can: it is met for the first time, it falls silent,
// the guest moves away, the bastion dies, somebody else seems to answer.
func testSerialNode(shared *bed) {
	t := shared.T
	p := newBastion(t) // gwm needs 40 seconds to notice that a node is silent
	b := p.b
	name := b.tagged("alpha", "console:serial,console:vnc", "")
	vm := "alpha/" + name
	node := b.primary("alpha", name)
	s := b.screen("admin", 110, 30)
	b.sitDown(s, vm)
	p.met(s, node)
	check(t, s.press("enter"))
	check(t, s.see(prompt))
	b.shell(s, "mark=$((6*7)); echo mark-$mark", `(?m)^mark-42$`)
	check(t, p.server.says(node+":22"))

	p.silent(s, node)
	p.moved(s, name, node)
	p.disguised(s, vm, node)
}

// primary is the node of a VM.
func (b *bed) primary(where, name string) string {
	b.Helper()
	return b.table(where, "gnt-instance", "name,pnode", name)[name][0]
}

// met has gwm meet a node for the first time: nobody gets in before its key is
// trusted, and it knows gwm's.
func (p *bastion) met(s *screen, node string) {
	p.Helper()
	t := p.T
	check(t, s.see("for the first time"))
	check(t, s.see(`SHA256:[\w+/]+`))
	for _, answer := range []string{"esc", "o"} {
		check(t, s.press("ctrl-]"))
		check(t, s.see("look at the node's key"))
		check(t, s.press("t"))
		check(t, s.see("trust it for "+regexp.QuoteMeta(node)))
		check(t, s.see(`SHA256:[\w+/]+`))
		// what opened by itself ignores keys for a moment
		check(t, s.until(answer, "the end of the question", func() bool { return !strings.Contains(s.text(), "trust it for "+node) }))
		if answer == "esc" {
			again(t, s)
			check(t, s.see("for the first time"))
		}
	}
	check(t, s.see("what the node itself says"))
	check(t, s.rouse("y", "does not know gwm's key")) // it connects by itself
	p.b.authorize("alpha")
	again(t, s)
	check(t, s.see("● connected"))
	check(t, s.see("on "+regexp.QuoteMeta(node)))
}

// again connects again at once.
func again(t *testing.T, s *screen) {
	t.Helper()
	check(t, s.press("ctrl-]"))
	check(t, s.see("connect again now"))
	check(t, s.press("r"))
}

// silent takes the network from the node for as long as gwm needs to notice.
func (p *bastion) silent(s *screen, node string) {
	p.Helper()
	t := p.T
	away := true
	t.Cleanup(func() {
		if away {
			p.link("alpha", node, "up")
		}
	})
	p.link("alpha", node, "down")
	check(t, s.see(`not connected: (.*\n)*.*`+regexp.QuoteMeta(node)))
	check(t, s.see("does not (answer|reach)"))
	p.link("alpha", node, "up")
	away = false
	again(t, s)
	check(t, s.see("● connected"))
	check(t, s.press("enter"))
	check(t, s.see(prompt))
	p.b.shell(s, "echo still-$mark", `(?m)^still-42$`)
}

// moved migrates the guest while it runs, and back.
func (p *bastion) moved(s *screen, name, home string) {
	p.Helper()
	t, b := p.T, p.b
	back := func() {
		if b.primary("alpha", name) != home {
			b.exec("alpha", "gnt-instance", "migrate", "-f", "-n", home, name)
		}
	}
	t.Cleanup(back)
	away := ""
	for node := range b.table("alpha", "gnt-node", "name") {
		if node != home {
			away = node
		}
	}
	b.exec("alpha", "gnt-instance", "migrate", "-f", "-n", away, name)
	check(t, s.see("gwm meets "+regexp.QuoteMeta(away)+" of alpha for the first time"))
	b.w.must(t, "admin", "console", "trust", "alpha", "*", regexp.MustCompile(`SHA256:[\w+/]+`).FindString(s.text()), "--yes")
	again(t, s)
	check(t, s.see("on "+regexp.QuoteMeta(away)))
	check(t, s.see("● connected"))
	check(t, s.press("enter"))
	check(t, s.see(prompt))
	b.shell(s, "echo moved-$mark", `(?m)^moved-42$`)
	back()
	check(t, s.see("on "+regexp.QuoteMeta(home)))
	check(t, s.see("● connected"))
}

// disguised gives the node another host key while the bastion is away.
func (p *bastion) disguised(s *screen, vm, node string) {
	p.Helper()
	t, b := p.T, p.b
	p.stop()
	check(t, s.see(`not connected: (.*\n)*.*console proxy`))
	at := b.at("alpha", node)
	const key = "/etc/ssh/ssh_host_ed25519_key"
	reload := `kill -HUP "$(cat /run/sshd.pid)"`
	restore := func() {
		b.exec(at, "sh", "-c", `if [ -f `+key+`.own ]; then mv `+key+`.own `+key+`; fi; `+reload)
	}
	t.Cleanup(restore)
	b.exec(at, "sh", "-c", `mv `+key+` `+key+`.own; ssh-keygen -q -t ed25519 -N '' -f `+key+`.new && mv `+key+`.new `+key+` && rm `+key+`.new.pub; `+reload)
	p.start()
	again(t, s)
	check(t, s.see("another key than"))
	r := b.w.as(t, "admin", "vm", "console", vm)
	if r.code != 5 {
		t.Errorf("a node with another key: %+v", r)
	}
	has(t, r.err, "shows another key than before", "console forget alpha")
	restore()
	again(t, s)
	check(t, s.see("● connected"))
}

// testSerialNowhere asks for consoles that are not there, and is told why.
func testSerialNowhere(b *bed) {
	t := b.T
	down, fake := b.vm("alpha", "vm-file"), b.vm("alpha", "db1")
	for _, ask := range []struct {
		vm    string
		words []string
		code  int
	}{
		{down, []string{down + " does not run", "vm start alpha/" + down}, 1},
		{fake, []string{fake, "not available for fake hypervisor"}, 1},
	} {
		r := b.w.as(t, "admin", "vm", "console", "alpha/"+ask.vm)
		if r.code != ask.code {
			t.Errorf("the console of %s: exit code %d", ask.vm, r.code)
		}
		has(t, r.err, ask.words...)
	}
	s := b.screen("admin", 120, 40)
	check(t, s.see("alpha"))
	check(t, s.press(":", "console alpha/"+fake, "enter"))
	check(t, s.see("not available for fake hypervisor"))
	check(t, s.press(":", "vm alpha/"+down, "enter"))
	check(t, s.see("1 overview"))
	check(t, s.press("c"))
	check(t, s.see("it does not run; start it first"))
}

// testSerialOffline asks for a console on a node that Ganeti was told to
// leave alone.
func testSerialOffline(b *bed) {
	t := b.T
	name := b.tagged("alpha", "console:serial,console:vnc", "")
	node := b.primary("alpha", name)
	t.Cleanup(func() { b.exec("alpha", "gnt-node", "modify", "--force", "--offline=no", node) })
	b.exec("alpha", "gnt-node", "modify", "--force", "--offline=yes", node)
	r := b.w.as(t, "admin", "vm", "console", "alpha/"+name)
	if r.code != 1 {
		t.Errorf("a console on a node that is offline: exit code %d", r.code)
	}
	has(t, r.err, name, "node "+node+" does not answer", "node show alpha/"+node)
}
