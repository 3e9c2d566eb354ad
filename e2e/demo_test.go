package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestDemoSaysThatItStarts holds that the demo says something at once, takes it
// away before the screen is drawn, and leaves nothing behind.
func TestDemoSaysThatItStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	temporary := filepath.Join(dir, "tmp")
	check(t, os.Mkdir(temporary, 0o700))
	ctx, cancel := limited()
	defer cancel()
	cmd := exec.CommandContext(ctx, gwm, "demo", "--no-activity")
	cmd.Dir = dir
	// Bubble Tea's reader of a local terminal races with the library's own end:
	// what the race detector says of it does not count here.
	cmd.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+temporary, "TERM=xterm-256color",
		"GORACE=exitcode=0 log_path="+filepath.Join(dir, "race"))
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	check(t, err)
	s := newScreen(80, 24, tty, tty, func() { _ = tty.Close() })
	defer s.close()
	defer func() { _ = cmd.Cancel() }() // where the test ends before the demo

	check(t, s.see("(?s)berlin.*paris"))
	before, _, _ := strings.Cut(s.sent(), "\x1b[?1049h") // the alternate screen
	if want := "\r\x1b[Kstarting the simulated clusters...\r\x1b[K"; !strings.HasPrefix(before, want) {
		t.Errorf("before the screen: %q, want %q", before, want)
	}
	check(t, s.press("q"))
	check(t, s.end())
	check(t, cmd.Wait())
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}
