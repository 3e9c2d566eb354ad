package ssh

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
	"gwm/ssh/command"
)

// control serves a control socket beside a fixture's server.
func (f *fixture) control() (socket string) {
	f.Helper()
	socket = filepath.Join(f.TempDir(), "s")
	ln, err := (&net.ListenConfig{}).Listen(f.Context(), "unix", socket)
	f.check(err)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- f.server.ServeControl(ctx, ln) }()
	f.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			f.Errorf("ServeControl: %v", err)
		}
	})
	return socket
}

func (f *fixture) attach(o AttachOptions) *Client {
	f.Helper()
	c, err := Attach(f.Context(), f.control(), o)
	f.check(err)
	f.Cleanup(func() { f.check(c.Close()) })
	return c
}

func (f *fixture) at(c *Client, stdin string, args ...string) result {
	f.Helper()
	var out, errs bytes.Buffer
	code, err := c.Run(f.Context(), args, strings.NewReader(stdin), &out, &errs)
	f.check(err)
	return result{out.String(), errs.String(), code}
}

func TestControlSocket(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.attach(AttachOptions{Env: []string{"LANG=C", "LD_PRELOAD=x", "odd"}})
	words := []string{"args", "", "a b", "it's", `"x" \ $HOME`, "größe\n2"}
	for _, tc := range []struct {
		stdin string
		args  []string
		want  result
	}{
		{"", words, result{Out: `["" "a b" "it's" "\"x\" \\ $HOME" "größe\n2"]` + "\n"}},
		{"", []string{"exit", "4"}, result{Err: "exits\n", Exit: 4}},
		{"through", []string{"cat"}, result{Out: "through"}},
		{"", []string{"whoami"}, result{Out: accountName(os.Getuid()) + "@local\n"}},
	} {
		if diff := cmp.Diff(tc.want, f.at(c, tc.stdin, tc.args...)); diff != "" {
			t.Errorf("%q: %s", tc.args, diff)
		}
	}
}

func TestControlSocketIsForUs(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		uid, own int
		want     bool
	}{{0, 0, true}, {0, 990, true}, {990, 990, true}, {1000, 990, false}, {1000, 0, false}} {
		if got := mayControl(tc.uid, tc.own); got != tc.want {
			t.Errorf("uid %d at a server of %d: %v", tc.uid, tc.own, got)
		}
	}
	f := start(t, nil)
	client, server := newPipe("127.0.0.1:1")
	if f.server.admitLocal(server) != nil || readAll(client) != "" {
		t.Error("a connection that is not a Unix socket was let in")
	}
}

func TestNobodyServes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stale := filepath.Join(dir, "stale")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	_ = ln.Close()
	for _, socket := range []string{filepath.Join(dir, "none"), stale} {
		if _, err := Attach(t.Context(), socket, AttachOptions{}); !errors.Is(err, ErrNotServing) {
			t.Errorf("%s: %v", socket, err)
		}
	}
}

func TestFilesOfTheClient(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.attach(AttachOptions{})
	dir := t.TempDir()
	big := strings.Repeat("0123456789abcdef", 1<<16)
	source, target := filepath.Join(dir, "it's a source"), filepath.Join(dir, "target")
	f.check(os.WriteFile(source, []byte(big), 0o600))
	if got := f.at(c, "", "file", "read", source); got.Out != big || got.Exit != 0 {
		t.Errorf("%d of %d bytes, exit %d, %s", len(got.Out), len(big), got.Exit, got.Err)
	}
	if got := f.at(c, big, "file", "write", target); got.Exit != 0 {
		t.Errorf("write: %+v", got)
	}
	written, err := os.ReadFile(target)
	f.check(err)
	info, err := os.Stat(target)
	f.check(err)
	if string(written) != big || info.Mode().Perm() != 0o600 {
		t.Errorf("%d of %d bytes with mode %o", len(written), len(big), info.Mode())
	}
	want := result{Err: "no such file or directory\n", Exit: 1}
	for _, direction := range []string{"read", "write"} {
		if diff := cmp.Diff(want, f.at(c, "", "file", direction, filepath.Join(dir, "no", "such"))); diff != "" {
			t.Errorf("%s: %s", direction, diff)
		}
	}
	if got := f.at(c, "x", "file", "write", "/dev/null"); got.Exit != 0 {
		t.Errorf("a device: %+v", got)
	}
	if info, err := os.Stat("/dev/null"); err != nil || info.Mode().IsRegular() {
		t.Error("the device was replaced")
	}
	left, err := filepath.Glob(filepath.Join(dir, ".gwm-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestServerCannotReadOtherFiles holds that a server gets the files that the
// command line names, and no others.
func TestServerCannotReadOtherFiles(t *testing.T) {
	t.Parallel()
	c := &Client{args: []string{"cluster", "add", "x", "--password-file=secret", "-fshort", "plain"}}
	for path, want := range map[string]bool{
		"secret": true, "short": true, "plain": true,
		"/etc/shadow": false, "": false, "-fshort": true, "password-file=secret": false, "x": true, "ain": false,
	} {
		if got := c.permitted(path); got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
}

// TestCutFile has a server that goes away while it writes.
func TestCutFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := start(t, nil)
	c := f.attach(AttachOptions{})
	target := filepath.Join(dir, "target")
	ctx, cancel := context.WithCancel(t.Context())
	stdin := &endless{after: 1 << 16, then: cancel}
	if code, err := c.Run(ctx, []string{"file", "write", target}, stdin, &bytes.Buffer{}, &bytes.Buffer{}); err == nil && code == 0 {
		t.Error("an interrupted command succeeded")
	}
	f.check(c.Close())
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("a part was kept: %v, %v", entries, err)
	}
}

// endless gives bytes for ever and calls then once after some.
type endless struct {
	after int
	then  func()
}

func (e *endless) Read(p []byte) (int, error) {
	if e.after -= len(p); e.after < 0 {
		e.then()
	}
	return len(p), nil
}

func TestPasswordAtTheControlSocket(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	ask := func(prompt string) (string, error) { return "geheim for " + prompt, nil }
	if got := f.at(f.attach(AttachOptions{Ask: true, Password: ask}), "", "password"); got.Out != "geheim for Password <nil> true\n" {
		t.Errorf("asked: %+v", got)
	}
	if got := f.at(f.attach(AttachOptions{Ask: true}), "", "password"); !strings.Contains(got.Out, "nobody can be asked") {
		t.Errorf("not asked: %+v", got)
	}
}

func TestShellAtTheControlSocket(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.attach(AttachOptions{})
	keys := &keyboardOf{lines: make(chan string, 1)}
	screen := &safeBuffer{}
	resize := make(chan command.Size, 1)
	resize <- command.Size{Cols: 100, Rows: 30}
	type ended struct {
		code int
		err  error
	}
	end := make(chan ended, 1)
	go func() {
		code, err := c.Shell(t.Context(), "xterm", command.Raw{Keys: keys, Screen: screen, Sizes: resize})
		end <- ended{code, err}
	}()
	screen.await(t, "drawn at 100x30")
	resize <- command.Size{Cols: 120, Rows: 40}
	f.events.await(t, "size 120x40")
	keys.lines <- "q"
	if got := <-end; got.code != 0 || got.err != nil {
		t.Errorf("%+v", got)
	}
	close(keys.lines)
}

// keyboardOf is an input that a test types on.
type keyboardOf struct{ lines chan string }

func (k *keyboardOf) Read(p []byte) (int, error) {
	line, ok := <-k.lines
	if !ok {
		return 0, os.ErrClosed
	}
	return copy(p, line), nil
}

func TestInterruptAtTheControlSocket(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.attach(AttachOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	out := &safeBuffer{}
	go func() { out.await(t, "waiting"); cancel() }()
	code, err := c.Run(ctx, []string{"wait"}, strings.NewReader(""), out, out)
	if code != 130 || err != nil {
		t.Errorf("exit %d, %v", code, err)
	}
}

func TestLocalSessionsAreRecorded(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	f.at(f.attach(AttachOptions{}), "", "whoami")
	name := accountName(os.Getuid()) + "@local"
	records, err := f.local.Audit(t.Context(), core.AuditQuery{By: name, Event: core.EventLogin})
	f.check(err)
	if len(records) != 1 {
		t.Errorf("the audit log has %+v", records)
	}
}
