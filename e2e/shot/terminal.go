package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// patience is how long the program may take to show something, quiet how long
// the screen must stand still to be taken for complete.
const (
	patience = time.Minute
	quiet    = 700 * time.Millisecond
)

// terminal is a program on a pseudo terminal.
type terminal struct {
	cmd    *exec.Cmd
	tty    *os.File
	screen *vt.SafeEmulator
	wrote  chan struct{} // a signal that the program wrote; closed at its end
}

func start(name string, args ...string) (*terminal, error) {
	cmd := exec.Command(name, args...) //nolint:noctx // the program is the one that the developer named; stop ends it
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "COLORTERM=", "NO_COLOR=", "TZ=UTC")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: height, Cols: width})
	if err != nil {
		return nil, fmt.Errorf("start the program: %w", err)
	}
	t := &terminal{cmd: cmd, tty: tty, screen: vt.NewSafeEmulator(width, height), wrote: make(chan struct{}, 1)}
	go t.read()
	// the program asks its terminal what it can do
	go func() { _, _ = io.Copy(tty, t.screen) }()
	return t, nil
}

// read ends with the program.
func (t *terminal) read() {
	defer close(t.wrote)
	buf := make([]byte, 32<<10)
	for {
		n, err := t.tty.Read(buf)
		if err != nil {
			return
		}
		_, _ = t.screen.Write(buf[:n])
		select {
		case t.wrote <- struct{}{}:
		default:
		}
	}
}

// show leads to a picture and waits until it stands still.
func (t *terminal) show(p picture) error {
	if _, err := io.WriteString(t.tty, p.keys); err != nil {
		return fmt.Errorf("press %q: %w", p.keys, err)
	}
	late := time.After(patience)
	for {
		var still <-chan time.Time
		if t.there(p) {
			still = time.After(quiet)
		}
		select {
		case <-still:
			return nil
		case _, ok := <-t.wrote:
			if !ok {
				return fmt.Errorf("the program ended before %s:\n%s", p.name, t.text())
			}
		case <-late:
			return fmt.Errorf("no %s; the screen shows:\n%s", p.name, t.text())
		}
	}
}

func (t *terminal) there(p picture) bool {
	text := t.text()
	for _, re := range p.shows {
		if !re.MatchString(text) {
			return false
		}
	}
	return p.hides == "" || !strings.Contains(text, p.hides)
}

// text is the screen without colours.
func (t *terminal) text() string {
	var out strings.Builder
	for line := range strings.Lines(ansi.Strip(t.screen.Render())) {
		out.WriteString(strings.TrimRight(line, " \r\n") + "\n")
	}
	return out.String()
}

// stop quits the program.
func (t *terminal) stop() error {
	defer func() { _ = t.tty.Close() }()
	kill := time.AfterFunc(patience, func() { _ = t.cmd.Process.Kill() })
	defer kill.Stop()
	if _, err := io.WriteString(t.tty, "\x03\x03"); err != nil {
		return errors.Join(fmt.Errorf("quit the program: %w", err), t.cmd.Process.Kill(), t.cmd.Wait())
	}
	if err := t.cmd.Wait(); err != nil {
		return fmt.Errorf("the program ended badly: %w", err)
	}
	return nil
}
