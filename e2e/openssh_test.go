//go:build openssh

package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
)

// openssh is the system's OpenSSH client in a world of its own.
type openssh struct {
	*testing.T
	w *world
}

// newOpenSSH also makes ann, with the key file "ann" and power on berlin/web1,
// and pins the server's host keys.
func newOpenSSH(t *testing.T, settings ...string) *openssh {
	t.Helper()
	for _, tool := range []string{"ssh", "ssh-keygen", "ssh-agent", "ssh-add", "scp", "sftp"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: install the OpenSSH client (Debian: apt-get install openssh-client)", err)
		}
	}
	s := &openssh{t, newSite(t, settings...)}
	s.keygen("ann", "ed25519")
	s.w.gwm(t, "user", "add", "ann", "--key", "ann.pub")
	s.w.gwm(t, "grant", "set", "ann", "power", "berlin/web1")
	s.pin()
	return s
}

// keygen makes the key files NAME and NAME.pub.
func (s *openssh) keygen(name, kind string) {
	s.Helper()
	_ = os.Remove(filepath.Join(s.w.dir, name+".pub"))
	s.ok("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", name)
}

// pin writes the server's public host keys to known_hosts.
func (s *openssh) pin() {
	s.Helper()
	host, port := s.address()
	var lines strings.Builder
	for _, kind := range []string{"ed25519", "rsa"} {
		lines.WriteString("[" + host + "]:" + port + " " + s.ok("ssh-keygen", "-y", "-f", "data/host_keys/ssh_host_"+kind+"_key").out)
	}
	check(s.T, s.w.write("known_hosts", lines.String()))
}

func (s *openssh) address() (host, port string) {
	s.Helper()
	host, port, err := net.SplitHostPort(s.w.server.addr)
	check(s.T, err)
	return host, port
}

// ok runs a tool that must succeed.
func (s *openssh) ok(name string, args ...string) result {
	s.Helper()
	r := s.w.command(s.T, nil, name, args...)
	if r.code != 0 {
		s.Fatalf("%s %v: exit code %d: %s", name, args, r.code, r.err)
	}
	return r
}

// options are those of every call: nothing of this machine's configuration
// counts, and the host key must be the pinned one.
func (s *openssh) options(key string) []string {
	return []string{
		"-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=known_hosts",
		"-o", "GlobalKnownHostsFile=none", "-o", "IdentitiesOnly=yes", "-i", key,
	}
}

// args are those of ssh for a login as ann with a key.
func (s *openssh) args(key string, args ...string) []string {
	host, port := s.address()
	return append(append(s.options(key), "-p", port, "-l", "ann"), append(args[:len(args):len(args)], host)...)
}

// ssh runs a command line as ann.
func (s *openssh) ssh(options []string, words ...string) result {
	s.Helper()
	return s.w.command(s.T, nil, "ssh", append(s.args("ann", options...), words...)...)
}

// screen starts ssh on a terminal of its own.
func (s *openssh) screen(width, height int, term string, args ...string) (*screen, *exec.Cmd, *os.File) {
	s.Helper()
	cmd := exec.Command("ssh", args...)
	cmd.Dir, cmd.Env = s.w.dir, append(append([]string{}, s.w.env...), "TERM="+term)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
	check(s.T, err)
	sc := newScreen(width, height, tty, tty, func() { _ = tty.Close() })
	s.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		sc.close()
	})
	return sc, cmd, tty
}

func TestOpenSSHKeyTypes(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		name := "key-" + kind
		s.keygen(name, kind)
		args := append(s.args(name), "whoami", "--output", "json")
		if r := s.w.command(t, nil, "ssh", args...); r.code != 255 {
			t.Errorf("%s: unknown key: exit code %d: %s", kind, r.code, r.out)
		}
		s.w.gwm(t, "key", "add", "ann", "--key", name+".pub")
		r := s.ok("ssh", args...)
		has(t, r.out, `"user": "ann"`)
		if r := s.w.try(t, "key", "add", "ann", "--key", name+".pub"); r.code != 1 {
			t.Errorf("%s twice: exit code %d: %s", kind, r.code, r.err)
		}
	}
	if n := strings.Count(s.w.gwm(t, "key", "list", "ann"), "SHA256:"); n != 4 {
		t.Errorf("ann has %d keys, not 4", n)
	}
}

func TestOpenSSHCertificates(t *testing.T) {
	t.Parallel()
	ca := t.TempDir()
	check(t, exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(ca, "ca")).Run())
	s := newOpenSSH(t, "ssh.user_ca_keys_file: "+filepath.Join(ca, "ca.pub"))
	s.keygen("other-ca", "ed25519")
	for _, tc := range []struct {
		name, authority, principals, validity string
		options                               []string
		code                                  int
	}{
		{"good", filepath.Join(ca, "ca"), "ann", "-5m:+5m", nil, 0},
		{"one of several names", filepath.Join(ca, "ca"), "ops,ann", "-5m:+5m", nil, 0},
		{"for somebody who does not exist", filepath.Join(ca, "ca"), "bob", "-5m:+5m", nil, 1},
		{"over", filepath.Join(ca, "ca"), "ann", "-10m:-5m", nil, 255},
		{"not yet", filepath.Join(ca, "ca"), "ann", "+5m:+10m", nil, 255},
		{"of another authority", "other-ca", "ann", "-5m:+5m", nil, 255},
		{"from here", filepath.Join(ca, "ca"), "ann", "-5m:+5m", []string{"-O", "source-address=127.0.0.0/8"}, 0},
		{"from elsewhere", filepath.Join(ca, "ca"), "ann", "-5m:+5m", []string{"-O", "source-address=192.0.2.0/24"}, 255},
		{"with a forced command", filepath.Join(ca, "ca"), "ann", "-5m:+5m", []string{"-O", "force-command=true"}, 255},
	} {
		key := strings.ReplaceAll(tc.name, " ", "-")
		s.keygen(key, "ed25519")
		sign := append([]string{"-q", "-s", tc.authority, "-I", "badge 7", "-n", tc.principals, "-V", tc.validity}, tc.options...)
		s.ok("ssh-keygen", append(sign, key+".pub")...)
		r := s.w.command(t, nil, "ssh", append(s.args(key, "-o", "CertificateFile="+key+"-cert.pub"), "whoami")...)
		if r.code != tc.code {
			t.Errorf("a certificate %s: exit code %d, not %d: %s", tc.name, r.code, tc.code, r.err)
		}
	}
	has(t, s.w.gwm(t, "audit", "list", "--event", "login", "--by", "ann", "--output", "json"), "badge 7")
}

func TestOpenSSHAgent(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	socket := filepath.Join(s.w.dir, "agent")
	agent := exec.Command("ssh-agent", "-D", "-a", socket)
	out, err := agent.StdoutPipe()
	check(t, err)
	check(t, agent.Start())
	t.Cleanup(func() {
		_ = agent.Process.Kill()
		_ = agent.Wait()
	})
	// it listens before it says so
	_, err = out.Read(make([]byte, 1))
	check(t, err)
	s.w.env = append(s.w.env, "SSH_AUTH_SOCK="+socket)
	add := func(keys ...string) {
		for _, k := range keys {
			s.keygen(k, "ed25519")
			s.ok("ssh-add", "-q", k)
		}
	}
	host, port := s.address()
	args := append(s.options("ann")[:10], "-p", port, "-l", "ann", host, "whoami")
	add("one", "two", "three")
	s.ok("ssh-add", "-q", "ann")
	if r := s.ok("ssh", args...); !strings.Contains(r.out, "ann") {
		t.Errorf("with the fourth key of the agent: %s", r.out)
	}
	s.ok("ssh-add", "-q", "-d", "ann")
	add("four", "five", "six", "seven")
	s.ok("ssh-add", "-q", "ann")
	r := s.w.command(t, nil, "ssh", args...)
	if r.code != 255 {
		t.Errorf("with the eighth key: exit code %d", r.code)
	}
	has(t, r.err, "too many authentication failures")
	// which is what IdentitiesOnly is for
	s.ok("ssh", s.args("ann", "-v")...)
}

func TestOpenSSHScreen(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	sc, cmd, tty := s.screen(100, 30, "xterm-256color", s.args("ann", "-t")...)
	check(t, sc.see("berlin"))
	check(t, sc.press("2"))
	check(t, sc.see("web1"))
	check(t, sc.lacks("web2|paris"))

	// a resize is a signal to ssh, a request to the server, and a new picture
	sc.term.Resize(60, 20)
	check(t, pty.Setsize(tty, &pty.Winsize{Rows: 20, Cols: 60}))
	check(t, sc.wait("a screen of 60x20", func(text string, _ bool) bool {
		lines := strings.Split(text, "\n")
		return len(lines) == 20 && strings.TrimSpace(lines[19]) != "" && strings.Contains(text, "web1")
	}))
	sc.term.Resize(20, 5)
	check(t, pty.Setsize(tty, &pty.Winsize{Rows: 5, Cols: 20}))
	check(t, sc.see("(?i)small|40.12"))
	sc.term.Resize(100, 30)
	check(t, pty.Setsize(tty, &pty.Winsize{Rows: 30, Cols: 100}))
	check(t, sc.see("web1.*running"))

	check(t, sc.press(":", "q", "enter"))
	check(t, sc.end())
	check(t, cmd.Wait())
	raw := sc.sent()
	for on, off := range map[string]string{"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h"} {
		if strings.LastIndex(raw, off) < strings.LastIndex(raw, on) || !strings.Contains(raw, on) {
			t.Errorf("%q is not taken back with %q", on, off)
		}
	}
}

func TestOpenSSHCommands(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	for _, tc := range []struct {
		words []string
		code  int
	}{
		{[]string{"whoami"}, 0},
		{[]string{"vm", "list", "--output", "json"}, 0},
		{[]string{"vm", "lst"}, 2},
		{[]string{"vm", "list", "'memory>'"}, 2},
		{[]string{"vm", "show", "berlin/web2"}, 3},
		{[]string{"vm", "stop", "berlin/web2"}, 3},
		{[]string{"'unfinished"}, 2},
		{[]string{"vm", "stop", "berlin/web1", "--wait"}, 0},
	} {
		if r := s.ssh(nil, tc.words...); r.code != tc.code {
			t.Errorf("%v: exit code %d, not %d: %s", tc.words, r.code, tc.code, r.err)
		}
	}
	s.keygen("spare", "ed25519")
	spare, err := os.ReadFile(filepath.Join(s.w.dir, "spare.pub"))
	check(t, err)
	r := s.w.command(t, spare, "ssh", append(s.args("ann"), "key", "add", "--key", "-")...)
	if r.code != 0 {
		t.Errorf("key add < file: exit code %d: %s", r.code, r.err)
	}
	s.ok("ssh", append(s.args("spare"), "whoami")...)

	// without a command and without a terminal: what this is, and the commands
	r = s.ssh([]string{"-T"})
	has(t, r.out, "control room", "You are ann", "ssh -t", "whoami")
	if r.code != 0 || strings.Contains(r.out, "\x1b") {
		t.Errorf("exit code %d, %q", r.code, r.out)
	}
}

func TestOpenSSHDumbTerminal(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	sc, cmd, _ := s.screen(80, 50, "dumb", s.args("ann", "-tt")...)
	check(t, sc.see("gwm>"))
	check(t, sc.press("whoami", "enter"))
	check(t, sc.see("site administrator"))
	check(t, sc.press("exit", "enter"))
	check(t, sc.end())
	check(t, cmd.Wait())
	has(t, sc.text(), "TERM=dumb")
	hasNot(t, sc.sent(), "\x1b")

	sc, cmd, _ = s.screen(80, 50, "dumb", append(s.args("ann", "-tt"), "vm", "list")...)
	check(t, sc.end())
	check(t, cmd.Wait())
	has(t, sc.text(), "web1")
	hasNot(t, sc.sent(), "\x1b")
}

func TestOpenSSHRefusals(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	host, port := s.address()
	copying := append(s.options("ann"), "-P", port)
	for _, tc := range []struct {
		name string
		run  []string
		say  string
	}{
		{"scp", append(append([]string{"scp"}, copying...), "known_hosts", "ann@"+host+":x"), "does not transfer files"},
		{"scp -O", append(append([]string{"scp", "-O"}, copying...), "known_hosts", "ann@"+host+":x"), "files are not transferred"},
		{"scp back", append(append([]string{"scp"}, copying...), "ann@"+host+":/etc/passwd", "stolen"), "does not transfer files"},
		{"scp -O back", append(append([]string{"scp", "-O"}, copying...), "ann@"+host+":/etc/passwd", "stolen"), "files are not transferred"},
		{"sftp", append(append([]string{"sftp"}, copying...), "ann@"+host), "does not transfer files"},
		{"subsystem", append(append([]string{"ssh"}, s.args("ann", "-s")...), "netconf"), "gwm has no netconf"},
		{"-R", append([]string{"ssh"}, s.args("ann", "-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1")...), "forwarding failed"},
		{"-W", append([]string{"ssh"}, s.args("ann", "-W", "127.0.0.1:"+port)...), "does not forward connections"},
	} {
		r := s.w.command(t, nil, tc.run[0], tc.run[1:]...)
		if r.code == 0 || !strings.Contains(r.err, tc.say) {
			t.Errorf("%s: exit code %d: %s", tc.name, r.code, r.err)
		}
	}
	if _, err := os.Stat(filepath.Join(s.w.dir, "stolen")); err == nil {
		t.Error("a file came over")
	}
	s.w.env = append(s.w.env, "DISPLAY=:99", "LD_PRELOAD=/nonexistent.so")
	for _, tc := range []struct {
		name    string
		options []string
		say     string
	}{
		{"-X", []string{"-Y", "-o", "XAuthLocation=/bin/false"}, "X11 forwarding request failed"},
		{"-A", []string{"-A"}, ""},
		{"SetEnv", []string{"-o", "SetEnv=LD_PRELOAD=/nonexistent.so", "-o", "SendEnv=*"}, ""},
	} {
		r := s.ssh(tc.options, "whoami")
		if r.code != 0 || !strings.Contains(r.err, tc.say) {
			t.Errorf("%s: exit code %d: %s", tc.name, r.code, r.err)
		}
		has(t, r.out, "ann")
	}
}

// TestOpenSSHForward has ssh listen for a forwarding and connects to it.
func TestOpenSSHForward(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	local := filepath.Join(s.w.dir, "fwd")
	cmd := exec.Command("ssh", s.args("ann", "-N", "-L", local+":127.0.0.1:1", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo up")...)
	cmd.Dir, cmd.Env = s.w.dir, s.w.env
	out, err := cmd.StdoutPipe()
	check(t, err)
	var errs strings.Builder
	cmd.Stderr = &errs
	cmd.WaitDelay = 10 * time.Second // what ssh started may hold the pipe open
	check(t, cmd.Start())
	_, err = out.Read(make([]byte, 1))
	check(t, err)
	conn, err := net.Dial("unix", local)
	check(t, err)
	if n, err := conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("%d bytes came through", n)
	}
	check(t, conn.Close())
	check(t, cmd.Process.Kill())
	_ = cmd.Wait()
	has(t, errs.String(), "gwm does not forward connections")
}

// TestOpenSSHMultiplexing opens sessions over one connection up to its limit.
func TestOpenSSHMultiplexing(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t, "limits.channels: 2")
	socket := filepath.Join(s.w.dir, "m")
	master := exec.Command("ssh", s.args("ann", "-M", "-N", "-S", socket, "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo up")...)
	master.Dir, master.Env = s.w.dir, s.w.env
	out, err := master.StdoutPipe()
	check(t, err)
	check(t, master.Start())
	t.Cleanup(func() {
		_ = master.Process.Kill()
		_ = master.Wait()
	})
	_, err = out.Read(make([]byte, 1))
	check(t, err)
	// a client that is refused would open a connection of its own
	over := []string{"-S", socket, "-o", "ControlMaster=no", "-o", "ProxyCommand=false"}
	for range 3 {
		if r := s.ssh(over, "whoami"); r.code != 0 {
			t.Fatalf("one after the other: exit code %d: %s", r.code, r.err)
		}
	}
	first, _, _ := s.screen(80, 24, "xterm", s.args("ann", append(over, "-t")...)...)
	check(t, first.see("berlin"))
	second, _, _ := s.screen(80, 24, "xterm", s.args("ann", append(over, "-t")...)...)
	check(t, second.see("berlin"))
	r := s.ssh(over, "whoami")
	if r.code == 0 {
		t.Errorf("a third session at once: %s", r.out)
	}
	has(t, r.err, "Session open refused by peer")
	// the others go on, and a place that was left is free again
	check(t, first.press("2"))
	check(t, first.see("web1"))
	check(t, second.press(":", "q", "enter"))
	check(t, second.end())
	if r := s.ssh(over, "whoami"); r.code != 0 {
		t.Errorf("after one left: exit code %d: %s", r.code, r.err)
	}
}

func TestOpenSSHHostKeyChange(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	port := func() string { _, p := s.address(); return p }
	before := port()
	s.w.down(t, syscall.SIGTERM)
	check(t, os.RemoveAll(filepath.Join(s.w.dir, "data", "host_keys")))
	shown := s.w.gwm(t, "init", "--admin", "admin", "--key", "admin.pub")
	s.w.up(t)
	known, err := os.ReadFile(filepath.Join(s.w.dir, "known_hosts"))
	check(t, err)
	check(t, s.w.write("known_hosts", strings.ReplaceAll(string(known), "]:"+before+" ", "]:"+port()+" ")))
	r := s.ssh(nil, "whoami")
	if r.code != 255 || r.out != "" {
		t.Errorf("exit code %d: %s", r.code, r.out)
	}
	has(t, r.err, "REMOTE HOST IDENTIFICATION HAS CHANGED")
	// the fingerprint that ssh shows is the one that gwm init prints
	offered := s.ok("ssh-keygen", "-l", "-f", "data/host_keys/ssh_host_ed25519_key").out
	has(t, shown, strings.Fields(offered)[1])
	has(t, r.err, strings.Fields(offered)[1])
	s.pin()
	if r := s.ssh(nil, "whoami"); r.code != 0 {
		t.Errorf("after pinning anew: %s", r.err)
	}
}

// TestOpenSSHAlgorithms holds what the server offers, as ssh -vv tells it.
func TestOpenSSHAlgorithms(t *testing.T) {
	t.Parallel()
	s := newOpenSSH(t)
	r := s.ssh([]string{"-o", "LogLevel=DEBUG2"}, "whoami")
	_, offer, ok := strings.Cut(r.err, "peer server KEXINIT proposal")
	if !ok {
		t.Fatalf("ssh -vv shows no proposal: %s", r.err)
	}
	got := map[string]string{}
	for line := range strings.Lines(offer) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "debug2: "), ": ")
		if ok && got[name] == "" {
			got[name] = value
		}
	}
	ciphers := "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr"
	macs := "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"
	for name, want := range map[string]string{
		"KEX algorithms": "mlkem768x25519-sha256,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521," +
			"kex-strict-s-v00@openssh.com",
		"host key algorithms": "ssh-ed25519,rsa-sha2-256,rsa-sha2-512",
		"ciphers ctos":        ciphers, "ciphers stoc": ciphers, "MACs ctos": macs, "MACs stoc": macs, "compression ctos": "none", "compression stoc": "none",
	} {
		if diff := cmp.Diff(want, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, old := range []string{"KexAlgorithms=diffie-hellman-group14-sha1", "Ciphers=aes128-cbc", "MACs=hmac-sha1", "HostKeyAlgorithms=ssh-rsa"} {
		options := []string{"-o", old}
		if strings.HasPrefix(old, "MACs") {
			options = append(options, "-o", "Ciphers=aes128-ctr") // the others bring their own
		}
		if r := s.ssh(options, "whoami"); r.code != 255 || !strings.Contains(r.err, "no matching") {
			t.Errorf("%s: exit code %d: %s", old, r.code, r.err)
		}
	}
}
