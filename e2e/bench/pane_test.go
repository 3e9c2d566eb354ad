//go:build bench

package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"gwm/tui/term"
)

// The log that a guest writes: its lines are those of the toy guest's flood.
const (
	logLines  = 290_000 // 20 MB
	logRounds = 3
)

// logLine is line n, which counts from 1.
func logLine(n int) string {
	return fmt.Sprintf("%08d the quick brown fox jumps over the lazy dog and comes back\r\n", n)
}

func writeLog(file string, lines int) error {
	var b bytes.Buffer
	for n := range lines {
		b.WriteString(strings.TrimSuffix(logLine(n+1), "\r\n") + "\n") // the terminal driver adds the rest
	}
	return os.WriteFile(file, b.Bytes(), 0o600)
}

// reader is a person whose terminal shows a log.
type reader struct {
	term   *terminal
	screen *vt.Emulator // what it shows; nil: every line is sent as it is
	server int          // the process whose time counts
	took   []time.Duration
	sizes  []int
	worked time.Duration
}

func TestBenchPane(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	d := newDesk(t)
	pane, err := d.openPane(guest(0))
	if err != nil {
		t.Fatal(err)
	}
	ours := &reader{term: pane, server: d.cmd.Process.Pid, screen: vt.NewEmulator(width, height)}
	go func() { _, _ = io.Copy(io.Discard, ours.screen) }() // what it answers
	defer func() { _ = ours.screen.Close() }()
	theirs, stop, missing := openTmux(t.TempDir())
	if missing == nil {
		defer stop()
	}
	if err := d.ask(nil, "profile", "pane"); err != nil {
		t.Fatal(err)
	}
	for round := range logRounds {
		lines := logLines + round // the end is another one each time
		err := errors.Join(writeLog(log, lines), ours.show("flood "+strconv.Itoa(lines)+"\r", lines))
		if missing == nil {
			err = errors.Join(err, theirs.show("cat "+log+"\r", lines))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	reportPane(ours, theirs, missing)
}

// openPane sits down at the console of a VM on the screen and logs in.
func (d *desk) openPane(name string) (*terminal, error) {
	t, err := d.open()
	if err != nil {
		return nil, err
	}
	for _, step := range []struct{ await, keys string }{
		{"big", ":console " + name + "\r"}, {"login:", "root\r"}, {"Type help.", ""},
	} {
		if err := t.await(step.await); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(t.keys, step.keys); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// show has a log written and waits until its end is on the screen.
func (r *reader) show(command string, lines int) error {
	t, end := r.term, logLine(lines)[:12] // the command has the number, too
	t.settle()
	r.shows(end)
	t.mu.Lock()
	t.size = 0
	t.mu.Unlock()
	before, err := cpuOf(r.server)
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := io.WriteString(t.keys, "\x15"+command); err != nil {
		return err
	}
	for late := began.Add(time.Minute); ; {
		t.settle()
		t.mu.Lock()
		last, size := t.last, t.size
		t.mu.Unlock()
		if r.shows(end) {
			r.took, r.sizes = append(r.took, last.Sub(began)), append(r.sizes, size)
			break
		}
		if time.Now().After(late) {
			return fmt.Errorf("%s: the end of the log is not on the screen; %d bytes were sent", command, size)
		}
	}
	after, err := cpuOf(r.server)
	r.worked += after - before
	return err
}

// shows tells whether the terminal shows a line.
func (r *reader) shows(line string) bool {
	r.term.mu.Lock()
	sent := bytes.Clone(r.term.text.Bytes())
	r.term.text.Reset()
	r.term.mu.Unlock()
	if r.screen == nil {
		return bytes.Contains(sent, []byte(line))
	}
	_, _ = r.screen.Write(sent)
	return strings.Contains(r.screen.String(), line)
}

// openTmux attaches to a new tmux in a pseudo-terminal of the same size.
func openTmux(dir string) (r *reader, stop func(), err error) {
	program, err := program(dir, "tmux")
	if err != nil {
		return nil, nil, err
	}
	socket := filepath.Join(dir, "tmux")
	tmux := func(args ...string) *exec.Cmd {
		cmd := exec.Command(program, append([]string{"-S", socket, "-f", "/dev/null"}, args...)...)
		cmd.Env = append(os.Environ(), "TERM="+termName, "LC_ALL=C.UTF-8", "TMUX=", "PS1=# ")
		return cmd
	}
	client := tmux("new-session", "sh")
	screen, err := pty.StartWithSize(client, &pty.Winsize{Cols: width, Rows: height})
	if err != nil {
		return nil, nil, err
	}
	t := &terminal{keys: screen, arrived: make(chan struct{}, 1)}
	t.reading.Go(func() { t.read(screen) })
	stop = func() {
		_ = tmux("kill-server").Run()
		_ = client.Wait()
		_ = screen.Close()
		t.reading.Wait()
	}
	if err := t.await("# "); err != nil {
		stop()
		return nil, nil, err
	}
	out, err := tmux("display-message", "-p", "#{pid}").Output()
	r = &reader{term: t}
	if err == nil {
		r.server, err = strconv.Atoi(strings.TrimSpace(string(out)))
	}
	if err != nil {
		stop()
	}
	return r, stop, err
}

func (r *reader) speed() float64 { return logLines * 69 / 1e6 / median(r.took).Seconds() }

func reportPane(ours, theirs *reader, missing error) {
	results.section("20 MB of log in a console on the screen, %dx%d, median of %d", width, height, logRounds)
	row := func(what string, r *reader) {
		results.note(r.speed(), "MB/s", "%s", what)
		results.note(float64(median(r.sizes))/1e3, "kB", "  sent to the terminal")
		results.note(ms(r.worked)/logRounds, "ms", "  processor time")
	}
	row("gwm, over SSH from the node and over SSH to the terminal", ours)
	results.note(emulated(), "MB/s", "  its emulator alone, where nothing is left out, by processor time")
	if missing != nil {
		results.missing(missing, "tmux")
		return
	}
	row("tmux, attached to on the same machine", theirs)
	results.atLeast(ours.speed()/theirs.speed(), "times", 1, "gwm / tmux, bytes of the guest a second")
	results.aim(100*float64(median(ours.sizes))/float64(median(theirs.sizes)), "%", 100, "gwm / tmux, bytes sent to the terminal")
	results.note(float64(ours.worked)/float64(theirs.worked), "times", "gwm / tmux, processor time")
}

// emulated is how many MB of log the emulator of the pane takes in a second of
// processor time.
func emulated() float64 {
	var b bytes.Buffer
	for n := range 1000 {
		b.WriteString(logLine(n + 1))
	}
	s := term.NewScreen(width, height)
	const times = 300
	began := ownCPU()
	for range times {
		_, _ = s.Write(b.Bytes()) // it does not fail
	}
	return times * float64(b.Len()) / 1e6 / (ownCPU() - began).Seconds()
}
