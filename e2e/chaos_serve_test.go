package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestChaosStart starts the server where something is in the way.
func TestChaosStart(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	data := filepath.Join(w.dir, "data")
	config, err := os.ReadFile(filepath.Join(w.dir, "gwm.yaml"))
	check(t, err)

	second := refuses(t, w, "a second server")
	has(t, second, "is in use", fmt.Sprintf("gwm serve is running (pid %d)", w.server.cmd.Process.Pid))
	w.must(t, "admin", "user", "add", "ann") // the first one is not disturbed
	w.gwm(t, "user", "list")
	w.down(t, syscall.SIGKILL) // leaves a control socket behind

	taken, err := net.Listen("tcp", "127.0.0.1:0") // it is closed below
	check(t, err)
	defer taken.Close()
	for what, c := range map[string]struct {
		from, to string
		says     []string
	}{
		"port in use":     {"listen: 127.0.0.1:0", "listen: " + taken.Addr().String(), []string{"cannot listen on " + taken.Addr().String(), "another program listens there"}},
		"HTTPS in use":    {"web:\n  listen: 127.0.0.1:0", "web:\n  listen: " + taken.Addr().String(), []string{"cannot listen on " + taken.Addr().String(), "web.listen", "off"}},
		"long socket":     {"ssh:", "control_socket: " + strings.Repeat("x", 200) + "\nssh:", []string{"longer than 103 bytes", "control_socket"}},
		"unknown key":     {"ssh:", "sssh: 1\nssh:", []string{"sssh"}},
		"not YAML":        {"ssh:", "ssh: [", []string{"gwm.yaml"}},
		"wrong type":      {"busy: 100ms", "busy: soon", []string{"soon"}},
		"missing CA file": {"ssh:", "ssh:\n  user_ca_keys_file: nowhere", []string{"ssh.user_ca_keys_file", "nowhere", "cannot be read"}},
	} {
		check(t, w.write("gwm.yaml", strings.Replace(string(config), c.from, c.to, 1)))
		says := refuses(t, w, what)
		has(t, says, c.says...)
		hasNot(t, says, "goroutine")
	}
	check(t, w.write("gwm.yaml", string(config)))
	check(t, w.serve())
	w.gwm(t, "user", "list") // over a control socket that replaced the stale one
	w.down(t, syscall.SIGTERM)

	check(t, os.RemoveAll(filepath.Join(data, "host_keys")))
	check(t, w.serve())
	has(t, w.must(t, "admin", "user", "list"), "ann")
	w.down(t, syscall.SIGTERM)
	check(t, os.WriteFile(filepath.Join(data, "host_keys", "ssh_host_ed25519_key"), []byte("nonsense"), 0o600))
	has(t, refuses(t, w, "a host key that is none"), "ssh_host_ed25519_key")
	w.tidy(t)
}

// TestChaosStop ends the server while many look and a job runs.
func TestChaosStop(t *testing.T) {
	t.Parallel()
	w := paced(t, 1)
	var screens []*screen
	for n := range 20 {
		who := []string{"admin", "ann", "bob"}[n%3]
		s, err := w.actors[who].open(w.server.addr, 100, 30, "xterm-256color")
		check(t, err)
		w.screens[fmt.Sprint(n)] = s
		screens = append(screens, s)
	}
	for _, s := range screens {
		check(t, s.see("berlin"))
	}
	job := number(t, w.must(t, "ann", "vm", "restart", "berlin/web1", "--yes"))
	w.must(t, "admin", "cluster", "refresh", "berlin")
	w.down(t, syscall.SIGTERM)
	if code := w.server.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, w.server.Log())
	}
	for n, s := range screens {
		check(t, s.end())
		if !strings.Contains(s.sent(), "stop") {
			t.Errorf("screen %d was not told", n)
		}
	}
	check(t, w.serve())
	w.must(t, "ann", "job", "wait", job)
	own := w.ownJobs(t, "berlin")
	if len(own) != 1 {
		t.Errorf("the cluster has the jobs %v", own)
	}
	for reason, jobs := range own {
		if len(jobs) != 1 || !strings.HasSuffix(reason, "job-"+job) {
			t.Errorf("%s was sent %d times", reason, len(jobs))
		}
	}
}
