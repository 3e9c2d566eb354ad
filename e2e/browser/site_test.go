//go:build ganeti

package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gwm/consoleproxy/consoletest"
)

// site is the real program, which serves, and the test bed that e2e/ganeti/test
// starts.
type site struct {
	*testing.T
	dir, gwm string
	addr     string              // of the SSH listener
	vms      map[string][]string // name and node by cluster and short name: alpha/vm-vnc
}

// newSite makes a gwm that knows both clusters, whose nodes know it, and ann with
// her key.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, dir: t.TempDir(), vms: map[string][]string{}}
	s.gwm = filepath.Join(s.dir, "gwm")
	build := exec.Command("go", "build", "-o", s.gwm, ".")
	build.Dir = "../.."
	s.out(build)
	for _, who := range []string{"admin", "ann"} {
		s.out(exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(s.dir, who)))
	}
	settings := "ssh: {listen: 127.0.0.1:0}\nweb: {listen: 127.0.0.1:0}\nlimits: {exempt: [127.0.0.1]}\n" +
		"poll: {busy: 1s, looked: 1s, idle: 2s}\nlog: {format: json}\n"
	if err := os.WriteFile(filepath.Join(s.dir, "gwm.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run("init", "--admin", "admin", "--key", "admin.pub")
	for cluster, ca := range map[string]string{"alpha": "CA", "beta": "BETA_CA"} {
		s.run("cluster", "add", cluster, "--url", s.setting(strings.ToUpper(cluster)), "--user", s.setting("USER"),
			"--password-file", s.setting("PASSWORD_FILE"), "--ca", s.setting(ca))
		for line := range strings.Lines(s.bed(cluster, "gnt-instance", "list", "--no-headers", "--separator=|", "-o", "name,pnode")) {
			name, node, _ := strings.Cut(strings.TrimSpace(line), "|")
			short, _, _ := strings.Cut(name, ".")
			s.vms[cluster+"/"+short] = []string{cluster + "/" + name, node}
		}
	}
	s.serve()
	s.run("cluster", "refresh", "alpha")
	s.run("cluster", "refresh", "beta")
	s.run("user", "add", "ann", "--key", strings.TrimSpace(s.file("ann.pub")))
	s.letIn("alpha")
	return s
}

func (s *site) setting(name string) string {
	s.Helper()
	v := os.Getenv("GWM_GANETI_" + name)
	if v == "" {
		s.Fatalf("GWM_GANETI_%s is not set: run these tests with make ganeti", name)
	}
	return v
}

func (s *site) file(name string) string {
	s.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}

// own is gwm on the server's machine, which is an administrator.
func (s *site) own(words ...string) *exec.Cmd {
	c := exec.Command(s.gwm, words...)
	c.Dir = s.dir
	c.Env = append(os.Environ(), "HOME="+s.dir, "GWM_DATA_DIR="+filepath.Join(s.dir, "data"), "GWM_CONFIG="+filepath.Join(s.dir, "gwm.yaml"))
	return c
}

// as is gwm over SSH as ann.
func (s *site) as(words ...string) *exec.Cmd {
	host, port, _ := strings.Cut(s.addr, ":")
	return exec.Command("ssh", append([]string{
		"-F", "none", "-i", filepath.Join(s.dir, "ann"), "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no",
		"-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-p", port, "ann@" + host,
	}, words...)...)
}

// out is what a command that succeeds writes.
func (s *site) out(c *exec.Cmd) string {
	s.Helper()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		s.Fatalf("%v: %v\n%s%s", c.Args, err, out, stderr.Bytes())
	}
	return string(out)
}

func (s *site) run(words ...string) string {
	s.Helper()
	return s.out(s.own(words...))
}

// bed runs a command on a node of the test bed.
func (s *site) bed(where string, words ...string) string {
	s.Helper()
	return s.out(exec.Command(s.setting("EXEC"), append([]string{where}, words...)...))
}

// serve starts the server and waits until it listens.
func (s *site) serve() {
	s.Helper()
	server := s.own("serve")
	stderr, err := server.StderrPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := server.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	log := bufio.NewScanner(stderr)
	for log.Scan() {
		var entry struct{ Msg, Addr string }
		if json.Unmarshal(log.Bytes(), &entry) == nil && entry.Msg == "listening" {
			s.addr = entry.Addr
			go func() {
				for log.Scan() {
				}
			}()
			return
		}
	}
	s.Fatal("the server does not listen")
}

// letIn has gwm and the nodes of a cluster know each other until the test ends.
func (s *site) letIn(cluster string) {
	s.Helper()
	var said bytes.Buffer
	c := s.own("vm", "console", s.vms[cluster+"/vm-serial"][0])
	c.Stderr = &said
	_ = c.Run() // nobody trusts the node
	s.run("console", "trust", cluster, "*", regexp.MustCompile(`SHA256:[\w+/]+`).FindString(said.String()), "--yes")
	const file = "/root/.ssh/authorized_keys"
	line := strings.TrimSpace(s.run("console", "key", cluster))
	for name := range strings.Lines(s.bed(cluster, "gnt-node", "list", "--no-headers", "-o", "name")) {
		at := where(cluster, strings.TrimSpace(name))
		s.bed(at, "sh", "-c", `umask 077; echo "$1" >> "$2"`, "sh", line, file)
		s.Cleanup(func() {
			s.bed(at, "sh", "-c", `grep -vF "$1" "$2" > "$2.new"; chmod 600 "$2.new"; mv "$2.new" "$2"`, "sh", line, file)
		})
	}
}

// where is a node for bed.
func where(cluster, node string) string {
	short, _, _ := strings.Cut(node, ".")
	return cluster + "-" + short
}

// link starts a command that makes a link, and returns it once it is printed. hang
// ends the command, and with it the session.
func (s *site) link(c *exec.Cmd) (link string, hang func()) {
	s.Helper()
	out, err := c.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		s.Fatal(err)
	}
	hang = func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	s.Cleanup(hang)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = c.Wait()
		s.Fatalf("there is no link: %v: %s", err, stderr.Bytes())
	}
	return strings.TrimSpace(line), hang
}

// open shows the screen of a VM in a tab.
func (s *site) open(b *tab, vm string) {
	s.Helper()
	link, _ := s.link(s.own("vm", "vnc", s.vms[vm][0]))
	b.visit(link)
	b.until(connected)
}

// monitor says something to the QEMU of a VM, and runs a command on its node.
func (s *site) monitor(vm, words, command string) string {
	s.Helper()
	cluster, name, _ := strings.Cut(s.vms[vm][0], "/")
	return s.bed(where(cluster, s.vms[vm][1]), "sh", "-c",
		`echo "$1" | socat -t5 - "UNIX-CONNECT:/run/ganeti/kvm-hypervisor/ctrl/$2.monitor" >/dev/null; `+command, "sh", words, name)
}

// dump is the screen of a VM as QEMU itself sees it.
func (s *site) dump(vm string) image.Image {
	s.Helper()
	const file = "/run/gwm-screendump.ppm"
	p, err := consoletest.ReadPPM(strings.NewReader(s.monitor(vm, "screendump "+file, "cat "+file+"; rm "+file)))
	if err != nil {
		s.Fatal(err)
	}
	return p
}

// The page shows what QEMU dumps but for a blinking cursor, which fills no more
// than one cell of the text. What a video mode without text rounds is tolerated.
const (
	cell      = 9 * 16
	tolerance = 8 // of 255
)

// same waits until the page shows what QEMU dumps, which has to be something.
func (s *site) same(b *tab, vm string) {
	s.Helper()
	unlike := 0
	for end := time.Now().Add(patience); time.Now().Before(end); {
		want := s.dump(vm)
		if unlike = consoletest.Unlike(want, b.picture(), tolerance); unlike > cell {
			continue
		}
		if lit := consoletest.Unlike(want, image.NewUniform(image.Black.C), tolerance); lit < 10*cell {
			s.Fatalf("%s: nothing is on the screen", vm)
		}
		s.Logf("%s: %d pixels differ from QEMU's own dump", vm, unlike)
		return
	}
	b.fail("%s: %d pixels differ from QEMU's own dump", vm, unlike)
}
