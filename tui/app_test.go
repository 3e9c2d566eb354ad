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

// at80 is an ordinary terminal.
var at80 = tui.Options{Width: 80, Height: 24, Profile: colorprofile.ANSI, Term: "xterm", Version: "1.0"}

// sit puts a user of the world in front of a screen.
func sit(t *testing.T, user string, o tui.Options, f func(t *testing.T, w *coretest.World, d *tuitest.Driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		d := tuitest.New(t, w.Login(user), o)
		defer d.Close()
		f(t, w, d)
	})
}

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

func TestPaletteOpensObjects(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
		d.Press(":")
		d.Type("vm web1")
		d.Press("enter")
		d.Shows("all › berlin › vms › web1.example.org")
		d.Press("esc")
		d.Press("ctrl+p")
		d.Type("shop2")
		d.Press("enter")
		d.Shows("all › paris › vms › shop2.example.org")
	})
}

func TestPaletteBeginsWithWhatWasSeenLately(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(t *testing.T, w *coretest.World, d *tuitest.Driver) {
		d.Press(":", "enter")
		if d.Quit() {
			t.Error("enter in the fresh palette left gwm")
		}
		d.Press("esc", "esc", ":")
		d.Hides("seen lately")
		d.Type("vm web1")
		d.Press("enter", ":")
		d.Hides("seen lately") // it is in front
		d.Press("esc", "esc", ":")
		d.Shows("web1.example.org  VM on berlin, seen lately")
		d.Press("enter")
		d.Shows("all › berlin › vms › web1.example.org")
		d.Press("esc", "ctrl+p")
		d.Shows("web1.example.org  VM on berlin, seen lately")
	})
}

func TestPaletteOffersOnlyWhatIsVisible(t *testing.T) {
	t.Parallel()
	sit(t, "ann", at80, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
		for _, typed := range []string{"vm ", "node ", "cluster ", "can power ", "example", "start "} {
			d.Press(":")
			d.Type(typed)
			d.Hides("web2", "paris", "node1")
			d.Press("esc")
		}
		d.Press("ctrl+p")
		d.Type("e")
		d.Shows("web1.example.org")
		d.Hides("web2", "paris", "node1")
		d.Press("esc", ":")
		d.Type("vm web2.example.org")
		d.Press("enter")
		invisible := d.Screen()
		d.Press("esc", ":")
		d.Type("vm web9.example.org")
		d.Press("enter")
		if want := strings.ReplaceAll(invisible, "web2", "web9"); d.Screen() != want {
			t.Errorf("a VM that may not be seen is told from one that does not exist:\n%s\n%s", want, d.Screen())
		}
	})
}

func TestPaletteExplainsRights(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]string{"ann": "yes: ", "bob": "no: needs power on berlin/web1.example.org"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			sit(t, user, at80, func(_ *testing.T, _ *coretest.World, d *tuitest.Driver) {
				d.Press(":")
				d.Type("can power web1")
				d.Press("enter")
				d.Shows(want)
			})
		})
	}
}

func TestHelpRunsAnAction(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(_ *testing.T, _ *coretest.World, d *tuitest.Driver) {
		d.Press("?")
		d.Shows("Move one line down.")
		d.Type("the nodes of all")
		d.Hides("Move one line down.")
		d.Press("enter")
		d.Shows("all › nodes", "candidate")
	})
}

func TestEscLeadsBackOneStepAtATime(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
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
			t.Error("esc left gwm")
		}
		d.Press("q")
		if !d.Quit() {
			t.Error("q at the first page did not leave gwm")
		}
	})
}

func TestHistory(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(_ *testing.T, _ *coretest.World, d *tuitest.Driver) {
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

func TestDisabledActionsSayWhy(t *testing.T) {
	t.Parallel()
	sit(t, "bob", at80, func(t *testing.T, w *coretest.World, d *tuitest.Driver) {
		d.Press(":")
		d.Type("vm web1.example.org")
		d.Press("enter", "p")
		d.Shows("shut down", "needs power on berlin/web1.example.org")
		d.Press("d")
		d.Shows("! needs power on berlin/web1.example.org")
		d.Press("esc", "m")
		d.Shows("needs power on")
		if got := w.Berlin.Submitted(); len(got) > 0 {
			t.Errorf("the cluster was asked: %v", got)
		}
	})
}

func TestTheReasonOfAMenuIsReadWhole(t *testing.T) {
	t.Parallel()
	sit(t, "bob", at80, func(_ *testing.T, _ *coretest.World, d *tuitest.Driver) {
		d.Press("2", "p", "d") // the first VM has a long name
		d.Shows("! needs power on", "ask an administrator of berlin")
	})
}

func TestSafeIsNotAsked(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(t *testing.T, w *coretest.World, d *tuitest.Driver) {
		d.Press(":")
		d.Type("start cold1")
		d.Press("enter")
		d.Shows("queued: start cold1.example.org", "enter opens it")
		d.Press("enter")
		d.Shows("› jobs ›")
		d.Advance(2 * time.Minute)
		if got := w.Berlin.Submitted(); len(got) != 1 {
			t.Errorf("the cluster was asked %d times: %v", len(got), got)
		}
	})
}

func TestDisruptiveNeedsY(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"n", "enter", "esc", "x"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			sit(t, "ann", at80, func(t *testing.T, w *coretest.World, d *tuitest.Driver) {
				d.Press("2", "p", "d")
				d.Shows("Stop web1.example.org on berlin?", "gwm vm stop berlin/web1.example.org", "no (default)")
				d.Paste("y")
				d.Press(key)
				d.Hides("no (default)")
				d.Advance(time.Minute)
				if got := w.Berlin.Submitted(); len(got) > 0 {
					t.Errorf("the cluster was asked: %v", got)
				}
			})
		})
	}
	sit(t, "ann", at80, func(_ *testing.T, _ *coretest.World, d *tuitest.Driver) {
		d.Press("2", "p", "d", "y")
		d.Shows("queued: stop web1.example.org")
		d.Advance(time.Minute)
		d.Press(":")
		d.Type("messages")
		d.Press("enter")
		d.Shows("done: stop web1.example.org")
	})
}

func TestBulkNeedsTheVerbAndTheNumberTyped(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(t *testing.T, w *coretest.World, d *tuitest.Driver) {
		d.Press("2", "/")
		d.Type("web")
		d.Press("enter", "*", "esc", "/")
		d.Type("cluster:berlin db")
		d.Press("enter", "space", "p", "d")
		d.Shows("Stop 3 VMs", "2 of them hidden by the filter", "berlin/web1.example.org  hidden by the filter")
		d.Paste("stop 3")
		d.Shows("pasted text does not count")
		d.Press("enter")
		d.Shows("that is not stop 3")
		d.Type("stop 2")
		d.Press("enter")
		d.Shows("that is not stop 3")
		d.Press("backspace", "3", "enter")
		d.Shows("queued: stop")
		d.Advance(2 * time.Minute)
		if got := w.Berlin.Submitted(); len(got) != 3 {
			t.Errorf("3 VMs were to be stopped, the cluster was asked for %v", got)
		}
	})
}

func TestProtectedClusterWantsTheNameTyped(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(_ *testing.T, w *coretest.World, d *tuitest.Driver) {
		admin := w.Local()
		defer admin.Close()
		c, _ := admin.View().Cluster(coretest.Berlin)
		c.Cluster.Protected = true
		w.Do(admin, core.EditCluster{Cluster: c.Cluster})
		d.Advance(2 * time.Second)
		d.Press(":")
		d.Type("stop berlin/web1.example.org")
		d.Press("enter")
		d.Shows("Type web1.example.org to do it")
		d.Type("web2.example.org")
		d.Press("enter")
		d.Shows("that is not web1.example.org; nothing was done")
	})
}

func TestFailedJobStaysOnScreenUntilAKey(t *testing.T) {
	t.Parallel()
	sit(t, "ann", at80, func(_ *testing.T, w *coretest.World, d *tuitest.Driver) {
		w.Berlin.FailJobs(coretest.Web1, "the hypervisor said no")
		d.Press("2", "p", "d", "y")
		d.Advance(5 * time.Minute)
		d.Shows("failed: stop web1.example.org", "the hypervisor said no")
		d.Press("down")
		d.Hides("the hypervisor said no")
	})
}

func TestInformationGoesByItself(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(_ *testing.T, _ *coretest.World, d *tuitest.Driver) {
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
	sit(t, "ann", at80, func(t *testing.T, w *coretest.World, d *tuitest.Driver) {
		d.Press("2", "p", "d")
		admin, off := w.Local(), true
		defer admin.Close()
		w.Do(admin, core.EditUser{Name: "ann", Disabled: &off})
		d.Settle()
		d.Shows("The session has ended")
		d.Hides("no (default)")
		d.Press("y")
		if d.Quit() {
			t.Error("a key that was on its way closed the last screen")
		}
		d.Advance(time.Second)
		d.Press("y")
		if !d.Quit() {
			t.Error("no key leaves the last screen")
		}
		if got := w.Berlin.Submitted(); len(got) > 0 {
			t.Errorf("the cluster was asked: %v", got)
		}
	})
}

func TestUnreachableClusterIsShown(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(_ *testing.T, w *coretest.World, d *tuitest.Driver) {
		d.Shows("● ")
		for _, method := range []string{"Stamps", "VMs", "Nodes", "Jobs", "Info"} {
			w.Paris.Fail(method, w.Paris.Unreachable())
		}
		d.Advance(3 * time.Minute)
		d.Shows("! paris unreachable since")
		d.Press("2", "end")
		d.Shows("shop1")
		for _, method := range []string{"Stamps", "VMs", "Nodes", "Jobs", "Info"} {
			w.Paris.Fail(method, nil)
		}
		d.Advance(5 * time.Minute)
		d.Hides("unreachable")
	})
}

func TestResizeStorm(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
		open := [][]string{{"2"}, {"2", "/", "w"}, {"m"}, {"?"}, {":"}, {"2", "*", "p", "d"}, {"4"}, {"enter"}, {"5"}}
		for _, keys := range open {
			d.Press("esc", "esc", "esc", "esc")
			d.Press(keys...)
			for _, size := range [][2]int{{1, 1}, {39, 12}, {40, 12}, {500, 3}, {41, 200}, {0, 0}, {300, 100}, {80, 24}} {
				d.Resize(size[0], size[1])
				lines := strings.Split(d.Screen(), "\n")
				if size[1] > 0 && len(lines) > size[1] {
					t.Errorf("%v at %v: %d lines", keys, size, len(lines))
				}
				for _, l := range lines {
					if n := len([]rune(l)); size[0] > 0 && n > size[0] {
						t.Errorf("%v at %v: a line of %d cells: %q", keys, size, n, l)
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
	sit(t, "admin", at80, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
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
			t.Error("the mouse is not taken")
		}
		d.Press("%")
		if d.View().MouseMode != tea.MouseModeNone {
			t.Error("the mouse is not left to the terminal")
		}
	})
}

func TestCopy(t *testing.T) {
	t.Parallel()
	sit(t, "ann", at80, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
		d.Press("2", "y", "f")
		if got := d.Clipboard(); got != "berlin/web1.example.org" {
			t.Errorf("the clipboard holds %q", got)
		}
		d.Shows("copied full name")
		d.Press("y", "j")
		if got := d.Clipboard(); !strings.Contains(got, `"name": "web1.example.org"`) {
			t.Errorf("the clipboard holds %q", got)
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
		first.Press(":")
		first.Type("theme slate")
		first.Press("enter", "%", ":")
		first.Type("cluster paris")
		first.Press("enter")
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
	sit(t, "admin", at80, func(_ *testing.T, _ *coretest.World, d *tuitest.Driver) {
		d.Hides("read-only")
		d.Press(":")
		d.Type("readonly")
		d.Press("enter")
		d.Shows(" read-only ")
		d.Press("2", "p", "d")
		d.Shows("this session is read-only")
	})
}

func TestLeavingTakesCtrlCTwice(t *testing.T) {
	t.Parallel()
	sit(t, "admin", at80, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
		d.Press("ctrl+c")
		d.Shows("press ctrl-c again")
		d.Advance(3 * time.Second)
		d.Press("ctrl+c")
		if d.Quit() {
			t.Error("two ctrl-c three seconds apart left gwm")
		}
		d.Press("ctrl+c")
		if !d.Quit() {
			t.Error("ctrl-c twice did not leave gwm")
		}
	})
}
