package tui_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

// factorScreen is the screen of somebody on which "totp-begin" was entered.
func factorScreen(t *testing.T, user string, o tui.Options, f func(t *testing.T, w *coretest.World, d *tuitest.Driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		t.Cleanup(w.Stop)
		d := tuitest.New(t, w.Login(user), o)
		t.Cleanup(d.Close)
		d.Advance(5 * time.Second)
		d.Command("totp-begin")
		f(t, w, d)
	})
}

var (
	secretGroups = regexp.MustCompile(`(?:\b[A-Z2-7]{4}\b ?){2,8}`)
	recoveryCode = regexp.MustCompile(`\b[a-zA-Z0-9]{4}(?:-[a-zA-Z0-9]{4}){3}\b`)
)

// secretOn is the secret that stands on a screen in groups.
func secretOn(t *testing.T, d *tuitest.Driver) string {
	t.Helper()
	secret := strings.ReplaceAll(strings.Join(secretGroups.FindAllString(d.Screen(), -1), ""), " ", "")
	if len(secret) != 32 {
		t.Fatalf("the secret on the screen is %q:\n%s", secret, d.Screen())
	}
	return secret
}

func codeNow(t *testing.T, secret string) string {
	t.Helper()
	return coretest.Code(t, "otpauth://totp/gwm:x?secret="+secret, time.Now())
}

func TestASecondFactorIsSetUpOnTheScreen(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		factorScreen(t, "ann", tui.Options{Width: size[0], Height: size[1], Profile: colorprofile.ANSI256}, func(t *testing.T, w *coretest.World, d *tuitest.Driver) {
			d.Shows("Set up your second factor", "Scan the QR code", "▀")
			secret := secretOn(t, d)
			d.Press("y")
			if d.Clipboard() != secret {
				t.Errorf("y copied %q, the screen shows %q", d.Clipboard(), secret)
			}
			d.Press("Y")
			if want := "otpauth://totp/gwm:ann?secret=" + secret; !strings.HasPrefix(d.Clipboard(), want) {
				t.Errorf("Y copied %q", d.Clipboard())
			}
			d.Press("enter")
			d.Shows("type the code first")
			d.Type("000000")
			d.Press("enter")
			d.Shows("this code is not right", "clock", "UTC")
			d.Type(codeNow(t, secret))
			d.Press("enter")
			d.Shows("your second factor is set up", "They are not shown again")
			d.Hides("Scan", secret[:4]+" "+secret[4:8], "▀")
			codes := recoveryCode.FindAllString(d.Screen(), -1)
			if len(codes) != 8 {
				t.Fatalf("the screen shows %d recovery codes:\n%s", len(codes), d.Screen())
			}
			d.Press("y")
			if got := strings.Join(codes, "\n"); d.Clipboard() != got {
				t.Errorf("y copied %q, the screen shows %q", d.Clipboard(), got)
			}
			d.Hides(": commands")
			d.Press("2", ":", "q")
			d.Shows("Did you keep the recovery codes?", codes[0])
			d.Press("esc", "n", "esc", "n")
			d.Shows(codes[0])
			d.Click(2, 0)
			d.Shows(codes[0], "not shown again; keep them")
			d.Press("esc", "y")
			d.Shows("your second factor is set up: a code is asked for")
			d.Command("messages")
			for _, hidden := range append(codes, secret, secret[:4]) {
				d.Hides(hidden)
			}
			d.Command("totp-begin")
			d.Shows("you have a second factor already")
			d.Command("profile")
			d.Shows("yes: a code is asked for before what destroys something", "2fa")
			if u := w.Login("ann").User(); !u.TOTP {
				t.Error("no second factor was set up")
			}
		})
	}
}

// TestWhatTheWindowHasRoomFor shows the secret where the picture has none.
func TestWhatTheWindowHasRoomFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		o       tui.Options
		picture string // "" for none
		shows   string
	}{
		{"80x24", tui.Options{Width: 80, Height: 24}, "▀", "i swap light and dark"},
		{"80x20", tui.Options{Width: 80, Height: 20}, "", "A window of 74x22 has room for a QR code."},
		{"40x12", tui.Options{Width: 40, Height: 12}, "", "Type this secret"},
		{"narrow and tall", tui.Options{Width: 50, Height: 50, Profile: colorprofile.ANSI}, "▀", "Scan the QR code"},
		{"ASCII 120x40", tui.Options{Width: 120, Height: 40, ASCII: true}, "\x1b[7m", "Scan the QR code"},
		{"ASCII 80x24", tui.Options{Width: 80, Height: 24, ASCII: true}, "", "Type this secret"},
	} {
		factorScreen(t, "ann", c.o, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
			d.Shows(c.shows, "Code:")
			secretOn(t, d)
			page := strings.Join(strings.Split(d.ANSI(), "\n")[1:c.o.Height-2], "\n")
			if c.picture == "" {
				c.picture = "Type this secret"
			}
			if !strings.Contains(page, c.picture) {
				t.Errorf("%s: the page does not hold %q:\n%s", c.name, c.picture, d.Screen())
			}
			d.Type("12 34")
			at := d.View().Cursor
			if at == nil {
				t.Fatalf("%s: there is no cursor", c.name)
			}
			if line := strings.Split(d.Screen(), "\n")[at.Y]; !strings.HasSuffix(line, "Code: 12 34") || utf8.RuneCountInString(line) != at.X {
				t.Errorf("%s: the cursor is in column %d of %q", c.name, at.X, line)
			}
		})
	}
}

func TestLightAndDarkAreSwapped(t *testing.T) {
	t.Parallel()
	factorScreen(t, "ann", tui.Options{Width: 80, Height: 24}, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
		first := func() string { return strings.Split(d.Screen(), "\n")[1] }
		if !strings.HasPrefix(first(), strings.Repeat("█", 41)) {
			t.Errorf("the quiet zone is drawn as %q", first())
		}
		d.Press("i")
		if strings.Contains(first(), "█") {
			t.Errorf("swapped the quiet zone is drawn as %q", first())
		}
	})
}

// TestWhoMaySetUpNoFactor tells the reason instead.
func TestWhoMaySetUpNoFactor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first string
		shows string
	}{
		"read-only": {"readonly", "this session is read-only"},
		"preview":   {"preview bob", "this session is read-only"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := coretest.Start(t)
			t.Cleanup(w.Stop)
			d := tuitest.New(t, w.Login("admin"), tui.Options{Width: 80, Height: 24})
			t.Cleanup(d.Close)
			d.Advance(5 * time.Second)
			d.Command(c.first)
			d.Advance(10 * time.Second)
			d.Command("totp-begin")
			if !strings.Contains(d.Screen(), "second factor: "+c.shows) {
				t.Errorf("%s: the screen shows\n%s", name, d.Screen())
			}
		})
	}
}

// TestAnotherSessionBeginsAnew: the page says so, and shows no dead secret.
func TestAnotherSessionBeginsAnew(t *testing.T) {
	t.Parallel()
	factorScreen(t, "ann", tui.Options{Width: 80, Height: 24}, func(t *testing.T, w *coretest.World, d *tuitest.Driver) {
		code := codeNow(t, secretOn(t, d))
		if _, err := w.Login("ann").BeginTOTP(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.Type(code)
		d.Press("enter")
		d.Shows("Another session of yours began anew meanwhile", "begin again")
		d.Hides("Set up your second factor")
		d.Press("esc")
		d.Command("totp-begin")
		d.Type(codeNow(t, secretOn(t, d)))
		d.Press("enter")
		d.Shows("Recovery codes")
	})
}

// TestTheSecretGoesWithThePage finds no trace of it in what the model holds
// itself, such as the screen that was painted last.
func TestTheSecretGoesWithThePage(t *testing.T) {
	t.Parallel()
	factorScreen(t, "ann", tui.Options{Width: 80, Height: 24}, func(t *testing.T, _ *coretest.World, d *tuitest.Driver) {
		group := secretOn(t, d)[:4]
		trace := func() (found bool) {
			d.Act(func(a *tui.App) tea.Cmd { found = strings.Contains(fmt.Sprintf("%+v", *a), group+" "); return nil })
			return found
		}
		if !trace() {
			t.Error("the model does not hold what it shows")
		}
		d.Press("esc")
		d.Hides("Set up your second factor")
		if trace() {
			t.Error("the model holds the secret after the page went")
		}
	})
}

func TestAFactorIsRemovedWithACode(t *testing.T) {
	t.Parallel()
	withFactor(t, func(t *testing.T, d *tuitest.Driver, s *core.Session, code func() string) {
		d.Command("totp-remove")
		d.Shows("Second factor", "Remove your second factor")
		d.Type("000000")
		d.Press("enter")
		d.Shows("this code is not right")
		d.Paste(code())
		d.Press("enter")
		d.Shows("done: your second factor is removed")
		if s.User().TOTP {
			t.Error("it is there still")
		}
		d.Command("totp-remove")
		d.Shows("you have no second factor")
	})
}

func TestAnAdministratorResetsAFactor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		t.Cleanup(w.Stop)
		bob := w.Login("bob")
		uri, err := bob.BeginTOTP(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bob.ConfirmTOTP(t.Context(), coretest.Code(t, uri, time.Now())); err != nil {
			t.Fatal(err)
		}
		d := tuitest.New(t, w.Login("admin"), tui.Options{Width: 100, Height: 30})
		t.Cleanup(d.Close)
		d.Advance(5 * time.Second)
		d.Command("users state:2fa")
		d.Shows("1 of ", "active, 2fa")
		d.Command("totp-reset ann")
		d.Shows("no second factor is set up")
		d.Advance(2 * time.Second)
		d.Command("totp-reset bob")
		d.Shows("is not asked for a code any more")
		d.Type("bob")
		d.Press("enter")
		d.Shows("done: reset the second factor of bob")
		if bob.User().TOTP {
			t.Error("bob has one still")
		}
	})
}

// TestWhoHasAFactorIsNotForEverybody shows the mark to themselves and
// administrators only.
func TestWhoHasAFactorIsNotForEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.Start(t)
		t.Cleanup(w.Stop)
		admin := w.Login("admin")
		for _, op := range []core.Op{
			core.AddGroup{Group: core.Group{Name: "pair"}},
			core.AddMember{Group: "pair", User: "ann"},
			core.AddMember{Group: "pair", User: "bob"},
		} {
			if _, err := admin.Do(t.Context(), op); err != nil {
				t.Fatal(err)
			}
		}
		bob := w.Login("bob")
		uri, err := bob.BeginTOTP(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bob.ConfirmTOTP(t.Context(), coretest.Code(t, uri, time.Now())); err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]bool{"ann": false, "bob": true, "admin": true} {
			users, err := w.Login(who).Users(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, u := range users {
				if u.Name == "bob" {
					found = true
					if u.TOTP != want {
						t.Errorf("%s is told that bob has a second factor: %v", who, u.TOTP)
					}
				}
			}
			if !found {
				t.Errorf("%s does not see bob", who)
			}
		}
	})
}
