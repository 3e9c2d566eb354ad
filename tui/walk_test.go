package tui_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"gwm/core/coretest"
	"gwm/tui"
	"gwm/tui/tuitest"
)

// TestEveryKeyAnswers presses every key of the table, and one that is in none, on
// pages of every sort on the smallest screen: something must change, if only the
// bottom line that says why not, and no line may leave the frame. Only what goes
// where one is already may stay silent.
func TestEveryKeyAnswers(t *testing.T) {
	t.Parallel()
	still := []string{"up", "k", "down", "j", "pgup", "pgdown", "ctrl+u", "ctrl+d", "g", "home", "G", "end", "left", "right"}
	for _, sc := range []scene{
		{name: "fleet"},
		{name: "vms", keys: []string{"2"}},
		{name: "vms-none", keys: []string{"2", "/"}, text: "nowhere"},
		{name: "vm", keys: []string{"2", "enter"}},
		{name: "node", keys: []string{"3", "enter"}},
		{name: "job", keys: []string{"4", "enter"}},
		{name: "messages", keys: []string{"5"}},
		{name: "cluster-users", keys: []string{"d", "2"}},
		{name: "vm-consoles", keys: []string{"2", "enter", "8"}},
		{name: "cluster-hosts", keys: []string{"d", "6"}},
		{name: "seats", keys: []string{":"}, text: "seats"},
		{name: "users-ann", user: "ann", keys: []string{"7"}},
		{name: "group", keys: []string{"8", "enter"}},
		{name: "tokens-ann", user: "ann", keys: []string{":"}, text: "tokens"},
	} {
		for _, k := range append(tui.AllKeys(), "H", "ctrl+w") {
			t.Run(sc.name+"/"+k, func(t *testing.T) {
				t.Parallel()
				before, after, quit := stroke(t, sc, k)
				here := strings.ContainsAny(k, "123456789") // the tab or the page that is shown
				if before == after && !quit && !slices.Contains(still, k) && !here {
					t.Errorf("%s does nothing and does not say why:\n%s", k, ansi.Strip(after))
				}
				for _, l := range strings.Split(after, "\n") {
					if n := ansi.StringWidth(l); n > 40 {
						t.Errorf("after %s a line is %d cells wide: %q", k, n, ansi.Strip(l))
					}
				}
			})
		}
	}
}

// stroke presses one key on the smallest screen and returns it before and after.
func stroke(t *testing.T, sc scene, key string) (before, after string, quit bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := coretest.StartWith(t, coretest.Options{})
		defer w.Stop()
		user := sc.user
		if user == "" {
			user = "admin"
		}
		d := tuitest.New(t, w.Login(user), tui.Options{Width: 40, Height: 12, Profile: colorprofile.ANSI})
		defer d.Close()
		d.Press(sc.keys...)
		if sc.text != "" {
			d.Type(sc.text)
			d.Press("enter")
		}
		d.Advance(7 * time.Second) // no message is left
		before = d.ANSI()
		d.Press(key)
		after, quit = d.ANSI(), d.Quit()
	})
	return before, after, quit
}

// TestKeysSayWhyNot holds the words for keys that have nothing to work on.
func TestKeysSayWhyNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		keys []string
		want string
	}{
		{"a key of other pages", []string{"p"}, "p (power) does nothing here; ? lists what does"},
		{"a key with several meanings", []string{"2", "X"}, "X does nothing here; ? lists what does"},
		{"no key at all", []string{"H"}, "H means nothing; ? lists the keys"},
		{"no row", []string{"2", "/", "x", "y", "z", "enter", "d"}, "details: there is nothing for it here"},
		{"no row to mark", []string{"2", "/", "x", "y", "z", "enter", "space"}, "there is no row to mark"},
		{"no mark", []string{"2", "\\"}, "no row is marked"},
		{"no such tab", []string{"3", "enter", "9"}, "this page has no tab 9"},
		{"no search", []string{"2", "enter", "n"}, "there is nothing to go to; / searches this page"},
		{"the page itself", []string{"d", "2", "d"}, "this page shows all that is known of it"},
		{"wrapped", []string{"2", "enter", "w"}, "long lines are wrapped"},
		{"wide", []string{"2", "w"}, "all columns are shown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sit(t, "admin", func(d *desk) {
				d.Press(c.keys...)
				d.Shows(c.want)
				d.Press("f")
				d.Hides(c.want)
				d.Command("messages")
				d.Press("/")
				d.Type("lists what does")
				d.Hides(" 1 of ")
			})
		})
	}
}
