package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"gwm/ssh/command"
)

// machine is a home directory in which gwm runs as a person would run it.
type machine struct {
	dir     string
	environ []string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	dir := t.TempDir()
	return &machine{dir, []string{"HOME=" + dir, "GWM_DATA_DIR=" + filepath.Join(dir, "data"), "TERM=xterm"}}
}

// gwm runs a command line without a terminal.
func (m *machine) gwm(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = run(t.Context(), args, m.environ, strings.NewReader(stdin), &out, &errOut)
	return code, out.String(), errOut.String()
}

// must is gwm for a command that has to work.
func (m *machine) must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errOut := m.gwm(t, "", args...)
	if code != command.ExitDone {
		t.Fatalf("gwm %s: exit %d\n%s", strings.Join(args, " "), code, errOut)
	}
	return out
}

func (m *machine) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// key makes a key pair's public line.
func key(t *testing.T, comment string) string {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	k, err := gossh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(k))) + " " + comment + "\n"
}

func TestVersion(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if out := m.must(t, "version"); !strings.Contains(out, buildVersion()) {
		t.Errorf("gwm version prints %q", out)
	}
	var got struct{ Version string }
	if err := json.Unmarshal([]byte(m.must(t, "version", "--output", "json")), &got); err != nil || got.Version != buildVersion() {
		t.Errorf("as json: %+v, %v", got, err)
	}
	if entries, err := os.ReadDir(m.dir); err != nil || len(entries) != 0 {
		t.Errorf("gwm version left %v, %v", entries, err)
	}
}

func TestWithoutTerminal(t *testing.T) {
	t.Parallel()
	code, out, errOut := newMachine(t).gwm(t, "")
	if code != command.ExitUsage || out != "" || !strings.Contains(errOut, "gwm demo") && !strings.Contains(errOut, "demo ") {
		t.Errorf("exit %d, stdout %q, stderr %q; want 2 and the help on stderr", code, out, errOut)
	}
}

// TestWrongUse types command lines that make no sense: each gets one line, exit
// code 2, and changes nothing.
func TestWrongUse(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(t, "nokey", "this is no key\n")
	m.write(t, "empty", "")
	for _, c := range []struct{ args, says string }{
		{"--bogus", "there is no option --bogus"},
		{"frobnicate", `no command "frobnicate"`},
		{"serv", "did you mean gwm serve?"},
		{"serve now", `serve: "now" is too much`},
		{"serve --config none.yaml", "none.yaml cannot be read: no such file"},
		{"whoami --config none.yaml", "none.yaml cannot be read: no such file"},
		{"vm stop", "vm stop: VM is missing"},
		{"vm list --output xml", "--output xml is not known"},
		{"init a b", `init: "b" is one word too many`},
		{"init --admin Ann --key k", "upper case"},
		{"init --key k", "--key needs --admin"},
		{"init --admin ann --key none.pub", "none.pub cannot be read: no such file"},
		{"init --admin ann --key nokey", "line 1"},
		{"init --admin ann --key empty", "holds no public key"},
		{"demo", "needs a terminal"},
		{"demo --size x", `demo: --size "x" is not a whole number`},
		{"demo --size -1", "--size -1 is not possible"},
		{"demo --serve nowhere", "an address and a port"},
		{"restore", "restore: FILE is missing"},
		{"restore none", "none cannot be read"},
		{"compact", "there is no store"},
	} {
		args := strings.Fields(c.args)
		for i, a := range args {
			if a == "nokey" || a == "empty" {
				args[i] = filepath.Join(m.dir, a)
			}
		}
		code, out, errOut := m.gwm(t, "", args...)
		if code != command.ExitUsage || out != "" || !strings.Contains(errOut, c.says) {
			t.Errorf("gwm %s: exit %d, stdout %q, stderr %q; want 2 and %q", c.args, code, out, errOut, c.says)
		}
		if lines := strings.Count(errOut, "\n"); lines > 2 || !strings.HasPrefix(errOut, "gwm: ") {
			t.Errorf("gwm %s says %d lines:\n%s", c.args, lines, errOut)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(m.dir, "data")); !os.IsNotExist(err) {
		t.Errorf("wrong command lines made %v, %v", entries, err)
	}
}

func TestErrorsAsJSON(t *testing.T) {
	t.Parallel()
	code, _, errOut := newMachine(t).gwm(t, "", "restore", "none", "--output", "json")
	var got struct {
		Error struct{ Code, Message, Hint string }
	}
	if err := json.Unmarshal([]byte(errOut), &got); err != nil || code != command.ExitUsage || got.Error.Code != "invalid" || got.Error.Hint == "" {
		t.Errorf("exit %d, %s, %v", code, errOut, err)
	}
}

func TestInit(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(t, ".ssh/id_ed25519.pub", key(t, "ann@laptop"))
	m.write(t, ".ssh/known.pub", "not a key\n")
	first := m.must(t, "init", "--admin", "ann", "--key", filepath.Join(m.dir, ".ssh/id_ed25519.pub"))
	for _, what := range []string{"configuration", "master key", "host keys", "store", "administrator"} {
		if !strings.Contains(first, "made    "+what) {
			t.Errorf("the first gwm init does not say that it made the %s:\n%s", what, first)
		}
	}
	before := files(t, m.dir)
	for name, mode := range map[string]os.FileMode{
		"data": 0o700, "data/gwm.yaml": 0o600, "data/master.key": 0o600, "data/gwm.db": 0o600, "data/host_keys": 0o700,
		"data/host_keys/ssh_host_ed25519_key": 0o600,
	} {
		if info, err := os.Stat(filepath.Join(m.dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want mode %04o", name, info, err, mode)
		}
	}
	second := m.must(t, "init")
	if strings.Contains(second, "made") || !strings.Contains(second, "exists  administrator   ann") {
		t.Errorf("the second gwm init made something:\n%s", second)
	}
	after := files(t, m.dir)
	for name, text := range before {
		if name != "gwm.db" && name != "gwm.log" && after[name] != text {
			t.Errorf("the second gwm init changed %s", name)
		}
	}
	if users := m.must(t, "user", "list"); !strings.Contains(users, "ann") {
		t.Errorf("the administrator is missing:\n%s", users)
	}
	if err := os.Remove(filepath.Join(m.dir, "data/master.key")); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := m.gwm(t, "", "init"); code != command.ExitUsage || !strings.Contains(errOut, "bring back the key file") {
		t.Errorf("with the master key gone: exit %d\n%s", code, errOut)
	}
}

// TestInitFindsKeys gives no name and no key.
func TestInitFindsKeys(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if out := m.must(t, "init"); !strings.Contains(out, "no public key was found") {
		t.Errorf("without keys:\n%s", out)
	}
	m.write(t, ".ssh/a.pub", key(t, "first"))
	m.write(t, ".ssh/b.pub", key(t, "second"))
	if out := m.must(t, "init"); !strings.Contains(out, "made    administrator") || !strings.Contains(out, "first") || !strings.Contains(out, "second") {
		t.Errorf("with two keys:\n%s", out)
	}
}

func TestInitElsewhere(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	other, file := filepath.Join(m.dir, "other"), filepath.Join(m.dir, "etc", "gwm.yaml")
	m.environ = m.environ[:1]
	m.must(t, "init", other, "--config", file)
	if out := m.must(t, "--config", file, "whoami"); !strings.Contains(out, "local") {
		t.Errorf("whoami: %s", out)
	}
	if code, _, errOut := m.gwm(t, "", "init", m.dir, "--config", file); code != command.ExitFailed || !strings.Contains(errOut, "says data_dir") {
		t.Errorf("init with another directory: exit %d\n%s", code, errOut)
	}
}

// files reads every file below dir, by base name.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[d.Name()] = string(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestNewMasterKey rotates the master key and still finds the store usable.
func TestNewMasterKey(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.must(t, "init")
	before := files(t, m.dir)["master.key"]
	m.must(t, "init", "--new-master-key")
	after := files(t, m.dir)["master.key"]
	if before == after || strings.Count(after, "\nretiring ") != 1 || strings.Count(after, "\nactive ") != 1 {
		t.Errorf("the key file after the rotation has %d lines, before %d", strings.Count(after, "\n"), strings.Count(before, "\n"))
	}
	m.must(t, "whoami")
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.must(t, "init")
	m.write(t, "k.pub", key(t, "ann"))
	m.must(t, "user", "add", "ann", "--key", filepath.Join(m.dir, "k.pub"))
	backup := filepath.Join(m.dir, "backup")
	m.must(t, "backup", backup)
	m.must(t, "backup", backup) // in the place of the older one
	for _, precious := range []string{"k.pub", "data/gwm.db"} {
		if code, _, errOut := m.gwm(t, "", "backup", filepath.Join(m.dir, precious)); code != command.ExitFailed || !strings.Contains(errOut, "is not a backup") {
			t.Errorf("a backup over %s: exit %d\n%s", precious, code, errOut)
		}
	}
	m.must(t, "user", "delete", "ann", "--yes")
	if code, _, errOut := m.gwm(t, "", "restore", backup); code != command.ExitFailed || !strings.Contains(errOut, "--overwrite") {
		t.Errorf("restore over a store: exit %d\n%s", code, errOut)
	}
	if out := m.must(t, "restore", "--overwrite", backup); !strings.Contains(out, "before-restore-") {
		t.Errorf("restore says %s", out)
	}
	if users := m.must(t, "user", "list"); !strings.Contains(users, "ann") {
		t.Errorf("ann is not back:\n%s", users)
	}
	m.must(t, "compact")
	m.must(t, "audit", "verify")
}

// logReader keeps what a server writes and finds messages in it.
type logReader struct {
	mu   sync.Mutex
	text bytes.Buffer
	news chan struct{}
}

func (l *logReader) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.news <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *logReader) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait returns when the text is there, or fails when ended is closed before.
func (l *logReader) wait(t *testing.T, text string, ended <-chan int) {
	t.Helper()
	for !strings.Contains(l.String(), text) {
		select {
		case <-l.news:
		case code := <-ended:
			t.Fatalf("gwm ended with %d before it said %q:\n%s", code, text, l.String())
		}
	}
}

// start runs gwm until stop is called, which returns its exit code.
func (m *machine) start(t *testing.T, until string, args ...string) (out *logReader, stop func() int) {
	t.Helper()
	out = &logReader{news: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, args, m.environ, strings.NewReader(""), out, out) }()
	stop = sync.OnceValue(func() int {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { stop() })
	out.wait(t, until, ended)
	return out, stop
}

func TestServe(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.must(t, "init")
	path := filepath.Join(m.dir, "data", "gwm.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ports := strings.NewReplacer(`listen: ":2222"`, `listen: "127.0.0.1:0"`, "listen: 127.0.0.1:8889", "listen: 127.0.0.1:0")
	m.write(t, "data/gwm.yaml", ports.Replace(string(text)))
	log, stop := m.start(t, `"msg":"listening"`, "serve")

	var who struct{ User, Session string }
	if err := json.Unmarshal([]byte(m.must(t, "whoami", "-o", "json")), &who); err != nil || !strings.HasSuffix(who.User, "local") {
		t.Errorf("whoami through the control socket: %+v, %v", who, err)
	}
	m.write(t, "k.pub", key(t, "ann"))
	m.must(t, "user", "add", "ann", "--key", filepath.Join(m.dir, "k.pub"))
	if code, _, errOut := m.gwm(t, key(t, "bob"), "user", "add", "bob", "--key", "-"); code != command.ExitDone {
		t.Errorf("a key from standard input: exit %d\n%s", code, errOut)
	}
	if code, out, errOut := m.gwm(t, "", "vm", "show", "none"); code != command.ExitNotFound || out != "" || errOut == "" {
		t.Errorf("vm show none: exit %d, %q, %q", code, out, errOut)
	}
	if code, _, errOut := m.gwm(t, "", "serve"); code != command.ExitFailed || !strings.Contains(errOut, "in use") {
		t.Errorf("a second server: exit %d\n%s", code, errOut)
	}
	backup := filepath.Join(m.dir, "backup")
	m.must(t, "backup", backup)
	if code := stop(); code != command.ExitDone {
		t.Errorf("the server ended with %d\n%s", code, log)
	}
	if !strings.Contains(log.String(), `"msg":"stopped"`) {
		t.Errorf("the server does not say that it stopped:\n%s", log)
	}
	m.must(t, "restore", "--overwrite", backup)
	if users := m.must(t, "user", "list"); !strings.Contains(users, "ann") || !strings.Contains(users, "bob") {
		t.Errorf("the backup that was taken while serving lacks people:\n%s", users)
	}
}

func TestServeNeedsInit(t *testing.T) {
	t.Parallel()
	code, _, errOut := newMachine(t).gwm(t, "", "serve")
	if code != command.ExitUsage || !strings.Contains(errOut, "gwm init") {
		t.Errorf("exit %d\n%s", code, errOut)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.environ = append(m.environ, "TMPDIR="+m.dir)
	out, stop := m.start(t, `"msg":"listening"`, "demo", "--serve", "127.0.0.1:0", "--size", "200", "--faults")
	_, command, _ := strings.Cut(out.String(), "ssh -i ")
	file, _, _ := strings.Cut(command, " ")
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the key that the demo names: %v", err)
	}
	if code := stop(); code != 0 {
		t.Errorf("the demo ended with %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Dir(file)); !os.IsNotExist(err) {
		t.Errorf("the demo's directory stays: %v", err)
	}
}
