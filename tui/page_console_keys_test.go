package tui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"gwm/core"
	"gwm/tui/tuitest"
)

// TestConsoleEscapeKey chooses another key: it opens the menu, is named there and
// on the bottom line, goes to the guest when pressed twice, and is kept.
func TestConsoleEscapeKey(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Press("ctrl+]", "d")
		d.Command("escape ctrl-c")
		d.Shows("ctrl-c interrupts programs, which guests need")
		d.Command("escape F12")
		d.Shows("is no key that consoles can be escaped with", "for example: ctrl-o")
		d.Command("escape")
		d.Shows("Escape key of consoles, now ctrl-]", "ctrl-t")
		d.Type("ctrl-x")
		d.Press("enter")
		d.Shows("ctrl-x opens the menu of consoles")
		d.Command("consoles")
		d.Press("enter")
		d.Shows("ctrl-x menu")
		d.Press("ctrl+]")
		d.typed("\x1d")
		d.Press("ctrl+x")
		d.Shows("send ctrl-x")
		d.Press("ctrl+x")
		d.typed("\x18")
		d.Press("ctrl+x", "d")
		d.Command("vm web1")
		d.Press("?")
		d.Type("sit at")
		d.Shows("ctrl-x opens")
		d.Press("esc")
		d.Command("profile")
		d.Shows("escape key", "ctrl-x opens the menu of a console")
		d.Advance(2 * time.Second)
		again := tuitest.New(d.T, d.Login("ann"), at80)
		defer again.Close()
		again.Command("console web1")
		again.Shows("ctrl-x menu")
		other := tuitest.New(d.T, d.Login("admin"), at80)
		defer other.Close()
		other.Command("console web1")
		other.Shows("ctrl-] menu")
	})
}

// TestConsoleEscapeByWhatItSends knows the key by what it sends.
func TestConsoleEscapeByWhatItSends(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Send(tea.KeyPressMsg{Code: '5', Mod: tea.ModCtrl})
		d.Shows("detach")
		d.typed("")
	})
}

// TestConsoleTellsFocus tells a guest that asked for it when the terminal, or the
// pane, loses the focus, and one that did not ask nothing.
func TestConsoleTellsFocus(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		reports := func(want bool) {
			d.Helper()
			if d.View().ReportFocus != want {
				d.Errorf("the terminal reports its focus: %t", !want)
			}
		}
		d.Type("a")
		d.typed("a")
		d.Send(tea.BlurMsg{})
		d.Send(tea.FocusMsg{})
		d.Press("ctrl+]", "esc")
		d.typed("")
		reports(false)
		d.prints("\x1b[?1004h")
		reports(true)
		d.typed("")
		d.Send(tea.BlurMsg{})
		d.typed("\x1b[O")
		d.Send(tea.BlurMsg{})
		d.typed("")
		d.Send(tea.FocusMsg{})
		d.typed("\x1b[I")
		d.Press("ctrl+]")
		d.typed("\x1b[O")
		d.Press("esc")
		d.typed("\x1b[I")
		d.Press("ctrl+]", "d")
		d.typed("\x1b[O")
		d.Send(tea.BlurMsg{})
		d.Command("consoles")
		d.Press("enter")
		d.typed("")
		d.Send(tea.FocusMsg{})
		d.typed("\x1b[I")
		d.prints("\x1b[?1004l")
		reports(false)
		d.Send(tea.BlurMsg{})
		d.typed("")
		d.Send(tea.FocusMsg{})
	})
	sitAtConsole(t, "ann", func(d *sitting) { // who only watches tells nothing, and takes no keyboard by it
		other := tuitest.New(d.T, d.Login("admin"), at80)
		defer other.Close()
		d.prints("\x1b[?1004h")
		d.Send(tea.BlurMsg{})
		d.typed("")
		d.Hides("you type")
		other.Command("console web1")
		other.Type("a")
		d.Send(tea.FocusMsg{})
		d.Send(tea.BlurMsg{})
		d.typed("a")
		d.Send(tea.FocusMsg{})
	})
}

// TestConsoleThatIsSilent says after a while that nothing comes back, until
// something does.
func TestConsoleThatIsSilent(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Type("a")
		d.Advance(10 * time.Second)
		d.Hides("nothing comes back")
		d.Press("enter")
		d.Advance(4 * time.Second)
		d.Hides("nothing comes back")
		d.Advance(2 * time.Second)
		d.Shows("nothing comes back", "Another program on node1.berlin may hold the line", "pgrep", "no login")
		d.Press("enter")
		d.Shows("Another program")
		d.Press("x")
		d.Hides("Another program")
		d.Shows("nothing comes back")
		d.prints("login: ")
		d.Hides("nothing comes back")
		d.Press("enter")
		d.prints("\r\n")
		d.Advance(10 * time.Second)
		d.Hides("nothing comes back")
		d.prints("\x1b[?1049h in vi")
		d.Press("enter")
		d.Advance(10 * time.Second)
		d.Hides("nothing comes back")
		d.prints("\x1b[?1049l")
		d.Press("enter")
		d.Set(web1, func(s *core.LineState) { s.Phase = core.LineConnecting })
		d.Advance(10 * time.Second)
		d.Hides("nothing comes back")
	})
}

// TestConsoleLeftBehind holds that nothing a guest did to the screen stays when it
// is not in front any more: mouse, cursor, focus reports, the other screen.
func TestConsoleLeftBehind(t *testing.T) {
	t.Parallel()
	sitAtConsole(t, "ann", func(d *sitting) {
		d.Press("ctrl+]", "d")
		before := d.View()
		d.Command("consoles")
		d.Press("enter")
		d.Type("a")
		d.prints("\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[3;5r\x1b[?6h\x1b[?1003;1006;1015h\x1b[?5h\x1b[?2004h\x1b[?1h\x1b=\x1b[>1u\x1b(0\x1b[41;8mlqqk")
		if m := d.View().MouseMode; m != tea.MouseModeAllMotion {
			d.Errorf("the mouse mode is %v", m)
		}
		for range 2 {
			d.Press("ctrl+]")
			if v := d.View(); v.MouseMode != before.MouseMode || v.Cursor != nil {
				d.Errorf("under the menu: mouse mode %v, cursor %v", v.MouseMode, v.Cursor)
			}
			d.Press("esc")
		}
		d.Press("ctrl+]", "x")
		after := d.View()
		if after.MouseMode != before.MouseMode || after.Cursor != before.Cursor || after.ReportFocus || after.AltScreen != before.AltScreen ||
			after.WindowTitle != before.WindowTitle || after.KeyboardEnhancements != before.KeyboardEnhancements {
			d.Errorf("before it was %+v,\nafter %+v", before, after)
		}
		d.Command("console web1")
		d.Type("b")
		d.Press("up")
		d.Shows("you type")
	})
}
