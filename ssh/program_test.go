package ssh

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"
	gossh "golang.org/x/crypto/ssh"

	"gwm/core"
	"gwm/tui"
)

func TestScreenGetsTheTerminal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		term          string
		width, height int
		want          string
	}{
		"usual":       {"xterm-256color", 80, 24, "80x24"},
		"no size":     {"xterm", 0, 0, "80x24"},
		"only a line": {"xterm", 120, 0, "120x24"},
		"huge":        {"xterm", 1 << 31, 1 << 31, "1000x1000"},
		"unknown":     {"wyse50-unheard-of", 100, 30, "100x30"},
		"not a name":  {"\x1b[2Jxterm", 100, 30, "100x30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan tui.Options, 1)
			f := start(t, func(c *Config) {
				c.Screen = func(_ *core.Session, o tui.Options) Screen { got <- o; return newPlainScreen(o, io.Discard) }
			})
			s, keys, screen := f.shell(f.client(f.ann), tc.term, tc.width, tc.height)
			screen.await(t, "drawn at "+tc.want)
			o := <-got
			if o.Version != "1.2.3" || strings.ContainsAny(o.Term, "\x1b[") {
				t.Errorf("options %+v", o)
			}
			_, _ = io.WriteString(keys, "q")
			if _, code := waited(s); code != 0 {
				t.Errorf("quit with exit %d", code)
			}
			if !strings.Contains(screen.String(), leaveAltScreen) {
				t.Errorf("the terminal was not restored: %q", screen)
			}
		})
	}
}

func TestEndOfInputEndsTheScreen(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	s, keys, screen := f.shell(f.client(f.ann), "xterm", 80, 24)
	screen.await(t, enterAltScreen)
	f.check(keys.(io.WriteCloser).Close())
	if _, code := waited(s); code != 0 {
		t.Errorf("exit %d", code)
	}
	if !strings.Contains(screen.String(), leaveAltScreen) {
		t.Errorf("the terminal was not restored: %q", screen)
	}
}

func TestWindowFlood(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	s, keys, _ := f.shell(f.client(f.ann), "xterm", 80, 24)
	for i := range 5000 {
		f.check(s.WindowChange(i%200, i%300))
	}
	f.check(s.WindowChange(0, 0xffffffff))
	f.events.await(t, "size 1000x24")
	_, _ = io.WriteString(keys, "q")
	if _, code := waited(s); code != 0 {
		t.Errorf("exit %d", code)
	}
}

// TestWindowFloodAfterTheEnd sends sizes to a session that has ended.
func TestWindowFloodAfterTheEnd(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)
	s, keys, screen := f.shell(c, "xterm", 80, 24)
	screen.await(t, enterAltScreen)
	_, _ = io.WriteString(keys, "q")
	for s.WindowChange(24, 80) == nil {
	}
	if got := f.run(c, "whoami"); got.Out != "ann\n" {
		t.Errorf("the connection is stuck: %+v", got)
	}
}

func TestPanicsStayInTheirSession(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	c := f.client(f.ann)
	_, _, other := f.shell(f.client(f.ann), "xterm", 80, 24)
	other.await(t, enterAltScreen)
	for key, what := range map[string]string{"p": "an update", "c": "a command of the screen"} {
		s, keys, screen := f.shell(c, "xterm", 80, 24)
		screen.await(t, enterAltScreen)
		_, _ = io.WriteString(keys, key)
		_, code := waited(s)
		text := screen.String()
		if code != 1 || !strings.Contains(text, "a fault inside gwm ended this session") || !strings.Contains(text, leaveAltScreen) {
			t.Errorf("panic in %s: exit %d, %q", what, code, text)
		}
		if strings.Contains(text, "the test wants it") {
			t.Errorf("panic in %s: the client reads the inside: %q", what, text)
		}
	}
	got := f.run(c, "panic")
	if got.Exit != 1 || !strings.Contains(got.Err, "a fault inside gwm") {
		t.Errorf("panic in a command: %+v", got)
	}
	if log := f.log.String(); !strings.Contains(log, "the test wants it") || !strings.Contains(log, "plainScreen).Update") {
		t.Errorf("the log has no stack: %q", log)
	}
	if got := f.run(c, "whoami"); got.Out != "ann\n" {
		t.Errorf("the connection is gone: %+v", got)
	}
}

func TestPanicInView(t *testing.T) {
	t.Parallel()
	f := start(t, func(c *Config) {
		c.Screen = func(*core.Session, tui.Options) Screen { return &badView{} }
	})
	s, _, screen := f.shell(f.client(f.ann), "xterm", 80, 24)
	if _, code := waited(s); code != 1 || !strings.Contains(screen.String(), "a fault inside gwm") {
		t.Errorf("exit %d, %q", code, screen)
	}
}

func TestPanicInAGoroutineEndsTheConnection(t *testing.T) {
	t.Parallel()
	log := &safeBuffer{}
	client, server := net.Pipe()
	c := &connection{server: &Server{log: slog.New(slog.NewTextHandler(log, nil))}, net: server}
	c.spawn(func() { panic("the test wants it") })
	c.work.Wait()
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the connection is still open: %v", err)
	}
	if !strings.Contains(log.String(), "the test wants it") {
		t.Errorf("the log does not say why: %q", log)
	}
}

type badView struct{ plainScreen }

func (b *badView) Update(tea.Msg) (tea.Model, tea.Cmd) { return b, nil }
func (b *badView) View() tea.View                      { panic("the test wants it") }

func TestCtrlZDoesNotSuspend(t *testing.T) {
	t.Parallel()
	if _, ok := noSuspend(nil, tea.SuspendMsg{}).(tea.ResumeMsg); !ok {
		t.Error("suspend is not turned into resume")
	}
}

// TestSessionsDroppedInABurst closes 200 sessions while keys are under way;
// nothing may stay.
func TestSessionsDroppedInABurst(t *testing.T) {
	before := goleak.IgnoreCurrent()
	f := start(t, func(c *Config) { everywhere(c); c.Limits.Handshake = time.Hour })
	type open struct {
		raw  io.Closer
		keys io.Writer
	}
	var all []open
	for range 200 {
		raw := f.ln.dial(f.addr)
		c, err := clientOn(raw, "x", gossh.PublicKeys(f.ann))
		f.check(err)
		_, keys, screen := f.shell(c, "xterm", 40, 12)
		screen.await(t, enterAltScreen)
		all = append(all, open{raw, keys})
	}
	var clients sync.WaitGroup
	for _, o := range all {
		clients.Go(func() {
			burst := strings.Repeat("\x1b[A\x1b[Bjk\x1b[", 100)
			go func() { _ = o.raw.Close() }()
			for _, err := io.WriteString(o.keys, burst); err == nil; {
				_, err = io.WriteString(o.keys, burst)
			}
		})
	}
	clients.Wait()
	f.stop()
	if left := f.local.Sessions(); f.local.Err() == nil && len(left) > 0 {
		t.Errorf("%d sessions are still open", len(left))
	}
	goleak.VerifyNone(t, before)
}

// TestServeFailsWithItsListener holds that a listener which breaks is told.
func TestServeFailsWithItsListener(t *testing.T) {
	t.Parallel()
	f := start(t, nil)
	ln := newPipeListener()
	_ = ln.Close()
	if err := f.server.Serve(context.Background(), ln); err == nil {
		t.Error("Serve on a closed listener returns nil")
	}
	var _ net.Listener = ln
}
