package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"

	"gwm/ssh/command"
)

// terminal runs a command line on a terminal until it ends, or until it has
// written a text, and returns what it wrote.
func (m *machine) terminal(t *testing.T, until string, environ []string, args ...string) (code int, wrote string) {
	t.Helper()
	person, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = person.Close() }()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan int, 1)
	go func() {
		defer func() { _ = tty.Close() }()
		ended <- run(ctx, args, append(m.environ, environ...), tty, tty, tty)
	}()
	var out strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := person.Read(buf)
		out.Write(buf[:n])
		if until != "" && strings.Contains(out.String(), until) {
			cancel()
		}
		if err != nil { // the other end is closed
			return <-ended, out.String()
		}
	}
}

const altScreen = "\x1b[?1049h"

func TestTerminalThatCannotShowTheScreen(t *testing.T) {
	t.Parallel()
	for _, environ := range []string{"TERM=dumb", "TERM=", "TERM=unknown"} {
		t.Run(environ, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			code, out := m.terminal(t, altScreen, []string{environ})
			if code != command.ExitDone || !strings.Contains(out, "("+environ+") cannot show the screen") || strings.Contains(out, "\x1b") {
				t.Errorf("gwm: exit %d, %q", code, out)
			}
			code, out = m.terminal(t, altScreen, []string{environ}, "demo")
			if code != command.ExitUsage || !strings.Contains(out, "("+environ+") cannot show the screen") || strings.Contains(out, "\x1b") {
				t.Errorf("gwm demo: exit %d, %q", code, out)
			}
			if left, err := os.ReadDir(m.dir); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
		})
	}
}
