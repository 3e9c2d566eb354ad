package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

var web1 = core.VMRef(coretest.Berlin, coretest.Web1)

// sitting is a desk in a world whose VMs have consoles.
type sitting struct {
	*desk
	*tuitest.Consoles
}

// sitAtConsole puts a user at the console of web1.
func sitAtConsole(t *testing.T, user string, f func(d *sitting)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		consoles := tuitest.NewConsoles()
		w := coretest.StartWith(t, coretest.Options{Consoles: consoles})
		d := &sitting{&desk{t, tuitest.New(t, w.Login(user), at80), w}, consoles}
		defer d.Close()
		d.Command("console web1")
		f(d)
	})
}

// prints has the guest write something and lets the screen take it.
func (d *sitting) prints(text string) {
	d.Helper()
	d.Print(web1, text)
	d.Advance(time.Second)
}

// typed holds what the guest got since it was asked last.
func (d *sitting) typed(want string) {
	d.Helper()
	if got := d.Typed(web1); got != want {
		d.Errorf("the guest got %q, not %q", got, want)
	}
}

func TestConsoleShowsAndTypes(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Shows("all › berlin › console › web1", "ctrl-] menu", "connected", "nobody types")
		d.prints("Debian GNU/Linux 13 web1 ttyS0\r\n\r\nweb1 login: ")
		d.Shows("web1 login:")
		d.Type("root:q?")
		d.Press("enter", "up", "ctrl+c", "ctrl+d", "tab", "esc")
		d.typed("root:q?\r\x1b[A\x03\x04\t\x1b")
		d.Advance(time.Second)
		d.Shows("you type")
		d.Press("ctrl+]", "ctrl+]")
		d.typed("\x1d")
		if c := d.View().Cursor; c == nil || c.X != len("web1 login: ") || c.Y != 3 {
			d.Errorf("the cursor is at %+v", c)
		}
		if d.Quit() {
			d.Error("the keys of the guest left gwm")
		}
	})
}

func TestConsoleDetachAndAttach(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints("before\r\n")
		d.Press("ctrl+]", "d")
		d.Hides("before")
		d.Shows("1 console")
		d.prints("meanwhile\r\n")
		d.Shows("1 console, news")
		if d.People(web1) != 1 {
			d.Error("a detached console was left")
		}
		d.Command("consoles")
		d.Shows("web1.example.org", "wrote something")
		d.Press("enter")
		d.Shows("before", "meanwhile")
		d.Press("ctrl+]", "x")
		d.Hides("meanwhile", "1 console")
		if d.People(web1) != 0 {
			d.Error("the console was not left")
		}
	})
}

func TestConsoleIsLeftWithTheScreen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		consoles := tuitest.NewConsoles()
		w := coretest.StartWith(t, coretest.Options{Consoles: consoles})
		s := w.Login("ann")
		d := tuitest.New(t, s, at80)
		d.Command("console web1")
		d.Press("ctrl+]", "d")
		d.Close()
		if consoles.People(web1) != 0 {
			t.Error("a line outlives the screen")
		}
		if seats, err := s.Seats(t.Context(), web1); len(seats) != 0 || err != nil {
			t.Errorf("seats outlive the screen: %v %v", seats, err)
		}
	})
}

func TestConsoleTakeOver(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		other := tuitest.New(d.T, d.Login("admin"), at80)
		defer other.Close()
		other.Command("console web1")
		d.Type("a")
		other.Advance(time.Second)
		other.Shows("ann types, you watch", "2 here")
		other.Type("ls\r")
		other.Shows("ann has the keyboard", "watch on")
		d.typed("a")
		other.Advance(time.Second)
		other.Press("down", "enter")
		other.Advance(time.Second)
		d.Advance(time.Second)
		d.Advance(time.Second)
		other.Shows("you type")
		d.Shows("admin has taken the keyboard", "ctrl-] k takes it back")
		other.Type("b")
		d.typed("b")
		d.Type("c")
		d.Shows("admin has the keyboard")
		d.Advance(time.Second)
		d.Press("esc")
		d.Press("ctrl+]", "k")
		d.Advance(time.Second)
		d.Type("d")
		d.typed("d")
		other.Advance(time.Second)
		other.Shows("ann has taken the keyboard")
	})
}

func TestConsoleWhoseRightGoes(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints("what was there\r\n")
		admin := d.Local()
		defer admin.Close()
		d.Do(admin, core.SetLock{On: web1, Reason: "being moved"})
		d.Advance(2 * time.Second)
		d.Shows("what was there", "being moved", "Nobody of this screen")
		d.Type("x")
		d.typed("")
		d.Press("esc")
		d.Hides("what was there")
	})
}

func TestConsoleReconnects(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints("up\r\n\x1b[?1049h\x1b[?1h in vi")
		d.Set(web1, func(s *core.LineState) {
			s.Phase, s.Why, s.Retry = core.LineWaiting, core.Errorf(core.CodeUnreachable, "node1 does not answer"), time.Now().Add(30*time.Second)
		})
		d.Advance(time.Second)
		d.Shows("node1 does not answer", "again in 29s", "in vi")
		d.Press("x")
		d.Advance(time.Second)
		d.Press("ctrl+]", "r")
		d.Advance(time.Second)
		d.Shows("connected", "up")
		d.Hides("in vi")
		d.Press("up")
		d.typed("\x1b[A")
	})
}

// TestConsoleSaysAgain holds that a reason that a key sent away is told again when it
// counts again: when somebody asks to connect, and the next time that it happens.
func TestConsoleSaysAgain(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		breaks := func() {
			d.Set(web1, func(s *core.LineState) {
				s.Phase, s.Why, s.Retry = core.LineWaiting, core.Errorf(core.CodeUnreachable, "node1 does not answer"), time.Now().Add(30*time.Second)
			})
			d.Advance(time.Second)
		}
		breaks()
		d.Shows("node1 does not answer")
		d.Press("x")
		d.Hides("node1 does not answer")
		d.Set(web1, func(s *core.LineState) { s.Phase, s.Why = core.LineUp, nil })
		d.Advance(time.Second)
		breaks()
		d.Shows("node1 does not answer")
		d.Press("x")
		d.Hides("node1 does not answer")
		d.Press("ctrl+]", "r")
		breaks()
		d.Shows("node1 does not answer")
	})
}

func TestConsoleFloodSkips(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		var flood strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&flood, "line %d of a log that does not end\r\n", i)
		}
		d.prints(flood.String() + "the end")
		d.Shows("the end", "line 99999", "KiB skipped")
		d.Press("a")
		d.Hides("skipped")
		d.typed("a")
	})
}

func TestConsoleLooksBack(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		for i := range 200 {
			d.Print(web1, fmt.Sprintf("line %03d\r\n", i))
		}
		d.prints("$ ")
		d.Shows("line 199")
		d.Press("ctrl+]", "l")
		d.Press("pgup", "pgup")
		d.Hides("line 199")
		d.Press("/")
		d.Type("line 05")
		d.Press("enter")
		d.Shows("line 059", "10 of ")
		d.Press("N", "N")
		d.Shows("line 057")
		d.Press("v", "down", "y")
		if got := d.Clipboard(); got != "line 057\nline 058" {
			d.Errorf("the clipboard holds %q", got)
		}
		d.Press("F")
		d.Shows("line 199", "ctrl-] menu")
		d.Type("n")
		d.typed("n")
	})
}

func TestConsolePastes(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints("$ ")
		d.Paste("one line")
		d.typed("one line")
		var text, want strings.Builder
		for i := range 200 {
			fmt.Fprintf(&text, "echo %d\n", i)
			fmt.Fprintf(&want, "echo %d\r", i)
		}
		d.Paste(text.String())
		d.Shows("Paste 200 lines")
		d.typed("")
		d.Advance(time.Second)
		d.Press("enter")
		d.typed("")
		d.Paste(text.String())
		d.Advance(time.Second)
		d.Press("down", "enter")
		d.Advance(time.Second)
		d.Shows("pasting ")
		for range 220 {
			d.Advance(25 * time.Millisecond)
		}
		d.typed(want.String())
		d.prints("\x1b[?2004h")
		d.Paste("a\x1b[201~b")
		d.typed("\x1b[200~a[201~b\x1b[201~")
	})
}

func TestConsoleOfHostileGuest(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints("\x1b]0;evil title\x07\x1b]52;c;ZXZpbA==\x07\x1b]8;;file:///etc/passwd\x1b\\link\x1b]8;;\x1b\\\x1b[21t\x1bP$qm\x1b\\\x1b[c")
		if strings.Contains(d.View().WindowTitle, "evil") || strings.Contains(d.ANSI(), "evil") || strings.Contains(d.ANSI(), "passwd") {
			d.Error("something of the guest got out")
		}
		if d.Clipboard() != "" {
			d.Error("the guest wrote the clipboard")
		}
		d.typed("") // nobody has the keyboard: nothing is answered
		d.Type("a")
		d.prints("\x1b[6n\x1b[5n")
		d.typed("a\x1b[1;5R\x1b[0n")
		d.Press("ctrl+]", "x")
		d.Command("console web1")
		d.Type("b")
		d.Advance(time.Second)
		d.typed("b") // what was asked before is not answered again
	})
}

func TestConsoleMouse(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.prints("some text to take\r\n")
		drag := func(x int) {
			d.Send(tea.MouseClickMsg{X: 5, Y: 1, Button: tea.MouseLeft})
			d.Send(tea.MouseMotionMsg{X: x, Y: 1, Button: tea.MouseLeft})
			d.Send(tea.MouseReleaseMsg{X: x, Y: 1, Button: tea.MouseLeft})
		}
		drag(8)
		if got := d.Clipboard(); got != "text" {
			d.Errorf("the clipboard holds %q", got)
		}
		d.Type("a")
		d.prints("\x1b[?1002;1006h")
		d.typed("a")
		drag(8)
		d.typed("\x1b[<0;6;1M\x1b[<32;9;1M\x1b[<0;9;1m")
		d.Wheel(3, 3, 1)
		d.typed("\x1b[<65;4;3M")
	})
}

func TestConsoleRefused(t *testing.T) {
	t.Parallel()
	sit(t, "ann", func(d *desk) {
		d.Command("console web1")
		d.Shows("consoles are switched off here")
		d.Press("esc")
		d.Shows("gwm  all")
	})
	sitAtConsole(t, "bob", func(d *sitting) {
		d.Shows("console web1.example.org: needs console on berlin/web1")
		d.Hides("ctrl-] menu")
	})
}

func TestConsoleOfUntrustedNode(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Set(web1, func(s *core.LineState) {
			s.Phase, s.Why = core.LineWaiting, core.Errorf(core.CodeUntrusted, "gwm meets node1.berlin for the first time: SHA256:abc").WithHint("an administrator trusts it")
		})
		d.Advance(time.Second)
		d.Shows("for the first time", "SHA256:abc", "an administrator")
		d.Press("ctrl+]", "t")
		d.Shows("berlin")
	})
}

func TestConsoleResize(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Type("a")
		if cols, rows := d.Size(web1); cols != 80 || rows != 22 {
			d.Errorf("the window is %dx%d", cols, rows)
		}
		d.Press("ctrl+]", "f")
		if cols, rows := d.Size(web1); cols != 80 || rows != 23 {
			d.Errorf("the full window is %dx%d", cols, rows)
		}
		d.Press("ctrl+]", "f")
		d.Resize(120, 40)
		if cols, rows := d.Size(web1); cols != 120 || rows != 38 {
			d.Errorf("the window is %dx%d", cols, rows)
		}
		for _, size := range [][2]int{{1, 1}, {39, 12}, {40, 12}, {500, 3}, {41, 200}, {0, 0}, {300, 100}, {80, 24}} {
			d.Resize(size[0], size[1])
			if lines := strings.Split(d.Screen(), "\n"); size[1] > 0 && len(lines) > size[1] {
				d.Errorf("%v: %d lines", size, len(lines))
			}
		}
	})
}
