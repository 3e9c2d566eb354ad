package main

import (
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gwm/core"
)

func noEnv(string) string { return "" }

// TestConfigText holds the file that gwm init writes against the defaults, and
// against the keys that there are.
func TestConfigText(t *testing.T) {
	t.Parallel()
	want := defaultConfig(noEnv)
	want.DataDir = "/data"
	want.Limits.Exempt = []string{}
	var got config
	if err := got.decode("", []byte(configText("/data"))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(config{})); diff != "" {
		t.Errorf("the file differs from the defaults (-defaults +file)\n%s", diff)
	}
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, says string }{
		{"unknown key", "data_dir: /d\nlisten: x\n", `gwm.yaml, line 2, column 1: unknown key "listen": listen: x`},
		{"unknown key below", "ssh:\n  port: 22\n", `line 2, column 3: unknown key "port": port: 22`},
		{"twice", "log:\n  level: info\n  level: warn\n", `line 3, column 3: key "level" is here for the second time`},
		{"text for a number", "limits:\n  channels: many\n", "line 2, column 13: a number is expected, not a text: channels: many"},
		{"number for a time", "poll:\n  busy: 5\n", "line 2, column 9: a time such as 30s is expected, not a number: busy: 5"},
		{"no time", "poll:\n  busy: soon\n", "line 2, column 9: "},
		{"negative time", "poll:\n  idle: -5s\n", "line 2, column 9: a time such as 30s"},
		{"list for a text", "data_dir: [a]\n", "line 1, column 11: a text is expected, not a list"},
		{"text for a group", "ssh: 2222\n", "line 1, column 6: a group of keys is expected, not a number"},
		{"missing value", "ssh:\nlog:\n  level: info\n", "line 1, column "},
		{"missing value below", "ssh:\n  listen:\n  host_key_dir: x\n", "line 2, column "},
		{"zero", "limits:\n  sessions: 0\n", "line 2, column 13: a number above 0 is expected"},
		{"address", "ssh:\n  listen: localhost\n", "line 2, column 11: an address and a port"},
		{"port", "ssh:\n  listen: :99999\n", "line 2, column 11: an address and a port"},
		{"format", "log: {format: xml}\n", "line 1, column 15: one of auto, text, json and journal"},
		{"level", "log:\n  level: loud\n", "line 2, column 10: one of debug"},
		{"registration", "registration: open\n", "line 1, column 15: one of closed and approval"},
		{"second factor", "second_factor: all\n", "line 1, column 16: one of optional and administrators"},
		{"ldap time", "ldap:\n  timeout: 0s\n", "line 2, column 12: a time such as 30s"},
		{"audit time", "audit:\n  keep: long\n", "line 2, column 9: a time of at least a day such as 400d"},
		{"audit time too short", "audit:\n  keep: 1h\n", "line 2, column 9: a time of at least a day such as 400d"},
		{"web address", "web:\n  listen: localhost\n", "line 2, column 11: an address and a port"},
		{"certificate without key", "web:\n  certificate: a.pem\n", "line 2, column 16: a certificate without web.key"},
		{"no connections", "web:\n  limits:\n    connections: 0\n", "line 3, column 18: a number above 0 is expected"},
		{"no source", "web:\n  limits:\n    per_source: -1\n", "line 3, column "},
		{"web time", "web:\n  limits: {timeout: 0s}\n", "a time such as 30s"},
		{"no requests", "web:\n  limits:\n    requests: {burst: 0}\n", "burst must be above 0"},
		{"rate without a time", "web:\n  limits:\n    failures: {every: 0s}\n", "and every a time such as 1s"},
		{"rate of a token", "web:\n  limits:\n    token: 5\n", "a group of keys is expected, not a number"},
		{"unknown limit", "web:\n  limits:\n    header: 5\n", "line 3, column 5: unknown key \"header\""},
		{"recordings kept too short", "console:\n  keep: 1h\n", "line 2, column 9: a time of at least a day such as 90d"},
		{"recordings nowhere", "console:\n  recordings: \"\"\n", "line 2, column 15: a directory is expected"},
		{"network", "limits:\n  exempt: [192.0.2.0/24, home]\n", `"home" is not an address`},
		{"startups", "limits:\n  total: {start: 5, rate: 30, full: 3}\n", "line 2, column "},
		{"empty path", "control_socket: \"\"\n", "line 1, column 17: a path is expected"},
		{"a list", "- a\n", "a group of keys is expected"},
		{"only a text", "hello\n", "line 1, column 1: a group of keys is expected, not a text"},
		{"no YAML", "ssh: {\n", "line "},
		{"tab", "ssh:\n\tlisten: x\n", "line 2, column "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := defaultConfig(noEnv)
			err := cfg.decode("gwm.yaml", []byte(c.text))
			e := core.AsError(err)
			if err == nil || e.Code != core.CodeInvalid || !strings.Contains(e.Message, c.says) || e.Hint == "" {
				t.Fatalf("got %v, want %q and a hint", err, c.says)
			}
			if strings.Contains(e.Message, "\n") || regexp.MustCompile(`\b(Go|struct|main\.|time\.|uint|interface)`).MatchString(e.Message) {
				t.Errorf("not one line for people: %q", e.Message)
			}
		})
	}
}

func TestConfigPlaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	named := write("named.yaml", "data_dir: /named\nmaster_key_file: /run/key\n")
	inDir := write("gwm.yaml", "# nothing but a comment\n")
	for _, c := range []struct {
		name, flag string
		env        map[string]string
		file, data string
	}{
		{"nothing", "", map[string]string{"HOME": dir, "XDG_DATA_HOME": dir + "/share"}, "", ""},
		{"GWM_DATA_DIR", "", map[string]string{"GWM_DATA_DIR": dir}, inDir, dir},
		{"GWM_CONFIG", "", map[string]string{"GWM_CONFIG": named}, named, "/named"},
		{"both", "", map[string]string{"GWM_CONFIG": named, "GWM_DATA_DIR": dir}, named, dir},
		{"--config", named, map[string]string{"GWM_CONFIG": "/none"}, named, "/named"},
	} {
		got, err := loadConfig(c.flag, func(name string) string { return c.env[name] })
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.data == "" {
			c.data, c.file = got.DataDir, got.file // depends on who runs the test
		}
		if got.file != c.file || got.DataDir != c.data {
			t.Errorf("%s: file %q, data %q; want %q, %q", c.name, got.file, got.DataDir, c.file, c.data)
		}
		if c.file == named && got.store().KeyFile != "/run/key" || got.store().Path != filepath.Join(c.data, "gwm.db") {
			t.Errorf("%s: %+v", c.name, got.store())
		}
	}
}

func TestWithoutConfig(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"vm list --config x -o json":   "vm list -o json",
		"--config=x vm list":           "vm list",
		"vm list -- --config x":        "vm list -- --config x",
		"cluster add a --config-check": "cluster add a --config-check",
		"--config":                     "",
	} {
		if got := strings.Join(withoutConfig(strings.Fields(line)), " "); got != want {
			t.Errorf("%q becomes %q, want %q", line, got, want)
		}
	}
}

func TestNotify(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	env := func(name string) string { return map[string]string{"NOTIFY_SOCKET": socket}[name] }
	if err := notify(t.Context(), env, "READY=1"); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 64)
	if n, err := conn.Read(buf); err != nil || string(buf[:n]) != "READY=1" {
		t.Errorf("systemd reads %q, %v", buf[:n], err)
	}
	if err := notify(t.Context(), noEnv, "READY=1"); err != nil {
		t.Errorf("without systemd: %v", err)
	}
}

func TestWatchdogEvery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		usec, pid string
		want      time.Duration
	}{{"", "", 0}, {"60000000", "", 30 * time.Second}, {"60000000", "7", 30 * time.Second}, {"60000000", "8", 0}, {"x", "", 0}} {
		env := func(name string) string {
			return map[string]string{"WATCHDOG_USEC": c.usec, "WATCHDOG_PID": c.pid}[name]
		}
		if got := watchdogEvery(env, 7); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	log := newLog(logConfig{Format: "auto", Level: "info"}, &out, func(name string) string {
		return map[string]string{"JOURNAL_STREAM": "8:1"}[name]
	})
	log.Debug("hidden")
	log.With("cluster", "berlin").Warn("does not answer", slog.Int("tries", 3))
	log.Info("two\nlines")
	want := "<4>msg=\"does not answer\" cluster=berlin tries=3\n<6>msg=\"two\\nlines\"\n"
	if out.String() != want {
		t.Errorf("the journal gets %q, want %q", out.String(), want)
	}
}

func TestControlSocket(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	if _, err := listenControl(t.Context(), "control_socket", path); core.CodeOf(err) != core.CodeConflict {
		t.Errorf("beside a server that answers: %v", err)
	}
	if err := stale.Close(); err != nil {
		t.Fatal(err)
	}
	ln, err := listenControl(t.Context(), "control_socket", path)
	if err != nil {
		t.Fatalf("in the place of a socket that was left behind: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := listenControl(t.Context(), "control_socket", path); core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "in the way") {
		t.Errorf("in the place of a file: %v", err)
	}
	if _, err := listenControl(t.Context(), "control_socket", filepath.Join(dir, strings.Repeat("x", 120))); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("a path that is too long: %v", err)
	}
}
