package e2e

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// activated is a `gwm serve` that gets sockets as systemd passes them: from file
// 3 on, with their number, their names and its own pid in the environment. The
// shell knows the pid before the program is there.
func (w *world) activated(t *testing.T, names string, sockets ...net.Listener) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" serve`, gwm)
	cmd.Dir = w.dir
	cmd.Env = append(w.env, "LISTEN_FDS="+strconv.Itoa(len(sockets)), "LISTEN_FDNAMES="+names)
	for _, l := range sockets {
		f, err := l.(interface{ File() (*os.File, error) }).File()
		check(t, err)
		t.Cleanup(func() { _ = f.Close() })
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	return cmd
}

// socket listens as a socket unit would.
func socket(t *testing.T, network, address string) net.Listener {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), network, address)
	check(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestSocketActivation serves on the sockets of systemd: SSH, HTTPS, which the
// configuration leaves off, and local administration. The limits of HTTPS are
// those of the configuration.
func TestSocketActivation(t *testing.T) {
	t.Parallel()
	w := newServerless(t)
	config, err := os.ReadFile(filepath.Join(w.dir, "gwm.yaml"))
	check(t, err)
	ssh, web := socket(t, "tcp", "127.0.0.1:0"), socket(t, "tcp", "127.0.0.1:0")
	dir, err := os.MkdirTemp("", "gwm") // a socket has no room for the path of the test
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	control := socket(t, "unix", filepath.Join(dir, "control.sock"))
	// nobody could listen there: the sockets take the place of it
	text := strings.Replace(string(config), "listen: 127.0.0.1:0", "listen: 192.0.2.1:1", 1)
	check(t, w.write("gwm.yaml", text+"control_socket: "+control.Addr().String()+"\nweb:\n  limits:\n    requests: {burst: 3, every: 1h}\n"))
	w.server, err = start(w.activated(t, "gwm-control:web:gwm", control, web, ssh))
	check(t, err)

	if w.server.addr != ssh.Addr().String() || w.webAddr(t) != web.Addr().String() {
		t.Errorf("it listens at %s and %s, want the sockets %s and %s", w.server.addr, w.webAddr(t), ssh.Addr(), web.Addr())
	}
	has(t, w.must(t, "admin", "whoami"), "admin")
	w.gwm(t, "whoami") // the store is the server's: this can only be through its socket
	secret := strings.TrimSpace(w.must(t, "admin", "token", "add", "site"))
	ask := w.feedClient(t, web.Addr().String())
	for i, want := range []int{http.StatusOK, http.StatusForbidden, http.StatusOK, http.StatusTooManyRequests} {
		bearer := secret
		if want == http.StatusForbidden {
			bearer = strings.Repeat("x", len(secret))
		}
		if got, _ := ask("/keys/", bearer); got.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i+1, got.StatusCode, want)
		} else if after, err := strconv.Atoi(got.Header.Get("Retry-After")); want == http.StatusTooManyRequests && (err != nil || after < 60) {
			t.Errorf("it is told to wait %d s (%v), want most of an hour", after, err)
		}
	}
}

// TestSocketTooMany refuses sockets of which it cannot tell what they are for.
func TestSocketTooMany(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, names string }{
		{"two without a name", "gwm:other"},
		{"three for HTTPS", "web:web:web"},
		{"without names", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newServerless(t)
			sockets := []net.Listener{socket(t, "tcp", "127.0.0.1:0"), socket(t, "tcp", "127.0.0.1:0")}
			if strings.Count(tt.names, ":") == 2 {
				sockets = append(sockets, socket(t, "tcp", "127.0.0.1:0"))
			}
			s, err := start(w.activated(t, tt.names, sockets...))
			if err == nil {
				w.server = s
				t.Fatalf("it serves:\n%s", s.Log())
			}
			has(t, err.Error(), "systemd passed a socket too many: ", "one more that is named web")
		})
	}
}
