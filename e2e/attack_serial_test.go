//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAttackByGuest has a guest write what would take a terminal over, at people on
// the screen and into a recording: it reaches neither the person's terminal nor a
// log, a list or what is printed of the recording, and the screen goes on.
func TestAttackByGuest(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.knowsNode()
	s.must(t, "admin", "cluster", "edit", "oslo", "--recording", "required")
	screen, err := s.actors["ann"].open(s.server.addr, 100, 30, "xterm-256color")
	check(t, err)
	s.screens["ann"] = screen
	check(t, screen.see("oslo"))
	check(t, screen.press(":", "console oslo/web1", "enter"))
	check(t, screen.see("web1 login:"))
	guest := s.node.Guest("web1.oslo.example.org")
	before := len(screen.sent())
	typed := len(guest.Typed())
	const mark = "planted-by-the-guest"
	attacks := []string{
		evil, "\x1b]52;c;" + mark + "\x07", "\x1b]0;" + mark + "\x07", "\x1b]2;" + mark + "\x1b\\", "\x9d0;" + mark + "\x9c", "\u009d0;" + mark + "\u009c",
		"\x1b]8;;file:///" + mark + "\x1b\\", "\x1bP" + mark + "\x1b\\", "\x1b_G" + mark + "\x1b\\", "\x1b^" + mark + "\x1b\\", "\x1bX" + mark + "\x1b\\",
		"\x1b]1337;File=inline=1:" + mark + "\x07", "\x1b]777;notify;" + mark + "\x07", "\x1b]9;" + mark + "\x07", "\x1b]4;1;?\x07", "\x1b]10;?\x07", "\x1b]11;?\x1b\\",
		"\x1b[c", "\x1b[>c", "\x1b[=c", "\x1b[5n", "\x1b[6n", "\x1b[?6n", "\x1b[21t", "\x1b[18t", "\x1b[>q", "\x1b[?2026$p", "\x1bP$qm\x1b\\", "\x1bP+q544e\x1b\\", "\x05", "\x1bZ",
		"\x1b[?1000h\x1b[?1003h\x1b[?1006h", "\x1b[?25l", "\x1b[?7l", "\x1b[5;6r", "\x1b[?1049h", "\x1b[8;1000;1000t", "\x1b[99999999999b", "x\x1b[2147483647b",
		"\x1b[" + strings.Repeat("1;", 10_000) + "m", "\x1b]0;" + strings.Repeat("long", 10_000), "\x18", "\x1bP" + strings.Repeat("q", 200_000), "\x1b\\\x18",
		strings.Repeat("e\u0301", 5_000), strings.Repeat("\u202e\u2066\u200d", 3_000), "\x1bc",
	}
	for _, a := range attacks {
		guest.Say(a)
	}
	guest.Say("\x1bc\x1b[H\r\nthe guest is done\r\n")
	check(t, screen.see("the guest is done"))
	sent := screen.sent()[before:]
	// as text in its cells the mark may be seen
	hasNot(t, sent, "file:///", "\x1b]0;"+mark, "\x1b]2;"+mark, "\x1b]9;", "\x1b]52", "\x1b]0;x", "\x1b]2;x", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x1b]4;", "\x1b]10;", "\x1b]777", "\x1b]1337", "\x1b[21t", "\x1b[>q",
		"\x1b[?1003h", "\x1b[8;1000;1000t", "\u009b", "\u009d", "\u202e", "\x05")
	if got := guest.Typed()[typed:]; got != "" { // nobody has the keyboard
		t.Errorf("the guest is answered: %q", got)
	}
	// somebody who types has the keyboard, and the guest is still nobody's master
	check(t, screen.press("root", "enter"))
	check(t, screen.see("Welcome to web1"))
	check(t, screen.press("\x1d"))
	check(t, screen.see("detach"))
	screen.close()
	eventually(t, "the end of the recording", func() bool { return !strings.Contains(s.gwm(t, "recording", "list", "oslo/web1"), "goes on") })

	var reels []struct{ ID string }
	check(t, json.Unmarshal([]byte(s.must(t, "ann", "recording", "list", "oslo/web1", "--output", "json")), &reels))
	if len(reels) == 0 {
		t.Fatal("nothing was recorded")
	}
	id := reels[len(reels)-1].ID
	shown := s.must(t, "ann", "recording", "show", id)
	has(t, shown, "the guest is done", "Welcome to web1")
	clean(t, "recording show", shown)
	exported := s.must(t, "ann", "recording", "export", id)
	has(t, exported, "the guest is done", `\u001b]52;c;`+mark, `\u009b31m`)
	clean(t, "recording export", exported)
	clean(t, "recording list", s.must(t, "ann", "recording", "list"))
	reelsOf(t, s, id)
	honest(t, s.world)
	s.ends()
}

// reelsOf asks for recordings by names that are none, as others, and where somebody
// has worked on the file.
func reelsOf(t *testing.T, s *stand, id string) {
	t.Helper()
	for _, name := range []string{"../" + id, id + "/", "./" + id, id + ".cast.gwm", "../../gwm.db", "/etc/passwd", id[:len(id)-1], id + "\x00", strings.ToUpper(id), flip(id)} {
		for _, command := range []string{"show", "export"} {
			if r := s.as(t, "ann", "recording", command, name); r.code != 3 || r.out != "" {
				t.Errorf("recording %s %q: %+v", command, name, r)
			}
		}
	}
	theirs, none := s.as(t, "bob", "recording", "show", id), s.as(t, "bob", "recording", "show", flip(id))
	if theirs.code != 3 || strings.ReplaceAll(none.err, flip(id), id) != theirs.err {
		t.Errorf("bob can tell ann's recording from none: %+v %+v", theirs, none)
	}
	file := filepath.Join(s.dir, "data", "recordings", id+".cast.gwm")
	whole, err := os.ReadFile(file)
	check(t, err)
	if bytes.Contains(whole, []byte("the guest is done")) {
		t.Error("the file can be read by who has no key")
	}
	for what, text := range map[string][]byte{
		"changed":   append(append(bytes.Clone(whole[:len(whole)/2]), whole[len(whole)/2]^1), whole[len(whole)/2+1:]...),
		"truncated": whole[:len(whole)-9],
		"longer":    append(bytes.Clone(whole), "\x00\x00\x00\x10aaaaaaaaaaaaaaaa"...),
		"empty":     nil,
		"other":     []byte(evil),
	} {
		check(t, os.WriteFile(file, text, 0o600))
		r := s.as(t, "ann", "recording", "show", id)
		if r.code == 0 || r.code == 3 {
			t.Errorf("a recording that was %s: %d %s", what, r.code, r.err)
		}
		clean(t, what, r.out+r.err)
	}
	check(t, os.Remove(file))
	check(t, os.Symlink("/etc/passwd", file))
	if r := s.as(t, "ann", "recording", "export", id); r.code == 0 || strings.Contains(r.out, "root:") {
		t.Errorf("a link in the place of a recording: %+v", r)
	}
}

// TestAttackLocalSSH has clusters name hosts and users that are options or commands, at
// somebody whose own ssh is what reaches the nodes: ssh is started with nothing of it.
func TestAttackLocalSSH(t *testing.T) {
	t.Parallel()
	w := newServerless(t)
	hostile := map[string][2]string{
		"good": {"node1.example.org", "root"}, "host": {"-oProxyCommand=touch${IFS}pwned", "root"}, "user": {"node1", "-oProxyCommand=touch${IFS}pwned"}, "shell": {"$(touch pwned)", "root;touch pwned"},
	}
	for name, at := range hostile {
		config := small(name)
		config.SSHHost, config.SSHUser = at[0], at[1]
		check(t, w.addCluster(name, config))
		w.gwm(t, "cluster", "add", name, "--url", w.clusters[name].URL(), "--user", "gwm", "--password-file", "password", "--ca", name+".pem")
	}
	check(t, os.Mkdir(filepath.Join(w.dir, "bin"), 0o700))
	ssh := "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '" + w.dir + "/ssh.args'\necho in front of the guest\nexec sleep 60\n"
	check(t, os.WriteFile(filepath.Join(w.dir, "bin", "ssh"), []byte(ssh), 0o700))
	w.env = append(w.env, "PATH="+filepath.Join(w.dir, "bin")+":"+os.Getenv("PATH"))
	w.gwm(t, "cluster", "refresh")
	for name := range hostile {
		r := w.command(t, nil, gwm, "vm", "console", name+"/web1", "--timeout", "1s")
		clean(t, name, strings.ReplaceAll(r.out+r.err, "\r", ""))
	}
	args, err := os.ReadFile(filepath.Join(w.dir, "ssh.args"))
	check(t, err)
	// what is no name is not believed: the console is derived from the parameters, if at all
	has(t, string(args), "\nroot@node1.example.org\n--\n'/usr/lib/ganeti/tools/kvm-console-wrapper'")
	hasNot(t, string(args), "touch", "ProxyCommand", "IFS")
	if _, err := os.Stat(filepath.Join(w.dir, "pwned")); err == nil {
		t.Error("a cluster ran a program here")
	}
}
