package consoleproxy

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gwm/core"
)

// toySSH is an ssh program that asks a question on its terminal, checks its
// arguments and runs the command here.
const toySSH = `#!/bin/sh
echo "$*" >> "$0.log"
case "$*" in
*BatchMode*-W*) exec cat;;
*BatchMode*) for last; do :; done; eval "$last"; exit;;
esac
printf 'Enter passphrase: ' > /dev/tty
read -r answer < /dev/tty
[ "$answer" = open ] || { echo 'Permission denied.'; exit 255; }
for last; do :; done
eval "$last"
`

func startOwnSSH(t *testing.T) (b *Switchboard, log func() string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "ssh")
	if err := os.WriteFile(program, []byte(toySSH), 0o700); err != nil {
		t.Fatal(err)
	}
	b = NewSwitchboard(SwitchboardConfig{OwnSSH: program})
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b, func() string {
		text, err := os.ReadFile(program + ".log")
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
}

// TestOwnSSH has the person's own ssh ask its questions in the pane, and tells how
// it ended.
func TestOwnSSH(t *testing.T) {
	t.Parallel()
	b, log := startOwnSSH(t)
	s := newSeat("ann")
	at := serialAt("node1.example.org")
	at.Command = []string{"sh", "-c", `stty size; read -r line; echo "it's <$line>"; exit 3`}
	s.endpoint = func() (core.Endpoint, error) { return at, nil }
	ann := join(t, b, s)
	ann.until("Enter passphrase: ")
	if err := ann.line.Take(); err != nil {
		t.Error(err)
	}
	ann.line.Resize(111, 33)
	ann.write("open\r")
	ann.until("33 111")
	ann.write("hello\r")
	ann.until("it's <hello>")
	state := ann.phase(core.LineWaiting)
	if want := "the console program on node1.example.org ended with status 3"; state.Why == nil || state.Why.Error() != want {
		t.Errorf("got %v, want %q", state.Why, want)
	}
	ann.line.Reconnect()
	ann.until("Enter passphrase: ")
	ann.phase(core.LineUp)
	ann.write("no\r")
	ann.until("Permission denied.")
	state = ann.phase(core.LineWaiting)
	if core.CodeOf(state.Why) != core.CodeRefused || !strings.Contains(state.Why.Error(), "ssh could not log in to node1.example.org") {
		t.Errorf("got %v", state.Why)
	}
	want := "-p 22 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 -t -e none root@node1.example.org -- 'sh' '-c' "
	if got := log(); !strings.HasPrefix(got, want) {
		t.Errorf("ssh was called with %q, want %q...", got, want)
	}
}

// TestOwnSSHTunnel reaches screens and files through the person's own ssh.
func TestOwnSSHTunnel(t *testing.T) {
	t.Parallel()
	b, log := startOwnSSH(t)
	conn, err := b.own.tunnel(t.Context(), screenAt("127.0.0.1:11003"))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := io.WriteString(conn, "hello"); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello" {
		t.Errorf("read %q: %v", got, err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "it's a password")
	if err := os.WriteFile(file, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := screenAt("127.0.0.1:1")
	at.PasswordFile = file
	if got, err := b.own.readFile(t.Context(), at, 100); err != nil || string(got) != "secret\n" {
		t.Errorf("read %q: %v", got, err)
	}
	if _, err := b.own.readFile(t.Context(), at, 3); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("a large file: %v", err)
	}
	if !strings.Contains(log(), "-o BatchMode=yes -W 127.0.0.1:11003 root@node1.example.org\n") {
		t.Errorf("ssh was called with %q", log())
	}
}

// TestOwnSSHNames gives ssh no name that it could take for an option.
func TestOwnSSHNames(t *testing.T) {
	t.Parallel()
	b, _ := startOwnSSH(t)
	for _, name := range []string{"-oProxyCommand=id", "", "a b", "a;b", "a\nb", "node$(id)"} {
		at := serialAt(name)
		if _, err := b.own.serial(t.Context(), at); core.CodeOf(err) != core.CodeCluster {
			t.Errorf("node %q: %v", name, err)
		}
		at = serialAt("node1")
		at.SSHUser = name
		if _, err := b.own.serial(t.Context(), at); core.CodeOf(err) != core.CodeCluster {
			t.Errorf("user %q: %v", name, err)
		}
	}
	none := &ownSSH{program: filepath.Join(t.TempDir(), "ssh")}
	if _, err := none.serial(t.Context(), serialAt("node1")); core.CodeOf(err) != core.CodeUnsupported {
		t.Errorf("without a program: %v", err)
	}
}
