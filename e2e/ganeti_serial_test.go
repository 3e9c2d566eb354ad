//go:build ganeti

package e2e

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	gossh "golang.org/x/crypto/ssh"
)

// prompt is the guest's shell that waits, at the end of a line.
const prompt = `(?m)^[\w-]+:ttyS0#$`

// sitDown opens the console of a VM on a screen that has just begun.
func (b *bed) sitDown(s *screen, vm string) {
	b.Helper()
	check(b.T, s.see("alpha"))
	check(b.T, s.press(":", "vm "+vm, "enter"))
	check(b.T, s.see("1 overview"))
	check(b.T, s.press("c"))
}

// shell types a line into the guest's shell and waits for what it answers.
func (b *bed) shell(s *screen, line, answer string) {
	b.Helper()
	check(b.T, s.press("clear; "+line, "enter"))
	check(b.T, s.see(answer))
	check(b.T, s.see(prompt))
}

// testSerial works at the shell of a real guest, in the console of the
// screen.
func testSerial(shared *bed) {
	t := shared.T
	b := newBed(t) // nobody trusts a node yet
	name := b.tagged("alpha", "console:serial", "console:vnc")
	vm := "alpha/" + name
	b.w.must(t, "admin", "cluster", "edit", "alpha", "--recording", "required")
	b.letIn("alpha", name)
	b.person("ann", vm)
	s := b.screen("admin", 100, 30)
	b.sitDown(s, vm)
	check(t, s.see("● connected"))
	check(t, s.see("REC"))

	b.powerCycle(s, name) // whatever somebody left there is gone
	b.programs(s)
	b.pasted(s)
	b.lookedBack(s)
	b.away(s)
	b.twoPeople(s, vm)
	b.shell(s, "echo last-$((7*7))", `(?m)^last-49$`)
	check(t, s.press("ctrl-]"))
	check(t, s.see("give the keyboard up"))
	check(t, s.press("k"))
	check(t, s.see("nobody types"))
	b.withoutScreen(s, vm)
	check(t, s.press("ctrl-]"))
	check(t, s.see("leave"))
	check(t, s.press("x"))
	check(t, s.see("1 overview"))
	b.recorded(s, vm)
}

// powerCycle stops and starts the VM under the console.
func (b *bed) powerCycle(s *screen, name string) {
	b.Helper()
	t := b.T
	t.Cleanup(func() { b.restore("alpha", name) })
	b.w.must(t, "admin", "vm", "stop", "alpha/"+name, "--force", "--wait")
	check(t, s.see(regexp.QuoteMeta(name)+" (was shut down|does not run)"))
	check(t, s.lacks("● connected"))
	b.w.must(t, "admin", "vm", "start", "alpha/"+name, "--wait")
	check(t, s.see("● connected"))
	check(t, s.rouse("enter", prompt)) // it may have said all it says before somebody listened
}

// programs runs what uses the whole screen, in windows of two sizes.
func (b *bed) programs(s *screen) {
	b.Helper()
	t := b.T
	b.shell(s, "cd /tmp; echo six-$((2*3))", `(?m)^six-6$`)
	check(t, s.press("ctrl-]"))
	check(t, s.see("types: stty cols 100 rows 28"))
	check(t, s.press("z"))
	b.shell(s, "stty size", `(?m)^28 100$`)
	check(t, s.press("clear; top", "enter"))
	check(t, s.see(`Load average: \d`))
	check(t, s.see(`PID +PPID +USER`))
	check(t, s.press("q"))
	check(t, s.see(prompt))

	check(t, s.press("clear; vi greeting", "enter"))
	check(t, s.see(`greeting.*\d+%`))
	check(t, s.press("i", "hello from vi", "enter", "a second line"))
	check(t, s.see(`(?m)^I greeting`))
	check(t, s.press("esc"))
	check(t, s.see(`(?m)^- greeting`))
	check(t, s.press(":wq", "enter"))
	check(t, s.vanish(`(?m)^~`))
	b.shell(s, "cat greeting; echo read-$((3*3))", `(?m)^hello from vi\na second line\nread-9$`)

	check(t, s.resize(80, 24))
	check(t, s.see(`ctrl-\] menu`)) // the bottom line of the smaller window
	check(t, s.press("ctrl-]"))
	check(t, s.see("types: stty cols 80 rows 22"))
	check(t, s.press("z"))
	b.shell(s, "stty size", `(?m)^22 80$`)

	check(t, s.press("ctrl-]"))
	check(t, s.see("type a text"))
	check(t, s.press("e"))
	check(t, s.see("Type into"))
	check(t, s.press("clear; echo composed-$((2*8))"))
	check(t, s.see("send it with enter"))
	check(t, s.press("enter"))
	check(t, s.see(`(?m)^composed-16$`))
	check(t, s.see(prompt))
}

// pasted holds that a paste of 200 lines arrives byte by byte.
func (b *bed) pasted(s *screen) {
	b.Helper()
	t := b.T
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintf(&text, "%03d the quick brown fox \t $HOME `jumps` \\ \"over\"\n", i)
	}
	// The shell asks the terminal where its cursor is; read takes the answer, where
	// that comes late.
	check(t, s.press("clear; stty -echo; echo go-$((1+1)); read x; echo paste-$((1+1)); cat > pasted; stty echo; echo end-$((1+1))", "enter"))
	check(t, s.see(`(?m)^go-2$`))
	check(t, s.press("enter"))
	check(t, s.see(`(?m)^paste-2$`))
	check(t, s.press("\x1b[200~"+text.String()+"\x1b[201~"))
	check(t, s.see("Paste 200 lines"))
	check(t, s.last("paste slowly"))
	check(t, s.press("up", "enter"))
	check(t, s.see("pasting"))
	check(t, s.vanish("pasting"))
	check(t, s.press("ctrl-d"))
	check(t, s.see(`(?m)^end-2$`))
	b.shell(s, "wc -l pasted; sha256sum pasted", fmt.Sprintf(`(?m)^200 pasted\n%x`, sha256.Sum256([]byte(text.String()))))
}

// lookedBack looks for what has scrolled away, and copies of it.
func (b *bed) lookedBack(s *screen) {
	b.Helper()
	t := b.T
	b.shell(s, "for i in $(seq 1 300); do echo line-$i; done", `(?m)^line-300$`)
	check(t, s.lacks(`(?m)^line-150$`))
	check(t, s.press("ctrl-]"))
	check(t, s.see("look back"))
	check(t, s.press("l"))
	check(t, s.see("F return"))
	check(t, s.press("/"))
	check(t, s.press("line-150", "enter"))
	check(t, s.see(`(?m)^line-150$`))
	check(t, s.press("v", "down", "down", "y"))
	check(t, s.see("copied"))
	if got := s.clipboard(); strings.TrimSpace(got) != "line-150\nline-151\nline-152" {
		t.Errorf("three lines were copied; on the clipboard of the client is %q", got)
	}
	check(t, s.press("F"))
	check(t, s.see(`(?m)^line-300\n`))
	check(t, s.press("ctrl-]"))
	check(t, s.see("copy all"))
	check(t, s.press("s"))
	check(t, s.see("copied the console"))
	has(t, s.clipboard(), "line-1\n", "line-299\nline-300\n")
}

// away leaves the console to itself for a while, and comes back to it.
func (b *bed) away(s *screen) {
	b.Helper()
	t := b.T
	check(t, s.press("clear; here=$((9*9)); (sleep 1; echo after-$((4*4))) &", "enter"))
	check(t, s.press("ctrl-]"))
	check(t, s.see("detach"))
	check(t, s.press("d"))
	check(t, s.see("1 overview"))
	check(t, s.see("1 console, news"))
	check(t, s.press("c"))
	check(t, s.see("after-16"))
	check(t, s.press("enter"))
	check(t, s.see(prompt))
	b.shell(s, "echo still-$here", `(?m)^still-81$`)
}

// twoPeople has a second person watch, take over, and lose the keyboard again.
func (b *bed) twoPeople(s *screen, vm string) {
	b.Helper()
	t := b.T
	a := b.screen("ann", 100, 30)
	b.sitDown(a, vm)
	check(t, a.see("● connected"))
	check(t, s.see("2 here"))
	check(t, a.see("admin types, you watch"))
	check(t, a.see("still-81")) // what was there before she came
	b.shell(s, "echo for-both-$((5*5))", `(?m)^for-both-25$`)
	check(t, a.see(`(?m)^for-both-25$`))

	check(t, a.press("x"))
	check(t, a.see("admin has the keyboard"))
	check(t, a.last("take the keyboard"))
	check(t, a.press("enter"))
	check(t, a.see("you type"))
	check(t, s.see("ann has taken the keyboard"))
	b.shell(a, "echo by-ann-$((6*6))", `(?m)^by-ann-36$`)
	check(t, s.see(`(?m)^by-ann-36$`))

	check(t, s.press("z")) // it reaches nobody, or the next line would begin with it
	check(t, s.see("what you typed was not sent"))
	check(t, s.last("take the keyboard"))
	check(t, s.press("enter"))
	check(t, s.see("you type"))
	check(t, a.see("admin has taken the keyboard"))
	b.shell(s, "echo back-$((3*7))", `(?m)^back-21$`)
	check(t, a.see(`(?m)^back-21$`))
	check(t, a.press("ctrl-]"))
	check(t, a.see("leave"))
	check(t, a.press("x"))
	check(t, s.vanish("2 here"))
}

// withoutScreen works at the same console by command, on a terminal and through a
// pipe, while a screen shows it.
func (b *bed) withoutScreen(s *screen, vm string) {
	b.Helper()
	t := b.T
	r := b.w.feed(t, "ann", "clear; echo piped-$((8*8))\n", "vm", "console", vm, "--timeout", "5s")
	if r.code != 0 {
		t.Errorf("a piped line: %+v", r)
	}
	has(t, r.out, "piped-64")
	check(t, s.see(`(?m)^piped-64$`))

	raw, err := b.w.actors["ann"].openWith(b.w.server.addr, 100, 30, "xterm-256color", func(session *gossh.Session) error {
		return session.Start("vm console " + vm)
	})
	check(t, err)
	t.Cleanup(raw.close)
	check(t, raw.see("connected to "+regexp.QuoteMeta(vm)))
	b.shell(raw, "echo raw-$((9*9))", `(?m)^raw-81$`)
	check(t, s.see(`(?m)^raw-81$`))
	check(t, s.see("ann types, you watch"))
	r = b.w.feed(t, "admin", "echo never\n", "vm", "console", vm)
	if r.code == 0 {
		t.Errorf("a line was piped past somebody who has the keyboard: %+v", r)
	}
	has(t, r.err, "ann has the keyboard")
	check(t, raw.press("enter", "~."))
	check(t, raw.end())
	check(t, s.see("nobody types"))
}

// recorded holds that all of it can be played again, by the administrator only.
func (b *bed) recorded(s *screen, vm string) {
	b.Helper()
	t := b.T
	var all []struct{ ID, Failure string }
	b.json(&all, "admin", "recording", "list", vm)
	text := ""
	for _, r := range all {
		if r.Failure != "" {
			t.Errorf("the recording %s: %s", r.ID, r.Failure)
		}
		text += b.w.must(t, "admin", "recording", "show", r.ID)
		cast := b.w.must(t, "admin", "recording", "export", r.ID)
		var header struct{ Version int }
		first, _, _ := strings.Cut(cast, "\n")
		check(t, json.Unmarshal([]byte(first), &header))
		if header.Version != 2 {
			t.Errorf("the recording %s begins with %s", r.ID, first)
		}
		hasNot(t, b.w.as(t, "ann", "recording", "show", r.ID).out, "six-6")
	}
	has(t, text, "six-6", "hello from vi", "line-150", "by-ann-36", "last-49", "raw-81")
	has(t, b.w.must(t, "admin", "audit", "list", "--on", vm), "vm.console", "console.take", "console.leave", "recording.begin")

	check(t, s.press("r"))
	check(t, s.see("recordings"))
	check(t, s.see(`1 of 1`))
	check(t, s.press("enter"))
	check(t, s.see("pause"))
	check(t, s.rouse(".", `(?m)^raw-81$`)) // 10 seconds on, to its end
	check(t, s.press("g"))
	check(t, s.vanish(`(?m)^raw-81$`))
	check(t, s.press("/")) // what the guest said when it was stopped may come first
	check(t, s.press("line-150", "enter"))
	check(t, s.see(`(?m)^line-150$`))
}
