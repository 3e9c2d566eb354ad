package tui_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

func TestKeysThatComeAtOnceAreForThePageThatTheyOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		defer w.Stop()
		app := tui.New(w.Login("admin"), at80)
		defer app.Close()
		for _, key := range []rune{'2', tea.KeyEnter, '3'} { // no command runs in between
			app.Update(tea.KeyPressMsg{Code: key, Text: strings.Trim(string(key), "\r")})
		}
		if title := app.View().WindowTitle; !strings.HasPrefix(title, "gwm all > berlin > vms > archive") {
			t.Errorf("the third key went to the page before: %q", title)
		}
	})
}

func TestEscLeadsBackOneStepAtATime(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("2", "space", "/")
		d.Type("web")
		d.Press("enter")
		d.Shows("/web", "2 of 24")
		d.Press("m")
		d.Shows("raw JSON")
		d.Press("esc")
		d.Hides("raw JSON")
		d.Press("esc")
		d.Hides("/web")
		d.Shows("1 marked")
		d.Press("esc")
		d.Hides("1 marked")
		d.Shows("all › vms")
		d.Press("esc")
		d.Hides("all › vms")
		d.Press("esc")
		if d.Quit() {
			d.Error("esc left gwm")
		}
		d.Press("q")
		if !d.Quit() {
			d.Error("q at the first page did not leave gwm")
		}
	})
}

func TestHistory(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("2", "3", "4")
		d.Shows("all › jobs")
		d.Press("[")
		d.Shows("all › nodes")
		d.Press("[")
		d.Shows("all › vms")
		d.Press("]")
		d.Shows("all › nodes")
		d.Press("-")
		d.Shows("all › vms")
		d.Press("-")
		d.Shows("all › nodes")
	})
}

func TestInformationGoesByItself(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Send(tui.Announce{Text: "the server\x1b[2J greets", Kind: tui.Info})
		d.Shows("the server·[2J greets")
		d.Advance(7 * time.Second)
		d.Hides("greets")
		d.Send(tui.Announce{Text: "the server stops in 5 minutes", Kind: tui.Warning})
		d.Advance(time.Minute)
		d.Shows("the server stops in 5 minutes")
		d.Press("down")
		d.Hides("the server stops")
		d.Press("5")
		d.Shows("the server stops in 5 minutes", "greets")
	})
}

func TestEndOfSessionIsExplained(t *testing.T) {
	t.Parallel()
	sit(t, "ann", func(d *desk) {
		d.Press("2", "p", "d")
		admin, off := d.Local(), true
		defer admin.Close()
		d.Do(admin, core.EditUser{Name: "ann", Disabled: &off})
		d.Settle()
		d.Shows("The session has ended")
		d.Hides("no (default)")
		d.Press("y")
		if d.Quit() {
			d.Error("a key that was on its way closed the last screen")
		}
		d.Advance(time.Second)
		d.Press("y")
		if !d.Quit() {
			d.Error("no key leaves the last screen")
		}
		d.asked(0)
	})
}

func TestUnreachableClusterIsShown(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		paris := func(answer error) {
			for _, method := range []string{"Stamps", "VMs", "Nodes", "Jobs", "Info"} {
				d.Paris.Fail(method, answer)
			}
		}
		d.Shows("● ")
		paris(d.Paris.Unreachable())
		d.Advance(3 * time.Minute)
		d.Shows("! paris unreachable since")
		d.Press("2", "end")
		d.Shows("shop1")
		paris(nil)
		d.Advance(5 * time.Minute)
		d.Hides("unreachable")
	})
}

func TestResizeStorm(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		open := [][]string{{"2"}, {"2", "/", "w"}, {"m"}, {"?"}, {":"}, {"2", "*", "p", "d"}, {"4"}, {"enter"}, {"5"}}
		for _, keys := range open {
			d.Press("esc", "esc", "esc", "esc")
			d.Press(keys...)
			for _, size := range [][2]int{{1, 1}, {39, 12}, {40, 12}, {500, 3}, {41, 200}, {0, 0}, {300, 100}, {80, 24}} {
				d.Resize(size[0], size[1])
				lines := strings.Split(d.Screen(), "\n")
				if size[1] > 0 && len(lines) > size[1] {
					d.Errorf("%v at %v: %d lines", keys, size, len(lines))
				}
				for _, l := range lines {
					if n := len([]rune(l)); size[0] > 0 && n > size[0] {
						d.Errorf("%v at %v: a line of %d cells: %q", keys, size, n, l)
					}
				}
			}
		}
		d.Resize(30, 8)
		d.Shows("gwm needs 40x12")
	})
}

func TestMouse(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("2", "enter")
		d.Shows("all › berlin › vms › archive-of-the-former-")
		d.Click(1, 0) // the first crumb
		d.Hides("› vms")
		last := strings.Split(d.Screen(), "\n")[23]
		d.Click(strings.Index(last, "? help"), 23)
		d.Shows("type to search")
		d.Click(0, 0) // beside the popup
		d.Hides("type to search")
		if d.View().MouseMode != tea.MouseModeCellMotion {
			d.Error("the mouse is not taken")
		}
		d.Press("%")
		if d.View().MouseMode != tea.MouseModeNone {
			d.Error("the mouse is not left to the terminal")
		}
	})
}

func TestCopy(t *testing.T) {
	t.Parallel()
	sit(t, "ann", func(d *desk) {
		d.Press("2", "y", "f")
		if got := d.Clipboard(); got != "berlin/web1.example.org" {
			d.Errorf("the clipboard holds %q", got)
		}
		d.Shows("copied full name")
		d.Press("y", "j")
		if got := d.Clipboard(); !strings.Contains(got, `"name": "web1.example.org"`) {
			d.Errorf("the clipboard holds %q", got)
		}
	})
}

func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		o := at80
		o.Profile = colorprofile.TrueColor
		first := tuitest.New(t, w.Login("admin"), o)
		first.Command("theme slate")
		first.Press("%")
		first.Command("cluster paris")
		first.Advance(3 * time.Second)
		first.Close()

		second := tuitest.New(t, w.Login("admin"), o)
		defer second.Close()
		if second.View().MouseMode != tea.MouseModeNone || second.View().BackgroundColor == nil {
			t.Error("mouse or theme was forgotten")
		}
		second.Press("3")
		second.Shows("all › paris › nodes")
		second.Hides("node1.berlin")
	})
}

func TestReadOnlySession(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Hides("read-only")
		d.Command("readonly")
		d.Shows(" read-only ")
		d.Press("2", "p", "d")
		d.Shows("this session is read-only")
	})
}

func TestLeavingTakesCtrlCTwice(t *testing.T) {
	t.Parallel()
	sit(t, "admin", func(d *desk) {
		d.Press("ctrl+c")
		d.Shows("press ctrl-c again")
		d.Advance(3 * time.Second)
		d.Press("ctrl+c")
		if d.Quit() {
			d.Error("two ctrl-c three seconds apart left gwm")
		}
		d.Press("ctrl+c")
		if !d.Quit() {
			d.Error("ctrl-c twice did not leave gwm")
		}
	})
}
