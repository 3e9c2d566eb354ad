package tui_test

import (
	"context"
	"strings"
	"testing"

	"gwm/core"
	"gwm/core/coretest"
	"gwm/tui/tuitest"
)

// grantOf is what somebody was given on an object, in words.
func grantOf(t *testing.T, w *coretest.World, who, on core.Ref) string {
	t.Helper()
	s := w.Local()
	defer s.Close()
	grants, err := s.Grants(context.Background(), who, on)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, g := range grants {
		for _, v := range g.Verbs {
			text += string(v) + " "
		}
		text += g.Hours.String()
	}
	return text
}

func TestGrantIsGivenEditedAndTaken(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, _ *core.Session, d *tuitest.Driver) {
		db1, bob := core.VMRef(coretest.Berlin, coretest.DB1), core.UserRef("bob")
		open(d, "vm db1")
		d.Press("7")
		d.Shows("users", "WHERE FROM", "group:ops", "from berlin", "site administrator")
		d.Press("a")
		d.Shows("grant berlin/"+coretest.DB1, "Nothing is changed yet.")
		pick(d, "bob")
		d.Press("tab", "down", "space") // the role operator
		d.Shows("[=] see  inherited", "[x] power", "[x] console", "Holds anyway from group:ops on", "gwm grant set bob power,console")
		d.Press("tab", "down", "down", "space") // not the console
		d.Hides("(x)  operator")
		d.Press("tab", "tab")
		d.Type("always")
		d.Press("ctrl+x")
		d.Shows("are no hours")
		d.Press("ctrl+u")
		d.Type("mon-fri 08:00-18:00")
		d.Press("ctrl+x")
		d.Shows("done: grant power on", "user:bob")
		if got := grantOf(t, w, bob, db1); got != "power mon-fri 08:00-18:00 UTC" {
			t.Errorf("bob has %q", got)
		}
		open(d, "grant bob db1")
		d.Shows("grant user:bob berlin/"+coretest.DB1, "Nothing is changed yet.", "[x] power")
		d.Press("tab", "down", "space")
		d.Shows("loses what was granted")
		d.Press("ctrl+x")
		d.Shows("Take the rights on", "no (default)")
		d.Press("y")
		d.Shows("done: take the rights")
		if got := grantOf(t, w, bob, db1); got != "" {
			t.Errorf("bob has %q", got)
		}
	})
}

// pick chooses an option of the field with the keys: it is looked for from the
// top.
func pick(d *tuitest.Driver, name string) {
	d.Press("home")
	for range 20 {
		if d.Press("space"); strings.Contains(d.Screen(), "(x) "+name) {
			return
		}
		d.Press("down")
	}
}

func TestTwoEditOneGrantOnTheScreen(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(w *coretest.World, s *core.Session, d *tuitest.Driver) {
		db1, bob := core.VMRef(coretest.Berlin, coretest.DB1), core.UserRef("bob")
		open(d, "grant bob berlin/"+coretest.DB1)
		w.Do(s, core.SetGrant{Who: bob, On: db1, Verbs: []core.Verb{core.VerbTags}})
		d.Press("space", "ctrl+x")
		d.Shows("admin changed the rights of user:bob", "they are now: tags", "ctrl-r loads")
		d.Press("ctrl+r", "ctrl+x")
		d.Shows("done: ")
	})
}

func TestRightsThatAreNotOnesOwnToTake(t *testing.T) {
	t.Parallel()
	seated(t, "admin", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "vm db1")
		d.Press("7", "D")
		d.Shows("it was granted on berlin; take it there")
		d.Press("G", "D")
		d.Shows("it comes with being a site administrator")
		d.Press("E")
		d.Shows("a site administrator holds everything")
	})
	seated(t, "ann", func(_ *coretest.World, _ *core.Session, d *tuitest.Driver) {
		open(d, "vm web1")
		d.Press("7")
		d.Hides("a give rights")
		d.Shows("only who may give rights on berlin/web1.example.org sees who has which")
		open(d, "grant bob web1")
		d.Shows("only who may give rights on")
		d.Press("esc")
		open(d, "grant")
		d.Shows("there is nothing that you may give rights on")
	})
}
