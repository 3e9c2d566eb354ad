package ssh

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)
	for line, want := range map[string]result{
		"exit 0":                         {Err: "exits\n"},
		"exit 5":                         {Err: "exits\n", Exit: 5},
		"nonsense":                       {Exit: 2},
		`args a 'b c' "d\"e" f\ g '' $H`: {Out: `["a" "b c" "d\"e" "f g" "" "$H"]` + "\n"},
		"args 'open":                     {Err: "gwm: the command line has an open quote\n", Exit: 2},
		"scp -t /tmp":                    {Err: "gwm: files are not transferred here; it runs a screen and commands, see: help\n", Exit: 2},
		"/usr/lib/openssh/sftp-server":   {Err: "gwm: files are not transferred here; it runs a screen and commands, see: help\n", Exit: 2},
		"readonly":                       {Out: "false\n"},
	} {
		if diff := cmp.Diff(want, f.run(c, line)); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
}

func TestCommandReadsItsInput(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	s, err := f.client(f.ann).NewSession()
	f.check(err)
	text := strings.Repeat("raw\r\n\x00\xff line\n", 10000)
	s.Stdin = strings.NewReader(text)
	out, err := s.Output("cat")
	if err != nil || string(out) != text {
		t.Errorf("%d of %d bytes came back, %v", len(out), len(text), err)
	}
}

// TestCommandEndsWithItsClient closes only the channel, then the connection.
func TestCommandEndsWithItsClient(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)
	first, out1, _ := f.command(c, "wait")
	_, out2, _ := f.command(c, "wait")
	out1.await(t, "waiting")
	out2.await(t, "waiting")
	f.check(first.Close())
	if _, code := waited(first); code != 130 && code != -1 {
		t.Errorf("exit %d", code)
	}
	f.check(c.Close())
	f.stop() // waits for every command
}

func TestWithoutTerminal(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	s, err := f.client(f.root).NewSession()
	f.check(err)
	stdout := &safeBuffer{}
	s.Stdout = stdout
	f.check(s.Shell())
	_, code := waited(s)
	want := "gwm, a control room for virtual machine clusters. You are root (site administrator).\n" +
		"The screen needs a terminal (ssh -t); without one there are the commands.\n\nthe help\n"
	if diff := cmp.Diff(want, stdout.String()); diff != "" || code != 0 {
		t.Errorf("exit %d: %s", code, diff)
	}
}

func TestDumbTerminal(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	for _, term := range []string{"dumb", "unknown", ""} {
		s, in, out := f.shell(f.client(f.ann), term, 80, 24)
		for n, line := range []string{"help\r", "'\r", "\r", "whoami\r", "gwm exit 3\r", "exit\rwhoami\r"} {
			out.awaitTimes(t, "gwm> ", n+1) // what is typed ahead is shown where it comes
			_, _ = io.WriteString(in, line)
		}
		_, code := waited(s)
		said := out.String()
		for _, want := range []string{
			"You are ann.\r\nThis terminal (TERM=" + term + ") cannot show the screen; the commands work.\r\nType a command, ",
			"the help\r\ngwm> ", "gwm> whoami\r\nann\r\n", "gwm> '\r\ngwm: the command line has an open quote\r\n",
			"gwm> \r\ngwm> ", "gwm> gwm exit 3\r\nexits\r\nexit code 3\r\n",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("TERM=%s: it does not say %q:\n%q", term, want, said)
			}
		}
		if code != 0 || strings.Contains(said, "\x1b") || strings.Count(said, "gwm> ") != 6 {
			t.Errorf("TERM=%s: exit %d: %q", term, code, said)
		}
	}
}

// TestCommandOnATerminal types as a person does: the client sends raw keys.
func TestCommandOnATerminal(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)
	typing := func(line, prompt, keys string) (string, int) {
		t.Helper()
		s, err := c.NewSession()
		f.check(err)
		out := &safeBuffer{}
		s.Stdout = out
		in, err := s.StdinPipe()
		f.check(err)
		f.check(s.RequestPty("xterm", 24, 80, gossh.TerminalModes{}))
		f.check(s.Start(line))
		out.await(t, prompt) // what is typed ahead is shown where it comes
		_, _ = io.WriteString(in, keys)
		_, code := waited(s)
		return out.String(), code
	}
	if out, code := typing("password", "Password: ", "gehx\x7feim\r"); !strings.HasSuffix(out, "Password: \r\ngeheim <nil> true\r\n") || code != 0 {
		t.Errorf("a password: exit %d, %q", code, out)
	}
	if out, code := typing("cat", "", "ab\x7fc\rxyz\x15z\r\x04"); !strings.Contains(out, "ac\r\n") || !strings.Contains(out, "\r\nz\r\n") || code != 0 {
		t.Errorf("lines: exit %d, %q", code, out)
	}
	if out, code := typing("wait", "", "\x03"); !strings.Contains(out, "^C\r\n") || code != 130 {
		t.Errorf("ctrl-c: exit %d, %q", code, out)
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)
	s, err := c.NewSession()
	f.check(err)
	for name, value := range map[string]string{
		"LD_PRELOAD": "/tmp/x.so", "PATH": "/tmp", "GWM_DATA_DIR": "/tmp", "GWM_ASK": "1", "LC_" + strings.Repeat("X", 99): "C",
		"LANG": "\x1b[2J", "COLORTERM": strings.Repeat("x", 257),
	} {
		if err := s.Setenv(name, value); err == nil {
			t.Errorf("%.20s=%.20q was accepted", name, value)
		}
	}
	for name, value := range map[string]string{"LANG": "de_DE.UTF-8", "LC_ALL": "C", "NO_COLOR": "yes", "COLORTERM": "truecolor", "RO": "1"} {
		if err := s.Setenv(name, value); err != nil {
			t.Errorf("%s=%s was refused", name, value)
		}
	}
	out, err := s.Output("readonly")
	if err != nil || string(out) != "true\n" {
		t.Errorf("RO=1: %q, %v", out, err)
	}
	s, err = c.NewSession()
	f.check(err)
	for range maxVariables {
		f.check(s.Setenv("LANG", "C"))
	}
	if s.Setenv("LANG", "C") == nil {
		t.Error("there is no end of variables")
	}
}

func TestEnvironmentOfTheScreen(t *testing.T) {
	t.Parallel()
	e := environment{"NO_COLOR=yes", "RO=1", "LANG=C", "COLORTERM=truecolor", "TERM=evil"}
	if diff := cmp.Diff([]string{"TERM=xterm", "NO_COLOR=1", "LANG=C", "COLORTERM=truecolor"}, e.screen("xterm")); diff != "" {
		t.Error(diff)
	}
	for _, tc := range []struct {
		env  environment
		want bool
	}{
		{nil, false},
		{environment{"LANG=de_DE.UTF-8"}, false},
		{environment{"LANG=C.utf8"}, false},
		{environment{"LANG=C"}, true},
		{environment{"LANG=C", "LC_ALL=de_DE.UTF-8"}, false},
		{environment{"LANG=de_DE.UTF-8", "LC_CTYPE=POSIX"}, true},
	} {
		if got := tc.env.ascii(); got != tc.want {
			t.Errorf("%v: ascii %v", tc.env, got)
		}
	}
	for v, want := range map[string]bool{"": false, "0": false, "no": false, "1": true, "yes": true} {
		if got := (environment{"RO=" + v}).readOnly(); got != want {
			t.Errorf("RO=%s: %v", v, got)
		}
	}
}

func TestLoginsAreRecorded(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	f.run(f.client(f.ann), "whoami")
	records, err := f.local.Audit(t.Context(), core.AuditQuery{By: "ann", Event: core.EventLogin})
	f.check(err)
	if len(records) != 1 || records[0].Addr != f.addr || records[0].Key != gossh.FingerprintSHA256(f.ann.PublicKey()) {
		t.Errorf("the audit log has %+v", records)
	}
}
