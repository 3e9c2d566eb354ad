package e2e

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"
)

// screen is a terminal on which an actor uses the TUI over SSH.
type screen struct {
	input io.WriteCloser
	term  *vt.SafeEmulator
	hang  func()                        // up: the connection goes away
	size  func(width, height int) error // tells the program another size; nil: there is no way

	mu      sync.Mutex
	changed chan struct{} // closed and replaced after each output
	ended   bool
	raw     strings.Builder // everything the server sent
}

// open starts the TUI on a terminal of the given size.
func (a *actor) open(addr string, width, height int, term string) (*screen, error) {
	return a.openWith(addr, width, height, term, (*gossh.Session).Shell)
}

// openWith is open for what start starts.
func (a *actor) openWith(addr string, width, height int, term string, start func(*gossh.Session) error) (*screen, error) {
	ctx, cancel := limited()
	defer cancel()
	client, err := a.dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	session, err := client.NewSession()
	if err != nil {
		return nil, err
	}
	input, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := session.RequestPty(term, height, width, gossh.TerminalModes{}); err != nil {
		return nil, err
	}
	if err := start(session); err != nil {
		return nil, err
	}
	s := newScreen(width, height, input, output, func() {
		_ = session.Close()
		_ = client.Close()
	})
	s.size = func(width, height int) error { return session.WindowChange(height, width) }
	return s, nil
}

// newScreen is a terminal between a program's input and output.
func newScreen(width, height int, input io.WriteCloser, output io.Reader, hang func()) *screen {
	s := &screen{input: input, term: vt.NewSafeEmulator(width, height), hang: hang, changed: make(chan struct{})}
	go s.read(output)
	// what the terminal answers to queries goes back to the program
	go func() { _, _ = io.Copy(s.input, s.term) }()
	return s
}

func (s *screen) read(output io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		n, err := output.Read(buf)
		_, _ = s.term.Write(buf[:n])
		s.mu.Lock()
		s.raw.Write(buf[:n])
		s.ended = err != nil
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// text is what the terminal shows, without colours.
func (s *screen) text() string {
	lines := strings.Split(ansi.Strip(s.term.Render()), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \r")
	}
	return strings.Join(lines, "\n")
}

// wait returns when ok holds for what the terminal shows.
func (s *screen) wait(what string, ok func(text string, ended bool) bool) error {
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		changed, ended := s.changed, s.ended
		s.mu.Unlock()
		if ok(s.text(), ended) {
			return nil
		}
		if ended {
			return fmt.Errorf("the session ended before %s; last screen:\n%s", what, s.text())
		}
		select {
		case <-changed:
		case <-deadline:
			return fmt.Errorf("waited in vain for %s; the screen shows:\n%s", what, s.text())
		}
	}
}

// see waits for a text that matches.
func (s *screen) see(pattern string) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	return s.wait(pattern, func(text string, _ bool) bool { return re.MatchString(text) })
}

// vanish waits until nothing matches.
func (s *screen) vanish(pattern string) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	return s.wait("the end of "+pattern, func(text string, _ bool) bool { return !re.MatchString(text) })
}

// lacks holds that nothing matches now. It says little without a see before it.
func (s *screen) lacks(pattern string) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	if text := s.text(); re.MatchString(text) {
		return fmt.Errorf("%s is on the screen:\n%s", pattern, text)
	}
	return nil
}

// end waits for the end of the session.
func (s *screen) end() error {
	return s.wait("the end of the session", func(_ string, ended bool) bool { return ended })
}

// keys are the names of keys in scripts; anything else is typed as it is.
var keys = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdn": "\x1b[6~", "backspace": "\x7f", "ctrl-c": "\x03", "ctrl-n": "\x0e", "ctrl-p": "\x10", "ctrl-d": "\x04", "ctrl-u": "\x15", "ctrl-r": "\x12", "ctrl-x": "\x18", "ctrl-]": "\x1d",
}

// press sends keys, one at a time.
func (s *screen) press(names ...string) error {
	for _, name := range names {
		k, ok := keys[name]
		if !ok {
			k = name
		}
		if _, err := io.WriteString(s.input, k); err != nil {
			return err
		}
	}
	return nil
}

// rouse presses a key until a text that matches is seen: what opened by itself
// ignores keys for a moment. The key must do nothing but bring that text.
func (s *screen) rouse(key, pattern string) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	return s.until(key, pattern, func() bool { return re.MatchString(s.text()) })
}

// until presses a key until something is so.
func (s *screen) until(key, what string, so func() bool) error {
	for range int(patience / rousePause) {
		changed := s.next()
		if err := s.press(key); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-time.After(rousePause):
		}
		if so() {
			return nil
		}
	}
	return s.wait(what, func(string, bool) bool { return so() })
}

// next is closed at the next output.
func (s *screen) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// rousePause is how long a key has to show what it does before it is pressed
// again.
const rousePause = 100 * time.Millisecond

// sent is everything that the program wrote so far.
func (s *screen) sent() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

// lines holds that the server sent text and line ends only.
func (s *screen) lines() error {
	if at := strings.IndexFunc(s.sent(), func(r rune) bool { return r < ' ' && !strings.ContainsRune("\r\n\b", r) || r == 0x7f }); at >= 0 {
		return fmt.Errorf("the server sent a control character: %q", s.sent()[at:])
	}
	return nil
}

func (s *screen) close() { s.hang() }
